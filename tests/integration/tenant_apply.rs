//! What an apply of `iwd_tenant` sends, and what it leaves in state.

mod answers;
mod destroy;
mod failures;
mod keys;

use serde_json::{Value as Json, json};

use super::harness::api::Api;
use super::harness::host::Host;
use super::harness::reply::Reply;
use super::harness::tenant::{CCID, gws, plain, with, write_only};
use super::harness::values::UNKNOWN;

async fn destroy(host: &mut Host, state: &Json, private: &[u8]) -> Reply {
    let plan = host.plan(state, &Json::Null, private).await;
    plan.expect_no_error();
    assert_eq!(plan.state, Json::Null);
    host.apply(state, &Json::Null, &Json::Null, &plan.private)
        .await
}

#[tokio::test]
async fn the_body_is_the_documented_one_key_for_key() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let full = with(
        &with(&plain(), "/gws", gws()),
        "/iwd/api_keys/iwddm",
        "canary-iwddm",
    );
    host.change(&Json::Null, &full, &[]).await.expect_no_error();
    assert_eq!(
        api.body(CCID).await,
        json!({
            "tenant": {
                "id": "100", "name": "t100", "ccid": CCID, "apiKey": "canary-tenant-key",
                "gws": {
                    "gwsUrl": "http://gws-service-proxy.gws",
                    "data": {"authUrl": "http://gauth-auth.gauth", "authredircetUrl": "https://gauth.example.com"},
                    "secret": {
                        "clientId": "iwd_client", "clientSecret": "canary-client-secret", "apikey": "none",
                        "username": "nexus", "token": "canary-token",
                    },
                },
            },
            "iwd": {
                "url": "http://iwd.iwd:4024",
                "db": {
                    "host": "pgdb-dgt-postgresql.infra", "port": 5432, "database": "iwd-100", "user": "iwd-user",
                    "password": "canary-password", "ssl": false,
                },
                "apiKeys": {"IWD_APIKEY_TENANT": "canary-customer-key", "IWD_APIKEY_IWDDM": "canary-iwddm"},
            },
            "iwdEmail": {"url": "N/A"},
        })
    );
    let [request] = api.requests().await.try_into().unwrap();
    assert_eq!(request["method"], "POST");
    assert_eq!(request["headers"]["x-api-key"], "canary-tenant-key");
    assert_eq!(
        request["headers"]["content-type"],
        "application/json; charset=utf-8"
    );
}

#[tokio::test]
async fn write_only_secrets_are_sent_with_every_change_and_never_answered() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &write_only(), &[]).await;
    created.expect_no_error();
    assert!(!created.state.to_string().contains("canary"));
    assert!(
        !String::from_utf8(created.private.clone())
            .unwrap()
            .contains("canary")
    );
    let body = api.body(CCID).await;
    let renamed = with(&write_only(), "/name", "t101");
    let updated = host
        .change(&created.state, &renamed, &created.private)
        .await;
    updated.expect_no_error();
    assert_eq!(updated.at("/revision"), 2);
    assert_eq!(api.body(CCID).await, with(&body, "/tenant/name", "t101"));
    host.expect_empty_plan(&updated, &renamed).await;
}

#[tokio::test]
async fn settings_change_in_state_without_a_call() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    for config in [plain(), write_only()] {
        host.begin_walk().await;
        let created = host.change(&Json::Null, &config, &[]).await;
        let calls = api.requests().await.len();
        let mut settings = with(&config, "/on_destroy", "delete_services");
        settings = with(&settings, "/destroy_services", json!(["iWD"]));
        settings = with(
            &settings,
            "/timeouts",
            json!({"create": "1m", "update": null, "delete": null}),
        );
        let updated = host
            .change(&created.state, &settings, &created.private)
            .await;
        updated.expect_no_error();
        assert_eq!(updated.at("/destroy_services"), &json!(["iWD"]));
        assert_eq!(updated.at("/revision"), 1);
        assert_eq!(api.requests().await.len(), calls);
        host.expect_empty_plan(&updated, &settings).await;
    }
}

#[tokio::test]
async fn a_change_before_any_configuration_sends_nothing() {
    let mut host = Host::start().await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_error("Provider not configured");
    assert_eq!(created.state, Json::Null);
}

