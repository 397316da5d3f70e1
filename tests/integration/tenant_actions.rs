//! What the actions on a tenant send, what they tell while they wait, and that they own nothing.

use serde_json::{Value as Json, json};

use super::harness::actions::{Invocation, Invoked, invoke, plan, validate};
use super::harness::api::Api;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::Host;
use super::harness::reply::{errors, only_error, place};
use super::harness::tenant::{self, CCID, plain, with};
use super::harness::values::UNKNOWN;
use super::iwd_client::server::{Server, Turn};
use super::iwd_client::{CREATED, UNAVAILABLE};

const DELETE: &str = "iwd_delete_services";
const PROVISION: &str = "iwd_provision_tenant";
const DELETED: Turn = Turn::Answer("HTTP/1.1 204 No Content\r\n\r\n");

/// The configuration of `iwd_delete_services`.
fn services() -> Json {
    json!({"ccid": CCID, "services": ["iWD"], "api_key_wo": "canary-tenant-key", "timeout": null})
}

/// The configuration of `iwd_provision_tenant`, with what is required and no `gws`.
fn whole() -> Json {
    json!({
        "ccid": CCID,
        "short_id": "100",
        "name": "t100",
        "api_key_wo": "canary-tenant-key",
        "timeout": null,
        "gws": null,
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "pgdb-dgt-postgresql.infra",
                "port": null,
                "database": "iwd-100",
                "user": "iwd-user",
                "password_wo": "canary-password",
                "ssl": null,
            },
            "api_keys": {"tenant_wo": "canary-customer-key", "iwddm_wo": null},
        },
        "iwd_email": null,
    })
}

fn gws() -> Json {
    json!({
        "url": "http://gws-service-proxy.gws",
        "auth_url": "http://gauth-auth.gauth",
        "auth_redirect_url": "https://gauth.example.com",
        "client_id": "iwd_client",
        "client_secret_wo": "canary-client-secret",
        "api_key_wo": null,
        "username": "nexus",
        "token_wo": "canary-token",
    })
}

#[tokio::test]
async fn a_tenant_is_sent_as_the_resource_sends_it_defaults_included() {
    let full = |config: &Json, gws: Json, key: &str, iwddm: &str| {
        let mut full = with(config, "/gws", gws);
        full["gws"][key] = "canary-gws-key".into();
        full["iwd"]["api_keys"][iwddm] = "canary-iwddm".into();
        full["iwd"]["db"]["port"] = 5433.into();
        full["iwd"]["db"]["ssl"] = true.into();
        full["iwd_email"] = json!({"url": null});
        full
    };
    for (of_resource, of_action) in [
        (plain(), whole()),
        (
            full(&plain(), tenant::gws(), "api_key", "iwddm"),
            full(&whole(), gws(), "api_key_wo", "iwddm_wo"),
        ),
    ] {
        let api = Api::start().await;
        let mut host = Host::configured_for(api.url()).await;
        host.change(&Json::Null, &of_resource, &[])
            .await
            .expect_no_error();
        let sent = api.body(CCID).await;
        let done = invoke(&host.provider, PROVISION, &of_action).await;
        assert_eq!((done.diagnostics, done.progress), (vec![], vec![]));
        assert_eq!(api.body(CCID).await, sent);
        let [_, request] = api.requests().await.try_into().unwrap();
        assert_eq!(request["method"], "PUT");
        assert_eq!(request["headers"]["x-api-key"], "canary-tenant-key");
    }
}

#[tokio::test]
async fn services_are_deleted_by_name_and_the_tenant_stays() {
    let api = Api::start().await;
    let host = Host::configured_for(api.url()).await;
    invoke(&host.provider, PROVISION, &whole()).await;
    let named = with(&services(), "/services", json!(["GAPI", "iWDEmail"]));
    let done = invoke(&host.provider, DELETE, &named).await;
    assert_eq!((done.diagnostics, done.progress), (vec![], vec![]));
    let [_, request] = api.requests().await.try_into().unwrap();
    assert_eq!(request["method"], "DELETE");
    assert_eq!(request["query"], "service=GAPI,iWDEmail");
    assert_eq!(request["headers"]["x-api-key"], "canary-tenant-key");
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn the_key_is_the_providers_before_the_actions_own() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let without = with(&services(), "/api_key_wo", Json::Null);
    let refused = invoke(&host.provider, DELETE, &without).await;
    let error = only_error(
        &refused.diagnostics,
        "Error deleting services of tenant: no API key",
    );
    assert!(error.detail.contains("`api_key_wo`"), "{}", error.detail);
    host.configure_with(&json!({"endpoint": api.url(), "api_key": "canary-cluster-key"}))
        .await;
    for config in [without, services()] {
        invoke(&host.provider, DELETE, &config).await;
    }
    let requests = api.requests().await;
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(request["headers"]["x-api-key"], "canary-cluster-key");
    }
}

