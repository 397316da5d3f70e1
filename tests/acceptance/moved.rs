//! Tenants that another provider's generic resource managed until now, taken over with a `moved` block.

use serde_json::json;

use crate::harness::{Action, CCID, Json, Simulator, Tenant, Workspace};

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
fn state_of(source: &str, type_name: &str, attributes: &Json) -> Json {
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
            "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
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

#[test]
fn a_tenant_of_restapi_object_is_taken_over() {
    let (simulator, body) = simulator_with_tenant();
    let source = "mastercard/restapi";
    let attributes = json!({
        "id": CCID,
        "path": "/iwd/v3/provisioning",
        "create_method": null,
        "create_path": null,
        "data": body.to_string(),
        "api_data": {"created": "true"},
        "api_response": "{\"created\":true}",
        "create_response": "{\"created\":true}",
        "debug": false,
        "destroy_method": "DELETE",
        "destroy_path": "/iwd/v3/provisioning/{id}?deleteTenant=true",
        "force_new": null,
        "id_attribute": "tenant/ccid",
        "object_id": CCID,
        "query_string": null,
        "update_method": "PUT",
    });
    let workspace = Workspace::new(&simulator, moved_from("restapi_object.t"));
    workspace.adopt_state(&state_of(source, "restapi_object", &attributes), source);
    take_over(workspace, &simulator, &body);
}

#[test]
fn a_tenant_of_terracurl_request_is_taken_over() {
    let (simulator, body) = simulator_with_tenant();
    let source = "devops-rob/terracurl";
    let attributes = json!({
        "id": "t100",
        "name": "t100",
        "url": "http://iwd.iwd:4024/iwd/v3/provisioning",
        "method": "POST",
        "headers": {"Content-Type": "application/json; charset=utf-8", "x-api-key": "a-key"},
        "request_body": body.to_string(),
        "response": "{\"created\":true}",
        "response_codes": ["200"],
        "status_code": "200",
        "destroy_method": null,
        "max_retry": 3,
        "retry_interval": 10,
    });
    let workspace = Workspace::new(&simulator, moved_from("terracurl_request.t"));
    let state = state_of(source, "terracurl_request", &attributes);
    workspace.adopt_state(&state, source);
    take_over(workspace, &simulator, &body);
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
