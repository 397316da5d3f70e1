//! What was found, as lines for people and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

/// All that was found.
#[derive(Serialize, Debug)]
pub(super) struct Report {
    /// Whether nothing is wrong.
    pub(super) ok: bool,
    /// Where each setting comes from.
    pub(super) settings: Vec<Origin>,
    /// What was looked at, in order.
    pub(super) checks: Vec<Check>,
}

/// Where a setting comes from; its value may be a secret.
#[derive(PartialEq, Eq, Serialize, Debug)]
pub(super) struct Origin {
    pub(super) name: &'static str,
    /// The option or the environment variable.
    pub(super) from: String,
}

/// One thing that was looked at.
#[derive(PartialEq, Eq, Serialize, Debug)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) verdict: Verdict,
    /// What was found.
    pub(super) found: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) details: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

/// What it means for an apply.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// Nothing stands in its way here.
    Ok,
    /// It may work, but look at it.
    Warning,
    /// It would fail here.
    Failed,
    /// It could not be looked at.
    Skipped,
}

impl Check {
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            verdict: Verdict::Ok,
            found: found.into(),
            details: Vec::new(),
            advice: None,
        }
    }

    pub(super) fn skipped(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Skipped,
            ..Self::ok(name, found)
        }
    }

    pub(super) fn failed(
        name: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Failed,
            advice: Some(advice.into()),
            ..Self::ok(name, found)
        }
    }

    pub(super) fn warning(
        name: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Warning,
            ..Self::failed(name, found, advice)
        }
    }

    pub(super) fn details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }
}

impl Report {
    pub(super) fn new(settings: Vec<Origin>, checks: Vec<Check>) -> Self {
        Self {
            ok: checks.iter().all(|check| check.verdict != Verdict::Failed),
            settings,
            checks,
        }
    }

    pub(super) fn json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("texts become JSON");
        json + "\n"
    }

    /// A line for each check, with what belongs to it below; in colour on a terminal.
    pub(super) fn text(&self, is_terminal: bool) -> String {
        let mut text = String::new();
        for Origin { name, from } in &self.settings {
            // A write to a `String` never fails.
            let _ = writeln!(text, "setting  {name}: from {from}");
        }
        for check in &self.checks {
            let (word, colour) = match check.verdict {
                Verdict::Ok => ("ok     ", 32),
                Verdict::Warning => ("warning", 33),
                Verdict::Failed => ("FAILED ", 31),
                Verdict::Skipped => ("skipped", 2),
            };
            let word = if is_terminal {
                format!("\u{1b}[{colour}m{word}\u{1b}[0m")
            } else {
                word.to_owned()
            };
            let _ = writeln!(text, "{word}  {}: {}", check.name, check.found);
            for detail in &check.details {
                let _ = writeln!(text, "         {detail}");
            }
            if let Some(advice) = &check.advice {
                let _ = writeln!(text, "         What to do: {advice}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let name = Check::ok("name", "iwd has 192.0.2.1");
        let tcp = Check::failed("tcp", "nobody is there", "Look.")
            .details(vec!["192.0.2.1: refused".to_owned()]);
        let endpoint = Origin {
            name: "endpoint",
            from: "IWD_ENDPOINT".to_owned(),
        };
        Report::new(vec![endpoint], vec![name, tcp])
    }

    #[test]
    fn people_read_a_line_for_each_check_in_colour_only_on_a_terminal() {
        let plain = "setting  endpoint: from IWD_ENDPOINT\nok       name: iwd has 192.0.2.1\nFAILED   tcp: nobody is \
                     there\n         192.0.2.1: refused\n         What to do: Look.\n";
        assert_eq!(report().text(false), plain);
        let coloured = report().text(true);
        assert!(
            coloured.contains("\u{1b}[31mFAILED \u{1b}[0m  tcp"),
            "{coloured}"
        );
    }

    #[test]
    fn programs_read_the_same_as_json() {
        let json: serde_json::Value = serde_json::from_str(&report().json()).unwrap();
        let expected = serde_json::json!({
            "ok": false,
            "settings": [{"name": "endpoint", "from": "IWD_ENDPOINT"}],
            "checks": [
                {"name": "name", "verdict": "ok", "found": "iwd has 192.0.2.1"},
                {"name": "tcp", "verdict": "failed", "found": "nobody is there", "details": ["192.0.2.1: refused"],
                 "advice": "Look."},
            ],
        });
        assert_eq!(json, expected);
    }
}
