//! A provider that someone started by hand with `--debug`.

use std::io::{BufRead, BufReader};
use std::process::{Child, ExitStatus, Stdio};

use serde_json::Value as Json;

use super::client::Client;
use super::host::{over_socket, program};

/// A provider that someone started by hand with `--debug`.
pub(crate) struct Debugged {
    child: Child,
    /// The value of `TF_REATTACH_PROVIDERS` that it printed.
    pub(crate) told: Json,
}

impl Debugged {
    /// Starts it, and reads what it prints.
    pub(crate) fn start() -> Self {
        let mut child = program()
            .arg("--debug")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let told = output.lines().map_while(Result::ok).find_map(|line| {
            let (_, value) = line.split_once("TF_REATTACH_PROVIDERS='")?;
            serde_json::from_str(value.trim_end_matches('\'')).ok()
        });
        Self {
            child,
            told: told.expect("how to attach"),
        }
    }

    /// The id of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its unix socket.
    pub(crate) fn socket(&self) -> String {
        let provider = &self.told["registry.terraform.io/iwd/iwd"];
        provider["Addr"]["String"].as_str().unwrap().to_owned()
    }

    /// Connects to it once more.
    pub(crate) async fn connect(&self) -> Client {
        Client::new(over_socket(&self.socket()).await)
    }

    /// Presses Ctrl-C, and waits for the end.
    #[cfg(unix)]
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        let pid = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
