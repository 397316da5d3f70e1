//! The first tenant: what the README and the guide "Getting started" have to paste, in its order.

use std::fs;

use serde_json::json;

use crate::harness::guide::{block_with, exported, set};
use crate::harness::repository::{blocks, read};
use crate::harness::{Simulator, Tenant, Terraform, Workspace};

const CONFIGURATION: &str = include_str!("../../examples/getting-started/main.tf");

/// Where the simulator of the texts listens.
const ADDRESS: &str = "http://127.0.0.1:4024";

/// What both texts set before the first apply.
const SECRETS: [&str; 3] = ["tenant-key-1", "db-password-1", "iwd-key-1"];

#[test]
fn the_readme_leads_to_a_first_tenant() {
    leads_to_a_first_tenant("README.md", "hcl");
}

#[test]
fn the_guide_leads_to_a_first_tenant() {
    leads_to_a_first_tenant("docs/guides/getting-started.md", "terraform");
}

#[test]
fn the_guides_command_keeps_the_log_in_a_file() {
    let text = read("docs/guides/running-it.md");
    let shell = blocks(&text, &["shell"]);
    let command = block_with(&shell, "TF_LOG_PROVIDER=DEBUG").trim();
    let settings = command.strip_suffix(" terraform apply").expect("an apply");
    let simulator = Simulator::start();
    let workspace = Workspace::new(&simulator, Tenant::new());
    set(&workspace, &exported(&format!("export {settings}")));
    workspace.apply().expect_created(1);
    let log = fs::read_to_string(workspace.folder().join("terraform.log")).expect("a log");
    assert!(
        log.contains("[DEBUG]") && log.contains("/iwd/v3/provisioning"),
        "{log}"
    );
    workspace.finish();
}

/// Pastes the text's first configuration, its settings and its commands.
#[track_caller]
fn leads_to_a_first_tenant(name: &str, language: &str) {
    let text = read(name);
    assert_eq!(blocks(&text, &[language])[0], CONFIGURATION, "{name}");
    let shell = blocks(&text, &["sh"]);
    let settings = block_with(&shell, "export IWD_ENDPOINT=");
    let simulator = Simulator::start_for_any_key(&[]);
    let workspace = Workspace::empty(Terraform::find(), Some(&simulator));
    workspace.set_config(CONFIGURATION);
    let mut environment = exported(&settings.replace(ADDRESS, simulator.endpoint()));
    set(&workspace, &environment);

    let commands = block_with(&shell, "terraform init\n");
    assert_eq!(commands, "terraform init\nterraform apply\n");
    workspace.init();
    workspace.apply().expect_created(1);
    workspace.expect_no_secret(&SECRETS);

    // Trying things out: it fails at once, or shows what it waits for.
    workspace.set_config(CONFIGURATION.replace("name       = \"t100\"", "name = \"t200\""));
    simulator.fault(json!({"method": "PUT", "status": 503, "times": 2}));
    let impatient = block_with(&shell, "export IWD_MAX_RETRIES=");
    let before = environment.clone();
    environment.extend(exported(impatient));
    set(&workspace, &environment);
    workspace.apply_fails().expect_text("IWD is unavailable");
    assert_eq!(simulator.methods(), ["POST", "PUT"]);
    let shows_waits = block_with(&shell, "TF_LOG_PROVIDER=");
    let (level, command) = shows_waits.trim().split_once(' ').expect("a command");
    assert_eq!(command, "terraform apply");
    environment = before;
    environment.extend(exported(&format!("export {level}")));
    set(&workspace, &environment);
    let applied = workspace.succeed(&["apply", "-input=false", "-auto-approve"]);
    assert!(applied.stderr.contains("[WARN]"), "{applied}");
    assert!(applied.stderr.contains("503"), "{applied}");
    assert_eq!(simulator.methods(), ["POST", "PUT", "PUT", "PUT"]);
    assert!(text.contains("\nterraform destroy\n"), "{name}");
    workspace.finish();
}
