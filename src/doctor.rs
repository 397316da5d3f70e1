//! `terraform-provider-iwd doctor`: looks at the way from this machine to IWD, and says what to do.
//!
//! | module | its one job |
//! |---|---|
//! | `options` | the command line |
//! | `examination` | takes the steps, one after the other, until one fails |
//! | `findings` | what each step's outcome means |
//! | `certificate` | what a certificate says |
//! | `report` | the findings as lines and as JSON |
//!
//! It has the settings read, and the way taken, by what the provider itself uses. It sends neither keys nor headers nor
//! bodies, and changes nothing.

mod certificate;
mod examination;
mod findings;
mod options;
mod report;

use std::ffi::OsString;
use std::io;

use self::options::Invocation;
use self::report::{Origin, Report};
use crate::command::{Exit, Outcome};
use crate::provider::{IwdProvider, variable};
use crate::tf_provider::provider::Provider as _;
use crate::tf_provider::schema::Block;
use crate::tf_provider::value::Value;

/// The command, as people type it.
const COMMAND: &str = "terraform-provider-iwd doctor";

const HELP: &str = "\
Looks at the way from this machine to IWD: settings, names, connections, the proxy, TLS, and one GET without a key.

Usage: terraform-provider-iwd doctor [OPTIONS]

The settings are those of the provider, from the environment (IWD_ENDPOINT, …, HTTPS_PROXY, HTTP_PROXY, NO_PROXY) or from
options of the same names, which win. What a provider block says it can't see. It sends no secret and changes nothing.

Exits with 0 where nothing was found that an apply would fail with, with 1 where something was, with 2 where the command
line makes no sense. The last line says what was not tried, such as what is behind a proxy that wants a password.

Options:
  --json    print JSON
  --help    print this
";

/// Looks up a variable of the environment.
type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Carries the command out; `arguments` are those after its name.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: Environment<'_>,
    is_terminal: bool,
) -> Outcome {
    let schema = IwdProvider::new(|_| None).schema().block;
    let (block, json) = match options::parse(arguments, &schema) {
        Ok(Invocation::Examine { block, json }) => (block, json),
        Ok(Invocation::Help) => {
            return Outcome::success(HELP.to_owned() + &options::listed(&schema));
        }
        Err(problem) => return Outcome::usage(COMMAND, &problem),
    };
    let checks = match wait_for(examination::examine(&block, environment)) {
        Ok(checks) => checks,
        Err(error) => {
            return Outcome {
                stderr: format!("{COMMAND}: {error}\n"),
                exit: Exit::Failure,
                ..Outcome::default()
            };
        }
    };
    let report = Report::new(origins(&schema, &block, environment), checks);
    Outcome {
        stdout: if json {
            report.json()
        } else {
            report.text(is_terminal)
        },
        exit: if report.ok {
            Exit::Success
        } else {
            Exit::Failure
        },
        ..Outcome::default()
    }
}

/// Waits for this, and no longer: a name server that doesn't answer holds up the look-up, which has a thread of its own.
fn wait_for<T>(work: impl Future<Output = T>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done)
}

/// Where each setting that is set comes from.
fn origins(schema: &Block, block: &Value, environment: Environment<'_>) -> Vec<Origin> {
    let origin = |name: &'static str| {
        let variable = variable(name);
        let from = if !block.get(name).is_null() {
            options::shown(name)
        } else if environment(&variable).is_some_and(|value| !value.is_empty()) {
            variable
        } else {
            return None;
        };
        Some(Origin { name, from })
    };
    schema
        .attributes
        .iter()
        .filter_map(|attribute| origin(attribute.name))
        .collect()
}

#[cfg(test)]
mod tests;
