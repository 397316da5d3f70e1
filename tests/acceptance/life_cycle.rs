//! A tenant from its creation to its end.

use crate::harness::{Action, CCID, Simulator, Tenant, Terraform, Workspace, quickstart};

const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";

#[test]
fn the_quickstart_sends_the_documented_body_field_for_field() {
    let simulator = quickstart::simulator();
    let workspace = quickstart::workspace(Terraform::find(), &simulator);
    workspace.init();
    workspace.apply().expect_created(1);
    assert_eq!(
        simulator.body(quickstart::CCID),
        quickstart::documented_body()
    );
    // Those of its secrets that stand nowhere else: its password is its user too.
    let secrets = [
        "cluster_api_key",
        "tenant_api_key",
        "gws_token",
        "iwd_api_key",
        "iwddm_api_key",
    ];
    let secrets = secrets.map(quickstart::value);
    workspace.expect_no_secret(&secrets.each_ref().map(String::as_str));
    workspace.finish();
    assert_eq!(simulator.methods(), ["POST", "DELETE"]);
}

#[test]
fn a_tenant_is_created_with_the_defaults_of_the_api() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    let plan = workspace.plan();
    let change = plan.change("iwd_tenant.t");
    assert_eq!(change.action(), Action::Create);
    assert_eq!(change.after("id"), CCID);
    assert_eq!(change.after("revision"), 1);
    assert_eq!(change.after("iwd.db.port"), 5432);
    assert_eq!(change.after("iwd.db.ssl"), false);
    assert_eq!(change.after("on_destroy"), "delete_tenant");
    assert_eq!(change.after("deletion_protection"), false);
    for secret in ["api_key", "iwd.db.password", "iwd.api_keys.tenant"] {
        assert!(change.after_sensitive(secret), "{secret}");
    }
    assert!(!change.after_sensitive("iwd.db.user"));

    workspace.apply().expect_created(1);
    let body = simulator.body(CCID);
    assert_eq!(body["iwd"]["db"]["port"], 5432);
    assert_eq!(body["iwdEmail"]["url"], "N/A");
    assert!(body["tenant"].get("gws").is_none(), "{body}");
    workspace.finish();
}

#[test]
fn a_change_of_the_name_is_an_update_in_place_with_the_whole_body() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.apply().expect_created(1);
    let mut expected = simulator.body(CCID);

    workspace.set_config(Tenant::new().text("name", "t200"));
    workspace
        .apply()
        .expect_updated_in_place(&["name", "revision"]);
    expected["tenant"]["name"] = "t200".into();
    assert_eq!(simulator.body(CCID), expected);
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    workspace.finish();
}

#[test]
fn a_setting_of_the_destroy_changes_in_state_without_a_call() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.apply().expect_created(1);

    workspace.set_config(Tenant::new().text("on_destroy", "keep"));
    workspace.apply().expect_updated_in_place(&["on_destroy"]);
    assert_eq!(simulator.methods(), ["POST"]);
    workspace.finish_leaving(&[CCID]);
    assert_eq!(simulator.methods(), ["POST"]);
}

#[test]
fn a_new_ccid_replaces_the_tenant() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.apply().expect_created(1);

    workspace.set_config(Tenant::new().text("ccid", OTHER_CCID));
    workspace.apply().expect_replaced(&["ccid"]);
    assert_eq!(simulator.tenants(), [OTHER_CCID]);
    workspace.finish();
}

#[test]
fn an_imported_tenant_is_sent_whole_by_the_first_apply() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.apply().expect_created(1);
    let body = simulator.body(CCID);
    workspace.state_rm("iwd_tenant.t");
    simulator.forget_requests();

    let state = workspace.import("iwd_tenant.t", CCID);
    assert_eq!(state.value("iwd_tenant.t", "id"), CCID);
    assert!(state.value("iwd_tenant.t", "name").is_null());
    assert!(simulator.requests().is_empty());

    let applied = workspace.apply();
    assert_eq!(applied.plan.action("iwd_tenant.t"), Action::Update);
    assert_eq!(simulator.methods(), ["PUT"]);
    assert_eq!(simulator.body(CCID), body);
    workspace.finish();
}

#[test]
fn an_import_block_imports_and_updates_in_one_apply() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    let plan = workspace.import_block("iwd_tenant.t", CCID);
    let change = plan.change("iwd_tenant.t");
    assert_eq!(change.importing(), Some(CCID));
    assert_eq!(change.action(), Action::Update);
    drop(workspace.apply());
    assert_eq!(simulator.tenants(), [CCID]);
    workspace.finish();
}

#[test]
fn an_acknowledged_tenant_survives_a_crash_of_the_simulator() {
    let mut simulator = Simulator::start();
    let endpoint = simulator.endpoint().to_owned();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.apply().expect_created(1);
    let body = simulator.body(CCID);
    workspace.abandon();

    simulator.kill_and_restart();
    assert_eq!(simulator.endpoint(), endpoint);
    assert_eq!(simulator.body(CCID), body);
}
