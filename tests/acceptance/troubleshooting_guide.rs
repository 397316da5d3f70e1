//! The guide "Troubleshooting": what Terraform itself says before the provider runs, in the words that the guide has.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::{Output, Simulator, Workspace, platform, repository};

#[test]
fn a_provider_without_a_source_is_one_of_hashicorps() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, "");
    workspace.set_file("provider.tf", "resource \"iwd_api_key\" \"any\" {}\n");
    let output = workspace
        .run(&["init", "-input=false", "-no-color"])
        .expect_code(1);
    says_what_the_guide_has(
        &output,
        "hashicorp/iwd was not found in any of the search locations",
    );
}

#[test]
fn another_build_of_a_version_has_another_checksum() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, "resource \"iwd_api_key\" \"any\" {}\n");
    replace_provider(&workspace, "#!/bin/sh\n");
    let output = workspace
        .run(&["plan", "-input=false", "-no-color"])
        .expect_code(1);
    says_what_the_guide_has(
        &output,
        "does not match any of the checksums recorded in the dependency lock file",
    );
    fs::remove_dir_all(workspace.folder().join(".terraform")).expect("it is there");
    let output = workspace
        .run(&["init", "-input=false", "-no-color"])
        .expect_code(1);
    says_what_the_guide_has(
        &output,
        "doesn't match any of the checksums previously recorded in the dependency lock file",
    );
    fs::remove_file(workspace.folder().join(".terraform.lock.hcl")).expect("it is there");
    workspace.init();
}

#[test]
fn a_binary_whose_loader_is_missing_counts_as_missing_itself() {
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, "resource \"iwd_api_key\" \"any\" {}\n");
    // As a dynamic binary of another libc, without building one.
    replace_provider(&workspace, "#!/lib/ld-of-another-libc.so\n");
    fs::remove_file(workspace.folder().join(".terraform.lock.hcl")).expect("it is there");
    workspace.init();
    let output = workspace
        .run(&["plan", "-input=false", "-no-color"])
        .expect_code(1);
    assert!(output.prose().contains("fork/exec"), "{output}");
    says_what_the_guide_has(&output, "terraform-provider-iwd: no such file or directory");
}

#[track_caller]
fn says_what_the_guide_has(output: &Output, words: &str) {
    assert!(output.prose().contains(words), "{words}\nin {output}");
    let guide = repository::read("docs/guides/troubleshooting.md");
    assert!(guide.contains(words), "{words}");
}

/// Puts a script in the place of the provider, in the mirror of the workspace.
fn replace_provider(workspace: &Workspace<'_>, script: &str) {
    let root = workspace.cli_config();
    let mirror = root.parent().expect("a folder").join("mirror");
    let hosts: Vec<_> = fs::read_dir(mirror).expect("the mirror").collect();
    for host in hosts {
        let address = host.expect("a host").path().join("iwd/iwd");
        let package = address.join(env!("CARGO_PKG_VERSION")).join(platform());
        let binary = package.join("terraform-provider-iwd");
        // It is a link to what was built.
        fs::remove_file(&binary).expect("the provider was there");
        fs::write(&binary, script).expect("a file in its place");
        fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).expect("its mode");
    }
}
