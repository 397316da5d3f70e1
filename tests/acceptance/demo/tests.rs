//! The parts of the demo.

use std::net::TcpStream;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use super::holdings::Holdings;
use super::left_running::LeftRunning;
use super::terraform_output::essence;
use crate::harness::{LIMIT, Running, Simulator, Terraform, quickstart};

#[test]
fn a_plan_is_shown_without_its_legend_and_its_advice() {
    let output = "iwd_tenant.t: Refreshing state...\n\nTerraform used the selected providers …\n  \u{1b}[32m+\u{1b}[0m create\n\n\
        \u{1b}[1mTerraform will perform the following actions:\u{1b}[0m\n\n  # iwd_tenant.t will be created\n    + api_key_wo = (write-only attribute)\n\n\
        \u{1b}[1mPlan:\u{1b}[0m 1 to add.\n\u{1b}[90m\n─────\u{1b}[0m\n\nSaved the plan to: tfplan\n";
    assert_eq!(
        essence("plan", output),
        [
            "  # iwd_tenant.t will be created",
            "    + api_key_wo = (write-only attribute)",
            "\u{1b}[1mPlan:\u{1b}[0m 1 to add."
        ]
    );
}

#[test]
fn of_a_destroy_its_plan_is_not_repeated() {
    let output =
        "  # iwd_tenant.t will be destroyed\n\nPlan: 1 to destroy.\niwd_tenant.t: Destroying...\n";
    assert_eq!(
        essence("destroy", output),
        ["Plan: 1 to destroy.", "iwd_tenant.t: Destroying..."]
    );
    assert_eq!(essence("destroy", "Something else\n"), ["Something else"]);
}

#[test]
fn a_plan_without_changes_and_an_apply_are_shown_but_for_blank_lines() {
    let none = "\nNo changes. Your infrastructure matches the configuration.\n\nOpenTofu has compared your real infrastructure\n";
    let expected = ["No changes. Your infrastructure matches the configuration."];
    assert_eq!(essence("plan", none), expected);
    assert_eq!(
        essence("apply", "\n\u{1b}[0m\nApply complete!\n"),
        ["Apply complete!"]
    );
}

#[test]
fn of_an_init_what_it_installed_is_shown() {
    let output = "Initializing the backend...\n- Finding iwd/iwd\n- Installed iwd/iwd v0.1.0 (unauthenticated)\n";
    assert_eq!(
        essence("init", output),
        ["- Installed iwd/iwd v0.1.0 (unauthenticated)"]
    );
}

fn held(name: &str, keys: &[&str]) -> Holdings {
    let keys: serde_json::Map<_, _> = keys
        .iter()
        .map(|key| ((*key).to_owned(), json!("********")))
        .collect();
    Holdings::of(Some(&json!({
        "tenant": {"id": "100", "name": name},
        "services": {"iWD": {}, "iWDEmail": {}},
        "apiKeys": keys,
    })))
}

#[test]
fn what_came_and_went_is_named_and_what_stays_is_not() {
    let nothing = Holdings::of(None);
    let created = held("t100", &["t100 Key"]);
    let renamed = held("t200", &["t100 Key", "t200 Key"]);
    assert_eq!(
        created.since(&nothing),
        [
            "+ tenant t100, id 100",
            "+ services iWD, iWDEmail",
            "+ API key \"t100 Key\""
        ]
    );
    assert_eq!(
        renamed.since(&created),
        [
            "- tenant t100, id 100",
            "+ tenant t200, id 100",
            "+ API key \"t200 Key\""
        ]
    );
    assert_eq!(renamed.since(&renamed), [""; 0]);
    assert!(nothing.is_empty() && nothing.since(&created).len() == 3);
}

#[test]
fn the_commands_lead_there_and_back_and_end_it() {
    let simulator = Simulator::start_detached(&quickstart::cluster_api_key());
    let (endpoint, pid) = (simulator.endpoint().to_owned(), simulator.pid());
    let terraform = Terraform::find();
    let workspace = quickstart::workspace(terraform.clone(), &simulator);
    workspace.init();
    let files = workspace.keep();
    let data = simulator.leave_running();
    let left = LeftRunning {
        endpoint: &endpoint,
        pid,
        terraform: &terraform.path,
        files: &files,
        data: &data,
    };
    let script = format!(
        "before=$(pwd)\n{}\n[ \"$(pwd)\" = \"$before\" ]\n[ -z \"${{TF_CLI_CONFIG_FILE-}}\" ]\n{}\n",
        left.going_on().join("\n"),
        left.ending()
    );
    let mut shell = Command::new("sh");
    let path = std::env::var_os("PATH").unwrap_or_default();
    shell
        .args(["-eu", "-c", &script])
        .env_clear()
        .env("PATH", path);
    let output = Running::start(&mut shell).wait().expect_code(0);
    assert!(output.stdout.contains("1 to add"), "{output}");
    let address = endpoint.trim_start_matches("http://");
    let deadline = Instant::now() + LIMIT;
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "it still listens");
        sleep(Duration::from_millis(20));
    }
    assert!(!files.exists() && !data.exists());
    assert!(left.text().contains(&format!("{endpoint}/\n")));
}

#[test]
fn a_warning_is_shown_without_the_blank_lines_of_its_frame() {
    let output = "╷\n│ Warning: Name\n│ \n│   on main.tf line 19\n╵\n";
    assert_eq!(
        essence("apply", output),
        ["│ Warning: Name", "│   on main.tf line 19"]
    );
}
