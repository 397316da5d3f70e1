//! How Terraform finds the provider.

use std::fs;

use crate::harness::{Simulator, Workspace};

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
