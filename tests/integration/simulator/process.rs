//! The program: its first line, what survives its death, and how it ends.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::Method;
use serde_json::json;
use tempfile::tempdir;

use super::harness::{Api, PROVISIONING, documented_body};
use crate::harness::host::HANG;

const PROGRAM: &str = env!("CARGO_BIN_EXE_iwd-simulator");

/// The running program; killed and waited for when dropped.
struct Program {
    child: Child,
    api: Api,
}

impl Program {
    /// Starts it and waits for the line that gives the address.
    fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    fn start_with(data: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["--listen", "127.0.0.1:0", "--exit-with-parent", "--data"])
            .arg(data)
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim_end()
            .strip_prefix("iwd-simulator listening on ")
            .unwrap_or_else(|| panic!("not an address: {line}"));
        let api = Api::new(url.to_owned());
        Self { child, api }
    }

    /// Sends a signal, waits for the end, and gives what was written to stderr.
    fn end(mut self, signal: Signal) -> (ExitStatus, String) {
        let id = Pid::from_raw(self.child.id().try_into().unwrap());
        kill(id, signal).unwrap();
        let deadline = Instant::now() + HANG;
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if Instant::now() > deadline => panic!("{signal} does not end it"),
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (status, log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("simulator.db");
    let mut body = documented_body();
    for round in 0..3 {
        let program = Program::start(&data);
        if round > 0 {
            assert_eq!(program.api.tenant().await["body"], body);
        }
        body["iwd"]["db"]["password"] = json!(format!("round {round}"));
        assert_eq!(program.api.put(&body).await.status, 200);
        program.end(Signal::SIGKILL);
    }
    let program = Program::start(&data);
    assert_eq!(program.api.tenant().await["body"], body);
    assert_eq!(program.api.delete("deleteTenant=true").await.status, 200);
    program.end(Signal::SIGKILL);
    let tenants = Program::start(&data).api.get("/_simulator/tenants").await;
    assert_eq!(tenants.body, json!([]));
}

#[tokio::test]
async fn its_log_tells_the_fault_that_a_request_met_and_whose_client_left() {
    let folder = tempdir().unwrap();
    let program = Program::start(&folder.path().join("simulator.db"));
    let api = &program.api;
    let faults = json!([{"status": 503}, {"apply": true, "delay_ms": 600_000}]);
    api.fault(faults).await;
    api.put(&documented_body()).await;
    let request = api.prepared(Method::PUT, PROVISIONING, &documented_body());
    let leaving = tokio::spawn(request.send());
    while api.requests().await.len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    leaving.abort();
    // Whoever is heard after the client has left.
    assert!(leaving.await.is_err());
    assert_eq!(api.requests().await.len(), 2);
    let (_, log) = program.end(Signal::SIGTERM);
    let mut lines = log.lines().filter(|line| line.starts_with("PUT"));
    let mut expect = |begin: &str, end: &str| {
        let line = lines.next().unwrap_or_default();
        assert!(line.starts_with(begin) && line.ends_with(end), "{log}");
    };
    expect("PUT /iwd/v3/provisioning 503 ", "ms (fault: 503)");
    expect(
        "PUT /iwd/v3/provisioning no answer, the client left ",
        "ms (fault: performed, then the real answer, after 600000 ms)",
    );
}

#[tokio::test]
async fn it_ends_cleanly_on_sigint_and_sigterm() {
    let folder = tempdir().unwrap();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let program = Program::start(&folder.path().join("simulator.db"));
        program.api.put(&documented_body()).await;
        let (status, _) = program.end(signal);
        assert!(status.success(), "{signal}: {status}");
    }
}

