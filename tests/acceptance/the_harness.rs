//! The harness itself, on Terraform's builtin resource: what it promises to notice, it notices.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use serde_json::json;

use crate::harness::{API_KEY, Action, Running, Simulator, Workspace, http, quickstart};

const ONE: &str = "resource \"terraform_data\" \"t\" {\n  input = \"one\"\n}\n";
const TWO: &str = "resource \"terraform_data\" \"t\" {\n  input = \"two\"\n}\n";

#[test]
fn a_resource_is_created_changed_replaced_and_destroyed() {
    let workspace = Workspace::builtin(ONE);
    let applied = workspace.apply();
    applied.expect_created(1);
    assert_eq!(applied.state.value("terraform_data.t", "output"), "one");

    workspace.set_config(TWO);
    workspace
        .apply()
        .expect_updated_in_place(&["input", "output"]);

    workspace.set_config(TWO.replace('}', "  triggers_replace = \"now\"\n}"));
    workspace.apply().expect_replaced(&["triggers_replace"]);

    workspace.set_config("");
    workspace.apply().expect_destroyed(1);
    workspace.apply().expect_no_change();
    workspace.finish();
}

#[test]
fn a_plan_tells_values_unknowns_and_marks() {
    let config = "variable \"secret\" {\n  sensitive = true\n}\n\
                  resource \"terraform_data\" \"t\" {\n  input = { open = \"o\", hidden = var.secret }\n}\n";
    let workspace = Workspace::builtin(config);
    workspace.variables(&[("secret", "s3cret")]);
    let plan = workspace.plan();
    let change = plan.change("terraform_data.t");
    assert_eq!(plan.action("terraform_data.t"), Action::Create);
    assert_eq!(change.after("input.hidden"), "s3cret");
    assert!(change.after_unknown("id"));
    assert!(!change.after_unknown("input"));
    assert!(change.after_sensitive("input.hidden"));
    assert!(!change.after_sensitive("input.open"));
    assert!(!plan.is_empty());
}

#[test]
fn a_changed_output_alone_makes_a_plan_not_empty() {
    let workspace = Workspace::builtin("output \"o\" {\n  value = 1\n}\n");
    assert!(!workspace.plan().is_empty());
    workspace.apply().expect_no_change();
    assert!(workspace.plan().is_empty());
    workspace.finish();
}

#[test]
fn an_apply_after_which_something_is_left_to_do_fails_the_test() {
    let config = "resource \"terraform_data\" \"t\" {\n  input = timestamp()\n}\n";
    let workspace = Workspace::builtin(config);
    let message = panic_of(|| drop(workspace.apply()));
    assert!(message.contains("expected an empty plan"), "{message}");
    workspace.finish();
}

#[test]
fn a_forgotten_finish_fails_the_test() {
    let message = panic_of(|| {
        let workspace = Workspace::builtin(ONE);
        drop(workspace.apply());
    });
    assert!(message.contains("did not call finish()"), "{message}");
}

#[test]
fn a_diagnostic_says_where_it_points() {
    let config = "variable \"n\" {\n  default = 1\n}\nresource \"terraform_data\" \"t\" {\n  lifecycle {\n    precondition {\n      \
                  condition = var.n == 2\n      error_message = \"One is not two.\"\n    }\n  }\n}\n";
    let workspace = Workspace::builtin(config);
    let failure = workspace.plan_fails();
    failure
        .expect("One is not two.", "lifecycle.precondition.condition")
        .expect_text("Resource precondition failed")
        .expect_errors(1);
    let message = panic_of(|| drop(failure.expect("One is not two.", "lifecycle").errors()));
    assert!(message.contains("no error says"), "{message}");
    workspace.apply_fails().expect_text("One is not two.");
    workspace.abandon();
}

#[test]
fn validation_points_at_attributes_too() {
    let config = "resource \"terraform_data\" \"t\" {\n  input = 1\n  colour = \"red\"\n}\n";
    let failure = Workspace::builtin(config).validate_fails();
    failure.expect("Unsupported argument", "colour");
    failure.expect_no_secret(&["blue"]);
    let message = panic_of(|| drop(failure.expect_no_secret(&["red"]).errors()));
    assert!(message.contains("was printed by"), "{message}");
}

#[test]
fn a_secret_in_state_plan_or_log_is_found() {
    let config = "variable \"v\" {}\nresource \"terraform_data\" \"t\" {\n  input = var.v\n}\n";
    let workspace = Workspace::builtin(config).with_log_trace();
    workspace.variables(&[("v", "canary-one")]);
    drop(workspace.apply());
    let holders: Vec<_> = workspace
        .raw_files()
        .into_iter()
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("canary-one"))
        .map(|(name, _)| name)
        .collect();
    for expected in ["terraform.tfstate", "plan file: tfplan", "show -json"] {
        let found = holders.iter().any(|name| name.ends_with(expected));
        assert!(found, "{expected} among {holders:?}");
    }
    let names: Vec<_> = workspace.raw_files().into_iter().map(|(n, _)| n).collect();
    assert!(names.contains(&"trace log".to_owned()), "{names:?}");
    let message = panic_of(|| workspace.expect_no_secret(&["canary-one"]));
    assert!(message.contains("stands in"), "{message}");
    workspace.expect_no_secret(&["canary-two"]);
    workspace.finish();
}

