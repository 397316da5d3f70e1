//! `terraform-provider-iwd convert`: the requests that provisioned tenants until now become a configuration.
//!
//! | module | its one job |
//! |---|---|
//! | `sources` | reads files, folders and standard input |
//! | `request` | what a text is: a request's body, or a command line of curl |
//! | `repeated` | names that one JSON object has twice |
//! | `shell` | the commands of a script, split into words as a shell splits it |
//! | `command_line` | the commands of curl among them |
//! | `command_line::words` | which program a command starts, and which of its words are scripts |
//! | `command_line::mention` | names of curl that no command of it accounts for |
//! | `shell::word` | one word: what of it is quoted, and what the shell replaces |
//! | `shell::passed_over` | arithmetic, arrays and the patterns of `case` |
//! | `curl` | which command line of curl sends the request |
//! | `curl::options` | what its options send |
//! | `curl::option` | what becomes of each option of curl |
//! | `curl::endpoint` | the endpoint in the URL of a request |
//! | `headers` | the headers of requests, which a provider block has once |
//! | `stack` | several requests as one configuration: names, one endpoint, which keys |
//! | `configuration` | the configuration as HCL, and a template for the values |
//! | `names` | names of which no two are the same |
//! | `hcl` | HCL laid out as `terraform fmt` does |
//!
//! No secret is ever in what it writes: of those in a body it knows only that they are there, and the key of a request
//! stays a `SecretString`.

mod command_line;
mod configuration;
mod curl;
mod hcl;
mod headers;
mod names;
mod repeated;
mod request;
mod shell;
mod sources;
mod stack;

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use lexopt::Arg;

use self::request::Request;
use self::sources::Source;
use self::stack::Stack;
use crate::command::{Exit, Outcome};
use crate::provider::is_unprintable;

/// The command, as people type it.
const COMMAND: &str = "terraform-provider-iwd convert";

const HELP: &str = "\
Makes a configuration of the requests that provisioned tenants until now.

Usage: terraform-provider-iwd convert SOURCE... > tenants.tf

SOURCE is
  FILE    a request's body (JSON), or a script with a command line of curl that sends one
  FOLDER  a folder of such files
  -       standard input

A body that curl reads from a file (-d @FILE) is looked for beside the script and in the working folder.

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
        Err(problem) => return Outcome::usage(COMMAND, &printable(&problem)),
    };
    let (sources, mut problems) = sources::read(&paths, stdin);
    let mut requests = Vec::new();
    for Source { name, path, text } in sources {
        match Request::read(&text, &path) {
            Ok(request) => requests.push((name, path, request)),
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    match Stack::of(without_bodies_of_others(requests)) {
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

/// The requests, each with its source, but files that are nothing but the body of a command line that is there too.
fn without_bodies_of_others(requests: Vec<(String, PathBuf, Request)>) -> Vec<(String, Request)> {
    let bodies = requests
        .iter()
        .filter_map(|(.., request)| request.body_file.clone());
    let bodies: HashSet<_> = bodies.collect();
    let is_of_other =
        |path: &PathBuf| fs::canonicalize(path).is_ok_and(|path| bodies.contains(&path));
    requests
        .into_iter()
        .filter(|(_, path, request)| request.call.is_some() || !is_of_other(path))
        .map(|(name, _, request)| (name, request))
        .collect()
}

fn lines(texts: &[String]) -> String {
    let line = |text: &String| format!("{COMMAND}: {}\n", printable(text));
    texts.iter().map(line).collect()
}

/// The text on one line, with what steers a terminal or can't be seen as its number.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' || is_unprintable(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests;
