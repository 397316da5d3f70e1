//! Ctrl-C, and the SIGTERM of a container's end, while a request or a wait is under way.

use serde_json::json;

use crate::harness::{CCID, Gate, Running, Simulator, Tenant, Workspace};

const ADDRESS: &str = "iwd_tenant.t";

#[test]
fn a_request_in_flight_is_waited_for_and_its_answer_counts() {
    for stop in [Running::interrupt, Running::terminate] {
        let simulator = Simulator::start();
        let workspace = Workspace::new(&simulator, Tenant::new()).with_log_trace();
        let gate = Gate::before(&simulator);
        workspace.go_through(&gate);
        let mut apply = workspace.start_apply();
        simulator.wait_for_requests(1);
        stop(&apply);
        workspace.wait_for_stop(&mut apply);
        gate.open();
        let output = apply.wait();
        assert!(output.prose().contains("Interrupt received"), "{output}");
        assert!(workspace.state().has(ADDRESS), "{output}");
        assert_eq!(workspace.state().value(ADDRESS, "revision"), 1);
        workspace.expect_empty_plan();
        assert_eq!(simulator.methods(), ["POST"]);
        workspace.finish();
    }
}

#[test]
fn a_wait_before_a_retry_ends_at_once_and_nothing_is_lost() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new()).with_log_trace();
    drop(workspace.apply_once(&[]));

    workspace.set_config(Tenant::new().text("iwd.db.host", "db2.infra"));
    simulator.fault(json!({"status": 503, "headers": {"Retry-After": "200"}}));
    let mut apply = workspace.start_apply();
    workspace.wait_for_log(&mut apply, &["trying again after a wait"]);
    apply.interrupt();
    let output = apply.wait();
    assert_eq!(output.code, Some(1), "{output}");
    let said = output.prose();
    assert!(said.contains("Terraform was told to stop"), "{output}");
    let state = workspace.state();
    assert_eq!(state.value(ADDRESS, "iwd.db.host"), "postgres.infra");
    assert_eq!(simulator.methods(), ["POST", "PUT"]);

    drop(workspace.apply());
    assert_eq!(simulator.body(CCID)["iwd"]["db"]["host"], "db2.infra");
    workspace.finish();
}

/// In milliseconds: longer than any test takes.
const AN_HOUR: u64 = 60 * 60 * 1000;

#[test]
fn a_second_interrupt_leaves_a_whole_state_that_knows_of_the_doubt() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply_once(&[]));

    workspace.set_config(Tenant::new().text("iwd.db.host", "db2.infra"));
    simulator.fault(json!({"method": "PUT", "apply": true, "delay_ms": AN_HOUR}));
    let mut apply = workspace.start_apply();
    simulator.wait_for_requests(2);
    apply.interrupt();
    apply.wait_for_text("Interrupt received");
    apply.interrupt();
    let output = apply.wait();
    assert!(
        output.prose().contains("Two interrupts received"),
        "{output}"
    );
    let state = workspace.state();
    assert_eq!(state.value(ADDRESS, "iwd.db.host"), "postgres.infra");

    // The update may have arrived, so the old values are sent again.
    workspace.set_config(Tenant::new());
    drop(workspace.apply());
    assert_eq!(simulator.methods(), ["POST", "PUT", "PUT"]);
    assert_eq!(simulator.body(CCID)["iwd"]["db"]["host"], "postgres.infra");
    workspace.finish();
}
