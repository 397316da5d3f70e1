//! A tenant's identity, its ccid, and what is shown while the ccid is not known yet.

use super::abilities::{ADDRESS, with_tenant_outside_terraform};
use crate::harness::{Action, CCID, Json, Simulator, Tenant, Terraform, Workspace};

pub(super) fn import_by_identity(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = with_tenant_outside_terraform(terraform, &simulator);
    let block =
        format!("import {{\n  to = {ADDRESS}\n  identity = {{\n    ccid = {CCID:?}\n  }}\n}}\n");
    workspace.set_file("import.tf", &block);
    let applied = workspace.apply();
    let change = applied.plan.change(ADDRESS);
    assert_eq!(change.action(), Action::Update);
    assert_eq!(change.before("ccid"), CCID);
    assert_eq!(simulator.methods(), ["PUT"]);
    workspace.finish();
}

pub(super) fn is_recorded_and_shown(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], Tenant::new());
    let applied = workspace.apply();
    let plan = applied.plan.json();
    let file = workspace.state_file().expect("a state file");
    let shown = |json: &Json| json["root_module"]["resources"][0]["identity"]["ccid"].clone();
    let change = &plan["resource_changes"][0]["change"];
    assert_eq!(change["after_identity"]["ccid"], CCID, "{plan}");
    assert_eq!(shown(&plan["planned_values"]), CCID, "{plan}");
    let recorded = &file["resources"][0]["instances"][0]["identity"];
    assert_eq!(recorded["ccid"], CCID, "{file}");
    let state = applied.state.json();
    assert_eq!(shown(&state["values"]), CCID, "{state}");
    workspace.finish();
}

/// While the ccid is not known, every change of the tenant can be seen before it is made, a replacement above all.
pub(super) fn unknown_ccid(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::on(terraform, &simulator, &[], ccid_from_resource("one"));
    let run = "run \"plan\" {\n  command = plan\n}\n";
    workspace.set_file("plan.tftest.hcl", run);
    let output = workspace.succeed(&["test", "-no-color", "-verbose"]);
    let created = format!("{ADDRESS} will be created");
    assert!(output.stdout.contains(&created), "{output}");
    expect_shown(&workspace, &[], "will be created");
    workspace.apply().expect_created(2);

    workspace.set_config(ccid_from_resource("two"));
    expect_shown(&workspace, &[], "will be updated in-place");
    let replace = format!("-replace={ADDRESS}");
    expect_shown(&workspace, &[&replace], "will be replaced, as requested");
    workspace.succeed(&["taint", ADDRESS]);
    expect_shown(&workspace, &[], "is tainted, so");
    assert_eq!(simulator.methods(), ["POST"]);

    let applied = workspace.apply();
    assert_eq!(applied.plan.action(ADDRESS), Action::DeleteThenCreate);
    assert_eq!(simulator.methods(), ["POST", "DELETE", "POST"]);
    workspace.finish();
}

/// A tenant whose ccid comes from a `terraform_data`; when its input changes, the ccid is unknown until it is applied.
fn ccid_from_resource(other: &str) -> String {
    let tenant = Tenant::new().set("ccid", "terraform_data.source.output.ccid");
    format!(
        "resource \"terraform_data\" \"source\" {{\n  input = {{ ccid = {CCID:?}, other = {other:?} }}\n}}\n{tenant}"
    )
}

/// Fails the test unless `plan`, `show` and `show -json` say what happens to the tenant and to the source of its ccid.
#[track_caller]
fn expect_shown(workspace: &Workspace<'_>, args: &[&str], tenant: &str) {
    let plan = ["plan", "-no-color", "-input=false", "-out=tfplan"];
    let plan = workspace.succeed(&[&plan, args].concat());
    let show = workspace.succeed(&["show", "-no-color", "tfplan"]);
    for output in [plan, show] {
        for line in [
            format!("{ADDRESS} {tenant}"),
            "terraform_data.source will be".to_owned(),
        ] {
            assert!(output.stdout.contains(&line), "no {line:?} in {output}");
        }
    }
    let plan = workspace.saved_plan();
    assert!(plan.change(ADDRESS).after_unknown("ccid"));
    assert_ne!(plan.action("terraform_data.source"), Action::NoOp);
}
