//! `terraform-provider-iwd convert`: the requests that provisioned tenants until now become a configuration.
//!
//! | module | its one job |
//! |---|---|
//! | `sources` | reads files, folders and standard input |
//! | `request` | what a text is: a request's body, or a command line of curl |
//! | `repeated` | names that one JSON object has twice |
//! | `command_line` | the command of curl in a script |
//! | `curl` | what a command line of curl sends, and where to |
//! | `curl::option` | what becomes of each option of curl |
//! | `stack` | several requests as one configuration: names, one endpoint, which keys |
//! | `configuration` | the configuration as HCL, and a template for the values |
//! | `hcl` | HCL laid out as `terraform fmt` does |
//!
//! No secret is ever in what it writes: of those in a body it knows only that they are there, and the key of a request
//! stays a `SecretString`.

mod command_line;
mod configuration;
mod curl;
mod hcl;
mod repeated;
mod request;
mod sources;
mod stack;

use std::ffi::OsString;
use std::io::Read;
use std::path::PathBuf;

use lexopt::Arg;

use self::request::Request;
use self::sources::Source;
use self::stack::Stack;
use crate::command::{Exit, Outcome};

/// The command, as people type it.
const COMMAND: &str = "terraform-provider-iwd convert";

const HELP: &str = "\
Makes a configuration of the requests that provisioned tenants until now.

Usage: terraform-provider-iwd convert SOURCE... > tenants.tf

SOURCE is
  FILE    a request's body (JSON), or a command line of curl that sends one
  FOLDER  a folder of such files
  -       standard input

Writes HCL to standard output: the provider, an import block and an iwd_tenant for each tenant, a variable for each
secret, and, in comments at the end, a template for their values. Secrets are never in it. What has no place in
iwd_tenant, is missing or would be refused is named on standard error and in comments above the tenant.

Exits with 0; with 1, and without a configuration, where something can't be read; with 2 where the command line
makes no sense.
";

/// Carries the command out; `arguments` are those after its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>, stdin: impl Read) -> Outcome {
    let paths = match parse(arguments) {
        Ok(Some(paths)) => paths,
        Ok(None) => return Outcome::success(HELP),
        Err(problem) => return Outcome::usage(COMMAND, &problem),
    };
    let (sources, mut problems) = sources::read(&paths, stdin);
    let mut requests = Vec::new();
    for Source { name, text } in sources {
        match Request::read(&text) {
            Ok(request) => requests.push((name, request)),
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    match Stack::of(requests) {
        Ok(stack) if problems.is_empty() => Outcome {
            stdout: configuration::write(&stack),
            stderr: lines(&stack.remarks()),
            exit: Exit::Success,
        },
        outcome => {
            problems.extend(outcome.err().into_iter().flatten());
            Outcome {
                stderr: lines(&problems),
                exit: Exit::Failure,
                ..Outcome::default()
            }
        }
    }
}

/// The sources that the command line names; `None` where it asks for help.
fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Vec<PathBuf>>, String> {
    let mut paths = Vec::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    // What an option was given may be a secret, so no error of the parser is shown.
    while let Some(argument) = parser.next().map_err(|_| "an option takes no value")? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(path) => paths.push(path.into()),
            Arg::Short(name) => return Err(format!("unknown option -{name}")),
            Arg::Long(name) => return Err(format!("unknown option --{name}")),
        }
    }
    if paths.is_empty() {
        return Err("it needs a file, a folder, or - for standard input".to_owned());
    }
    Ok(Some(paths))
}

fn lines(texts: &[String]) -> String {
    let line = |text: &String| format!("{COMMAND}: {text}\n");
    texts.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
