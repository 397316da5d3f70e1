//! How Terraform finds the provider.

use std::fs;
use std::process::Command;

use crate::harness::{Running, Simulator, Workspace, guide, repository};

#[test]
fn init_installs_from_the_mirror_and_locks_version_and_checksum() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, "");
    let lock = fs::read_to_string(workspace.folder().join(".terraform.lock.hcl")).unwrap();
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    for part in ["/iwd/iwd\"", &version, "\"h1:"] {
        assert!(lock.contains(part), "{part} in {lock}");
    }
    workspace.succeed(&["providers", "schema", "-json"]);
}

#[test]
fn the_guides_name_for_the_program_is_found_after_init() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, "");
    let page = repository::read("docs/guides/running-it.md");
    let shell = repository::blocks(&page, &["shell"]);
    let name = guide::block_with(&shell, "terraform-provider-iwd() {");
    let mut bash = Command::new("bash");
    bash.arg("-c")
        .arg(format!("{name}terraform-provider-iwd --version"))
        .current_dir(workspace.folder());
    let told = Running::start(&mut bash).wait().expect_code(0).stdout;
    let version = concat!("terraform-provider-iwd ", env!("CARGO_PKG_VERSION"));
    assert!(told.starts_with(version), "{told}");
}
