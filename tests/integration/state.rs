//! State that comes from elsewhere: older releases, imports, other resources.

use serde_json::{Value as Json, json};

use super::harness::api::Api;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::Host;
use super::harness::reply::{errors, only_error, place};
use super::harness::tenant::{CCID, gws, plain, with, write_only};
use super::harness::values::{from_wire, to_wire};

pub(crate) async fn upgrade(
    host: &mut Host,
    version: i64,
    raw: wire::RawState,
) -> wire::upgrade_resource_state::Response {
    let request = wire::upgrade_resource_state::Request {
        type_name: "iwd_tenant".to_owned(),
        version,
        raw_state: Some(raw),
    };
    host.provider
        .upgrade_resource_state(request)
        .await
        .unwrap()
        .into_inner()
}

pub(crate) fn stored(state: &Json) -> wire::RawState {
    wire::RawState {
        json: serde_json::to_vec_pretty(state).unwrap(),
        ..Default::default()
    }
}

#[tokio::test]
async fn stored_state_may_lack_attributes_have_strange_ones_and_be_pretty_printed() {
    let mut host = Host::start().await;
    let mut old = plain();
    old.as_object_mut().unwrap().remove("reprovision_triggers");
    old["iwd"]["db"]
        .as_object_mut()
        .unwrap()
        .remove("password_wo");
    old["gone"] = json!({"since": "v9"});
    old["iwd"]["db"]["also_gone"] = json!([1, 2.5]);
    let upgraded = upgrade(&mut host, 0, stored(&old)).await;
    assert_eq!(errors(&upgraded.diagnostics).count(), 0);
    assert_eq!(from_wire(upgraded.upgraded_state.as_ref()), plain());
}

#[tokio::test]
async fn state_that_cant_be_read_says_why() {
    let mut host = Host::start().await;
    let flat = wire::RawState {
        flatmap: [("id".to_owned(), "x".to_owned())].into(),
        ..Default::default()
    };
    let wrong = stored(&with(&plain(), "/iwd", "text"));
    let garbage = wire::RawState {
        json: b"{".to_vec(),
        ..Default::default()
    };
    for (version, raw) in [(0, flat), (0, wrong), (0, garbage), (7, stored(&plain()))] {
        let reply = upgrade(&mut host, version, raw).await;
        only_error(&reply.diagnostics, "Stored state can't be read");
    }
}

#[tokio::test]
async fn an_import_of_what_is_no_uuid_warns_as_the_configuration_does() {
    let mut host = Host::start().await;
    let configured = host.validate(&with(&plain(), "/ccid", "100")).await;
    let [configured] = configured.as_slice() else {
        panic!("one warning: {configured:?}")
    };
    for (id, identity) in [("100", None), ("", Some(json!({"ccid": "100"})))] {
        let reply = import(&mut host, id, identity).await;
        let [told] = reply.diagnostics.as_slice() else {
            panic!("one warning: {reply:?}")
        };
        assert_eq!(told.severity, configured.severity);
        assert_eq!(told.summary, configured.summary);
        assert_eq!(told.detail, configured.detail);
        assert_eq!(place(told), "");
        assert_eq!(reply.imported_resources.len(), 1);
    }
}

async fn import(
    host: &mut Host,
    id: &str,
    identity: Option<Json>,
) -> wire::import_resource_state::Response {
    let request = wire::import_resource_state::Request {
        type_name: "iwd_tenant".to_owned(),
        id: id.to_owned(),
        client_capabilities: None,
        identity: identity.map(|identity| wire::ResourceIdentityData {
            identity_data: Some(to_wire(&identity)),
        }),
    };
    host.provider
        .import_resource_state(request)
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test]
async fn an_import_by_id_or_identity_knows_the_ccid_and_leaves_a_template() {
    let mut host = Host::start().await;
    for (id, identity) in [(CCID, None), ("", Some(json!({"ccid": CCID})))] {
        let reply = import(&mut host, id, identity).await;
        assert!(reply.diagnostics.is_empty());
        let [imported] = reply.imported_resources.as_slice() else {
            panic!("one object")
        };
        let state = from_wire(imported.state.as_ref());
        assert_eq!((&state["id"], &state["ccid"]), (&CCID.into(), &CCID.into()));
        assert_eq!(state["iwd"]["url"], Json::Null);
        assert!(state["iwd"]["db"].is_object() && state["iwd"]["api_keys"].is_object());
        for name in [
            "gws",
            "iwd_email",
            "timeouts",
            "revision",
            "on_destroy",
            "name",
        ] {
            assert_eq!(state[name], Json::Null, "{name}");
        }
        let identity = imported.identity.as_ref().unwrap();
        assert_eq!(
            from_wire(identity.identity_data.as_ref()),
            json!({"ccid": CCID})
        );
    }
}

