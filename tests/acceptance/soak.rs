//! The life cycle of many tenants through faults and kills, with the real Terraform: `make soak`.
//!
//! A round creates tenants, changes them, gives them new secrets and destroys them. Meanwhile the simulated IWD fails
//! four requests of ten, and the provider, Terraform or the simulator is killed (SIGKILL). A run that failed is run
//! again, as a person would, until one succeeds; then the simulator's database must equal the configuration.
//!
//! Terraform itself forgets what it had not written when it was killed. That is made good by running it again, since a
//! create of what is there is an update, and a destroy of what is gone is done.
//!
//! | module | its one job |
//! |---|---|
//! | `arguments` | what can be chosen |
//! | `tenants` | the tenants as configured, and what IWD must hold of them |
//! | `faults` | what the simulator does to requests |
//! | `kills` | who is killed, and when |
//! | `round` | the life cycle, step by step |
//! | `processes` | the providers that Terraform started |
//! | `simulator_log` | what the simulator's log tells of requests and faults |
//! | `state_copy` | the state before a run, for what a kill leaves of it |
//! | `figures` | what happened, and whether it is as it must be |

#![expect(
    clippy::print_stdout,
    reason = "a person reads what happened at a terminal"
)]

#[path = "soak/arguments.rs"]
mod arguments;
#[path = "soak/faults.rs"]
mod faults;
#[path = "soak/figures.rs"]
mod figures;
mod harness;
#[path = "soak/kills.rs"]
mod kills;
#[path = "soak/processes.rs"]
mod processes;
#[path = "soak/round.rs"]
mod round;
#[path = "soak/simulator_log.rs"]
mod simulator_log;
#[path = "soak/state_copy.rs"]
mod state_copy;
#[path = "soak/tenants.rs"]
mod tenants;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use arguments::Arguments;
use figures::Figures;
use round::Round;

fn main() -> ExitCode {
    let arguments = match Arguments::read(lexopt::Parser::from_env()) {
        Ok(arguments) => arguments,
        Err(error) => {
            println!(
                "{error}; the options are --seed, --tenants and --minutes, each with a number"
            );
            return ExitCode::FAILURE;
        }
    };
    let until = Instant::now() + Duration::from_secs(60 * arguments.minutes);
    let mut figures = Figures::default();
    for seed in arguments.seed.. {
        let Arguments { tenants, .. } = arguments;
        println!("Seed {seed}; to repeat this round: make soak SEED={seed} TENANTS={tenants}");
        Round::new(seed, tenants).go(&mut figures);
        if Instant::now() >= until || !figures.are_as_they_must_be() {
            break;
        }
    }
    figures.note_quiet();
    println!("\n{figures}");
    if figures.are_as_they_must_be() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
