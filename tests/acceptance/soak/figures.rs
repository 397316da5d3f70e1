//! What happened, and whether it is as it must be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::kills::Victim;
use super::simulator_log::Seen;
use super::tenants::Differences;

/// The figures of all rounds.
#[derive(Default)]
pub(crate) struct Figures {
    /// Life cycles of all tenants.
    pub(crate) rounds: u64,
    /// Applies and destroys.
    pub(crate) runs: u64,
    pub(crate) requests: u64,
    pub(crate) retries: u64,
    pub(crate) faults: BTreeMap<String, u64>,
    pub(crate) kills: BTreeMap<Victim, u64>,
    /// States that a killed Terraform left in pieces.
    pub(crate) restored_states: u64,
    /// What must not be, in words, a line each.
    wrong: BTreeMap<Wrong, BTreeSet<String>>,
}

/// What must not be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Wrong {
    Lost,
    LeftOver,
    Secret,
    /// A provider that outlived its Terraform.
    Orphan,
    /// A step that did not end well, however often it was run.
    Step,
    /// Trouble that there should have been.
    Quiet,
}

impl Figures {
    /// Notes what must not be.
    pub(crate) fn note(&mut self, wrong: Wrong, text: String) {
        self.wrong.entry(wrong).or_default().insert(text);
    }

    /// Notes how the database differed after `step`.
    pub(crate) fn note_differences(&mut self, step: &str, differences: Differences) {
        let Differences { lost, left_over } = differences;
        for (wrong, ccids) in [(Wrong::Lost, lost), (Wrong::LeftOver, left_over)] {
            for ccid in ccids {
                self.note(wrong, format!("{ccid} after {step}"));
            }
        }
    }

    /// Adds what a simulator's log told.
    pub(crate) fn add(&mut self, seen: &Seen) {
        self.requests += seen.requests;
        for (fault, count) in &seen.faults {
            *self.faults.entry(fault.clone()).or_default() += count;
        }
    }

    /// Notes what of all trouble there was none of: where it was quiet, nothing was shown.
    pub(crate) fn note_quiet(&mut self) {
        let faults = self.faults.values().sum();
        let kills = self.kills.values().sum();
        for (count, what) in [
            (faults, "faults"),
            (self.retries, "retries"),
            (kills, "kills"),
        ] {
            if count == 0 {
                self.note(Wrong::Quiet, format!("no {what}"));
            }
        }
    }

    /// Whether nothing is wrong.
    pub(crate) fn are_as_they_must_be(&self) -> bool {
        self.wrong.is_empty()
    }

    fn count(&self, wrong: Wrong) -> usize {
        self.wrong.get(&wrong).map_or(0, BTreeSet::len)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rounds,
            runs,
            requests,
            retries,
            restored_states,
            ..
        } = self;
        let met: u64 = self.faults.values().sum();
        let percent = 100 * met / (*requests).max(1);
        writeln!(f, "rounds {rounds}, runs of Terraform {runs}")?;
        writeln!(f, "requests {requests}, retries {retries}")?;
        writeln!(f, "faults {met} ({percent} % of the requests)")?;
        for (fault, count) in &self.faults {
            writeln!(f, "  {count:>6}  {fault}")?;
        }
        writeln!(f, "kills {}", self.kills.values().sum::<u64>())?;
        for (victim, count) in &self.kills {
            writeln!(f, "  {count:>6}  {victim}")?;
        }
        writeln!(
            f,
            "states that a killed Terraform left in pieces {restored_states}, restored from a copy"
        )?;
        for (wrong, what) in [
            (Wrong::Quiet, "kinds of trouble that were missing"),
            (Wrong::Step, "steps not finished"),
            (Wrong::Orphan, "providers that outlived their Terraform"),
            (Wrong::Lost, "tenants lost"),
            (Wrong::LeftOver, "tenants left over"),
            (Wrong::Secret, "secrets found"),
        ] {
            writeln!(f, "{what} {}", self.count(wrong))?;
            for line in self.wrong.get(&wrong).into_iter().flatten() {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}
