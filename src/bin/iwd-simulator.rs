//! The simulated IWD provisioning API as a program; `--help` explains it.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people and scripts: its address goes to stdout, its troubles to stderr"
)]

use std::error::Error;
use std::io::{Write, stdout};
use std::process::ExitCode;

use terraform_provider_iwd::simulator::options::{self, Arguments, Invocation};
use terraform_provider_iwd::simulator::{serve, start};
use tokio::select;

fn main() -> ExitCode {
    match options::parse(std::env::args_os().skip(1)) {
        Ok(Invocation::Help) => print!("{}", options::HELP),
        Ok(Invocation::Version) => println!("iwd-simulator {}", env!("CARGO_PKG_VERSION")),
        Ok(Invocation::Serve(arguments)) => {
            if let Err(error) = run(arguments) {
                eprintln!("iwd-simulator: {error}");
                return ExitCode::FAILURE;
            }
        }
        Err(error) => {
            eprintln!("iwd-simulator: {error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

#[tokio::main]
async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let (listener, store) = start(&arguments).await?;
    let stopped = stopped(arguments.exit_with_parent)?;
    println!(
        "iwd-simulator listening on http://{}",
        listener.local_addr()?
    );
    stdout().flush()?;
    serve(listener, store, arguments.options, stopped).await;
    Ok(())
}

#[cfg(unix)]
fn stopped(with_parent: bool) -> std::io::Result<impl Future<Output = ()>> {
    use std::os::unix::process::parent_id;
    use std::time::Duration;
    use tokio::signal::unix::{SignalKind, signal};

    let parent = parent_id();
    // An orphan gets another parent. Asking now and then is no race with it, a signal would be.
    let orphaned = async move {
        while !with_parent || parent_id() == parent {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    Ok(async move {
        select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = orphaned => {}
        }
    })
}

#[cfg(not(unix))]
fn stopped(_with_parent: bool) -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