#[tokio::test]
async fn an_import_by_anything_else_is_refused() {
    let mut host = Host::start().await;
    for id in ["", "..", "a/b", "-a", "a b", &"x".repeat(65)] {
        let reply = import(&mut host, id, None).await;
        only_error(&reply.diagnostics, "Invalid contact center id");
        assert!(reply.imported_resources.is_empty());
    }
}

#[tokio::test]
async fn an_imported_tenant_is_sent_whole_at_the_first_apply_and_not_destroyed_before() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let imported = import(&mut host, CCID, None)
        .await
        .imported_resources
        .remove(0);
    let state = from_wire(imported.state.as_ref());
    let destroyed = host.plan(&state, &Json::Null, &imported.private).await;
    destroyed.expect_error("Tenant was never applied");
    let destroyed = host
        .apply(&state, &Json::Null, &Json::Null, &imported.private)
        .await;
    destroyed.expect_error("Tenant was never applied");
    assert_eq!(destroyed.state, state);
    assert!(api.requests().await.is_empty());

    let plan = host.plan(&state, &plain(), &imported.private).await;
    plan.expect_no_error();
    assert_eq!(plan.at("/revision"), 1);
    assert!(
        plan.warnings()
            .iter()
            .all(|summary| !summary.contains("old name"))
    );
    let applied = host
        .apply(&state, &plan.state, &plain(), &plan.private)
        .await;
    applied.expect_no_error();
    assert_eq!(api.methods().await, ["PUT"]);
    assert_eq!(api.tenants().await, [CCID]);
}

pub(crate) async fn move_from(
    host: &mut Host,
    type_name: &str,
    state: &Json,
) -> wire::move_resource_state::Response {
    let request = wire::move_resource_state::Request {
        source_provider_address: "registry.terraform.io/example/example".to_owned(),
        source_type_name: type_name.to_owned(),
        source_state: Some(stored(state)),
        target_type_name: "iwd_tenant".to_owned(),
        ..Default::default()
    };
    host.provider
        .move_resource_state(request)
        .await
        .unwrap()
        .into_inner()
}

/// The documented body, with secrets that must not come along.
fn body() -> Json {
    json!({
        "tenant": {
            "id": "100", "name": "t100", "ccid": CCID, "apiKey": "canary-1",
            "gws": {
                "gwsUrl": "http://gws-service-proxy.gws",
                "data": {"authUrl": "http://gauth-auth.gauth", "authredircetUrl": "https://gauth.example.com"},
                "secret": {"clientId": "iwd_client", "clientSecret": "canary-2", "apikey": "canary-3", "username": "nexus", "token": "canary-4"},
            },
        },
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {"host": "pgdb", "port": 5433, "database": "iwd-100", "user": "iwd-user", "password": "canary-5", "ssl": true},
            "apiKeys": {"IWD_APIKEY_TENANT": "canary-6", "IWD_APIKEY_IWDDM": "canary-7"},
        },
        "iwdEmail": {"url": "N/A"},
    })
}

#[tokio::test]
async fn a_tenant_moves_from_generic_resources_without_its_secrets() {
    let mut host = Host::start().await;
    let text = body().to_string();
    let sources = [
        (
            "restapi_object",
            json!({"id": CCID, "path": "/iwd/v3/provisioning", "data": text, "debug": false, "api_data": {"created": "true"}}),
        ),
        (
            "terracurl_request",
            json!({"id": "x", "method": "POST", "url": "http://iwd.iwd:4024", "request_body": text, "headers": {"x-api-key": "canary-8"}}),
        ),
        (
            "terraform_data",
            json!({"id": "x", "input": {"type": "string", "value": text}, "output": {"type": "string", "value": text}, "triggers_replace": null}),
        ),
        // Terraform 1.16 and later.
        (
            "terraform_data",
            json!({"id": "x", "input": null, "output": null, "triggers_replace": null, "store": {
                "input": null, "output": {"value": text, "type": "string"}, "sensitive_output": null, "version": 1}}),
        ),
        (
            "terraform_data",
            json!({"id": "x", "store": {"input": null, "output": null, "sensitive": true,
                "sensitive_output": {"value": {"body": body()}, "type": ["object", {"body": "dynamic"}]}}}),
        ),
        // The first link of a chain.
        (
            "iwd_tenant",
            json!({"id": "x", "store": {"output": {"value": text, "type": "string"}}}),
        ),
        (
            "terraform_data",
            json!({"id": "x", "input": {"type": ["object", {"body": "dynamic"}], "value": {"body": body()}}, "triggers_replace": null}),
        ),
    ];
    for (type_name, state) in sources {
        let reply = move_from(&mut host, type_name, &state).await;
        assert!(
            reply.diagnostics.is_empty(),
            "{type_name}: {:?}",
            reply.diagnostics
        );
        let moved = from_wire(reply.target_state.as_ref());
        assert!(!moved.to_string().contains("canary"), "{type_name}");
        assert_eq!(moved["ccid"], CCID);
        assert_eq!(moved["id"], CCID);
        assert_eq!(moved["short_id"], "100");
        assert_eq!(
            moved["gws"]["auth_redirect_url"],
            "https://gauth.example.com"
        );
        assert_eq!(moved["gws"]["username"], "nexus");
        assert_eq!(moved["iwd"]["db"]["port"], 5433);
        assert_eq!(moved["iwd"]["db"]["ssl"], true);
        assert_eq!(moved["iwd_email"], Json::Null);
        assert_eq!(
            (&moved["on_destroy"], &moved["revision"]),
            (&Json::Null, &Json::Null)
        );
        let identity = reply.target_identity.unwrap();
        assert_eq!(
            from_wire(identity.identity_data.as_ref()),
            json!({"ccid": CCID})
        );

        let plan = host.plan(&moved, &Json::Null, &reply.target_private).await;
        plan.expect_error("Tenant was never applied");
    }
}

