//! What a failing IWD does to a tenant in Terraform's hands.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::harness::{CCID, Simulator, Tenant, Workspace};

const ADDRESS: &str = "iwd_tenant.t";

/// Settings with which no failed request is tried again.
const NO_RETRIES: &[(&str, &str)] = &[("max_retries", "0")];

fn rejected() -> Json {
    json!({"status": 400, "body": "{\"error\":\"no\"}"})
}

#[test]
fn a_failed_create_leaves_nothing_and_the_next_apply_creates() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    simulator.fault(rejected());
    workspace
        .apply_fails()
        .expect_text("Error creating tenant: request rejected")
        .expect_text("Nothing was provisioned. Applying again is safe.");
    assert!(!workspace.state().has(ADDRESS));
    workspace.apply().expect_created(1);
    workspace.finish();
}

#[test]
fn a_create_that_may_have_arrived_leaves_nothing_either_and_says_so() {
    let simulator = Simulator::start();
    let workspace = Workspace::with_settings(&simulator, NO_RETRIES, Tenant::new());
    simulator.fault(json!({"method": "POST", "apply": true, "connection": "reset"}));
    workspace
        .apply_fails()
        .expect_text("The tenant may have been provisioned all the same")
        .expect_text("Applying again is safe");
    assert_eq!(simulator.tenants(), [CCID]);
    assert!(!workspace.state().has(ADDRESS));
    workspace.apply().expect_created(1);
    workspace.finish();
}

#[test]
fn a_failed_update_keeps_the_state_as_it_was() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    let before = workspace.state().resource(ADDRESS).clone();

    workspace.set_config(Tenant::new().text("iwd.db.host", "db2.infra"));
    simulator.fault(rejected());
    workspace
        .apply_fails()
        .expect_text("The tenant was not changed");
    assert_eq!(*workspace.state().resource(ADDRESS), before);
    let plan = workspace.plan();
    assert_eq!(plan.change(ADDRESS).changed(), ["iwd.db.host", "revision"]);

    workspace.set_config(Tenant::new());
    workspace.apply().expect_no_change();
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    workspace.finish();
}

#[test]
fn after_an_update_that_may_have_arrived_going_back_is_sent_too() {
    for fault in [
        json!({"method": "PUT", "apply": true, "connection": "reset"}),
        json!({"method": "PUT", "apply": true, "status": 501}),
    ] {
        let simulator = Simulator::start();
        let workspace = Workspace::with_settings(&simulator, NO_RETRIES, Tenant::new());
        drop(workspace.apply_once(&[]));
        let body = simulator.body(CCID);

        workspace.set_config(Tenant::new().text("iwd.db.host", "db2.infra"));
        simulator.fault(fault);
        workspace
            .apply_fails()
            .expect_text("The change may have taken effect all the same");
        assert_ne!(simulator.body(CCID), body);

        workspace.set_config(Tenant::new());
        workspace.apply().expect_updated_in_place(&["revision"]);
        assert_eq!(simulator.body(CCID), body);
        workspace.finish();
    }
}

#[test]
fn a_write_only_secret_whose_fate_is_unknown_is_sent_again() {
    let simulator = Simulator::start();
    let tenant = |password: &str| {
        let plain = Tenant::new().without("iwd.db.password");
        plain.text("iwd.db.password_wo", password)
    };
    let workspace = Workspace::with_settings(&simulator, NO_RETRIES, tenant("old"));
    drop(workspace.apply_once(&[]));

    workspace.set_config(tenant("new"));
    simulator.fault(json!({"method": "PUT", "apply": true, "connection": "close"}));
    drop(workspace.apply_fails());
    workspace.set_config(tenant("old"));
    workspace.apply().expect_updated_in_place(&["revision"]);
    assert_eq!(simulator.body(CCID)["iwd"]["db"]["password"], "old");
    workspace.finish();
}

#[test]
fn what_passes_by_itself_is_tried_again_as_the_server_asks() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new()).with_log_trace();
    simulator.fault(json!([
        {"connection": "reset"},
        {"status": 503, "headers": {"Retry-After": "1"}},
    ]));
    let started = Instant::now();
    drop(workspace.apply_once(&[]));
    assert!(started.elapsed() > Duration::from_secs(1));
    assert_eq!(simulator.methods(), ["POST", "POST", "POST"]);
    let log = workspace.log();
    let waits = log
        .lines()
        .filter(|line| line.contains("[WARN]") && line.contains("trying again after a wait"));
    assert_eq!(waits.count(), 2);
    workspace.finish();
}

#[test]
fn what_would_fail_again_is_not_tried_again() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    for (fault, text, requests) in [
        (json!({"status": 401}), "API key not accepted", 1),
        (
            json!({"status": 200, "body": "<html>log in</html>"}),
            "response is a web page",
            2,
        ),
    ] {
        simulator.fault(fault);
        workspace.apply_fails().expect_text(text);
        assert_eq!(simulator.requests().len(), requests, "{text}");
    }
    workspace.finish();
}

#[test]
fn a_wait_that_the_timeout_of_its_operation_does_not_allow_ends_it() {
    let simulator = Simulator::start();
    let tenant = Tenant::new()
        .text("timeouts.create", "1m")
        .text("timeouts.delete", "1m");
    let workspace = Workspace::new(&simulator, tenant);
    // The default of five minutes would allow it.
    let later = || json!({"status": 503, "headers": {"Retry-After": "120"}});
    simulator.fault(later());
    workspace
        .apply_fails()
        .expect_text("the server asks to wait 2m");
    drop(workspace.apply_once(&[]));
    simulator.fault(later());
    workspace
        .destroy_fails()
        .expect_text("the server asks to wait 2m");
    workspace.finish();
}

#[test]
fn an_error_points_at_the_argument_that_the_answer_names_but_not_at_a_secret() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    for (parameter, attribute) in [
        ("iwd.db.host", "iwd.db.host"),
        ("tenant.id", "short_id"),
        // Terraform shows a block by the line of the block around it.
        ("iwd.db.password", ""),
        ("tenant.apiKey", ""),
    ] {
        let body = json!({"message": format!("parameter {parameter} is missing")}).to_string();
        simulator.fault(json!({"status": 400, "body": body}));
        workspace
            .apply_fails()
            .expect("request rejected", attribute)
            .expect_text(&format!("The answer names the parameter {parameter}"));
    }
    workspace.finish();
}
