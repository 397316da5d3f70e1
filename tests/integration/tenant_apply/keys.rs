//! Which key is sent, and what is told where it is missing or refused.

use super::*;

#[tokio::test]
async fn a_refused_key_is_told_by_where_it_was_found_and_a_page_is_no_fault_of_it() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    let refusal = "Error creating tenant: API key not accepted";
    for (mut settings, config, found) in [
        (json!({}), write_only(), "the tenant's own `api_key_wo`."),
        (json!({}), plain(), "the tenant's own `api_key`."),
        (
            json!({"api_key": "canary-key"}),
            plain(),
            "`api_key` of the provider block.",
        ),
        (
            json!({"api_key": "canary-key", "tenant_api_keys": {CCID: "canary-entry"}}),
            plain(),
            "the entry for this ccid in `tenant_api_keys` of the provider block.",
        ),
    ] {
        settings["endpoint"] = api.url().into();
        assert_eq!(host.configure_with(&settings).await, []);
        api.fault(json!({"status": 401})).await;
        let refused = host.change(&Json::Null, &config, &[]).await;
        let told = &refused.expect_error(refusal).detail;
        let found = format!("The key in the x-api-key header was {found}");
        assert!(told.contains(&found) && !told.contains("canary"), "{told}");
    }
    let page = json!({"status": 403, "content_type": "text/html", "body": "<html>Sign in"});
    api.fault(page).await;
    let refused = host.change(&Json::Null, &plain(), &[]).await;
    let told = refused.expect_error("Error creating tenant: response is a web page");
    assert!(told.detail.contains("not the API key"), "{}", told.detail);

    assert_eq!(host.configure(api.url()).await, []);
    let created = host.change(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"status": 403})).await;
    let refused = destroy(&mut host, &created.state, &created.private).await;
    let told = refused.expect_error("Error deleting tenant: API key not accepted");
    assert!(told.detail.contains("own `api_key`."), "{}", told.detail);
}

#[tokio::test]
async fn the_key_is_the_tenants_in_the_settings_then_the_settings_then_its_own() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    for (settings, key) in [
        (
            json!({"tenant_api_keys": {(CCID): "canary-a"}, "api_key": "canary-b"}),
            "canary-a",
        ),
        (
            json!({"tenant_api_keys": {"other": "canary-a"}, "api_key": "canary-b"}),
            "canary-b",
        ),
        (json!({}), "canary-tenant-key"),
    ] {
        let mut settings = settings;
        settings["endpoint"] = api.url().into();
        host.configure_with(&settings).await;
        host.change(&Json::Null, &plain(), &[])
            .await
            .expect_no_error();
        assert_eq!(
            api.requests().await.last().unwrap()["headers"]["x-api-key"],
            key
        );
    }
}

#[tokio::test]
async fn without_a_key_or_an_endpoint_the_error_says_what_to_set() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &write_only(), &[]).await;
    let destroyed = host
        .apply(&created.state, &Json::Null, &Json::Null, &created.private)
        .await;
    let error = destroyed.expect_error("Error deleting tenant: no API key");
    assert!(error.detail.contains("tenant_api_keys") && error.detail.contains("IWD_API_KEY"));
    assert_eq!(destroyed.state, created.state);

    host.configure_with(&json!({})).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let error = &created.diagnostics[0].detail;
    assert!(
        error.contains("endpoint") && error.contains("IWD_ENDPOINT"),
        "{error}"
    );
}

#[tokio::test]
async fn a_key_that_is_not_known_yet_is_told_apart_from_none() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    host.configure_with(&json!({"endpoint": api.url(), "api_key": UNKNOWN}))
        .await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_error("Error creating tenant: API key not known yet");
    assert!(api.requests().await.is_empty());
}
