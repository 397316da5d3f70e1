//! What an apply of `iwd_tenant` sends, and what it leaves in state.

use serde_json::{Value as Json, json};

use super::harness::api::Api;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::{Host, Reply};
use super::harness::tenant::{CCID, gws, plain, with, write_only};
use super::harness::values::UNKNOWN;

async fn host_for(api: &Api) -> Host {
    let mut host = Host::start().await;
    assert_eq!(host.configure(api.url()).await, []);
    host
}

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
    let mut host = host_for(&api).await;
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
async fn write_only_secrets_are_sent_with_every_change_and_never_answered() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
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
    assert_eq!(
        host.plan(&updated.state, &renamed, &updated.private)
            .await
            .state,
        updated.state
    );
}

#[tokio::test]
async fn settings_change_in_state_without_a_call() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
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
        assert_eq!(
            host.plan(&updated.state, &settings, &updated.private)
                .await
                .state,
            updated.state
        );
    }
}

#[tokio::test]
async fn destroy_does_what_the_state_says() {
    for (mode, services, query) in [
        ("delete_tenant", Json::Null, Some("deleteTenant=true")),
        ("delete_services", Json::Null, Some("service=iWD,iWDEmail")),
        (
            "delete_services",
            json!(["GAPI", "iWD"]),
            Some("service=GAPI,iWD"),
        ),
        ("keep", Json::Null, None),
    ] {
        let api = Api::start().await;
        let mut host = host_for(&api).await;
        let config = with(
            &with(&plain(), "/on_destroy", mode),
            "/destroy_services",
            services,
        );
        let created = host.change(&Json::Null, &config, &[]).await;
        created.expect_no_error();
        let destroyed = destroy(&mut host, &created.state, &created.private).await;
        destroyed.expect_no_error();
        assert_eq!(destroyed.state, Json::Null);
        let told = match query {
            Some(_) => vec![],
            None => vec!["Tenant was not deleted"],
        };
        assert_eq!(destroyed.warnings(), told, "{mode}");
        let deletes: Vec<_> = api
            .requests()
            .await
            .into_iter()
            .filter(|request| request["method"] == "DELETE")
            .collect();
        let queries: Vec<_> = deletes
            .iter()
            .map(|request| request["query"].as_str().unwrap())
            .collect();
        assert_eq!(queries, query.into_iter().collect::<Vec<_>>(), "{mode}");
    }
}

#[tokio::test]
async fn a_tenant_that_is_gone_is_destroyed() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    destroy(&mut host, &created.state, &created.private)
        .await
        .expect_no_error();
    destroy(&mut host, &created.state, &created.private)
        .await
        .expect_no_error();
    // But a page is no answer of IWD's.
    api.fault(
        json!({"status": 404, "content_type": "text/html", "body": "<html>default backend</html>"}),
    )
    .await;
    let destroyed = destroy(&mut host, &created.state, &created.private).await;
    assert_eq!(destroyed.state, created.state);
    assert_ne!(destroyed.diagnostics, []);
}

#[tokio::test]
async fn a_create_that_fails_leaves_nothing_in_state() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    for fault in [
        json!({"status": 400, "body": "{\"message\": \"no\"}"}),
        json!({"status": 501, "apply": true}),
        json!({"body": "{\"created\": false}", "status": 200}),
    ] {
        api.fault(fault).await;
        let created = host.change(&Json::Null, &plain(), &[]).await;
        assert_eq!(created.state, Json::Null);
        let [error] = created.diagnostics.as_slice() else {
            panic!("one error: {created:?}")
        };
        assert!(error.detail.contains(CCID), "{}", error.detail);
    }
}

#[tokio::test]
async fn an_update_that_certainly_did_not_arrive_leaves_no_doubt() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"status": 400, "body": "{}"})).await;
    let failed = host
        .change(
            &created.state,
            &with(&plain(), "/name", "t101"),
            &created.private,
        )
        .await;
    assert_eq!(failed.state, created.state);
    assert_eq!(
        host.plan(&failed.state, &plain(), &failed.private)
            .await
            .state,
        created.state
    );
}

#[tokio::test]
async fn an_update_that_may_have_arrived_is_sent_again_even_with_the_old_values() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"status": 501, "apply": true})).await;
    let failed = host
        .change(
            &created.state,
            &with(&plain(), "/name", "t101"),
            &created.private,
        )
        .await;
    assert_eq!(failed.state, created.state);
    let plan = host.plan(&failed.state, &plain(), &failed.private).await;
    assert_eq!(plan.at("/revision"), 2);
    // The doubt outlives another failure that says nothing.
    api.fault(json!({"status": 400, "body": "{}"})).await;
    let failed = host
        .apply(&failed.state, &plan.state, &plain(), &plan.private)
        .await;
    let mended = host.change(&failed.state, &plain(), &failed.private).await;
    mended.expect_no_error();
    assert_eq!(api.body(CCID).await["tenant"]["name"], "t100");
    assert_eq!(
        host.plan(&mended.state, &plain(), &mended.private)
            .await
            .state,
        mended.state
    );
}

