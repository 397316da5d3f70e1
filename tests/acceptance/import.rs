//! Tenants that exist and come under Terraform's management.

use crate::harness::{Action, CCID, Simulator, Tenant, Workspace};

const ADDRESS: &str = "iwd_tenant.t";
const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";

/// A workspace without a state, and a simulator that holds [`Tenant::new`] and has been asked nothing since.
fn with_tenant_outside_terraform(simulator: &Simulator) -> Workspace<'_> {
    let workspace = Workspace::new(simulator, Tenant::new());
    drop(workspace.apply_once(&[]));
    workspace.state_rm(ADDRESS);
    simulator.forget_requests();
    workspace
}

#[test]
fn a_generated_configuration_needs_its_nulls_completed_and_no_more() {
    let simulator = Simulator::start();
    let workspace = with_tenant_outside_terraform(&simulator);
    let body = simulator.body(CCID);
    workspace.set_config("");
    let generated = workspace.generate_config(ADDRESS, CCID);
    let completed = [
        ("short_id", "100"),
        ("name", "t100"),
        ("api_key_wo", "049111b4-6cac-4e83-a7bf-37c057b45b0f"),
        ("url", "http://iwd.iwd:4024"),
        ("host", "postgres.infra"),
        ("database", "iwd-100"),
        ("user", "iwd-100"),
        ("password", "correct horse battery"),
        ("tenant_wo", "22552b96-8783-46a9-b0eb-075ddfa8893e"),
    ]
    .into_iter()
    .fold(generated, |text, (name, value)| {
        complete(&text, name, value)
    });
    workspace.set_file("generated.tf", &completed);

    let applied = workspace.apply();
    let change = applied.plan.change(ADDRESS);
    assert_eq!(change.importing(), Some(CCID));
    assert_eq!(change.action(), Action::Update);
    assert_eq!(simulator.methods(), ["PUT"]);
    assert_eq!(simulator.body(CCID), body);
    workspace.finish();
}

/// The configuration with `name = "value"` in the place of `name = null`.
#[track_caller]
fn complete(config: &str, name: &str, value: &str) -> String {
    let mut found = 0;
    let complete_line = |line: &str| {
        let is_it = line
            .split_once('=')
            .is_some_and(|(left, right)| left.trim() == name && right.trim().starts_with("null"));
        found += usize::from(is_it);
        if is_it {
            format!("{name} = {value:?}\n")
        } else {
            format!("{line}\n")
        }
    };
    let completed = config.lines().map(complete_line).collect();
    assert_eq!(found, 1, "{name} to complete in {config}");
    completed
}

#[test]
fn an_imported_tenant_that_was_never_applied_cannot_be_destroyed() {
    let simulator = Simulator::start();
    let workspace = with_tenant_outside_terraform(&simulator);
    drop(workspace.import(ADDRESS, CCID));

    workspace
        .destroy_fails()
        .expect_text("Tenant was never applied")
        .expect_text("terraform state rm");
    workspace.set_config("");
    workspace.plan_fails().expect_text("`terraform apply` once");
    workspace.set_config(Tenant::new().text("ccid", OTHER_CCID));
    workspace
        .plan_fails()
        .expect_text("would destroy the one and create the other");
    assert!(simulator.requests().is_empty());

    workspace.set_config(Tenant::new());
    drop(workspace.apply());
    workspace.finish();
}

#[test]
fn an_imported_tenant_can_be_forgotten() {
    let simulator = Simulator::start();
    let workspace = with_tenant_outside_terraform(&simulator);
    drop(workspace.import(ADDRESS, CCID));
    workspace.state_rm(ADDRESS);
    workspace.finish_leaving(&[CCID]);
    assert!(simulator.requests().is_empty());
}

#[test]
fn what_is_no_ccid_is_not_imported() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    let too_long = "a".repeat(65);
    for id in ["..", "a/b", "-a", "a b", "100?deleteTenant=true", &too_long] {
        let output = workspace.import_fails(ADDRESS, id);
        let text = output.prose();
        assert!(text.contains("Invalid contact center id"), "{id}: {output}");
        assert!(workspace.state_file().is_none(), "{id}");
    }
    workspace.write_import_block(ADDRESS, "../100");
    workspace
        .plan_fails()
        .expect_text("Invalid contact center id");
}
