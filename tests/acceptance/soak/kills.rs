//! Who is killed, and when.

use std::fmt;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// A process that is killed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Victim {
    Provider,
    Terraform,
    Simulator,
}

/// A kill, so many requests after the run began, or after the kill before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Kill {
    pub(crate) victim: Victim,
    pub(crate) after: u64,
}

/// The kills of each of four steps: one or two, since a run that goes through to its end shows most.
pub(crate) fn kills(seed: u64, tenants: u32) -> [Vec<Kill>; 4] {
    let mut runner = TestRunner::new(Config {
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    });
    let victims = vec![Victim::Provider, Victim::Terraform, Victim::Simulator];
    let victim = prop::sample::select(victims);
    let after = 0..=u64::from(tenants / 2);
    let kill = (victim, after).prop_map(|(victim, after)| Kill { victim, after });
    let steps = prop::array::uniform4(prop::collection::vec(kill, 1..=2));
    let steps = steps.new_tree(&mut runner);
    steps.expect("nothing is rejected").current()
}

impl fmt::Display for Victim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Provider => "provider",
            Self::Terraform => "Terraform",
            Self::Simulator => "simulator",
        })
    }
}