#[tokio::test]
async fn a_plan_that_no_plan_of_ours_could_be_is_refused() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let moved = with(&with(&created.state, "/ccid", "other"), "/revision", 2);
    let other = with(&plain(), "/ccid", "other");
    let reply = host
        .apply(&created.state, &moved, &other, &created.private)
        .await;
    reply.expect_error("Contact center id can't change in place");
    let nameless = with(&with(&created.state, "/name", Json::Null), "/revision", 2);
    let reply = host
        .apply(&created.state, &nameless, &plain(), &created.private)
        .await;
    reply.expect_error("Missing value");
    for pointer in ["/iwd/db/ssl", "/reprovision_triggers"] {
        let open = with(&created.state, pointer, UNKNOWN);
        let reply = host
            .apply(&created.state, &open, &plain(), &created.private)
            .await;
        reply.expect_error("Missing value");
        assert_eq!(reply.state, created.state);
        let reply = host.apply(&Json::Null, &open, &plain(), &[]).await;
        reply.expect_error("Missing value");
        assert_eq!(reply.state, Json::Null);
    }
    let timeouts = json!({"create": null, "update": "soon", "delete": null});
    let hurried = with(&with(&created.state, "/timeouts", timeouts), "/revision", 2);
    let reply = host
        .apply(&created.state, &hurried, &plain(), &created.private)
        .await;
    reply.expect_error("Invalid duration");
    assert_eq!(reply.state, created.state);
    assert_eq!(api.methods().await, ["POST"]);
}

#[tokio::test]
async fn a_second_object_whose_ccid_only_the_apply_tells_is_not_created() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let other = with(&plain(), "/ccid", "other");
    let other = host.plan(&Json::Null, &other, &[]).await;
    let first = host.change(&Json::Null, &plain(), &[]).await;
    first.expect_no_error();
    let same = with(&with(&other.state, "/ccid", CCID), "/id", CCID);
    let second = host.apply(&Json::Null, &same, &plain(), &[]).await;
    let error = second.expect_error("One tenant, two resources");
    assert!(error.detail.contains("Nothing was sent"), "{error:?}");
    assert_eq!(second.state, Json::Null);
    assert_eq!(api.methods().await, ["POST"]);
    // What was refused leaves no trace: the first one goes and comes again.
    destroy(&mut host, &first.state, &first.private)
        .await
        .expect_no_error();
    host.change(&Json::Null, &plain(), &[])
        .await
        .expect_no_error();
    assert_eq!(api.methods().await, ["POST", "DELETE", "POST"]);
}

#[tokio::test]
async fn an_update_of_a_tenant_that_the_same_apply_created_for_another_resource_is_refused() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let first = host.change(&Json::Null, &plain(), &[]).await;
    assert_eq!(host.configure(api.url()).await, []);
    let other = with(&plain(), "/ccid", "other");
    let other = host.plan(&Json::Null, &other, &[]).await;
    let same = with(&with(&other.state, "/ccid", CCID), "/id", CCID);
    let second = host.apply(&Json::Null, &same, &plain(), &[]).await;
    second.expect_no_error();
    let renamed = with(&plain(), "/name", "t101");
    let plan = host.plan(&first.state, &renamed, &first.private).await;
    let update = host
        .apply(&first.state, &plan.state, &renamed, &plan.private)
        .await;
    let error = update.expect_error("One tenant, two resources");
    assert!(error.detail.contains("Nothing was sent"), "{error:?}");
    assert_eq!(update.state, first.state);
    assert_eq!(api.methods().await, ["POST", "POST"]);
}

#[tokio::test]
async fn a_revision_counts_on_where_an_i64_ends() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let last = with(&created.state, "/revision", i64::MAX);
    let renamed = with(&plain(), "/name", "t101");
    let updated = host.change(&last, &renamed, &created.private).await;
    updated.expect_no_error();
    // On the wire it is text from here on, as Terraform's own is.
    assert_eq!(updated.at("/revision"), "9223372036854775808");
    assert_eq!(api.methods().await, ["POST", "PUT"]);
}
