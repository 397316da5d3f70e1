//! The provider's binary.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use terraform_provider_iwd::command::Outcome;
use terraform_provider_iwd::provider::{ADDRESS, IwdProvider};
use terraform_provider_iwd::tf_provider::go_plugin::{self, Mode, Program};
use terraform_provider_iwd::tf_provider::tfplugin5;
use terraform_provider_iwd::{convert, doctor};

const PROGRAM: Program = Program {
    name: env!("CARGO_PKG_NAME"),
    provider_type: "iwd",
    address: ADDRESS,
    log_target: env!("CARGO_CRATE_NAME"),
};

const HELP: &str = "\
The Terraform provider for Genesys Intelligent Workload Distribution (IWD), private edition.

Terraform starts it by itself. By hand:
  convert    make a configuration of the requests that provisioned tenants until now; see convert --help
  doctor     look at the way from this machine to IWD; see doctor --help
  --debug    serve for a debugger and print what to set for Terraform to use it
  --version  print the version
  --help     print this
";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_str()).collect();
    match texts.as_slice() {
        [] => serve(Mode::Plugin),
        [Some("--debug" | "-debug")] => serve(Mode::Debug),
        [Some("--version")] => print(&version()),
        [Some("--help")] => print(HELP),
        [Some("convert"), ..] => end(&convert::run(arguments.into_iter().skip(1), io::stdin())),
        [Some("doctor"), ..] => {
            let is_terminal = io::stdout().is_terminal();
            end(&doctor::run(
                arguments.into_iter().skip(1),
                &environment,
                is_terminal,
            ))
        }
        _ => fail(&format!(
            "{} doesn't know these arguments.\n\n{HELP}",
            PROGRAM.name
        )),
    }
}

/// Name, version, commit and target, as a bug report needs them. Whoever builds for others sets `IWD_COMMIT`.
fn version() -> String {
    format!(
        "{} {} (commit {}, {})\n",
        PROGRAM.name,
        env!("CARGO_PKG_VERSION"),
        option_env!("IWD_COMMIT").unwrap_or("unknown"),
        env!("TARGET"),
    )
}

fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn serve(mode: Mode) -> ExitCode {
    let routes =
        move |shutdown| tfplugin5::routes(Arc::new(IwdProvider::new(environment)), shutdown);
    match go_plugin::serve(&PROGRAM, mode, routes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{error}\n")),
    }
}

/// Ends as a command did.
fn end(outcome: &Outcome) -> ExitCode {
    let told = io::stderr().write_all(outcome.stderr.as_bytes());
    match told.and_then(|()| io::stdout().write_all(outcome.stdout.as_bytes())) {
        Ok(()) => ExitCode::from(outcome.exit as u8),
        Err(_) => ExitCode::FAILURE,
    }
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(text: &str) -> ExitCode {
    // Nobody is there to hear that nobody is there to hear.
    let _ = io::stderr().write_all(text.as_bytes());
    ExitCode::FAILURE
}
