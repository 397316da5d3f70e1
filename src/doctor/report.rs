//! What was found, as lines for people and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

/// The check that all others lead to.
pub(super) const GET: &str = "get";

/// All that was found.
#[derive(Serialize, Debug)]
pub(super) struct Report {
    /// Whether nothing was found that an apply would fail with.
    pub(super) ok: bool,
    /// Whether the GET was sent, so that there is no step that wasn't tried.
    pub(super) complete: bool,
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
    pub(super) status: Status,
    /// What was found.
    pub(super) found: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) details: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

/// What a check means for an apply.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Debug)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
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
            status: Status::Ok,
            found: found.into(),
            details: Vec::new(),
            advice: None,
        }
    }

    pub(super) fn skipped(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            status: Status::Skipped,
            ..Self::ok(name, found)
        }
    }

    pub(super) fn failed(
        name: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Failed,
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
            status: Status::Warning,
            ..Self::failed(name, found, advice)
        }
    }

    pub(super) fn details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }
}

impl Report {
    pub(super) fn new(settings: Vec<Origin>, checks: Vec<Check>) -> Self {
        let was_sent = |check: &Check| check.name == GET && check.status != Status::Skipped;
        Self {
            ok: checks.iter().all(|check| check.status != Status::Failed),
            complete: checks.iter().any(was_sent),
            settings,
            checks,
        }
    }

    pub(super) fn json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("texts become JSON");
        json + "\n"
    }

    /// What it all comes to.
    fn result(&self) -> String {
        let names = |status, told: &str| {
            let checks = self.checks.iter().filter(|check| check.status == status);
            let names: Vec<_> = checks.map(|check| check.name).collect();
            (!names.is_empty()).then(|| format!("{told}{}", names.join(", ")))
        };
        let found = names(Status::Failed, "an apply would fail: ");
        let found =
            found.unwrap_or_else(|| "nothing was found that an apply would fail with".to_owned());
        let warnings = names(Status::Warning, "; warnings: ").unwrap_or_default();
        let skipped = names(Status::Skipped, "; not tried: ").unwrap_or_default();
        [found, warnings, skipped].concat()
    }

    /// A line for each check, with what belongs to it below, and one for the result; in colour on a terminal.
    pub(super) fn text(&self, is_terminal: bool) -> String {
        let mut text = String::new();
        for Origin { name, from } in &self.settings {
            // A write to a `String` never fails.
            let _ = writeln!(text, "setting  {name}: from {from}");
        }
        for check in &self.checks {
            let (word, colour) = match check.status {
                Status::Ok => ("ok     ", 32),
                Status::Warning => ("warning", 33),
                Status::Failed => ("FAILED ", 31),
                Status::Skipped => ("skipped", 2),
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
        let _ = writeln!(text, "result   {}", self.result());
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
                     there\n         192.0.2.1: refused\n         What to do: Look.\nresult   an apply would fail: tcp\n";
        assert_eq!(report().text(false), plain);
        let coloured = report().text(true);
        assert!(
            coloured.contains("\u{1b}[31mFAILED \u{1b}[0m  tcp"),
            "{coloured}"
        );
    }

    #[test]
    fn the_result_says_what_would_fail_and_what_was_not_tried() {
        let name = || Check::ok("name", "");
        let found = "nothing was found that an apply would fail with";
        for (checks, ok, complete, result) in [
            (
                vec![name(), Check::ok(GET, "")],
                true,
                true,
                found.to_owned(),
            ),
            (
                vec![name(), Check::warning(GET, "", "")],
                true,
                true,
                format!("{found}; warnings: get"),
            ),
            (
                vec![name(), Check::failed(GET, "", "")],
                false,
                true,
                "an apply would fail: get".to_owned(),
            ),
            (
                vec![Check::failed("name", "", "")],
                false,
                false,
                "an apply would fail: name".to_owned(),
            ),
            (
                vec![name(), Check::skipped("tls", ""), Check::skipped(GET, "")],
                true,
                false,
                format!("{found}; not tried: tls, get"),
            ),
        ] {
            let report = Report::new(Vec::new(), checks);
            assert_eq!((report.ok, report.complete), (ok, complete));
            assert_eq!(report.result(), result);
        }
    }

    #[test]
    fn programs_read_the_same_as_json() {
        let json: serde_json::Value = serde_json::from_str(&report().json()).unwrap();
        let expected = serde_json::json!({
            "ok": false,
            "complete": false,
            "settings": [{"name": "endpoint", "from": "IWD_ENDPOINT"}],
            "checks": [
                {"name": "name", "status": "ok", "found": "iwd has 192.0.2.1"},
                {"name": "tcp", "status": "failed", "found": "nobody is there", "details": ["192.0.2.1: refused"],
                 "advice": "Look."},
            ],
        });
        assert_eq!(json, expected);
    }
}
