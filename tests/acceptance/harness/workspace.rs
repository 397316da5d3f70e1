//! A directory with a configuration, and Terraform's commands run in it.

mod commands;

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::{API_KEY, Gate, Json, Output, Running, Simulator, Terraform, installation};

pub(super) const PLAN_FILE: &str = "tfplan";

/// What Terraform and the provider may see of this machine's environment. Everything else, above all `TF_*`, `IWD_*` and
/// the proxy settings, would make a test's outcome depend on where it runs. The last one is where coverage goes.
const PASSED_ON: &[&str] = &["PATH", "TMPDIR", "LLVM_PROFILE_FILE"];

/// A working directory of its own with the provider installed by `terraform init`.
///
/// Whoever applies in it calls [`Workspace::finish`] at the end; a test that forgets fails.
pub struct Workspace<'a> {
    terraform: Terraform,
    simulator: Option<&'a Simulator>,
    root: TempDir,
    variables: RefCell<Vec<(String, String)>>,
    environment: RefCell<Vec<(String, String)>>,
    trace: Cell<bool>,
    pub(super) transcript: RefCell<Vec<Output>>,
    unfinished: Cell<bool>,
}

impl<'a> Workspace<'a> {
    /// A workspace whose provider talks to `simulator`, with `config` as its `main.tf`.
    #[track_caller]
    pub fn new(simulator: &'a Simulator, config: impl Display) -> Self {
        Self::with_settings(simulator, &[], config)
    }

    /// Like [`Workspace::new`], with further settings of the provider, each a name and an expression.
    #[track_caller]
    pub fn with_settings(
        simulator: &'a Simulator,
        settings: &[(&str, &str)],
        config: impl Display,
    ) -> Self {
        let block = settings_for(simulator.endpoint(), settings);
        Self::with_provider_block(simulator, &block, config)
    }

    /// Like [`Workspace::with_settings`], on a Terraform of the test's choice.
    #[track_caller]
    pub fn on(
        terraform: Terraform,
        simulator: &'a Simulator,
        settings: &[(&str, &str)],
        config: impl Display,
    ) -> Self {
        let workspace = Self::empty(terraform, Some(simulator));
        workspace.set_provider_block(&settings_for(simulator.endpoint(), settings));
        workspace.set_config(config);
        workspace.init();
        workspace
    }

    /// A workspace with a provider block of the test's own, which stands in `provider.tf`.
    #[track_caller]
    pub fn with_provider_block(
        simulator: &'a Simulator,
        block: &str,
        config: impl Display,
    ) -> Self {
        let workspace = Self::empty(Terraform::find(), Some(simulator));
        workspace.set_provider_block(block);
        workspace.set_config(config);
        workspace.init();
        workspace
    }

    /// A workspace with Terraform's builtin provider alone.
    #[track_caller]
    pub fn builtin(config: &str) -> Self {
        let workspace = Self::empty(Terraform::find(), None);
        workspace.set_file("main.tf", config);
        workspace.init();
        workspace
    }

