//! Tenants that another provider's generic resource managed until now, taken over with a `moved` block.

use serde_json::json;

use crate::harness::{Action, CCID, Json, Simulator, Tenant, Workspace, guide, repository};

const ADDRESS: &str = "iwd_tenant.t";

/// A simulator that holds [`Tenant::new`], the body it was sent, and no request.
fn simulator_with_tenant() -> (Simulator, Json) {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    workspace.abandon();
    simulator.forget_requests();
    let body = simulator.body(CCID);
    (simulator, body)
}

fn moved_from(source: &str) -> String {
    let tenant = Tenant::new();
    format!("moved {{\n  from = {source}\n  to   = {ADDRESS}\n}}\n{tenant}")
}

fn terraform_data(input: &str) -> String {
    format!("resource \"terraform_data\" \"t\" {{\n  input = {input:?}\n}}\n")
}

/// A state that Terraform made, with one object of the provider `source`.
fn state_of(source: &str, type_name: &str, schema_version: u8, attributes: &Json) -> Json {
    json!({
        "version": 4,
        "terraform_version": "1.9.8",
        "serial": 7,
        "lineage": "5a1f5c0e-6b0c-7e0c-9c55-0a4f9f3d2b11",
        "outputs": {},
        "resources": [{
            "mode": "managed",
            "type": type_name,
            "name": "t",
            "provider": format!("provider[\"registry.terraform.io/{source}\"]"),
            "instances": [{
                "schema_version": schema_version,
                "attributes": attributes,
                "sensitive_attributes": [],
                "private": "bnVsbA==",
            }],
        }],
    })
}

/// The plan takes over what the old state says, the apply sends everything by PUT, and after that it is a tenant like
/// any other.
fn take_over(workspace: Workspace<'_>, simulator: &Simulator, body: &Json) {
    let applied = workspace.apply();
    let change = applied.plan.change(ADDRESS);
    assert_eq!(change.action(), Action::Update);
    assert_eq!(change.before("ccid"), CCID);
    assert_eq!(change.before("name"), "t100");
    assert_eq!(change.before("iwd.db.host"), "postgres.infra");
    assert!(change.before("iwd.db.password").is_null());
    assert!(change.before("on_destroy").is_null());
    assert_eq!(change.after("revision"), 1);
    assert_eq!(simulator.methods(), ["PUT"]);
    assert_eq!(simulator.body(CCID), *body);
    workspace.finish();
}

#[test]
fn a_tenant_of_terraform_data_is_taken_over() {
    let (simulator, body) = simulator_with_tenant();
    let workspace = Workspace::new(&simulator, terraform_data(&body.to_string()));
    drop(workspace.apply_once(&[]));

    workspace.set_config(moved_from("terraform_data.t"));
    workspace
        .destroy_fails()
        .expect_text("Tenant was never applied");
    assert!(simulator.requests().is_empty());
    take_over(workspace, &simulator, &body);
}

#[test]
fn a_tenant_is_taken_over_through_a_chain_of_moves() {
    let (simulator, body) = simulator_with_tenant();
    let workspace = Workspace::new(&simulator, terraform_data(&body.to_string()));
    drop(workspace.apply_once(&[]));

    let first = "moved {\n  from = terraform_data.t\n  to   = iwd_tenant.before\n}\n";
    let second = moved_from("iwd_tenant.before");
    workspace.set_config(format!("{first}{second}"));
    take_over(workspace, &simulator, &body);
}

/// The states are shaped as restapi 1.20.0 and 3.0.0 write them.
#[test]
fn a_tenant_of_restapi_object_is_taken_over() {
    for further in [
        json!({"read_data": null, "read_search": null, "update_data": null}),
        json!({"ignore_all_server_changes": null, "ignore_changes_to": null, "ignore_server_additions": null}),
    ] {
        let (simulator, body) = simulator_with_tenant();
        let source = "mastercard/restapi";
        let mut attributes = json!({
            "api_data": {"tenant": format!("map[ccid:{CCID} id:100 name:t100]"), "iwdEmail": "map[url:N/A]"},
            "api_response": body.to_string(),
            "create_method": null,
            "create_path": null,
            "create_response": body.to_string(),
            "data": format!("{body}\n"),
            "debug": null,
            "destroy_data": null,
            "destroy_method": null,
            "destroy_path": "/iwd/v3/provisioning/{id}?deleteTenant=true",
            "force_new": null,
            "id": CCID,
            "id_attribute": "tenant/ccid",
            "object_id": CCID,
            "path": "/iwd/v3/provisioning",
            "query_string": null,
            "read_method": null,
            "read_path": null,
            "update_method": null,
            "update_path": null,
        });
        for (name, value) in further.as_object().expect("an object") {
            attributes[name] = value.clone();
        }
        let state = state_of(source, "restapi_object", 0, &attributes);
        let workspace = Workspace::new(&simulator, moved_from("restapi_object.t"));
        workspace.adopt_state(&state, source);
        take_over(workspace, &simulator, &body);
    }
}