#[tokio::test]
async fn a_tenant_that_is_not_there_is_a_warning_where_another_server_may_say_so() {
    let api = Api::start().await;
    let host = Host::configured_for(api.url()).await;
    let gone = invoke(&host.provider, DELETE, &services()).await;
    assert_eq!(gone.diagnostics, []);
    api.fault(json!({"status": 404, "content_type": "text/plain", "body": "default backend"}))
        .await;
    let told = invoke(&host.provider, DELETE, &services()).await;
    let [warning] = &told.diagnostics[..] else {
        panic!("{told:?}");
    };
    assert!(
        warning.detail.contains("the services live on"),
        "{warning:?}"
    );
    api.fault(json!({"status": 404, "content_type": "text/html", "body": "<html>"}))
        .await;
    let failed = invoke(&host.provider, DELETE, &services()).await;
    only_error(
        &failed.diagnostics,
        "Error deleting services of tenant: response is a web page",
    );
}

#[tokio::test]
async fn a_failure_says_what_may_have_happened_and_points_at_the_argument() {
    let api = Api::start().await;
    let host = Host::configured_for(api.url()).await;
    let body = json!({"message": "iwd.db.host is not canary-password"}).to_string();
    api.fault(json!({"status": 400, "body": body})).await;
    let refused = invoke(&host.provider, PROVISION, &whole()).await;
    let error = only_error(
        &refused.diagnostics,
        "Error provisioning tenant: request rejected",
    );
    assert_eq!(place(error), "iwd.db.host");
    for part in [
        CCID,
        "is not (masked)",
        "which is `iwd.db.host`",
        "The tenant was not provisioned.",
    ] {
        assert!(error.detail.contains(part), "{part}: {}", error.detail);
    }
    // A host may show nothing but the detail.
    assert!(!error.detail.contains("state"), "{}", error.detail);
    api.fault(json!({"status": 400, "body": "{\"message\": \"iwd.db.password is wrong\"}"}))
        .await;
    let refused = invoke(&host.provider, PROVISION, &whole()).await;
    let detail = &refused.diagnostics[0].detail;
    assert!(
        detail.contains("which is `iwd.db.password_wo`."),
        "{detail}"
    );
    for (action, config, effect) in [
        (
            PROVISION,
            whole(),
            "The tenant may have been provisioned all the same.",
        ),
        (
            DELETE,
            services(),
            "The services may have been deleted all the same.",
        ),
    ] {
        api.fault(json!({"status": 501, "apply": true})).await;
        let failed = invoke(&host.provider, action, &config).await;
        let detail = &failed.diagnostics[0].detail;
        assert!(detail.contains(effect), "{detail}");
        assert!(detail.contains("Invoking the action again"), "{detail}");
    }
}

#[tokio::test]
async fn a_wait_before_another_attempt_is_told_and_nothing_of_what_the_server_said() {
    let api = Api::start().await;
    let host = Host::configured_for(api.url()).await;
    for (action, config) in [(PROVISION, whole()), (DELETE, services())] {
        let echo = "you sent {{body}} with {{x-api-key}}, and canary-password";
        let asks = json!({"status": 503, "body": echo, "headers": {"Retry-After": "1"}});
        api.fault(asks).await;
        let done = invoke(&host.provider, action, &config).await;
        assert_eq!(done.diagnostics, []);
        let told = "Attempt 1 failed: answered 503 Service Unavailable. Trying again in 1s.";
        assert_eq!(done.progress, [told]);
    }
}

/// Terraform crashes on a message that is on its way when it begins to stop, so there must be few, even with waits of
/// milliseconds.
#[tokio::test]
async fn waits_of_less_than_a_second_are_not_told() {
    let api = Api::start().await;
    let host = Host::configured_for(api.url()).await;
    for (action, config) in [(PROVISION, whole()), (DELETE, services())] {
        api.fault(json!({"times": 20, "status": 503})).await;
        let done = invoke(&host.provider, action, &config).await;
        assert_eq!((done.diagnostics, done.progress), (vec![], vec![]));
    }
    assert_eq!(api.requests().await.len(), 42);
}

