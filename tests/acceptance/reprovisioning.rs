//! What sends a tenant again, what only looks, and what a plan warns of.

use crate::harness::{API_KEY, CCID, Simulator, Tenant, Workspace, provider_block};

const ADDRESS: &str = "iwd_tenant.t";
const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";

#[test]
fn a_changed_trigger_sends_the_same_tenant_again() {
    let simulator = Simulator::start();
    let triggered = |revision: &str| {
        let triggers = format!("{{ release = {revision:?} }}");
        Tenant::new().set("reprovision_triggers", &triggers)
    };
    let workspace = Workspace::new(&simulator, triggered("1"));
    drop(workspace.apply_once(&[]));
    let body = simulator.body(CCID);

    workspace.set_config(triggered("2"));
    workspace
        .apply()
        .expect_updated_in_place(&["reprovision_triggers.release", "revision"]);
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    assert_eq!(simulator.body(CCID), body);

    workspace.set_config(Tenant::new());
    workspace
        .apply()
        .expect_updated_in_place(&["reprovision_triggers", "revision"]);
    assert_eq!(simulator.methods(), ["POST", "PUT", "PUT"]);
    workspace.finish();
}

#[test]
fn settings_of_the_resource_change_while_iwd_is_down() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    simulator.fault(serde_json::json!({"status": 503, "times": 0}));
    let tenant = Tenant::new()
        .text("on_destroy", "delete_services")
        .set("destroy_services", "[\"iWD\"]")
        .text("timeouts.delete", "1m");
    workspace.set_config(tenant);
    workspace
        .apply()
        .expect_updated_in_place(&["destroy_services", "on_destroy", "timeouts"]);
    assert_eq!(simulator.methods(), ["POST"]);
    simulator.no_more_faults();
    workspace.finish_leaving(&[CCID]);
}

#[test]
fn a_refresh_asks_nothing_and_sees_no_drift() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    let before = workspace.state().json().clone();
    simulator.forget_requests();

    let plan = workspace.plan_with(&["-refresh-only"]);
    assert!(plan.is_empty());
    drop(workspace.apply_once(&["-refresh-only"]));
    assert_eq!(*workspace.state().json(), before);
    assert!(simulator.requests().is_empty());
    workspace.finish();
}

#[test]
fn a_target_limits_apply_and_destroy() {
    let simulator = Simulator::start();
    let other = Tenant::new().labelled("other").text("ccid", OTHER_CCID);
    let workspace = Workspace::new(&simulator, format!("{}{other}", Tenant::new()));
    workspace
        .apply_once(&["-target=iwd_tenant.t"])
        .expect_created(1);
    assert_eq!(simulator.tenants(), [CCID]);
    workspace.apply().expect_created(1);
    workspace
        .apply_once(&["-destroy", "-target=iwd_tenant.t"])
        .expect_destroyed(1);
    assert_eq!(simulator.tenants(), [OTHER_CCID]);
    assert!(!workspace.state().has(ADDRESS));
    workspace.finish();
}

#[test]
fn a_plan_warns_of_what_may_stay_behind() {
    let simulator = Simulator::start();
    let tenant = Tenant::new().with_gws();
    let with_key = tenant.clone().text("iwd.api_keys.iwddm", "data-mart-key");
    let workspace = Workspace::new(&simulator, &with_key);
    drop(workspace.apply_once(&[]));

    for (config, warning) in [
        (with_key.clone().text("name", "t200"), "`name` changes"),
        (
            with_key.clone().text("short_id", "200"),
            "`short_id` changes",
        ),
        (with_key.without("gws"), "`gws` is removed"),
        (tenant, "`iwd.api_keys.iwddm` is removed"),
    ] {
        workspace.set_config(config);
        workspace.plan().expect_warning(warning);
    }

    // Of a write-only key the state says nothing; the warning comes all the same.
    let write_only = Tenant::new().text("iwd.api_keys.iwddm_wo", "data-mart-key");
    workspace.set_config(write_only);
    drop(workspace.apply_once(&[]));
    workspace.set_config(Tenant::new());
    workspace
        .plan()
        .expect_warning("`iwd.api_keys.iwddm` is removed");
    workspace.finish();
}

#[test]
fn a_changed_endpoint_plans_nothing() {
    let (simulator, other) = (Simulator::start(), Simulator::start());
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply());
    let block = |simulator: &Simulator| {
        let endpoint = format!("{:?}", simulator.endpoint());
        provider_block(&[
            ("endpoint", &endpoint),
            ("api_key", &format!("{API_KEY:?}")),
        ])
    };
    workspace.set_provider_block(&block(&other));
    workspace.expect_empty_plan();
    workspace.set_provider_block(&block(&simulator));
    assert!(other.requests().is_empty());
    workspace.finish();
}
