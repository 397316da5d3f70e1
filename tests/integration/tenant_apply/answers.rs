//! What an error says of an answer, and what it doesn't.

use super::*;

#[tokio::test]
async fn an_answer_shows_neither_the_new_secret_nor_the_one_it_replaces() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"status": 400, "body": "canary-password or canary-rotated"}))
        .await;
    let rotated = with(&plain(), "/iwd/db/password", "canary-rotated");
    let failed = host
        .change(&created.state, &rotated, &created.private)
        .await;
    let error = failed.expect_error("Error updating tenant: request rejected");
    assert!(
        error.detail.contains("(masked) or (masked)"),
        "{}",
        error.detail
    );
}

#[tokio::test]
async fn a_planned_secret_is_masked_even_where_the_configuration_has_another() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    let other = with(&plain(), "/iwd/db/password", "something-else");
    api.fault(json!({"status": 400, "body": "said canary-password"}))
        .await;
    let failed = host
        .apply(&Json::Null, &plan.state, &other, &plan.private)
        .await;
    let error = failed.expect_error("Error creating tenant: request rejected");
    assert!(error.detail.contains("said (masked)"), "{}", error.detail);
}

#[tokio::test]
async fn what_an_answer_says_of_other_tenants_and_of_the_settings_is_masked() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    let key = |tenant: usize| format!("C0FFEE-{tenant:04}-canary");
    let keys = (0..5000).map(|tenant| (format!("t{tenant}"), json!(key(tenant))));
    let settings = json!({
        "endpoint": api.url(),
        "tenant_api_keys": Json::Object(keys.collect()),
        "headers": {"X-Gateway": "Bearer canary-token"},
        "proxy_url": "",
    });
    host.configure_with(&settings).await;
    let said = format!("{} {} canary-token", key(17), key(4999).to_lowercase());
    api.fault(json!({"status": 400, "body": said})).await;
    let failed = host.change(&Json::Null, &plain(), &[]).await;
    let error = failed.expect_error("Error creating tenant: request rejected");
    let masked = "(masked) (masked) (masked)";
    assert!(error.detail.contains(masked), "{}", error.detail);
}

#[tokio::test]
async fn an_answer_that_echoes_the_request_points_at_no_argument() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let request = api.body(CCID).await.to_string();
    assert!(request.contains("IWD_APIKEY_TENANT"), "{request}");
    let changed = with(&plain(), "/name", "t101");
    for (said, argument) in [("Bad request", false), ("iwd.db.host is unknown", true)] {
        let body = format!("{said}: {request}");
        api.fault(json!({"status": 400, "body": body})).await;
        let failed = host
            .change(&created.state, &changed, &created.private)
            .await;
        let error = failed.expect_error("Error updating tenant: request rejected");
        assert_eq!(error.attribute.is_some(), argument, "{}", error.detail);
        assert_eq!(error.detail.contains("names the parameter"), argument);
    }
}