#[tokio::test]
async fn a_tenant_that_the_same_process_created_and_imported_is_not_simply_forgotten() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let reply = import(&mut host, CCID, None).await;
    let imported = &reply.imported_resources[0];
    let state = from_wire(imported.state.as_ref());
    let destroyed = host
        .apply(&state, &Json::Null, &Json::Null, &imported.private)
        .await;
    destroyed.expect_error("Tenant was never applied");
    assert_eq!(api.methods().await, ["POST"]);
    // Nor is the one that it created.
    host.apply(&created.state, &Json::Null, &Json::Null, &created.private)
        .await
        .expect_no_error();
    assert_eq!(api.methods().await, ["POST", "DELETE"]);
}

#[tokio::test]
async fn a_key_that_a_moved_tenant_had_may_live_on_where_it_is_left_out() {
    let mut host = Host::start().await;
    let old = json!({"id": "x", "input": {"type": "string", "value": body().to_string()}});
    let reply = move_from(&mut host, "terraform_data", &old).await;
    let moved = from_wire(reply.target_state.as_ref());
    let config = with(&plain(), "/gws", gws());
    let plan = host.plan(&moved, &config, &reply.target_private).await;
    assert_eq!(
        plan.warnings(),
        ["Removed settings may remain in Digital Channels"]
    );
}

#[tokio::test]
async fn a_tenant_moves_from_another_provider_address_as_it_is_and_nothing_is_sent() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &write_only(), &[]).await;
    for address in ["registry.example.com/mirror/iwd", "iwd"] {
        let mut request = wire::move_resource_state::Request {
            source_provider_address: address.to_owned(),
            source_type_name: "iwd_tenant".to_owned(),
            source_state: Some(stored(&created.state)),
            source_private: created.private.clone(),
            target_type_name: "iwd_tenant".to_owned(),
            ..Default::default()
        };
        host.begin_walk().await;
        let moved = host.provider.move_resource_state(request.clone()).await;
        let moved = moved.unwrap().into_inner();
        assert!(moved.diagnostics.is_empty(), "{:?}", moved.diagnostics);
        let state = from_wire(moved.target_state.as_ref());
        assert_eq!(state, created.state);
        let plan = host
            .plan(&state, &write_only(), &moved.target_private)
            .await;
        assert_eq!(plan.state, state);

        request.source_schema_version = 1;
        let newer = host.provider.move_resource_state(request).await;
        let newer = newer.unwrap().into_inner();
        let error = only_error(&newer.diagnostics, "Stored state can't be read");
        assert!(error.detail.contains(address), "{error:?}");
        assert!(error.detail.contains("schema version 1"), "{error:?}");
    }
    assert_eq!(api.methods().await, ["POST"]);
}

#[tokio::test]
async fn what_holds_no_tenant_is_not_moved() {
    let mut host = Host::start().await;
    let mut nameless = body();
    nameless["tenant"]["ccid"] = "../x".into();
    for state in [
        json!({}),
        json!({"data": "not json"}),
        json!({"data": "{}"}),
        json!({"data": nameless.to_string()}),
    ] {
        let reply = move_from(&mut host, "restapi_object", &state).await;
        only_error(&reply.diagnostics, "No tenant to take over");
    }
    let reply = move_from(
        &mut host,
        "null_resource",
        &json!({"data": body().to_string()}),
    )
    .await;
    only_error(&reply.diagnostics, "Resource can't be moved");
}
