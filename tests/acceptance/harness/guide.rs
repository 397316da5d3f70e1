//! What README and guides have to paste.

use std::collections::BTreeMap;
use std::process::Command;

use super::{Running, Workspace};

/// The first block that begins so.
#[track_caller]
pub fn block_with<'a>(blocks: &[&'a str], begin: &str) -> &'a str {
    let mut found = blocks.iter().filter(|block| block.starts_with(begin));
    found
        .next()
        .unwrap_or_else(|| panic!("{begin}: {blocks:?}"))
}

/// The variables that a shell has after these lines.
#[track_caller]
pub fn exported(lines: &str) -> BTreeMap<String, String> {
    let mut shell = Command::new("sh");
    shell.env_clear();
    shell.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    shell.args(["-euc", &format!("{lines}\nprintenv")]);
    let printed = Running::start(&mut shell).wait().expect_code(0);
    let variables = printed
        .stdout
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| {
            ["IWD_", "TF_", "PG"]
                .iter()
                .any(|begin| name.starts_with(begin))
        });
    variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Gives Terraform and the provider these variables.
pub fn set(workspace: &Workspace<'_>, environment: &BTreeMap<String, String>) {
    let variables: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    workspace.environment(&variables);
}
