//! The simulator's page in Chromium, its log-in to a tenant's database on PostgreSQL, and `examples/postgres`.
//!
//! A test that this machine can't run is reported as ignored, with the reason, and never as passed.

mod harness;
#[path = "simulator/page.rs"]
mod page;
#[path = "simulator/verify_db.rs"]
mod verify_db;
#[path = "simulator/whole_stack.rs"]
mod whole_stack;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let mut trials = page::trials();
    trials.extend(verify_db::trials());
    trials.extend(whole_stack::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
