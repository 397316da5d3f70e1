//! What a failing IWD does to a tenant in Terraform's hands.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::harness::{CCID, Simulator, Tenant, Workspace};

const ADDRESS: &str = "iwd_tenant.t";

/// Settings with which no failed request is tried again.
const NO_RETRIES: &[(&str, &str)] = &[("max_retries", "0")];

/// Settings with which retries come fast.
const FAST: &[(&str, &str)] = &[
    ("retry_min_wait", "\"1ms\""),
    ("retry_max_wait", "\"50ms\""),
];

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
        {"status": 503, "headers": {"Retry-After": "1"}},
        {"connection": "reset"},
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
fn an_internal_error_is_tried_again_twice() {
    let simulator = Simulator::start();
    let workspace = Workspace::with_settings(&simulator, FAST, Tenant::new());
    simulator.fault(json!({"status": 500, "times": 0}));
    workspace
        .apply_fails()
        .expect_text("internal server error")
        .expect_text("3 attempts");
    assert_eq!(simulator.methods(), ["POST"; 3]);
    workspace.finish();
}

#[test]
fn what_would_fail_again_is_not_tried_again() {
    let simulator = Simulator::start();
    let workspace = Workspace::with_settings(&simulator, FAST, Tenant::new());
    let cases = [
        (json!({"status": 401}), "API key not accepted"),
        (json!({"status": 404}), "request rejected"),
        (json!({"status": 501}), "server error"),
        (
            json!({"status": 302, "headers": {"Location": "https://login.example/"}}),
            "a redirect to https://login.example/",
        ),
        (
            json!({"status": 200, "content_type": "text/html", "body": "<html>log in</html>"}),
            "response is a web page",
        ),
        (
            json!({"status": 200, "body": "{\"created\":false}"}),
            "IWD did not confirm it",
        ),
        (
            json!({"status": 200, "body": "fine"}),
            "unexpected response",
        ),
    ];
    for (number, (fault, text)) in cases.into_iter().enumerate() {
        simulator.fault(fault);
        workspace.apply_fails().expect_text(text);
        assert_eq!(simulator.requests().len(), number + 1, "{text}");
    }
    workspace.finish();
}

#[test]
fn a_timeout_ends_the_retries_of_its_operation() {
    let simulator = Simulator::start();
    let tenant = Tenant::new().text("timeouts.create", "1s");
    // Attempts at 0, 400 and 800 ms; the time is never up in the middle of one.
    let steady = &[
        ("retry_min_wait", "\"400ms\""),
        ("retry_max_wait", "\"400ms\""),
    ];
    let workspace = Workspace::with_settings(&simulator, steady, &tenant);
    simulator.fault(json!({"status": 503, "times": 0}));
    workspace
        .apply_fails()
        .expect_text("IWD is unavailable")
        .expect_text("the timeout of 1s for the whole operation");
    assert!(simulator.requests().len() > 2);

    simulator.no_more_faults();
    simulator.fault(json!({"status": 503, "headers": {"Retry-After": "3600"}}));
    workspace
        .apply_fails()
        .expect_text("the server asks to wait 1h");

    workspace.set_config(tenant.text("timeouts.delete", "1s"));
    drop(workspace.apply_once(&[]));
    simulator.fault(json!({"method": "DELETE", "status": 503, "times": 0}));
    workspace.destroy_fails().expect_text("the timeout of 1s");
    simulator.no_more_faults();
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