#[tokio::test]
async fn a_tenant_that_is_kept_after_a_destroy_that_may_have_arrived_is_sent_again() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    for (fault, revision) in [
        (json!({"status": 400, "body": "{}"}), 1),
        (json!({"status": 501, "apply": true}), 2),
    ] {
        api.fault(fault).await;
        let failed = host
            .apply(&created.state, &Json::Null, &Json::Null, &created.private)
            .await;
        assert_eq!(failed.state, created.state);
        // The walk that follows plans to keep it.
        host.configure(api.url()).await;
        let mended = host.change(&failed.state, &plain(), &failed.private).await;
        mended.expect_no_error();
        assert_eq!(mended.at("/revision"), revision);
    }
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn an_answer_shows_neither_the_new_secret_nor_the_one_it_replaces() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
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
async fn a_failed_rotation_is_noticed_again() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let created = host.change(&Json::Null, &write_only(), &[]).await;
    let rotated = with(&write_only(), "/iwd/db/password_wo", "canary-rotated");
    api.fault(json!({"status": 400, "body": "{}"})).await;
    let failed = host
        .change(&created.state, &rotated, &created.private)
        .await;
    assert_eq!(failed.state, created.state);
    let sent = host.change(&failed.state, &rotated, &failed.private).await;
    sent.expect_no_error();
    assert_eq!(
        api.body(CCID).await["iwd"]["db"]["password"],
        "canary-rotated"
    );
    assert_eq!(
        host.plan(&sent.state, &rotated, &sent.private).await.state,
        sent.state
    );
}

#[tokio::test]
async fn a_protected_or_unknown_way_of_destroying_is_refused_at_apply_too() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let protected = with(&plain(), "/deletion_protection", true);
    let created = host.change(&Json::Null, &protected, &[]).await;
    // Terraform before 1.3 makes no destroy plan.
    let refused = host
        .apply(&created.state, &Json::Null, &Json::Null, &created.private)
        .await;
    let error = refused.expect_error("Tenant is protected from deletion");
    // A tainted object comes here too, and an apply would only try to replace it again.
    assert!(error.detail.contains(CCID) && error.detail.contains("`terraform untaint`"));
    assert_eq!(refused.state, created.state);
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn a_destroy_after_a_newer_create_sends_nothing_and_warns() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let protected = with(&plain(), "/deletion_protection", true);
    let old = host.change(&Json::Null, &protected, &[]).await;
    // create_before_destroy: the new object of the same ccid comes first.
    host.begin_walk().await;
    let new = host
        .apply(
            &Json::Null,
            &with(&old.state, "/revision", 1),
            &plain(),
            &[],
        )
        .await;
    new.expect_no_error();
    let destroyed = destroy(&mut host, &old.state, &old.private).await;
    assert_eq!(destroyed.warnings(), ["Tenant was not deleted"]);
    assert_eq!(destroyed.state, Json::Null);
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn a_put_counts_as_a_newer_create_too() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let old = host.change(&Json::Null, &plain(), &[]).await;
    let imported = wire::import_resource_state::Request {
        type_name: "iwd_tenant".to_owned(),
        id: CCID.to_owned(),
        ..Default::default()
    };
    let imported = host
        .provider
        .import_resource_state(imported)
        .await
        .unwrap()
        .into_inner()
        .imported_resources
        .remove(0);
    let state = super::harness::values::from_wire(imported.state.as_ref());
    host.change(&state, &plain(), &imported.private)
        .await
        .expect_no_error();
    host.configure(api.url()).await;
    let destroyed = destroy(&mut host, &old.state, &old.private).await;
    assert_eq!(destroyed.warnings(), ["Tenant was not deleted"]);
    assert_eq!(api.tenants().await, [CCID]);
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
    let mut host = host_for(&api).await;
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
    let mut host = host_for(&api).await;
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
    let mut host = host_for(&api).await;
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
async fn a_destroy_beside_a_create_that_may_have_arrived_keeps_the_object() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let old = host.change(&Json::Null, &plain(), &[]).await;
    host.begin_walk().await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"method": "POST", "times": 3, "status": 500}))
        .await;
    host.apply(&Json::Null, &plan.state, &plain(), &plan.private)
        .await
        .expect_error("Error creating tenant: internal server error");
    let kept = host
        .apply(&old.state, &Json::Null, &Json::Null, &old.private)
        .await;
    kept.expect_error("Tenant was not deleted");
    assert_eq!(kept.state, old.state);
    assert_eq!(api.methods().await, ["POST"; 4]);

    host.begin_walk().await;
    destroy(&mut host, &kept.state, &kept.private)
        .await
        .expect_no_error();
    assert_eq!(api.tenants().await, [""; 0]);
}

#[tokio::test]
async fn a_planned_secret_is_masked_even_where_the_configuration_has_another() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
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
    let mut host = host_for(&api).await;
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

#[tokio::test]
async fn a_revision_counts_on_where_an_i64_ends() {
    let api = Api::start().await;
    let mut host = host_for(&api).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let last = with(&created.state, "/revision", i64::MAX);
    let renamed = with(&plain(), "/name", "t101");
    let updated = host.change(&last, &renamed, &created.private).await;
    updated.expect_no_error();
    // On the wire it is text from here on, as Terraform's own is.
    assert_eq!(updated.at("/revision"), "9223372036854775808");
    assert_eq!(api.methods().await, ["POST", "PUT"]);
}
