//! What the process says on standard error.

use super::*;

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_standard_error_that_nobody_reads_holds_up_no_call() {
    let api = Api::start().await;
    let (mut host, _unread) = Host::start_unread().await;
    host.configure_with(&json!({
        "endpoint": api.url(), "retry_min_wait": "1ms", "retry_max_wait": "1ms", "max_retries": 60,
    }))
    .await;
    api.fault(json!({"status": 503, "times": 0})).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_error("Error creating tenant: IWD is unavailable");
    assert_eq!(api.requests().await.len(), 61);
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn every_log_line_is_one_that_the_host_can_read_and_holds_no_secret() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    host.configure_with(&json!({"endpoint": api.url(), "api_key": "canary-provider-key", "headers": {"x-gate": "canary-header"}}))
        .await;
    api.fault(
        json!({"status": 503, "body": "{{body}} {{x-api-key}}", "headers": {"Retry-After": "0"}}),
    )
    .await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_no_error();
    let log = host.ended().await;
    assert!(log.contains("ApplyResourceChange"), "{log}");
    for line in log.lines() {
        let entry: Json = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        for key in ["@level", "@message", "@module", "@timestamp"] {
            assert!(entry[key].is_string(), "{key} in {line}");
        }
        assert!(!line.contains("canary"), "{line}");
    }
}

#[tokio::test]
async fn the_log_tells_the_whole_story_of_a_create() {
    let api = Api::start().await;
    let mut host = Host::start_with(&[("IWD_MAX_RETRIES", "3")]).await;
    let keys = json!({(CCID): "canary-own-key"});
    host.configure_with(&json!({"endpoint": api.url(), "tenant_api_keys": keys}))
        .await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_no_error();
    let entries = host.log_until("the request succeeded").await;
    let of = |message| {
        let is_it = move |entry: &&Json| entry["@message"] == message;
        entries.iter().filter(is_it)
    };
    let settings: Vec<_> = of("provider setting")
        .filter(|entry| {
            ["endpoint", "max_retries", "tenant_api_keys"]
                .contains(&entry["setting"].as_str().unwrap())
        })
        .map(|entry| {
            json!([
                entry["@level"],
                entry["setting"],
                entry["source"],
                entry["value"]
            ])
        })
        .collect();
    let endpoint = format!("{}/", api.url());
    assert_eq!(
        settings,
        [
            json!(["debug", "endpoint", "provider block", endpoint]),
            json!([
                "debug",
                "max_retries",
                "environment variable IWD_MAX_RETRIES",
                "3"
            ]),
            json!(["debug", "tenant_api_keys", "provider block", null]),
        ]
    );
    let ended = of("the attempt ended").next().expect("an attempt");
    assert_eq!(ended["@level"], "debug");
    for (field, value) in [
        ("tf_rpc", json!("ApplyResourceChange")),
        (
            "key",
            json!("the entry for this ccid in `tenant_api_keys` of the provider block"),
        ),
        ("method", json!("POST")),
        ("url", json!(format!("{endpoint}iwd/v3/provisioning"))),
        ("attempt", json!(1)),
        ("proxy", json!("none")),
        ("connection", json!("new")),
        ("status", json!(200)),
    ] {
        assert_eq!(ended[field], value, "{field} in {ended}");
    }
    for field in ["elapsed_ms", "received_bytes"] {
        assert!(ended[field].is_u64(), "{field} in {ended}");
    }
}
