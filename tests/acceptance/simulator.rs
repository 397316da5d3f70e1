//! The simulator's page in Chromium, and its log-in to a tenant's database on PostgreSQL.
//!
//! A test that this machine can't run is reported as ignored, with the reason, and never as passed.

mod harness;
#[path = "simulator/page.rs"]
mod page;
#[path = "simulator/verify_db.rs"]
mod verify_db;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let mut trials = page::trials();
    trials.extend(verify_db::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