/// The state is shaped as terracurl 2.3.0 writes it.
#[test]
fn a_tenant_of_terracurl_request_is_taken_over() {
    let (simulator, body) = simulator_with_tenant();
    let source = "devops-rob/terracurl";
    let url = "http://iwd.iwd:4024/iwd/v3/provisioning";
    let attributes = json!({
        "destroy_headers": {"x-api-key": "a-key"},
        "destroy_method": "DELETE",
        "destroy_request_body": null,
        "destroy_request_url_string": format!("{url}/{CCID}?deleteTenant=true"),
        "destroy_response_codes": ["200"],
        "destroy_retry_interval": 10,
        "destroy_timeout": 10,
        "destroy_url": format!("{url}/{CCID}?deleteTenant=true"),
        "drift_marker": "initial",
        "headers": {"Content-Type": "application/json; charset=utf-8", "x-api-key": "a-key"},
        "id": "t100",
        "ignore_response_fields": null,
        "max_retry": null,
        "method": "POST",
        "name": "t100",
        "read_request_body": null,
        "request_body": body.to_string(),
        "request_url_string": url,
        "response": "{\"created\":true}",
        "response_codes": ["200", "201"],
        "retry_interval": 10,
        "skip_destroy": true,
        "skip_read": true,
        "status_code": "200",
        "timeout": 10,
        "url": url,
    });
    let workspace = Workspace::new(&simulator, moved_from("terracurl_request.t"));
    let state = state_of(source, "terracurl_request", 1, &attributes);
    workspace.adopt_state(&state, source);
    take_over(workspace, &simulator, &body);
}

#[test]
fn what_can_not_be_moved_is_forgotten_and_the_tenant_imported_in_one_apply() {
    let (simulator, body) = simulator_with_tenant();
    let script = "resource \"terraform_data\" \"t100\" {\n  input = \"no body\"\n\n  \
                  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"exit 1\"\n  }\n}\n";
    let workspace = Workspace::new(&simulator, script);
    drop(workspace.apply_once(&[]));
    let guide = repository::read("docs/guides/moving-from-scripts.md");
    let blocks = repository::blocks(&guide, &["terraform"]);
    let forget = guide::block_with(&blocks, "removed {")
        .replace("null_resource", "terraform_data")
        .replace("iwd_tenant.t100", ADDRESS)
        .replace("9350e2fc-a1dd-4c65-8d40-1f75a2e00100", CCID);
    workspace.set_config(format!("{forget}{}", Tenant::new()));
    let applied = workspace.apply();
    assert_eq!(applied.plan.change(ADDRESS).importing(), Some(CCID));
    assert_eq!(simulator.methods(), ["PUT"]);
    assert_eq!(simulator.body(CCID), body);
    assert_eq!(workspace.state().addresses(), [ADDRESS]);
    workspace.set_config(Tenant::new());
    workspace.finish();
}

#[test]
fn what_holds_no_tenant_or_is_another_type_is_not_taken_over() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, terraform_data("{\"tenant\":{\"id\":\"100\"}}"));
    drop(workspace.apply_once(&[]));
    workspace.set_config(moved_from("terraform_data.t"));
    workspace
        .plan_fails()
        .expect_text("No tenant to take over")
        .expect_text("terraform state rm");

    workspace.set_config("resource \"iwd_api_key\" \"t\" {\n}\n");
    drop(workspace.apply_once(&[]));
    workspace.set_config(moved_from("iwd_api_key.t"));
    workspace
        .plan_fails()
        .expect_text("Resource can't be moved");
    assert!(simulator.requests().is_empty());
    workspace.set_config("");
    workspace.finish();
}
