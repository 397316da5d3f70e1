//! The life cycle of the quickstart's tenant on every Terraform at hand, old ones included.
//!
//! `make test-versions` fetches the old ones. They are altered builds: they do nothing with a saved plan and mark their own
//! output, so they are judged by exit codes, the state file and what the simulator received.

mod harness;

use harness::{Json, Terraform, Workspace, quickstart};

/// How much of the life cycle a build can show.
#[derive(Clone, Copy, PartialEq)]
enum Shows {
    All,
    /// The 0.12 at hand reads the state for `plan` alone: no update, no destroy.
    Creation,
}

#[test]
fn terraform_0_12_29() {
    life_cycle(Terraform::old("0.12.29"), Shows::Creation);
}

#[test]
fn terraform_0_13_4() {
    life_cycle(Terraform::old("0.13.4"), Shows::All);
}

#[test]
fn terraform_0_14_6() {
    life_cycle(Terraform::old("0.14.6"), Shows::All);
}

#[test]
fn terraform_0_15_0_rc2() {
    life_cycle(Terraform::old("0.15.0-rc2"), Shows::All);
}

#[test]
fn the_one_at_hand() {
    life_cycle(Terraform::find(), Shows::All);
}

#[test]
fn write_only_arguments_are_refused_by_a_terraform_before_1_11() {
    for version in ["0.12.29", "0.13.4", "0.14.6", "0.15.0-rc2"] {
        let simulator = quickstart::simulator();
        let workspace = quickstart::workspace(Terraform::old(version), &simulator);
        let config = quickstart::source("main.tf");
        let plain = "password = var.db_password";
        assert!(config.contains(plain));
        workspace.set_config(config.replace(plain, "password_wo = var.db_password"));
        init(&workspace);
        let output = workspace.run(&["validate", "-no-color"]).expect_code(1);
        assert!(output.prose().contains("1.11"), "{version}: {output}");
    }
}

fn life_cycle(terraform: Terraform, shows: Shows) {
    let simulator = quickstart::simulator();
    let workspace = quickstart::workspace(terraform, &simulator);
    init(&workspace);

    workspace.succeed(APPLY);
    assert_eq!(
        simulator.body(quickstart::CCID),
        quickstart::documented_body()
    );
    assert_eq!(recorded(&workspace)["id"], quickstart::CCID);
    assert_eq!(recorded(&workspace)["revision"], 1);
    workspace.run(PLAN).expect_code(NOTHING_TO_DO);
    if shows == Shows::Creation {
        return;
    }

    quickstart::rename(&workspace);
    workspace.run(PLAN).expect_code(SOMETHING_TO_DO);
    workspace.succeed(APPLY);
    assert_eq!(simulator.body(quickstart::CCID), quickstart::renamed_body());
    assert_eq!(recorded(&workspace)["revision"], 2);
    workspace.run(PLAN).expect_code(NOTHING_TO_DO);
    assert_eq!(simulator.methods(), ["POST", "PUT"]);

    workspace.succeed(&["destroy", "-no-color", "-input=false", "-auto-approve"]);
    assert!(resources(&workspace).is_empty());
    assert!(simulator.tenants().is_empty());

    let [address, ccid] = [quickstart::ADDRESS, quickstart::CCID];
    workspace.succeed(&["import", "-no-color", "-input=false", address, ccid]);
    assert_eq!(recorded(&workspace)["ccid"], quickstart::CCID);
    assert_eq!(simulator.methods(), ["POST", "PUT", "DELETE"]);
}

const APPLY: &[&str] = &["apply", "-no-color", "-input=false", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-no-color", "-input=false", "-detailed-exitcode"];
const NOTHING_TO_DO: i32 = 0;
const SOMETHING_TO_DO: i32 = 2;

fn init(workspace: &Workspace<'_>) {
    workspace.install_for_0_12();
    workspace.init();
}

/// The resources in the state file.
fn resources(workspace: &Workspace<'_>) -> Vec<Json> {
    let state = workspace.state_file().expect("a state file");
    state["resources"].as_array().cloned().unwrap_or_default()
}

/// The attributes recorded for the tenant, the only resource.
#[track_caller]
fn recorded(workspace: &Workspace<'_>) -> Json {
    let resources = resources(workspace);
    let [tenant] = &resources[..] else {
        panic!("expected one resource, got {resources:?}");
    };
    tenant["instances"][0]["attributes"].clone()
}
