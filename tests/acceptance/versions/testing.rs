//! What the guide "Testing your configuration" says and shows, run as it stands there.

use crate::harness::{API_KEY, Output, Simulator, Terraform, Workspace, repository};

const CCID: &str = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100";

fn example(name: &str) -> String {
    repository::read(format!("examples/testing/{name}"))
}

/// A workspace with the configuration of the guide.
fn workspace(terraform: Terraform, simulator: &Simulator) -> Workspace<'_> {
    let workspace = Workspace::empty(terraform, Some(simulator));
    workspace.set_config(example("main.tf"));
    workspace.init();
    workspace
}

/// Runs one test file, the only one.
pub(super) fn test(workspace: &Workspace<'_>, file: &str) -> Output {
    workspace.set_file("t.tftest.hcl", file);
    workspace.run(&["test", "-no-color"])
}

/// The text with `to` in the place of `from`, which stands in it.
#[track_caller]
fn replace(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no {from:?} in {text}");
    text.replace(from, to)
}

/// The file of the guide, for this simulator.
fn simulated(simulator: &Simulator) -> String {
    aimed_at(simulator, &example("tests/simulated.tftest.hcl"))
}

/// A test file for the simulator of the guides, with this one in its place.
pub(super) fn aimed_at(simulator: &Simulator, file: &str) -> String {
    let file = replace(file, "http://127.0.0.1:4024", simulator.endpoint());
    replace(&file, "\"any\"", &format!("{API_KEY:?}"))
}

pub(super) fn examples_pass(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    for name in ["mocked", "overridden"] {
        let output = test(&workspace, &example(&format!("tests/{name}.tftest.hcl")));
        assert!(output.stdout.contains("1 passed, 0 failed"), "{output}");
    }
    assert!(simulator.requests().is_empty());
    let output = test(&workspace, &simulated(&simulator));
    assert!(output.stdout.contains("2 passed, 0 failed"), "{output}");
    assert_eq!(simulator.methods(), ["POST", "PUT", "DELETE"]);
    assert!(simulator.tenants().is_empty());
}

pub(super) fn mocks_make_up_what_they_are_not_given(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    let file = example("tests/mocked.tftest.hcl");
    let (_, rest) = file.split_once("\n}\n").expect("the end of the mock");
    let bare = format!("mock_provider \"iwd\" {{}}\n{rest}");
    let output = test(&workspace, &bare).expect_code(1);
    let text = output.prose();
    let port = "The database is pgdb-dgt-postgresql.infra:0.";
    assert!(text.contains(port), "{output}");
    assert!(text.contains("/0."), "a revision of 0: {output}");
    assert!(!text.contains(&format!("The marker is {CCID}")), "{output}");
}

pub(super) fn what_is_invalid_is_refused_all_the_same(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    let ccid = format!("ccid               = {CCID:?}");
    workspace.set_config(replace(&example("main.tf"), &ccid, "ccid = \"..\""));
    for name in ["mocked", "overridden"] {
        let file = example(&format!("tests/{name}.tftest.hcl"));
        let output = test(&workspace, &file).expect_code(1);
        let text = output.prose();
        assert!(text.contains("Invalid contact center id"), "{output}");
    }
}

pub(super) fn mocks_have_no_ephemeral_resources(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    let config = replace(&example("main.tf"), "provider = iwd.keys", "");
    workspace.set_config(config);
    let output = test(&workspace, &example("tests/mocked.tftest.hcl")).expect_code(1);
    let text = output.prose();
    let refusal = "No ephemeral resource types in mock providers";
    assert!(text.contains(refusal), "{output}");
}

pub(super) fn an_override_changes_nothing_that_is_there(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    let file = example("tests/overridden.tftest.hcl");
    let again = "\nrun \"again\" {\n  override_resource {\n    target = iwd_tenant.t100\n    values = { revision = 8 }\n  }\n\n  \
                 assert {\n    condition     = iwd_tenant.t100.revision == 7\n    error_message = \"It changed.\"\n  }\n}\n";
    let output = test(&workspace, &(file + again));
    assert!(output.stdout.contains("2 passed, 0 failed"), "{output}");
}

pub(super) fn actions_of_an_overridden_resource_are_invoked(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    let last = "deletion_protection = var.deletion_protection\n";
    let trigger = format!(
        "{last}\n  lifecycle {{\n    action_trigger {{\n      events  = [after_create]\n      actions = \
         [action.iwd_delete_services.email]\n    }}\n  }}\n"
    );
    let action = format!(
        "action \"iwd_delete_services\" \"email\" {{\n  config {{\n    ccid     = {CCID:?}\n    services = \
         [\"iWDEmail\"]\n  }}\n}}\n"
    );
    workspace.set_config(replace(&example("main.tf"), last, &trigger) + &action);
    let output = test(&workspace, &example("tests/mocked.tftest.hcl"));
    assert!(output.stdout.contains("1 passed, 0 failed"), "{output}");
    assert!(simulator.requests().is_empty());

    let simulated = simulated(&simulator);
    let (provider, _) = simulated
        .split_once("\n}\n")
        .expect("the end of the provider block");
    let overridden = example("tests/overridden.tftest.hcl");
    let output = test(&workspace, &format!("{provider}\n}}\n{overridden}"));
    assert!(output.stdout.contains("1 passed, 0 failed"), "{output}");
    assert_eq!(simulator.methods(), ["DELETE"]);
}

pub(super) fn a_protected_tenant_outlives_its_test(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    let file = simulated(&simulator);
    let protected = replace(
        &file,
        "deletion_protection = false",
        "deletion_protection = true",
    );
    let output = test(&workspace, &protected).expect_code(1);
    let text = output.prose();
    assert!(
        text.contains("Tenant is protected from deletion"),
        "{output}"
    );
    assert!(text.contains("iwd_tenant.t100"), "{output}");
    assert!(text.contains("left"), "{output}");
    assert_eq!(simulator.tenants(), [CCID]);
}

pub(super) fn a_plan_counts_in_later_runs_of_a_file_with_the_provider(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = workspace(terraform, &simulator);
    let runs = "\nrun \"plans\" {\n  command = plan\n}\n";
    let file = simulated(&simulator);
    let file = replace(
        &file,
        "\nrun \"provisions\"",
        &format!("{runs}\nrun \"provisions\""),
    );
    let output = test(&workspace, &file).expect_code(1);
    let text = output.prose();
    assert!(text.contains("One tenant, two resources"), "{output}");
    assert!(
        text.contains("the plan of an earlier run counts"),
        "{output}"
    );
    assert!(simulator.requests().is_empty());

    let (provider, rest) = file
        .split_once("\n}\n")
        .expect("the end of the provider block");
    workspace.set_config(format!("{}\n{provider}\n}}\n", example("main.tf")));
    let output = test(&workspace, rest);
    assert!(output.stdout.contains("3 passed, 0 failed"), "{output}");
    assert_eq!(simulator.methods(), ["POST", "PUT", "DELETE"]);
}
