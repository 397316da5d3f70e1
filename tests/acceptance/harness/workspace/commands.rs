//! What each command must come to, and what it gives.

use std::fs;

use super::{PLAN_FILE, Workspace};
use crate::harness::{Applied, Diagnostics, Json, Output, Plan, Running, State};

impl Workspace<'_> {
    /// Plans, without applying.
    #[track_caller]
    pub fn plan(&self) -> Plan {
        self.plan_with(&[])
    }

    /// Plans with further arguments, such as `-refresh=false` or `-replace=iwd_tenant.t`.
    #[track_caller]
    pub fn plan_with(&self, args: &[&str]) -> Plan {
        let mut command = vec!["plan", "-json", "-input=false", "-detailed-exitcode"];
        let out = format!("-out={PLAN_FILE}");
        command.push(&out);
        command.extend(args);
        let output = self.run(&command);
        assert!(
            matches!(output.code, Some(0 | 2)),
            "expected a plan of {output}"
        );
        let code = output.code;
        let diagnostics = Diagnostics::read(output, &self.folder());
        let plan = self.saved_plan().with_diagnostics(diagnostics);
        let refreshing = args.contains(&"-refresh-only");
        assert!(
            refreshing || plan.is_empty() == (code == Some(0)),
            "the exit code and the plan disagree in {}",
            plan.output()
        );
        plan
    }

    /// The plan in the file `tfplan`, which [`Workspace::show`] can write; its warnings are not in it.
    #[track_caller]
    pub fn saved_plan(&self) -> Plan {
        let output = self.succeed(&["show", "-json", PLAN_FILE]);
        let json = serde_json::from_str(&output.stdout).expect("Terraform shows plans as JSON");
        Plan::new(json, Diagnostics::read(output, &self.folder()))
    }

    /// Fails the test unless there is nothing to do, first by the state alone and then after a refresh.
    #[track_caller]
    pub fn expect_empty_plan(&self) {
        for args in [&["-refresh=false"][..], &[]] {
            let plan = self.plan_with(args);
            assert!(
                plan.is_empty(),
                "expected an empty plan, got {:?} of {}\n{}",
                plan.changes(),
                plan.output(),
                self.run(&["show", "-no-color", PLAN_FILE])
            );
        }
    }

    /// Plans, applies what was planned, and fails the test unless the plans after that are empty.
    #[track_caller]
    pub fn apply(&self) -> Applied {
        self.apply_with(&[])
    }

    /// Like [`Workspace::apply`], with further arguments for the plan.
    #[track_caller]
    pub fn apply_with(&self, args: &[&str]) -> Applied {
        let applied = self.apply_once(args);
        self.expect_empty_plan();
        applied
    }

    /// Plans and applies what was planned, for the rare case that the next plan is not meant to be empty.
    #[track_caller]
    pub fn apply_once(&self, args: &[&str]) -> Applied {
        let plan = self.plan_with(args);
        self.unfinished.set(true);
        let output = self.succeed(&["apply", "-no-color", "-input=false", PLAN_FILE]);
        Applied {
            plan,
            output,
            state: self.state(),
        }
    }

    /// Starts an apply without waiting for it.
    #[track_caller]
    pub fn start_apply(&self) -> Running {
        self.start_apply_with(&[])
    }

    /// Starts an apply with further arguments.
    pub fn start_apply_with(&self, args: &[&str]) -> Running {
        self.unfinished.set(true);
        let apply = &["apply", "-no-color", "-input=false", "-auto-approve"];
        self.start(&[apply, args].concat())
    }

    /// Applies, which must fail: at plan or after it.
    #[track_caller]
    pub fn apply_fails(&self) -> Diagnostics {
        self.unfinished.set(true);
        self.fails(&["apply", "-json", "-input=false", "-auto-approve"])
    }

    /// Plans, which must fail.
    #[track_caller]
    pub fn plan_fails(&self) -> Diagnostics {
        self.plan_fails_with(&[])
    }

    /// Plans with further arguments, which must fail.
    #[track_caller]
    pub fn plan_fails_with(&self, args: &[&str]) -> Diagnostics {
        self.fails(&[&["plan", "-json", "-input=false"], args].concat())
    }

    /// Destroys, which must fail.
    #[track_caller]
    pub fn destroy_fails(&self) -> Diagnostics {
        self.fails(&["destroy", "-json", "-input=false", "-auto-approve"])
    }

    /// Validates, which must fail.
    #[track_caller]
    pub fn validate_fails(&self) -> Diagnostics {
        self.fails(&["validate", "-json"])
    }

    /// Validates, which must succeed, perhaps with warnings.
    #[track_caller]
    pub fn validate(&self) -> Diagnostics {
        Diagnostics::read(self.succeed(&["validate", "-json"]), &self.folder())
    }

    #[track_caller]
    fn fails(&self, args: &[&str]) -> Diagnostics {
        let diagnostics = Diagnostics::read(self.run(args).expect_code(1), &self.folder());
        let output = diagnostics.output();
        assert!(
            !diagnostics.errors().is_empty(),
            "it failed and gave no error: {output}"
        );
        diagnostics
    }

    /// Runs `terraform import`.
    #[track_caller]
    pub fn import(&self, address: &str, id: &str) -> State {
        self.unfinished.set(true);
        self.succeed(&["import", "-no-color", "-input=false", address, id]);
        self.state()
    }

    /// Runs `terraform import`, which must fail, and returns what it printed.
    #[track_caller]
    pub fn import_fails(&self, address: &str, id: &str) -> Output {
        self.run(&["import", "-no-color", "-input=false", address, id])
            .expect_code(1)
    }

    /// Writes an `import` block and plans with it.
    #[track_caller]
    pub fn import_block(&self, address: &str, id: &str) -> Plan {
        self.write_import_block(address, id);
        self.plan()
    }

    /// Writes an `import` block and returns the configuration that Terraform generates for it.
    ///
    /// The plan may fail: what is generated can be a template that a person has to complete.
    #[track_caller]
    pub fn generate_config(&self, address: &str, id: &str) -> String {
        // Terraform 1.16 looks for `hashicorp/iwd` without this line, and refuses it once the resource is there.
        self.set_file(
            "import.tf",
            &import_block(address, &format!("  id = {id:?}\n  provider = iwd\n")),
        );
        let name = "generated.tf";
        let out = format!("-generate-config-out={name}");
        let output = self.run(&["plan", "-no-color", "-input=false", &out]);
        self.write_import_block(address, id);
        fs::read_to_string(self.folder().join(name))
            .unwrap_or_else(|error| panic!("nothing was generated ({error}) by {output}"))
    }

    /// Writes an `import` block.
    pub fn write_import_block(&self, address: &str, id: &str) {
        self.set_file(
            "import.tf",
            &import_block(address, &format!("  id = {id:?}\n")),
        );
    }

    /// Drops a resource from the state.
    #[track_caller]
    pub fn state_rm(&self, address: &str) {
        self.succeed(&["state", "rm", address]);
    }

    /// What is recorded.
    #[track_caller]
    pub fn state(&self) -> State {
        let output = self.succeed(&["show", "-json"]);
        State::new(serde_json::from_str(&output.stdout).expect("Terraform shows state as JSON"))
    }

    /// The state file's own JSON, with private data; `None` before the first apply.
    pub fn state_file(&self) -> Option<Json> {
        let text = fs::read_to_string(self.folder().join("terraform.tfstate")).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Destroys everything; the simulator must hold nothing afterwards.
    #[track_caller]
    pub fn finish(self) -> Output {
        self.finish_leaving(&[])
    }

    /// Destroys everything; the simulator must hold exactly the tenants `left` afterwards.
    #[track_caller]
    pub fn finish_leaving(self, left: &[&str]) -> Output {
        self.unfinished.set(false);
        let destroyed = self.succeed(&["destroy", "-no-color", "-input=false", "-auto-approve"]);
        let state = self.state();
        let addresses = state.addresses();
        assert!(addresses.is_empty(), "still recorded: {addresses:?}");
        if let Some(simulator) = self.simulator {
            assert_eq!(simulator.tenants(), left, "what the simulator holds");
        }
        destroyed
    }
}

fn import_block(address: &str, arguments: &str) -> String {
    format!("import {{\n  to = {address}\n{arguments}}}\n")
}
