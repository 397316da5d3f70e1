//! A workspace with the configuration of `examples/postgres`, whose database `psql` makes.

use std::fs;

use super::{Simulator, Terraform, Workspace, repository};

/// The tenant's ccid.
pub const CCID: &str = "9350e2fc-a1dd-4c65-8d40-1f75a2e00100";
/// The module that users copy; its provider is in no registry that every machine reaches.
pub const COPIED: &str = "postgresql";
/// The one that tests run.
pub const RUN: &str = "psql";

/// A copy of the configuration with the module of `psql`, initialised.
#[track_caller]
pub fn workspace(simulator: &Simulator) -> Workspace<'_> {
    let workspace = Workspace::empty(Terraform::find(), Some(simulator));
    workspace.set_config(main());
    workspace.set_file("variables.tf", &source("variables.tf"));
    fs::create_dir(workspace.folder().join(RUN)).expect("a folder of the workspace");
    for name in ["main.tf", "variables.tf"] {
        let name = format!("{RUN}/{name}");
        workspace.set_file(&name, &source(&name));
    }
    workspace.init();
    workspace
}

/// The configuration, with the module of `psql`.
#[track_caller]
pub fn main() -> String {
    let [copied, run] = [COPIED, RUN].map(|name| format!("source = \"./{name}\""));
    let main = source("main.tf");
    assert!(main.contains(&copied), "{main}");
    main.replace(&copied, &run)
}

/// A file of the example.
pub fn source(name: &str) -> String {
    repository::read(format!("examples/postgres/{name}"))
}
