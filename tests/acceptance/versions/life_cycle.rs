//! The life cycle of the quickstart's tenant.
//!
//! The builds before 1.0 are altered: they do nothing with a saved plan and mark their own output, so they are judged by exit
//! codes, the state file and what the simulator received.

use crate::harness::{Json, Simulator, Terraform, Workspace, quickstart};

pub(super) const APPLY: &[&str] = &["apply", "-no-color", "-input=false", "-auto-approve"];
pub(super) const PLAN: &[&str] = &["plan", "-no-color", "-input=false", "-detailed-exitcode"];
pub(super) const NOTHING_TO_DO: i32 = 0;
pub(super) const SOMETHING_TO_DO: i32 = 2;

/// A tenant is created as documented.
pub(super) fn creation(terraform: Terraform) {
    let simulator = quickstart::simulator();
    create(terraform, &simulator);
}

/// A tenant is created, changed, destroyed and imported.
pub(super) fn whole(terraform: Terraform) {
    let simulator = quickstart::simulator();
    let workspace = create(terraform, &simulator);

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

/// A Terraform that has no write-only arguments says which one has.
pub(super) fn write_only_is_refused(terraform: Terraform) {
    let simulator = quickstart::simulator();
    let workspace = quickstart::workspace_with_stored_secrets(terraform, &simulator);
    let config = quickstart::config_with_stored_secrets();
    let plain = "password = var.db_password";
    assert!(config.contains(plain), "{config}");
    workspace.set_config(config.replace(plain, "password_wo = var.db_password"));
    init(&workspace);
    let output = workspace.run(&["validate", "-no-color"]).expect_code(1);
    assert!(output.prose().contains("1.11"), "{output}");
}

/// The quickstart's workspace with its tenant.
pub(super) fn create(terraform: Terraform, simulator: &Simulator) -> Workspace<'_> {
    let workspace = quickstart::workspace_with_stored_secrets(terraform, simulator);
    init(&workspace);
    workspace.succeed(APPLY);
    assert_eq!(
        simulator.body(quickstart::CCID),
        quickstart::documented_body()
    );
    assert_eq!(recorded(&workspace)["id"], quickstart::CCID);
    assert_eq!(recorded(&workspace)["revision"], 1);
    workspace.run(PLAN).expect_code(NOTHING_TO_DO);
    workspace
}

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
