//! The counts that the next ones are compared with.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::PathBuf;

/// How many hundredths a count may grow or shrink without a word.
const SLACK: u64 = 10;

/// What a count comes to beside the recorded one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// As many, with slack.
    Same,
    /// More than the slack allows.
    More,
    /// So few that what was recorded doesn't keep them any more.
    Fewer,
}

impl Verdict {
    /// The verdict on `now`, where `before` is recorded.
    pub(crate) fn of(now: u64, before: u64) -> Self {
        match now * 100 {
            hundredfold if hundredfold > before * (100 + SLACK) => Self::More,
            hundredfold if hundredfold < before * (100 - SLACK) => Self::Fewer,
            _ => Self::Same,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const RECORD: &str = "`RECORD=1 make test-instructions` records anew";
        match self {
            Self::Same => f.write_str("as before"),
            Self::More => write!(
                f,
                "that is more than {SLACK} % more. Where it is worth it, {RECORD}"
            ),
            Self::Fewer => write!(
                f,
                "that is more than {SLACK} % less. To keep it so, {RECORD}"
            ),
        }
    }
}

/// The recorded count.
pub(crate) fn read(subject: &str) -> Result<u64, String> {
    let text = fs::read_to_string(path()).map_err(|error| error.to_string())?;
    let count = text.lines().find_map(|line| {
        let (name, count) = line.rsplit_once(": ")?;
        (name == subject).then_some(count)
    });
    let count = count.ok_or_else(|| format!("nothing is recorded for {subject}"))?;
    count.parse().map_err(|_| format!("{count} is no count"))
}

/// Records these counts in place of all others.
pub(crate) fn write(counts: &[(&str, u64)]) {
    let mut text = String::new();
    for (subject, count) in counts {
        writeln!(text, "{subject}: {count}").expect("memory takes everything");
    }
    eprint!("{text}");
    fs::write(path(), text).expect("the record can be written");
}

fn path() -> PathBuf {
    [
        env!("CARGO_MANIFEST_DIR"),
        "tests/integration/instructions/recorded.txt",
    ]
    .iter()
    .collect()
}

/// Shows where the slack ends.
pub(crate) fn a_tenth_is_slack() {
    for (now, verdict) in [
        (89, Verdict::Fewer),
        (90, Verdict::Same),
        (110, Verdict::Same),
        (111, Verdict::More),
    ] {
        assert_eq!(Verdict::of(now, 100), verdict, "{now}");
    }
}