#[tokio::test]
async fn it_logs_a_line_for_each_request_without_secrets() {
    let folder = tempdir().unwrap();
    let program = Program::start(&folder.path().join("simulator.db"));
    let mut wrong = documented_body();
    wrong["iwd"]["db"]["port"] = json!("a secret in the wrong place");
    program.api.put(&documented_body()).await;
    program.api.put(&wrong).await;
    program.api.delete("deleteTenant=a+secret").await;
    program.api.delete("deleteTenant=true").await;
    program.api.get("/").await;
    let (_, log) = program.end(Signal::SIGTERM);
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 4, "{log}");
    assert!(
        lines[0].starts_with("PUT /iwd/v3/provisioning 200"),
        "{log}"
    );
    assert!(lines[1].ends_with("iwd.db.port must be a number"), "{log}");
    for secret in [
        "secret", "pYV1", "049111b4", "22552b96", "d6b68a7b", "ed99c91d",
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test]
async fn a_seeded_tenant_is_there_from_the_start() {
    let folder = tempdir().unwrap();
    let seed = folder.path().join("tenants.json");
    std::fs::write(&seed, json!([documented_body()]).to_string()).unwrap();
    let data = folder.path().join("simulator.db");
    let seed = format!("--seed={}", seed.display());
    let program = Program::start_with(&data, &[&seed]);
    assert_eq!(program.api.tenant().await["body"], documented_body());
    assert_eq!(program.api.requests().await.len(), 0);
    let mut later = documented_body();
    later["iwd"]["db"]["password"] = json!("changed since");
    program.api.put(&later).await;
    program.end(Signal::SIGTERM);
    let program = Program::start_with(&data, &[&seed]);
    assert_eq!(program.api.tenant().await["body"], documented_body());
}

#[tokio::test]
async fn a_second_simulator_leaves_the_data_of_the_first_alone() {
    let folder = tempdir().unwrap();
    let data = folder.path().join("simulator.db");
    let first = Program::start(&data);
    let second = Command::new(PROGRAM)
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let stderr = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(
        stderr.contains(&format!("--data {}: ", data.display())),
        "{stderr}"
    );
    assert!(
        stderr.contains("another simulator has this database open"),
        "{stderr}"
    );
    assert_eq!(first.api.put(&documented_body()).await.status, 200);
}

#[test]
fn it_ends_with_its_parent() {
    let folder = tempdir().unwrap();
    let mut shell = Command::new("sh")
        .args(["-c", r#""$0" "$@" & echo $!; wait"#, PROGRAM])
        .args(["--listen", "127.0.0.1:0", "--exit-with-parent", "--data"])
        .arg(folder.path().join("simulator.db"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(shell.stdout.take().unwrap());
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        stdout.read_line(line).unwrap();
    }
    let id = lines.iter().find_map(|line| line.trim().parse().ok());
    shell.kill().unwrap();
    shell.wait().unwrap();

    let (ended, end) = mpsc::channel();
    let deadline = thread::spawn(move || {
        let in_time = end.recv_timeout(HANG).is_ok();
        if !in_time {
            kill(Pid::from_raw(id.unwrap()), Signal::SIGKILL).unwrap();
        }
        in_time
    });
    // Only the simulator still holds the other side of the pipe.
    stdout.read_to_end(&mut Vec::new()).unwrap();
    let _ = ended.send(());
    assert!(deadline.join().unwrap(), "it outlived its parent");
}

#[test]
fn a_wrong_command_line_is_told_apart_from_a_failed_start() {
    let folder = tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(PROGRAM)
            .args(arguments)
            .current_dir(&folder)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), stderr)
    };
    let (code, stderr) = run(&["--prot", "4024"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("--prot"), "{stderr}");

    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("text", &"not a database, ".repeat(100));
    write("broken.json", "[");
    write(
        "wrong.json",
        &json!([documented_body(), {"tenant": {}}]).to_string(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    for (arguments, parts) in [
        (
            ["--listen", &taken],
            [&format!("--listen {taken}: "), "another simulator"],
        ),
        (["--listen", "4024"], ["--listen 4024: ", "host and a port"]),
        (
            ["--data", "text"],
            ["--data text: ", "no database of this simulator"],
        ),
        (
            ["--data", "no/where.db"],
            ["--data no/where.db: ", "No such file"],
        ),
        (
            ["--seed", "none.json"],
            ["--seed none.json: ", "No such file"],
        ),
        (
            ["--seed", "broken.json"],
            ["--seed broken.json: ", "not JSON"],
        ),
        (
            ["--seed", "wrong.json"],
            ["--seed wrong.json: tenant 2 of 2: ", "tenant.id is missing"],
        ),
    ] {
        let defaults = ["--listen=127.0.0.1:0", "--data=simulator.db"];
        let (code, stderr) = run(&[&defaults[..], &arguments].concat());
        assert_eq!(code, Some(1), "{arguments:?}");
        for part in parts {
            assert!(stderr.contains(part), "{part} in {stderr}");
        }
    }
}

#[test]
fn help_says_what_is_documented_and_what_is_its_own() {
    let output = Command::new(PROGRAM).arg("--help").output().unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for part in [
        "As documented",
        "The simulator's own",
        "--exit-with-parent",
        "deleteTenant",
    ] {
        assert!(help.contains(part), "{part}");
    }
}
