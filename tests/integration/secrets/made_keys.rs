//! The keys that the provider makes itself.

use serde_json::{Value as Json, json};

use super::life::{Findings, told};
use crate::canaries::Search;
use crate::harness::generated::tfplugin5::open_ephemeral_resource;
use crate::harness::host::Host;
use crate::harness::values::{UNKNOWN, from_wire, to_wire};

#[tokio::test]
async fn a_key_is_in_the_state_or_the_result_and_nowhere_else() {
    let mut host = Host::configured_for("http://127.0.0.1:9").await;
    let config = json!({"id": null, "key": null, "keepers": null});
    let proposed = json!({"id": UNKNOWN, "key": UNKNOWN, "keepers": null});
    let plan = host
        .plan_type("iwd_api_key", &Json::Null, &config, &proposed, &[])
        .await;
    let made = host
        .apply_type(
            "iwd_api_key",
            &Json::Null,
            &plan.state,
            &config,
            &plan.private,
        )
        .await;
    let request = open_ephemeral_resource::Request {
        type_name: "iwd_api_key".to_owned(),
        config: Some(to_wire(&json!({"key": null}))),
        client_capabilities: None,
    };
    let opened = host
        .provider
        .open_ephemeral_resource(request)
        .await
        .unwrap()
        .into_inner();
    let result = from_wire(opened.result.as_ref());
    let keys = [
        ("resource", made.at("/key")),
        ("ephemeral resource", &result["key"]),
    ];
    let keys = keys.map(|(name, key)| (name.to_owned(), key.as_str().unwrap().to_owned()));
    let search = Search::over(keys);
    let mut findings = Findings::default();
    let diagnostics = format!("{:?}", opened.diagnostics);
    let private =
        String::from_utf8_lossy(opened.private.as_deref().unwrap_or_default()).into_owned();
    let id = made.at("/id").to_string();
    findings.look(
        &search,
        "told",
        &(told(&plan) + &told(&made) + &diagnostics + &private + &id),
    );
    findings.look(&search, "in the log", &host.ended().await);
    findings.expect_none();
}
