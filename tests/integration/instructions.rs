//! How many instructions the provider takes for what Terraform asks most, beside the recorded ones: `make test-instructions`.
//!
//! They are counted by valgrind on one core, which the work of other programs doesn't change. What they depend on is pinned:
//! the compiler, the C library and the crates. A count for a call is the difference between two runs, one with many more of it.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a person reads what it prints, and what it can't go on without should stop it"
)]

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the harness serves other programs too"
)]
mod harness;
#[path = "instructions/provider.rs"]
mod provider;
#[path = "instructions/recorded.rs"]
mod recorded;

use std::env;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use provider::{Calls, count};
use recorded::Verdict;

/// Counts instructions.
type Measure = fn() -> u64;

/// What is counted, and how.
const SUBJECTS: [(&str, Measure); 5] = [
    ("start", || count(Calls::None)),
    ("schema", || per_call(Calls::Schema, 2, 12)),
    ("plan", || per_call(Calls::Plan, 10, 110)),
    ("plan with a hash", || per_call(Calls::HashedPlan, 2, 12)),
    ("apply", || per_call(Calls::Apply, 10, 60)),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if env::var_os("RECORD").is_some_and(|value| !value.is_empty()) {
        let counts = SUBJECTS.map(|(subject, measure)| (subject, measure()));
        recorded::write(&counts);
        return ExitCode::SUCCESS;
    }
    let mut trials: Vec<_> = SUBJECTS
        .map(|(subject, measure)| Trial::ignorable_test(subject, move || judge(subject, measure)))
        .into();
    trials.push(Trial::test("a tenth is slack", || {
        recorded::a_tenth_is_slack();
        Ok(())
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn judge(subject: &str, measure: Measure) -> Result<Completion, Failed> {
    if let Some(reason) = provider::obstacle() {
        return Ok(Completion::ignored_with(format!("not run: {reason}")));
    }
    let (now, before) = (measure(), recorded::read(subject)?);
    let verdict = Verdict::of(now, before);
    let told = format!("{subject}: {now} instructions, recorded are {before}; {verdict}");
    match verdict {
        Verdict::More => Err(told.into()),
        Verdict::Fewer | Verdict::Same => {
            eprintln!("{told}");
            Ok(Completion::Completed)
        }
    }
}

/// The instructions for one call, out of two runs with so many calls each.
fn per_call(calls: impl Fn(usize) -> Calls, few: usize, many: usize) -> u64 {
    let [few_count, many_count] = [few, many].map(|number| count(calls(number)));
    many_count.saturating_sub(few_count) / (many - few) as u64
}
