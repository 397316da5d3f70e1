//! Terraform and a provider that a person started for a debugger.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::harness::{Simulator, Tenant, Workspace};

/// A provider in debug mode, ended and waited for on drop.
struct Debugged {
    process: Child,
    reattach: String,
}

impl Debugged {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_terraform-provider-iwd"))
            .arg("--debug")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the provider starts");
        let told = BufReader::new(process.stdout.take().expect("its output"));
        let reattach = told
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, value) = line.split_once("TF_REATTACH_PROVIDERS='")?;
                Some(value.trim_end().trim_end_matches('\'').to_owned())
            })
            .expect("what to set for Terraform");
        Self { process, reattach }
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn one_process_serves_a_whole_life_of_commands() {
    let simulator = Simulator::start();
    let mut provider = Debugged::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    workspace.environment(&[("TF_REATTACH_PROVIDERS", provider.reattach.as_str())]);
    workspace.apply().expect_created(1);
    workspace.set_config(Tenant::new().text("name", "t200"));
    workspace
        .apply()
        .expect_updated_in_place(&["name", "revision"]);
    assert!(matches!(provider.process.try_wait(), Ok(None)));
    workspace.finish();
}
