//! What no reply holds, whatever the provider does.

use serde_json::{Value as Json, json};

use super::awkward::{AWKWARD, Awkward};
use super::conformance::full;
use crate::harness::conformance::state_problems;
use crate::harness::in_process::InProcess;
use crate::harness::values::{UNKNOWN, dynamic};

/// The resource puts a secret at every write-only place of every state that it returns, and leaves collections null.
#[tokio::test]
async fn write_only_values_and_null_collections_are_in_no_reply() {
    let mut host = InProcess::serve(Awkward).await;
    let block = host.block(AWKWARD).await;
    let plan = host.plan(AWKWARD, &Json::Null, &full()).await;
    assert!(!plan.state.to_string().contains("canary"));
    let created = host.apply(AWKWARD, &Json::Null, &plan.state, &full()).await;
    let updated = host
        .apply(AWKWARD, &created.state, &plan.state, &full())
        .await;
    for (call, reply) in [
        ("create", &created),
        ("update", &updated),
        ("read", &host.read(AWKWARD, &created.state).await),
        ("import", &host.import(AWKWARD, "x").await),
        ("move", &host.move_to(AWKWARD, &json!({})).await),
        ("upgrade", &host.upgrade(AWKWARD, 0, &json!({})).await),
    ] {
        reply.expect_no_error();
        assert_eq!(state_problems(&block, &reply.state), [""; 0], "{call}");
        assert!(!reply.state.to_string().contains("canary"), "{call}");
        assert!(!reply.state.is_null(), "{call}");
    }
}

#[tokio::test]
async fn generated_configuration_has_neither_secrets_nor_results() {
    use crate::harness::generated::tfplugin5::generate_resource_config::Request;
    use crate::harness::values::{from_wire, to_wire};
    let mut host = InProcess::serve(Awkward).await;
    let plan = host.plan(AWKWARD, &Json::Null, &full()).await;
    let state = host
        .apply(AWKWARD, &Json::Null, &plan.state, &full())
        .await
        .state;
    let request = Request {
        type_name: AWKWARD.to_owned(),
        state: Some(to_wire(&state)),
    };
    let reply = host.client.generate_resource_config(request).await.unwrap();
    let config = from_wire(reply.into_inner().config.as_ref());
    let problems = host.validate(AWKWARD, &config).await;
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((&config["name"], &config["id"]), (&"a".into(), &Json::Null));
}

#[tokio::test]
async fn private_data_and_identity_go_along() {
    let mut host = InProcess::serve(Awkward).await;
    let plan = host.plan(AWKWARD, &Json::Null, &full()).await;
    assert_eq!(plan.private, b"private");
    let created = host.apply(AWKWARD, &Json::Null, &plan.state, &full()).await;
    assert_eq!(created.private, b"private");
    assert_eq!(created.identity, json!({"key": "k"}));
    let read = host.read(AWKWARD, &created.state).await;
    assert_eq!(
        (read.private, read.identity),
        (b"private".to_vec(), json!({"key": "k"}))
    );
    let gone = host.read(AWKWARD, &Json::Null).await;
    assert!(gone.state.is_null() && gone.identity.is_null());
    let gone = host
        .apply(AWKWARD, &created.state, &Json::Null, &Json::Null)
        .await;
    assert!(gone.state.is_null() && gone.identity.is_null());
}

#[tokio::test]
async fn a_dynamic_value_keeps_its_type_null_and_unknown_too() {
    let mut host = InProcess::serve(Awkward).await;
    for value in [
        Json::Null,
        json!(UNKNOWN),
        dynamic("string", "x"),
        dynamic("string", Json::Null),
        dynamic("number", UNKNOWN),
        dynamic(
            json!(["tuple", ["bool", "dynamic"]]),
            json!([true, dynamic("string", "y")]),
        ),
        dynamic(json!(["object", {"a": "number"}]), json!({"a": "0.1"})),
    ] {
        let mut config = full();
        config["anything"] = value.clone();
        let plan = host.plan(AWKWARD, &Json::Null, &config).await;
        plan.expect_no_error();
        assert_eq!(plan.at("/anything"), &value);
    }
}

#[tokio::test]
async fn a_provider_without_settings_needs_to_say_nothing_of_them() {
    use crate::harness::generated::tfplugin5::{configure, prepare_provider_config};
    let mut host = InProcess::serve(Awkward).await;
    let request = prepare_provider_config::Request::default();
    let prepared = host.client.prepare_provider_config(request).await.unwrap();
    assert!(prepared.into_inner().diagnostics.is_empty());
    let configured = host.client.configure(configure::Request::default()).await;
    assert!(configured.unwrap().into_inner().diagnostics.is_empty());
}
