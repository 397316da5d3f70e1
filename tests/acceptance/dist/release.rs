//! The files of the release.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use aws_lc_rs::digest::{SHA256, digest};
use zip::ZipArchive;

use crate::harness::Json;
use crate::harness::repository::root;

/// The version in every name.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where the release is.
pub(crate) fn folder() -> PathBuf {
    root().join(env::var_os("DIST").unwrap_or_else(|| "dist".into()))
}

/// The names of its files, sorted.
#[track_caller]
pub(crate) fn names() -> Vec<String> {
    names_in(&folder())
}

/// The names of the files in a release's folder, sorted.
#[track_caller]
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a release has been made");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<_> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A file's contents.
#[track_caller]
pub(crate) fn read(name: &str) -> Vec<u8> {
    let path = folder().join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file's contents as JSON.
#[track_caller]
pub(crate) fn json(name: &str) -> Json {
    serde_json::from_slice(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// An archive's entries, each with its permissions.
#[track_caller]
pub(crate) fn unpack(name: &str) -> BTreeMap<String, (Vec<u8>, u32)> {
    let mut archive = ZipArchive::new(std::io::Cursor::new(read(name))).expect("a zip");
    let mut entries = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("an entry");
        let mut data = Vec::new();
        entry
            .read_to_end(&mut data)
            .expect("an entry arrives whole");
        let name = entry.name().expect("a name in UTF-8").into_owned();
        let mode = entry.unix_mode().expect("an entry has permissions");
        entries.insert(name, (data, mode & 0o777));
    }
    entries
}

/// The provider for this machine.
#[track_caller]
pub(crate) fn provider() -> Vec<u8> {
    let mut entries = unpack(&format!(
        "terraform-provider-iwd_{VERSION}_{}.zip",
        platform()
    ));
    let (program, _) = entries
        .remove(&format!("terraform-provider-iwd_v{VERSION}"))
        .expect("the archive holds the provider");
    program
}

/// Terraform's name of this machine's kind.
pub(crate) fn platform() -> String {
    crate::harness::platform()
}

/// SHA-256, as `sha256sum` writes it.
pub(crate) fn checksum(data: &[u8]) -> String {
    let digest = digest(&SHA256, data);
    digest
        .as_ref()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The script that makes releases.
pub(crate) fn script() -> Command {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(root().join(".github/scripts/dist"))
        .env_remove("GPG_PRIVATE_KEY")
        .env_remove("GPG_FINGERPRINT")
        .env_remove("GPG_PASSPHRASE");
    command
}
