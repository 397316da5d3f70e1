//! What the simulator's log tells of requests and faults; it outlives the simulator's kills.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// A log that is read as it grows.
pub(crate) struct SimulatorLog {
    lines: BufReader<File>,
    /// The begin of a line that is not whole yet.
    begun: String,
    pub(crate) seen: Seen,
}

/// What stood in it so far.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Seen {
    /// How many requests of the provisioning API ended.
    pub(crate) requests: u64,
    /// How many of them met a fault, by what it did.
    pub(crate) faults: BTreeMap<String, u64>,
}

impl SimulatorLog {
    /// Opens it at its begin.
    pub(crate) fn open(file: &Path) -> Self {
        let file = File::open(file).expect("the simulator has a log");
        Self {
            lines: BufReader::new(file),
            begun: String::new(),
            seen: Seen::default(),
        }
    }

    /// Reads on, to its end.
    pub(crate) fn read(&mut self) -> &Seen {
        while self
            .lines
            .read_line(&mut self.begun)
            .is_ok_and(|read| read > 0)
        {
            if self.begun.ends_with('\n') {
                self.seen.count(&self.begun);
                self.begun.clear();
            }
        }
        &self.seen
    }
}

impl Seen {
    /// Counts a line such as `PUT /iwd/v3/provisioning 503 0ms (fault: 503)`.
    pub(crate) fn count(&mut self, line: &str) {
        let path = line.split(' ').nth(1).unwrap_or_default();
        if !path.starts_with("/iwd/") {
            return;
        }
        self.requests += 1;
        let fault = line
            .split_once(" (fault: ")
            .and_then(|(_, rest)| rest.split_once(')'));
        if let Some((fault, _)) = fault {
            *self.faults.entry(fault.to_owned()).or_default() += 1;
        }
    }
}