#[tokio::test]
async fn the_timeout_of_the_action_ends_it_and_is_named() {
    let api = Api::start().await;
    let host = Host::configured_for(api.url()).await;
    for (action, config) in [(PROVISION, whole()), (DELETE, services())] {
        api.fault(json!({"status": 503, "headers": {"Retry-After": "200"}}))
            .await;
        let config = with(&config, "/timeout", "3m");
        let failed = invoke(&host.provider, action, &config).await;
        let detail = &failed.diagnostics[0].detail;
        assert!(detail.contains("the server asks to wait 3m20s"), "{detail}");
        assert!(detail.contains("raise the action's `timeout`."), "{detail}");
        assert_eq!(failed.progress, [""; 0]);
    }
}

/// Begins an action whose request is under way then.
async fn begin_in_flight(iwd: &Server, host: &Host) -> Invocation {
    let before = iwd.requests().len();
    let invocation = Invocation::begin(&host.provider, PROVISION, &whole()).await;
    iwd.asked(before + 1).await;
    invocation
}

#[tokio::test]
async fn after_stop_a_request_in_flight_counts_and_nothing_is_told_but_the_end() {
    let iwd = Server::start([Turn::Pause, CREATED, Turn::Pause, UNAVAILABLE]).await;
    let mut host = Host::configured_for(&iwd.url).await;
    let invocation = begin_in_flight(&iwd, &host).await;
    host.provider.stop(wire::stop::Request {}).await.unwrap();
    iwd.go_on();
    let done = invocation.end().await;
    assert_eq!((done.diagnostics, done.progress), (vec![], vec![]));

    // Its answer is told as a failure, but not that it would have been followed by another attempt.
    let invocation = begin_in_flight(&iwd, &host).await;
    host.provider.stop(wire::stop::Request {}).await.unwrap();
    iwd.go_on();
    let Invoked {
        diagnostics,
        progress,
    } = invocation.end().await;
    only_error(&diagnostics, "Error provisioning tenant: stopped");
    assert_eq!(progress, [""; 0]);
}

#[tokio::test]
async fn an_action_under_way_is_completed_before_the_process_ends() {
    let iwd = Server::start([Turn::Silence]).await;
    let host = Host::configured_for(&iwd.url).await;
    let invocation = begin_in_flight(&iwd, &host).await;
    let (status, ended) = tokio::join!(host.shutdown(), invocation.end());
    assert!(status.success(), "{status}");
    let error = only_error(&ended.diagnostics, "Error provisioning tenant: stopped");
    let effect = "may have been provisioned all the same";
    assert!(error.detail.contains(effect), "{}", error.detail);
}

#[tokio::test]
async fn stop_ends_a_wait_before_another_attempt() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    api.fault(json!({"status": 503, "headers": {"Retry-After": "200"}}))
        .await;
    let mut invocation = Invocation::begin(&host.provider, DELETE, &services()).await;
    let told = invocation.progress().await;
    assert!(told.ends_with("Trying again in 3m20s."), "{told}");
    host.provider.stop(wire::stop::Request {}).await.unwrap();
    let stopped = invocation.end().await;
    let error = only_error(
        &stopped.diagnostics,
        "Error deleting services of tenant: stopped",
    );
    assert!(error.detail.contains("Terraform was told to stop"));
    assert_eq!(stopped.progress, [""; 0]);
    assert_eq!(api.methods().await, ["DELETE"]);
}

#[tokio::test]
async fn an_action_waits_for_its_turn_on_the_tenant_and_says_so() {
    let iwd = Server::start([Turn::Pause, CREATED, DELETED, Turn::Pause, CREATED]).await;
    let mut host = Host::configured_for(&iwd.url).await;
    let first = begin_in_flight(&iwd, &host).await;
    let mut second = Invocation::begin(&host.provider, DELETE, &services()).await;
    let waits = format!("Waiting for another operation on the tenant {CCID} to end.");
    assert_eq!(second.progress().await, waits);
    assert_eq!(iwd.methods(), ["PUT"]);
    iwd.go_on();
    assert_eq!(first.end().await.diagnostics, []);
    let done = second.end().await;
    assert_eq!((done.diagnostics, done.progress), (vec![], vec![]));
    assert_eq!(iwd.methods(), ["PUT", "DELETE"]);

    let first = begin_in_flight(&iwd, &host).await;
    let mut second = Invocation::begin(&host.provider, DELETE, &services()).await;
    assert_eq!(second.progress().await, waits);
    host.provider.stop(wire::stop::Request {}).await.unwrap();
    let stopped = second.end().await;
    let error = only_error(
        &stopped.diagnostics,
        "Error deleting services of tenant: stopped",
    );
    assert!(
        error
            .detail
            .contains("Nothing was sent. Invoke the action again.")
    );
    iwd.go_on();
    assert_eq!(first.end().await.diagnostics, []);
    assert_eq!(iwd.methods(), ["PUT", "DELETE", "PUT"]);
}

