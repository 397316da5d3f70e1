//! The signature over the sums, with a key of this test alone.

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use super::keyring::Keyring;
use super::release::{VERSION, folder, names, script};

#[test]
fn the_sums_are_signed_with_the_key_from_the_environment() {
    let keyring = Keyring::with_key("rsa2048");
    let release = copy();
    let finished = finish(release.path(), Some(&keyring.private_key()));
    assert!(finished.status.success(), "{finished:?}");
    let sums = release
        .path()
        .join(format!("terraform-provider-iwd_{VERSION}_SHA256SUMS"));
    let signature = sums.with_file_name(format!("terraform-provider-iwd_{VERSION}_SHA256SUMS.sig"));
    assert!(
        !fs::read(&signature).unwrap().starts_with(b"-----"),
        "registries want it binary"
    );
    assert!(keyring.verifies(&signature, &sums));
    fs::write(&sums, "tampered").unwrap();
    assert!(!keyring.verifies(&signature, &sums));
}

#[test]
fn a_key_that_registries_refuse_is_refused_and_no_key_is_told() {
    let release = copy();
    let refused = finish(
        release.path(),
        Some(&Keyring::with_key("ed25519").private_key()),
    );
    assert!(!refused.status.success());
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("RSA"),
        "{refused:?}"
    );
    let unsigned = finish(release.path(), None);
    assert!(unsigned.status.success());
    assert!(
        String::from_utf8_lossy(&unsigned.stderr).contains("not signed: "),
        "{unsigned:?}"
    );
    let signatures = fs::read_dir(release.path()).unwrap().filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        path.extension() == Some("sig".as_ref())
    });
    assert_eq!(signatures.count(), 0);
}

/// The release without sums, in a folder of its own.
fn copy() -> TempDir {
    let release = tempfile::tempdir().unwrap();
    for name in names().iter().filter(|name| !name.contains("SHA256SUMS")) {
        fs::copy(folder().join(name), release.path().join(name)).unwrap();
    }
    release
}

fn finish(folder: &Path, key: Option<&str>) -> Output {
    let key = key.map(|key| ("GPG_PRIVATE_KEY", key));
    script()
        .arg("finish")
        .arg(folder)
        .envs(key)
        .output()
        .unwrap()
}
