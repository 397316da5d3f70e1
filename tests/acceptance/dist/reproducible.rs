//! The same commit gives the same bytes, wherever it is built.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::release::{checksum, folder, names, platform, script};
use crate::harness::Running;
use crate::harness::repository::root;

/// A build of everything, on a machine that does other work too.
const LIMIT: Duration = Duration::from_mins(40);

#[test]
fn another_build_in_another_folder_gives_the_same_bytes() {
    let elsewhere = tempfile::tempdir().unwrap();
    let checkout = elsewhere.path().join("a checkout with another name");
    copy_sources(&checkout);
    let [again, target] = ["dist", "target"].map(|name| elsewhere.path().join(name));

    let mut script = script_of(&checkout);
    script
        .arg("build")
        .arg(&again)
        .arg("native")
        .current_dir(&checkout);
    // The copy is no checkout, so it can't know its commit.
    script
        .env("CARGO_TARGET_DIR", &target)
        .env("IWD_COMMIT", commit());
    script.env("SOURCE_DATE_EPOCH", git(&["log", "-1", "--format=%ct"]));
    Running::start(&mut script)
        .limited_to(LIMIT)
        .wait()
        .expect_code(0);

    let of_this_platform = format!("_{}.", platform());
    let names: Vec<_> = names()
        .into_iter()
        .filter(|name| name.contains(&of_this_platform))
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
    for name in names {
        let [first, second] = [folder(), again.clone()]
            .map(|folder| checksum(&fs::read(folder.join(&name)).unwrap()));
        assert_eq!(first, second, "{name}");
    }
}

/// The same script, out of the other folder.
fn script_of(checkout: &Path) -> Command {
    let original = script();
    let mut command = Command::new(original.get_program());
    command.arg("-B").arg(checkout.join(".github/scripts/dist"));
    command
}

fn commit() -> String {
    let bill = format!(
        "iwd-simulator_{}_{}.cdx.json",
        super::release::VERSION,
        platform()
    );
    let bill = super::release::json(&bill);
    bill["metadata"]["component"]["properties"][1]["value"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn copy_sources(checkout: &Path) {
    for name in git(&["ls-files", "--cached", "--others", "--exclude-standard"]).lines() {
        let (from, to) = (root().join(name), checkout.join(name));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

fn git(arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
