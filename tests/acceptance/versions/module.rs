//! The tests of `examples/module`, which the guide "Many tenants" shows.

use super::testing::{aimed_at, test};
use crate::harness::{Simulator, Terraform, Workspace};

const MAIN: &str = include_str!("../../../examples/module/main.tf");
const VARIABLES: &str = include_str!("../../../examples/module/variables.tf");
const MOCKED: &str = include_str!("../../../examples/module/tests/mocked.tftest.hcl");
const SIMULATED: &str = include_str!("../../../examples/module/tests/simulated.tftest.hcl");

pub(super) fn its_tests_pass(terraform: Terraform) {
    let simulator = Simulator::start();
    let workspace = Workspace::empty(terraform, Some(&simulator));
    workspace.set_config(MAIN);
    workspace.set_file("variables.tf", VARIABLES);
    workspace.init();

    let output = test(&workspace, MOCKED).expect_code(0);
    assert!(output.stdout.contains("3 passed, 0 failed"), "{output}");
    assert!(simulator.requests().is_empty());

    let output = test(&workspace, &aimed_at(&simulator, SIMULATED)).expect_code(0);
    assert!(output.stdout.contains("2 passed, 0 failed"), "{output}");
    let methods = simulator.methods();
    assert_eq!(methods, ["POST", "POST", "PUT", "DELETE", "DELETE"]);
    assert!(simulator.tenants().is_empty());
}
