//! What can be chosen of a soak.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use lexopt::{Arg, Parser, ValueExt as _};

/// What was chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Arguments {
    /// What faults and kills of the first round are drawn from; each further round has the next one.
    pub(crate) seed: u64,
    /// How many tenants.
    pub(crate) tenants: u32,
    /// Rounds begin until this is over; there is one at least.
    pub(crate) minutes: u64,
}

impl Arguments {
    /// Reads them; a seed that isn't given is a random one.
    pub(crate) fn read(mut parser: Parser) -> Result<Self, lexopt::Error> {
        let mut read = Self {
            seed: RandomState::new().build_hasher().finish() % 1_000_000,
            tenants: 200,
            minutes: 0,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("seed") => read.seed = parser.value()?.parse()?,
                Arg::Long("tenants") => read.tenants = parser.value()?.parse()?,
                Arg::Long("minutes") => read.minutes = parser.value()?.parse()?,
                other => return Err(other.unexpected()),
            }
        }
        if !(1..=10_000).contains(&read.tenants) {
            return Err("--tenants must be 1 to 10,000".into());
        }
        Ok(read)
    }
}
