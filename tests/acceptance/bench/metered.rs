//! A stand-in for the provider that Terraform starts: it starts the real one, and notes what that one used.
//!
//! It is the benchmark itself, by the provider's name.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::time::Duration;

use super::resources::{mebibytes, of_children};

/// Names the provider to start.
const PROVIDER: &str = "METERED_PROVIDER";
/// Names the file for the notes.
const NOTES: &str = "METERED_NOTES";

/// What providers used.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Usage {
    /// The CPU time of all of them.
    pub(crate) cpu: Duration,
    /// The most memory that one of them had, in MiB.
    pub(crate) peak: f64,
}

/// Where the stand-ins of one workspace note what they saw.
pub(crate) struct Meter {
    provider: PathBuf,
    notes: PathBuf,
}

impl Meter {
    /// A meter of that provider with its notes in a file of the folder.
    pub(crate) fn new(provider: &Path, folder: &Path) -> Self {
        Self {
            provider: provider.to_owned(),
            notes: folder.join("metered"),
        }
    }

    /// The environment that the stand-in wants.
    pub(crate) fn environment(&self) -> [(&str, &str); 2] {
        [
            (PROVIDER, self.provider.to_str().unwrap()),
            (NOTES, self.notes.to_str().unwrap()),
        ]
    }

    /// What has been used since the last look.
    pub(crate) fn read(&self) -> Usage {
        let notes = fs::read_to_string(&self.notes).unwrap_or_default();
        let _ = fs::remove_file(&self.notes);
        notes.lines().fold(Usage::default(), |sum, note| {
            let (micros, kib) = note.split_once(' ').unwrap();
            Usage {
                cpu: sum.cpu + Duration::from_micros(micros.parse().unwrap()),
                peak: sum.peak.max(mebibytes(kib.parse().unwrap())),
            }
        })
    }
}

/// Whether Terraform started this program as its provider.
pub(crate) fn is_stand_in() -> bool {
    env::var_os(PROVIDER).is_some()
}

/// Is the provider until it ends.
pub(crate) fn run() -> ! {
    let provider = env::var_os(PROVIDER).unwrap();
    let status = Command::new(provider).status().unwrap();
    let (cpu, kib) = of_children();
    let mut notes = OpenOptions::new();
    let mut notes = notes
        .create(true)
        .append(true)
        .open(env::var_os(NOTES).unwrap())
        .unwrap();
    // One write, since several may end at once.
    let note = format!("{} {kib}\n", cpu.as_micros());
    notes.write_all(note.as_bytes()).unwrap();
    process::exit(status.code().unwrap_or(1));
}
