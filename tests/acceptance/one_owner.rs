//! One ccid, one resource: what a run sees of two that have the same.

use crate::harness::{Action, CCID, Simulator, Tenant, Workspace};

const SUMMARY: &str = "One tenant, two resources";

const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";

fn copied() -> Tenant {
    Tenant::new().labelled("copied").text("name", "copied")
}

#[test]
fn a_copied_block_is_refused_at_plan_and_the_first_tenant_stays_as_it_is() {
    let simulator = Simulator::start();
    let both = format!("{}{}", Tenant::new(), copied());
    let workspace = Workspace::new(&simulator, &both);
    workspace
        .plan_fails()
        .expect(SUMMARY, "ccid")
        .expect_text("If a block was copied")
        .expect_text(CCID);

    workspace.set_config(Tenant::new());
    drop(workspace.apply());
    workspace.set_config(&both);
    workspace.apply_fails().expect(SUMMARY, "ccid");
    assert_eq!(simulator.methods(), ["POST"]);

    // Terraform plans the configuration before a destroy.
    workspace
        .destroy_fails()
        .expect_text("`terraform destroy -refresh=false`");
    drop(workspace.succeed(&["destroy", "-auto-approve", "-input=false", "-refresh=false"]));
    assert_eq!(simulator.tenants(), [""; 0]);
    workspace.finish();
}

#[test]
fn a_second_object_whose_ccid_is_known_only_at_apply_is_refused_before_its_request() {
    let simulator = Simulator::start();
    let source = format!("resource \"terraform_data\" \"source\" {{\n  input = {CCID:?}\n}}\n");
    let late = |tenant: Tenant| tenant.set("ccid", "terraform_data.source.output");
    let both = format!("{source}{}{}", late(Tenant::new()), late(copied()));
    let workspace = Workspace::new(&simulator, both);
    workspace.apply_fails().expect_text(SUMMARY);
    assert_eq!(simulator.methods(), ["POST"]);
    let state = workspace.state();
    let tenants = ["iwd_tenant.t", "iwd_tenant.copied"].map(|address| state.has(address));
    assert_eq!(tenants.iter().filter(|is_there| **is_there).count(), 1);
    workspace.set_config("");
    workspace.finish();
}

#[test]
fn two_that_both_stand_in_the_state_are_warned_about_and_can_be_destroyed() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    drop(workspace.apply());
    workspace.set_config(format!("{}{}", Tenant::new(), copied()));
    drop(workspace.import("iwd_tenant.copied", CCID));
    let plan = workspace.plan();
    plan.expect_warning(SUMMARY);
    assert_eq!(plan.action("iwd_tenant.copied"), Action::Update);
    drop(workspace.apply_once(&[]));
    workspace.plan().expect_warning(SUMMARY);
    workspace.finish();
}

#[test]
fn a_new_address_is_no_conflict_where_the_state_says_keep() {
    let simulator = Simulator::start();
    let kept = Tenant::new().text("on_destroy", "keep");
    let workspace = Workspace::new(&simulator, &kept);
    drop(workspace.apply());
    workspace.set_config(kept.labelled("renamed"));
    let changes = [
        ("iwd_tenant.renamed", Action::Create),
        ("iwd_tenant.t", Action::Delete),
    ];
    assert_eq!(workspace.apply().plan.changes(), changes);
    assert_eq!(simulator.methods(), ["POST", "POST"]);

    // As long as both are to exist, it counts like any other.
    workspace.set_config(format!(
        "{}{}",
        Tenant::new().text("on_destroy", "keep").labelled("renamed"),
        copied()
    ));
    workspace.plan_fails().expect(SUMMARY, "ccid");
    workspace.set_config("");
    workspace.finish_leaving(&[CCID]);
}

#[test]
fn two_ccids_that_are_swapped_are_refused() {
    let simulator = Simulator::start();
    let pair = |first: &str, second: &str| {
        let tenant = Tenant::new().text("ccid", first);
        let other = copied().text("ccid", second);
        format!("{tenant}{other}")
    };
    let workspace = Workspace::new(&simulator, pair(CCID, OTHER_CCID));
    drop(workspace.apply());
    workspace.set_config(pair(OTHER_CCID, CCID));
    workspace.plan_fails().expect_text(SUMMARY);
    assert_eq!(simulator.methods(), ["POST", "POST"]);
    workspace.set_config("");
    workspace.finish();
}
