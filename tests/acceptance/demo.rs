//! The quickstart from `terraform init` to `terraform destroy`, for a person to watch: `make demo`.

#![expect(
    clippy::print_stdout,
    reason = "the demo is read at a terminal, in one stream with Terraform's own output"
)]

mod harness;

use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;

use harness::{Action, Json, Simulator, Terraform, Workspace, quickstart};

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
    };
    println!(
        "An IWD simulator listens on {}.\nThe configuration is a copy of examples/quickstart in {}.\nTerraform is {}.",
        simulator.endpoint(),
        workspace.folder().display(),
        terraform.path.display()
    );

    demo.step("Install the provider", &["init"], 0)?;
    demo.step("See what Terraform would do", PLAN, SOMETHING_TO_DO)?;
    demo.planned(Action::Create)?;
    demo.step("Do it", APPLY, 0)?;
    demo.received(&quickstart::documented_body())?;
    println!("That is the documented request, field for field.");
    demo.step("Plan again: there is nothing to do", PLAN, NOTHING_TO_DO)?;

    quickstart::rename(&workspace);
    let change = format!(
        "Change the name in main.tf to {:?} and plan: an update in place",
        quickstart::NEW_NAME
    );
    demo.step(&change, PLAN, SOMETHING_TO_DO)?;
    demo.planned(Action::Update)?;
    demo.step("Do it", APPLY, 0)?;
    demo.received(&quickstart::renamed_body())?;
    demo.step("Plan again: there is nothing to do", PLAN, NOTHING_TO_DO)?;

    if keep {
        println!("\n=== Left running: the simulator and its tenant");
        let [pid, terraform] = [
            simulator.pid().to_string(),
            terraform.path.display().to_string(),
        ];
        let files = workspace.keep();
        say_how_to_go_on(&pid, &terraform, &files, &simulator.leave_running());
        return Ok(());
    }
    demo.step("Destroy it", &["destroy", "-auto-approve"], 0)?;
    demo.empty()?;
    println!("\nEvery step did what it says.");
    Ok(())
}

const PLAN: &[&str] = &["plan", "-input=false", "-detailed-exitcode", "-out=tfplan"];
const APPLY: &[&str] = &["apply", "-input=false", "tfplan"];
const NOTHING_TO_DO: i32 = 0;
const SOMETHING_TO_DO: i32 = 2;

struct Demo<'a> {
    simulator: &'a Simulator,
    workspace: &'a Workspace<'a>,
    /// The tenant as the reader last saw it.
    shown: RefCell<Option<Json>>,
}

impl Demo<'_> {
    /// Runs one command for the reader, shows what the simulator holds after it, and insists on the exit code.
    fn step(&self, title: &str, args: &[&str], expected: i32) -> Result<(), String> {
        println!("\n=== {title}\n$ terraform {}", args.join(" "));
        let code = self.workspace.show(args);
        self.show_simulator();
        ensure(code == Some(expected), || {
            let command = args.join(" ");
            let code = code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
            format!("`terraform {command}` ended with {code}, not {expected}")
        })
    }

    fn show_simulator(&self) {
        let tenant = self.simulator.tenant_masked(quickstart::CCID);
        let before = self.shown.replace(tenant.clone());
        match tenant {
            None => println!("--- the simulator holds no such tenant"),
            tenant if tenant == before => println!("--- the simulator holds what it held before"),
            Some(tenant) => println!("--- the simulator holds, secrets masked:\n{tenant:#}"),
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

fn ensure(right: bool, failure: impl FnOnce() -> String) -> Result<(), String> {
    if right { Ok(()) } else { Err(failure()) }
}

fn say_how_to_go_on(pid: &str, terraform: &str, files: &Path, data: &Path) {
    let (files, data) = (files.display(), data.display());
    println!(
        "To go on by hand:\n\
         export TF_CLI_CONFIG_FILE={files}/terraform.rc\n\
         cd {files}/work\n\
         {terraform} plan\n\
         To end it:\n\
         kill {pid}\n\
         rm -r {files} {data}"
    );
}
