//! Everything that Terraform wrote or printed, to look for secrets in.

use std::fs;
use std::io::Read;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::workspace::PLAN_FILE;
use super::{Json, Running, Workspace};

impl Workspace<'_> {
    /// Name and content of all that Terraform wrote or printed: state and its backup, with the private data in them
    /// decoded, the last plan, the log, and the output of every command so far.
    pub fn raw_files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for name in ["terraform.tfstate", "terraform.tfstate.backup"] {
            let Some(bytes) = read(&self.folder().join(name)) else {
                continue;
            };
            for private in private_data(&bytes) {
                files.push((format!("private data in {name}"), private));
            }
            files.push((name.to_owned(), bytes));
        }
        files.extend(read(&self.trace_file()).map(|bytes| ("trace log".to_owned(), bytes)));
        files.extend(plan_members(&self.folder().join(PLAN_FILE)));
        for output in self.transcript.borrow().iter() {
            let printed = format!("{}{}", output.stdout, output.stderr);
            files.push((output.command.clone(), printed.into_bytes()));
        }
        files
    }

    /// What was logged so far at level trace.
    pub fn log(&self) -> String {
        let bytes = read(&self.trace_file()).expect("with_log_trace() was called");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until a line of the log has all these parts.
    #[track_caller]
    pub fn wait_for_log(&self, running: &mut Running, parts: &[&str]) {
        let is_it = |line: &str| parts.iter().all(|part| line.contains(part));
        running.wait_until(&format!("it logged {parts:?}"), |_| {
            let log = read(&self.trace_file()).unwrap_or_default();
            String::from_utf8_lossy(&log).lines().any(is_it)
        });
    }

    /// Waits until Terraform has begun to stop and the provider knows.
    #[track_caller]
    pub fn wait_for_stop(&self, running: &mut Running) {
        self.wait_for_log(running, &["served request", "tf_rpc=Stop"]);
    }

    /// Fails the test if one of `secrets` stands in anything that [`Workspace::raw_files`] returns.
    #[track_caller]
    pub fn expect_no_secret(&self, secrets: &[&str]) {
        for (name, bytes) in self.raw_files() {
            let text = String::from_utf8_lossy(&bytes);
            for secret in secrets {
                assert!(!text.contains(secret), "{secret:?} stands in {name}");
            }
        }
    }

    /// Fails the test if one of `secrets` stands anywhere but where Terraform itself keeps what is not write-only: state
    /// and plan files, and what `terraform show -json` prints of them.
    #[track_caller]
    pub fn expect_secrets_in_files_alone(&self, secrets: &[&str]) {
        for (name, bytes) in self.raw_files() {
            let stored = name.starts_with("terraform.tfstate") || name.starts_with("plan file");
            if stored || name.contains(" show -json") {
                continue;
            }
            let text = String::from_utf8_lossy(&bytes);
            for secret in secrets {
                assert!(!text.contains(secret), "{secret:?} stands in {name}");
            }
        }
    }
}

fn read(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok()
}

/// What the provider had stored beside each object, which a state file holds in base64.
fn private_data(state: &[u8]) -> Vec<Vec<u8>> {
    let state: Json = serde_json::from_slice(state).expect("a state file is JSON");
    let resources = state["resources"].as_array().into_iter().flatten();
    resources
        .flat_map(|resource| resource["instances"].as_array().into_iter().flatten())
        .filter_map(|instance| instance["private"].as_str())
        .map(|text| BASE64.decode(text).expect("private data is base64"))
        .collect()
}

/// The parts of a plan file, which is a zip archive, but for the copy it keeps of the configuration.
fn plan_members(path: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(file) = fs::File::open(path) else {
        return Vec::new();
    };
    let mut archive = zip::ZipArchive::new(file).expect("a plan file is a zip archive");
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).expect("a member of the archive");
        let name = member.name().expect("Terraform names members in UTF-8");
        if name.starts_with("tfconfig/") {
            continue;
        }
        let name = format!("plan file: {name}");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("a whole member");
        members.push((name, bytes));
    }
    members
}
