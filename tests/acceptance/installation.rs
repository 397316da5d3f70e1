//! How Terraform finds the provider, and under which address.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{ADDRESS, Simulator, Workspace};

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
fn makefile_readme_and_examples_write_the_providers_address() {
    let (_, source) = ADDRESS.split_once('/').unwrap();
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let makefile = format!("\nSOURCE := {source}\n");
    assert!(read("Makefile").contains(&makefile));
    let quoted = format!("source = \"{source}\"");
    assert!(read("README.md").contains(&quoted));
    for file in configurations(&root().join("examples")) {
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let right = !text.contains("required_providers") || text.contains(&quoted);
        assert!(right, "{}: {text}", file.display());
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.tf` file below `folder`.
fn configurations(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of examples") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            found.extend(configurations(&path));
        } else if path.extension() == Some("tf".as_ref()) {
            found.push(path);
        }
    }
    found
}