#[test]
fn an_interrupted_apply_ends_in_order() {
    let config = "resource \"terraform_data\" \"t\" {\n  provisioner \"local-exec\" {\n    \
                  command = \"echo > started; sleep 600\"\n  }\n}\n";
    let workspace = Workspace::builtin(config);
    let mut apply = workspace.start_apply();
    let started = workspace.folder().join("started");
    apply.wait_until("it started", |_| started.exists());
    apply.interrupt();
    let output = apply.wait();
    assert_eq!(output.code, Some(1), "{output}");
    assert!(output.prose().contains("Interrupt received"), "{output}");
    workspace.finish();
}

#[test]
fn a_program_that_takes_too_long_is_killed_with_all_it_started() {
    let mut command = Command::new("sh");
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    command
        .args([
            "-c",
            "(sleep 600; echo late) > pipe & echo early; sleep 600",
        ])
        .current_dir(folder.path());
    let mut running = Running::start(&mut command);
    let pipe = File::open(&pipe).unwrap();
    running.wait_for_text("early");
    let running = running.limited_to(Duration::ZERO);
    let message = panic_of(|| drop(running.wait()));
    assert!(message.contains("killed after 0ns"), "{message}");
    assert!(message.contains("early"), "{message}");
    // It ends when whoever might still write to it has.
    let late = io::read_to_string(pipe).unwrap();
    assert_eq!(late, "");
}

#[test]
fn terraform_sees_nothing_of_the_environment_but_what_is_passed_on() {
    let config = "resource \"terraform_data\" \"t\" {\n  provisioner \"local-exec\" {\n    \
                  command = \"env\"\n  }\n}\n";
    let workspace = Workspace::builtin(config);
    drop(workspace.plan());
    let output = workspace.start_apply().wait();
    let seen: Vec<_> = output
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("terraform_data.t (local-exec): "))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name))
        .collect();
    assert!(seen.contains(&"HOME"), "{output}");
    for name in &seen {
        let foreign = ["CARGO", "IWD_", "TF_VAR_", "TF_LOG", "HTTP"];
        assert!(
            !foreign.iter().any(|f| name.starts_with(f)),
            "{name} is passed on"
        );
    }
    workspace.finish();
}

#[test]
fn a_simulator_tells_what_it_received_and_fails_on_request() {
    let mut simulator = Simulator::start();
    let post = |simulator: &Simulator| {
        let url = format!("{}/iwd/v3/provisioning", simulator.endpoint());
        let request = http::local().post(url);
        request
            .header("x-api-key", API_KEY)
            .header("content-type", "application/json; charset=utf-8")
            .body(quickstart::documented_body().to_string())
            .send()
            .expect("an answer")
            .status()
            .as_u16()
    };
    assert!(simulator.tenants().is_empty());
    assert!(simulator.tenant(quickstart::CCID).is_none());

    simulator.fault(json!({"times": 1, "method": "POST", "status": 503}));
    assert_eq!(post(&simulator), 503);
    assert!(simulator.tenants().is_empty());
    assert!((200..300).contains(&post(&simulator)));
    assert_eq!(simulator.tenants(), [quickstart::CCID]);
    assert_eq!(simulator.methods(), ["POST", "POST"]);
    let body = simulator.body(quickstart::CCID);
    assert_eq!(body, quickstart::documented_body());
    let masked = simulator.tenant_masked(quickstart::CCID).expect("a tenant");
    assert!(!masked.to_string().contains("pYV1lNWh0"), "{masked}");

    simulator.fault(json!({"times": 1, "status": 500}));
    simulator.no_more_faults();
    simulator.forget_requests();
    let endpoint = simulator.endpoint().to_owned();
    simulator.kill_and_restart();
    assert_eq!(simulator.endpoint(), endpoint);
    assert_eq!(simulator.body(quickstart::CCID), body);
    assert!(simulator.methods().is_empty());
}

#[test]
fn a_simulator_ends_with_its_test() {
    let simulator = Simulator::start();
    let address = simulator
        .endpoint()
        .trim_start_matches("http://")
        .to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(simulator);
    assert!(std::net::TcpStream::connect(&address).is_err());
}

#[test]
fn a_simulator_left_running_goes_on_until_it_is_told_to_end() {
    let simulator = Simulator::start_detached(API_KEY);
    let address = simulator
        .endpoint()
        .trim_start_matches("http://")
        .to_owned();
    let pid = Pid::from_raw(i32::try_from(simulator.pid()).expect("a process id"));
    let data = simulator.leave_running();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    kill(pid, Signal::SIGTERM).expect("a signal");
    assert_eq!(waitpid(pid, None), Ok(WaitStatus::Exited(pid, 0)));
    std::fs::remove_dir_all(data).expect("its data is still there");
}

/// The message with which `action` panics.
#[track_caller]
fn panic_of(action: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(action)).expect_err("it was to fail");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast_ref::<&str>().expect("a message")).to_owned(),
    }
}