/// An action is no object: neither is a resource's object a second one beside it, nor does it supersede one.
#[tokio::test]
async fn an_action_owns_nothing() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    invoke(&host.provider, PROVISION, &whole()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_no_error();
    for (action, config) in [(DELETE, services()), (PROVISION, whole())] {
        let done = invoke(&host.provider, action, &config).await;
        assert_eq!(done.diagnostics, []);
    }
    let plan = host.plan(&created.state, &plain(), &created.private).await;
    assert_eq!(plan.state, created.state);
    // What was provisioned for one object before is still not another's.
    let planned = with(&created.state, "/revision", 1);
    let second = host.apply(&Json::Null, &planned, &plain(), &[]).await;
    second.expect_error("One tenant, two resources");
    host.begin_walk().await;
    let destroy = host
        .plan(&created.state, &Json::Null, &created.private)
        .await;
    destroy.expect_no_error();
    let destroyed = host
        .apply(&created.state, &Json::Null, &Json::Null, &destroy.private)
        .await;
    assert_eq!(destroyed.diagnostics, []);
    let methods = api.methods().await;
    assert_eq!(methods, ["PUT", "POST", "DELETE", "PUT", "DELETE"]);
    assert!(api.tenants().await.is_empty());
}

#[tokio::test]
async fn an_action_that_failed_leaves_no_doubt_about_who_owns_the_tenant() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    for (action, config) in [(PROVISION, whole()), (DELETE, services())] {
        api.fault(json!({"status": 501, "apply": true})).await;
        let failed = invoke(&host.provider, action, &config).await;
        assert_eq!(errors(&failed.diagnostics).count(), 1);
    }
    let destroyed = host
        .apply(&created.state, &Json::Null, &Json::Null, &created.private)
        .await;
    assert_eq!(destroyed.diagnostics, []);
    assert!(api.tenants().await.is_empty());
}

#[tokio::test]
async fn all_that_is_wrong_is_told_in_one_run_at_validate_and_plan_and_before_anything_is_sent() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let wrong_services = json!({
        "ccid": "..", "services": ["iWD", " IWD ", "a,b"], "api_key_wo": " ", "timeout": "5",
    });
    let mut wrong_tenant = with(&whole(), "/ccid", "a/b");
    wrong_tenant["short_id"] = " ".into();
    wrong_tenant["timeout"] = "0s".into();
    wrong_tenant["iwd"]["url"] = "iwd".into();
    wrong_tenant["iwd"]["db"]["port"] = 65_536.into();
    wrong_tenant["iwd"]["db"]["password_wo"] = "canary\n".into();
    for (action, config, places) in [
        (
            DELETE,
            wrong_services,
            vec!["", "ccid", "services", "services", "timeout"],
        ),
        (
            DELETE,
            with(&services(), "/services", json!([])),
            vec!["services"],
        ),
        (
            PROVISION,
            wrong_tenant,
            vec![
                "ccid",
                "iwd",
                "iwd.db.port",
                "iwd.url",
                "short_id",
                "timeout",
            ],
        ),
    ] {
        let validated = validate(&mut host.provider, action, &config).await;
        let planned = plan(&mut host.provider, action, &config).await;
        let invoked = invoke(&host.provider, action, &config).await;
        for told in [validated, planned, invoked.diagnostics] {
            let mut found: Vec<_> = errors(&told).map(place).collect();
            found.sort_unstable();
            assert_eq!(found, places, "{told:#?}");
            assert!(!format!("{told:?}").contains("canary"));
        }
    }
    assert!(api.requests().await.is_empty());
}

#[tokio::test]
async fn what_is_not_known_yet_passes_at_plan_in_every_place() {
    let mut host = Host::start().await;
    let full = with(&whole(), "/gws", gws());
    for (action, config) in [(DELETE, services()), (PROVISION, full)] {
        let config = with(&config, "/timeout", "1m");
        for pointer in pointers(&config, "") {
            let unknown = with(&config, &pointer, UNKNOWN);
            let told = plan(&mut host.provider, action, &unknown).await;
            assert_eq!(told, [], "{action} {pointer}");
        }
    }
}

/// Where something stands in the configuration, blocks included.
fn pointers(config: &Json, above: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in config.as_object().into_iter().flatten() {
        let pointer = format!("{above}/{name}");
        found.extend(pointers(value, &pointer));
        found.push(pointer);
    }
    found
}

#[tokio::test]
async fn a_provider_that_is_not_configured_says_so() {
    let host = Host::start().await;
    let refused = invoke(&host.provider, PROVISION, &whole()).await;
    only_error(&refused.diagnostics, "Provider not configured");
}
