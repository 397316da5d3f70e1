//! A workspace with the configuration of `examples/quickstart`, the tenant of the API's own documentation.

use std::fs;

use super::{Json, Simulator, Terraform, Workspace, repository};

/// Where the resource stands in the configuration.
pub const ADDRESS: &str = "iwd_tenant.t100";
/// The tenant's ccid.
pub const CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";
/// The tenant's name.
pub const NAME: &str = "t100";
/// The name it gets where a change is wanted.
pub const NEW_NAME: &str = "t100-renamed";

/// A simulator that accepts the key that stands in the configuration.
#[track_caller]
pub fn simulator() -> Simulator {
    Simulator::start_with_key(&cluster_api_key())
}

/// A copy of the configuration with `simulator` as its endpoint, not initialised.
#[track_caller]
pub fn workspace(terraform: Terraform, simulator: &Simulator) -> Workspace<'_> {
    let workspace = Workspace::empty(terraform, Some(simulator));
    for name in ["main.tf", "variables.tf", "terraform.tfvars"] {
        workspace.set_file(name, &source(name));
    }
    let endpoint = format!("endpoint = {:?}\n", simulator.endpoint());
    workspace.set_file("simulator.auto.tfvars", &endpoint);
    workspace
}

/// Like [`workspace`], with every secret as an argument that is stored, for a Terraform without write-only ones.
#[track_caller]
pub fn workspace_with_stored_secrets(terraform: Terraform, simulator: &Simulator) -> Workspace<'_> {
    let workspace = workspace(terraform, simulator);
    workspace.set_config(config_with_stored_secrets());
    let variables = without(&source("variables.tf"), &["sensitive", "ephemeral"]);
    workspace.set_file("variables.tf", &variables);
    workspace
}

/// The configuration of [`workspace_with_stored_secrets`].
pub fn config_with_stored_secrets() -> String {
    without(&source("main.tf"), &["required_version"]).replace("_wo ", " ")
}

/// Gives the tenant its new name.
#[track_caller]
pub fn rename(workspace: &Workspace<'_>) {
    let [old, new] = [NAME, NEW_NAME].map(|name| format!("= {name:?}\n"));
    let config = fs::read_to_string(workspace.folder().join("main.tf")).expect("a configuration");
    assert!(config.contains(&old), "{config}");
    workspace.set_config(config.replace(&old, &new));
}

/// The request body of the API's documentation, with the ccid of its `curl` command: that of the body is cut off.
pub fn documented_body() -> Json {
    serde_json::from_str(include_str!("../quickstart.json")).expect("the fixture is JSON")
}

/// The documented body with the new name.
pub fn renamed_body() -> Json {
    let mut body = documented_body();
    body["tenant"]["name"] = NEW_NAME.into();
    body
}

/// The `x-api-key` that the configuration sends.
pub fn cluster_api_key() -> String {
    value("cluster_api_key")
}

/// The value of a variable.
#[track_caller]
pub fn value(name: &str) -> String {
    let variables = source("terraform.tfvars");
    let line = variables.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split('"').nth(1));
    let value = value.unwrap_or_else(|| panic!("the example sets no {name}"));
    value.to_owned()
}

/// A file of the example.
pub fn source(name: &str) -> String {
    repository::read(format!("examples/quickstart/{name}"))
}

/// The configuration without the lines that set one of these arguments.
fn without(config: &str, arguments: &[&str]) -> String {
    let sets_one = |line: &&str| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|word| arguments.contains(&word))
    };
    let lines = config.split_inclusive('\n');
    lines.filter(|line| !sets_one(line)).collect()
}
