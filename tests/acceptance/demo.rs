//! The quickstart from `terraform init` to `terraform destroy`, for a person to watch: `make demo`.

#![expect(
    clippy::print_stdout,
    reason = "the demo is read at a terminal, in one stream with Terraform's own output"
)]

mod harness;
#[path = "demo/holdings.rs"]
mod holdings;
#[path = "demo/left_running.rs"]
mod left_running;
#[path = "demo/terraform_output.rs"]
mod terraform_output;

use std::cell::{Cell, RefCell};
use std::io::{IsTerminal, stdout};
use std::process::ExitCode;

use harness::{Action, Json, Simulator, Terraform, Workspace, quickstart};
use holdings::Holdings;
use left_running::LeftRunning;
use terraform_output::essence;

fn main() -> ExitCode {
    let keep = match std::env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => false,
        [ref flag] if flag == "--keep" => true,
        ref other => {
            println!("unknown arguments: {other:?}; the only one is --keep");
            return ExitCode::FAILURE;
        }
    };
    match demonstrate(keep) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("\nThe demo failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn demonstrate(keep: bool) -> Result<(), String> {
    let key = quickstart::cluster_api_key();
    let simulator = if keep {
        Simulator::start_detached(&key)
    } else {
        Simulator::start_with_key(&key)
    };
    let terraform = Terraform::find();
    let workspace = quickstart::workspace(terraform.clone(), &simulator);
    let demo = Demo {
        simulator: &simulator,
        workspace: &workspace,
        shown: RefCell::default(),
        steps: Cell::default(),
    };
    println!(
        "A simulated IWD listens on {}. The configuration is a copy of examples/quickstart.\n\
         Of Terraform's output, legends and advice are left out.",
        simulator.endpoint()
    );

    demo.step("Install the provider", INIT, 0)?;
    demo.step(
        "Plan: a tenant to create, its secrets write-only",
        PLAN,
        SOMETHING_TO_DO,
    )?;
    demo.planned(Action::Create)?;
    demo.step("Create it: IWD gets the documented request", APPLY, 0)?;
    demo.received(&quickstart::documented_body())?;
    demo.step("Plan again: nothing to do", PLAN, NOTHING_TO_DO)?;

    quickstart::rename(&workspace);
    let change = format!(
        "Change the name in main.tf to {:?}: an update, and a warning",
        quickstart::NEW_NAME
    );
    demo.step(&change, PLAN, SOMETHING_TO_DO)?;
    demo.planned(Action::Update)?;
    demo.step(
        "Update it: the keys under the old name stay, as warned",
        APPLY,
        0,
    )?;
    demo.received(&quickstart::renamed_body())?;

    if keep {
        let pid = simulator.pid();
        let endpoint = simulator.endpoint().to_owned();
        let left = LeftRunning {
            endpoint: &endpoint,
            pid,
            terraform: &terraform.path,
            files: &workspace.keep(),
            data: &simulator.leave_running(),
        };
        heading("Left running: the simulator with the tenant, and the configuration");
        println!("{}", left.text());
        return Ok(());
    }
    demo.step("Destroy it: IWD forgets all of it", DESTROY, 0)?;
    demo.empty()?;
    println!("\nEvery step did what it says.");
    Ok(())
}

const INIT: &[&str] = &["init", "-input=false"];
const PLAN: &[&str] = &["plan", "-input=false", "-detailed-exitcode", "-out=tfplan"];
/// A warning was read in the plan; its summary is enough the second time.
const APPLY: &[&str] = &["apply", "-input=false", "-compact-warnings", "tfplan"];
const DESTROY: &[&str] = &["destroy", "-input=false", "-auto-approve"];
const NOTHING_TO_DO: i32 = 0;
const SOMETHING_TO_DO: i32 = 2;

struct Demo<'a> {
    simulator: &'a Simulator,
    workspace: &'a Workspace<'a>,
    /// What IWD held when the reader last saw it.
    shown: RefCell<Holdings>,
    /// How many steps there were.
    steps: Cell<u8>,
}

impl Demo<'_> {
    /// Runs one command for the reader, shows what it changed in IWD, and insists on the exit code.
    fn step(&self, title: &str, args: &[&str], expected: i32) -> Result<(), String> {
        self.steps.set(self.steps.get() + 1);
        heading(&format!("{}. {title}", self.steps.get()));
        println!("$ terraform {}", args.join(" "));
        let output = self.workspace.run_for_terminal(args);
        ensure(output.code == Some(expected), || {
            format!("expected exit code {expected} of {output}")
        })?;
        for line in essence(args[0], &output.stdout) {
            println!("{line}");
        }
        self.show_holdings();
        Ok(())
    }

    fn show_holdings(&self) {
        let held = Holdings::of(self.simulator.tenant_masked(quickstart::CCID).as_ref());
        let before = self.shown.replace(held.clone());
        let difference = held.since(&before);
        if held.is_empty() {
            println!("--> IWD holds nothing");
        } else if difference.is_empty() {
            println!("--> IWD holds what it held before");
        } else {
            println!("--> in IWD: {}", difference.join("\n            "));
        }
    }

    /// Insists that the saved plan does `action` with the tenant and nothing else.
    fn planned(&self, action: Action) -> Result<(), String> {
        let plan = self.workspace.saved_plan();
        let changes = plan.changes();
        ensure(changes == [(quickstart::ADDRESS, action)], || {
            format!("planned {changes:?}, not one {action:?}")
        })
    }

    /// Insists on the body that the simulator received last.
    fn received(&self, expected: &Json) -> Result<(), String> {
        let body = self.simulator.body(quickstart::CCID);
        ensure(body == *expected, || {
            "the simulator received another body than expected".to_owned()
        })
    }

    /// Insists that the simulator holds no tenant at all.
    fn empty(&self) -> Result<(), String> {
        let left = self.simulator.tenants();
        ensure(left.is_empty(), || {
            format!("the simulator still holds {left:?}")
        })
    }
}

/// A line that stands out: bold at a terminal.
fn heading(text: &str) {
    if stdout().is_terminal() {
        println!("\n\u{1b}[1m{text}\u{1b}[0m");
    } else {
        println!("\n=== {text}");
    }
}

fn ensure(right: bool, failure: impl FnOnce() -> String) -> Result<(), String> {
    if right { Ok(()) } else { Err(failure()) }
}