    /// A workspace without any configuration, not initialised.
    pub fn empty(terraform: Terraform, simulator: Option<&'a Simulator>) -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        for folder in ["work", "home"] {
            fs::create_dir(root.path().join(folder)).expect("a directory in it");
        }
        installation::install(root.path());
        Self {
            terraform,
            simulator,
            root,
            variables: RefCell::default(),
            environment: RefCell::default(),
            trace: Cell::default(),
            transcript: RefCell::default(),
            unfinished: Cell::default(),
        }
    }

    /// The directory of the configuration.
    pub fn folder(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// The CLI configuration file, for `TF_CLI_CONFIG_FILE`.
    pub fn cli_config(&self) -> PathBuf {
        self.root.path().join("terraform.rc")
    }

    /// Replaces `main.tf`.
    pub fn set_config(&self, config: impl Display) {
        self.set_file("main.tf", &config.to_string());
    }

    /// Replaces the provider block, which stands in `provider.tf`.
    pub fn set_provider_block(&self, block: &str) {
        self.set_file("provider.tf", &format!("{}\n{block}", required_provider()));
    }

    /// Lets the provider talk to the simulator through a gate.
    pub fn go_through(&self, gate: &Gate) {
        self.set_provider_block(&settings_for(gate.endpoint(), &[]));
    }

    /// Writes another file beside `main.tf`.
    pub fn set_file(&self, name: &str, text: &str) {
        fs::write(self.folder().join(name), text).expect("a file in the workspace");
    }

    /// Removes a file that [`Workspace::set_file`] wrote.
    pub fn remove_file(&self, name: &str) {
        fs::remove_file(self.folder().join(name)).expect("the file is there");
    }

    /// Sets input variables, through `TF_VAR_…`, in place of those set before.
    pub fn variables(&self, variables: &[(&str, &str)]) {
        let owned = |(name, value): &(&str, &str)| (format!("TF_VAR_{name}"), (*value).to_owned());
        self.variables
            .replace(variables.iter().map(owned).collect());
    }

    /// Sets environment variables for Terraform and the provider, in place of those set before.
    pub fn environment(&self, variables: &[(&str, &str)]) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.environment
            .replace(variables.iter().map(owned).collect());
    }

    /// Makes every further command log at level trace, into a file that [`Workspace::raw_files`] returns.
    pub fn with_log_trace(self) -> Self {
        self.trace.set(true);
        self
    }

    /// Installs another program in the provider's place, before `init`.
    pub fn set_provider(&self, program: &Path) {
        installation::replace(program, self.root.path());
    }

    /// Puts the provider where Terraform 0.12 looks for it; later versions take no notice of that place.
    pub fn install_for_0_12(&self) {
        installation::install_for_0_12(&self.folder());
    }

    /// Makes `state` the state, and installs this provider in the place of the one `source` (such as `mastercard/restapi`)
    /// that `state` names: Terraform wants to have it, and a move away from it asks nothing of it.
    #[track_caller]
    pub fn adopt_state(&self, state: &Json, source: &str) {
        installation::install_in_place_of(source, self.root.path());
        self.set_file("terraform.tfstate", &state.to_string());
        self.init();
    }

    /// Goes on with another Terraform.
    #[track_caller]
    pub fn set_terraform(&mut self, terraform: Terraform) {
        self.terraform = terraform;
        self.init();
    }

    /// Runs `terraform init`.
    #[track_caller]
    pub fn init(&self) -> Output {
        self.succeed(&["init", "-input=false"])
    }

    /// Runs any command, whatever its exit code.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Output {
        let output = self.start(args).wait();
        self.transcript.borrow_mut().push(output.clone());
        output
    }

    /// Runs a command that must exit with 0, however long it takes within `limit`; its output is not kept.
    #[track_caller]
    pub fn succeed_within(&self, limit: Duration, args: &[&str]) -> Output {
        self.start(args).limited_to(limit).wait().expect_code(0)
    }

    /// Runs a command that must exit with 0.
    #[track_caller]
    pub fn succeed(&self, args: &[&str]) -> Output {
        self.run(args).expect_code(0)
    }

    /// Runs a command whose output is for this terminal, in colour where it has any.
    #[track_caller]
    pub fn run_for_terminal(&self, args: &[&str]) -> Output {
        let mut args = args.to_vec();
        if !std::io::stdout().is_terminal() {
            args.insert(1, "-no-color");
        }
        self.run(&args)
    }

    /// Leaves state and tenants as they are, for a test whose point it is that nothing can be destroyed any more.
    pub fn abandon(self) {
        self.unfinished.set(false);
    }

    /// Leaves state and tenants as they are; the directory stays, with all that was installed in it, and is returned.
    pub fn keep(mut self) -> PathBuf {
        self.unfinished.set(false);
        self.root.disable_cleanup(true);
        self.root.path().to_owned()
    }

    #[track_caller]
    fn start(&self, args: &[&str]) -> Running {
        Running::start(&mut self.command(args))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.terraform.path);
        let passed_on = PASSED_ON
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        command
            .args(args)
            .current_dir(self.folder())
            .env_clear()
            .envs(passed_on)
            .env("HOME", self.root.path().join("home"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_CONFIG_FILE", self.cli_config())
            .envs(self.variables.borrow().iter().cloned())
            .envs(self.environment.borrow().iter().cloned());
        if self.trace.get() {
            command
                .env("TF_LOG", "TRACE")
                .env("TF_LOG_PATH", self.trace_file());
        }
        command
    }

    pub(super) fn trace_file(&self) -> PathBuf {
        self.root.path().join("trace.log")
    }
}

impl Drop for Workspace<'_> {
    fn drop(&mut self) {
        let forgotten = self.unfinished.get() && !std::thread::panicking();
        assert!(!forgotten, "the test applied and did not call finish()");
    }
}

/// A provider block with these settings, each a name and an expression.
pub fn provider_block(settings: &[(&str, &str)]) -> String {
    let lines: Vec<_> = settings
        .iter()
        .map(|(name, expression)| format!("  {name} = {expression}\n"))
        .collect();
    format!("provider \"iwd\" {{\n{}}}\n", lines.concat())
}

fn settings_for(endpoint: &str, further: &[(&str, &str)]) -> String {
    let (endpoint, key) = (format!("{endpoint:?}"), format!("{API_KEY:?}"));
    provider_block(&[&[("endpoint", &*endpoint), ("api_key", &key)], further].concat())
}

fn required_provider() -> String {
    format!(
        "terraform {{\n  required_providers {{\n    iwd = {{\n      source = {:?}\n    }}\n  }}\n}}\n",
        installation::source()
    )
}
