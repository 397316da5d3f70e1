//! Errors and warnings, and where in the configuration they point.

use std::path::Path;

use super::process::prose;
use super::{Json, Output};

/// One error or warning.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// `error` or `warning`.
    pub severity: String,
    /// The headline.
    pub summary: String,
    /// The text below it.
    pub detail: String,
    /// The resource, such as `iwd_tenant.t`.
    pub address: Option<String>,
    /// What it points at inside the resource or provider block, such as `iwd.db.port`; empty for the block itself, `None`
    /// where it points at no place in the configuration.
    pub attribute: Option<String>,
    /// The source line that Terraform shows.
    pub snippet: Option<String>,
}

impl Diagnostic {
    fn new(json: &Json, folder: &Path) -> Self {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        Self {
            severity: text(&json["severity"]).unwrap_or_default(),
            summary: text(&json["summary"]).unwrap_or_default(),
            detail: text(&json["detail"]).unwrap_or_default(),
            address: text(&json["address"]),
            attribute: attribute(&json["range"], folder),
            snippet: text(&json["snippet"]["code"]),
        }
    }

    /// Summary and detail as one line.
    pub fn text(&self) -> String {
        prose(&format!("{}: {}", self.summary, self.detail))
    }
}

/// What a command had to say, with all it printed.
#[derive(Clone)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    output: Output,
}

impl Diagnostics {
    /// Reads the output of a command run with `-json` in `folder`: one JSON object, or one a line.
    pub(super) fn read(output: Output, folder: &Path) -> Self {
        let list = match serde_json::from_str::<Json>(&output.stdout) {
            Ok(json) if json["diagnostics"].is_array() => json["diagnostics"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|diagnostic| Diagnostic::new(diagnostic, folder))
                .collect(),
            _ => output
                .stdout
                .lines()
                .filter_map(|line| serde_json::from_str::<Json>(line).ok())
                .filter(|message| message["type"] == "diagnostic")
                .map(|message| Diagnostic::new(&message["diagnostic"], folder))
                .collect(),
        };
        Self { list, output }
    }

    /// All that the command printed.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// The errors.
    pub fn errors(&self) -> Vec<&Diagnostic> {
        self.of("error")
    }

    /// The warnings, each as often as Terraform gave it.
    pub fn warnings(&self) -> Vec<&Diagnostic> {
        self.of("warning")
    }

    fn of(&self, severity: &str) -> Vec<&Diagnostic> {
        let list = self.list.iter();
        list.filter(|diagnostic| diagnostic.severity == severity)
            .collect()
    }

    /// Fails the test unless an error's text holds `part` and points at `attribute` (such as `iwd.db.port`; empty for the
    /// resource or provider block itself).
    #[track_caller]
    pub fn expect(&self, part: &str, attribute: &str) -> &Self {
        let found = self.errors().iter().any(|error| {
            error.text().contains(part) && error.attribute.as_deref() == Some(attribute)
        });
        assert!(
            found,
            "no error says {part:?} at {attribute:?}:\n{:#?}\n{}",
            self.list, self.output
        );
        self
    }

    /// Fails the test unless a warning's text holds `part` and points at `attribute`.
    #[track_caller]
    pub fn expect_warning(&self, part: &str, attribute: &str) -> &Self {
        let found = self.warnings().iter().any(|warning| {
            warning.text().contains(part) && warning.attribute.as_deref() == Some(attribute)
        });
        assert!(
            found,
            "no warning says {part:?} at {attribute:?}:\n{:#?}\n{}",
            self.list, self.output
        );
        self
    }

    /// Fails the test unless the text of an error holds `part`.
    #[track_caller]
    pub fn expect_text(&self, part: &str) -> &Self {
        let found = self
            .errors()
            .iter()
            .any(|error| error.text().contains(part));
        assert!(found, "no error says {part:?} in {}", self.output);
        self
    }

    /// Fails the test unless there are exactly `count` errors.
    #[track_caller]
    pub fn expect_errors(&self, count: usize) -> &Self {
        assert!(
            self.errors().len() == count,
            "expected {count} errors:\n{:#?}\n{}",
            self.list,
            self.output
        );
        self
    }

    /// Fails the test if anything the command printed, source lines included, holds one of `secrets`.
    #[track_caller]
    pub fn expect_no_secret(&self, secrets: &[&str]) -> &Self {
        let printed = format!("{}{}", self.output.stdout, self.output.stderr);
        for secret in secrets {
            assert!(
                !printed.contains(secret),
                "{secret:?} was printed by {}",
                self.output
            );
        }
        self
    }
}

/// The path of the attribute or block that starts where `range` does, from the blocks that are open there.
///
/// Terraform tells a range, not a path. The configurations of the tests open and close each block on lines of their own.
fn attribute(range: &Json, folder: &Path) -> Option<String> {
    let file = range["filename"].as_str()?;
    let line = usize::try_from(range["start"]["line"].as_u64()?).ok()?;
    let source = std::fs::read_to_string(folder.join(file)).ok()?;
    path_at(&source, line)
}

fn path_at(source: &str, line: usize) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut lines = source.lines().map(str::trim);
    for text in lines.by_ref().take(line.checked_sub(1)?) {
        if text.ends_with(['{', '[', '(']) {
            open.push(text);
        } else if text.starts_with(['}', ']', ')']) {
            open.pop();
        }
    }
    open.push(lines.next()?);
    let name = |text: &&str| {
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        text[..end.unwrap_or(text.len())].to_owned()
    };
    // The outermost is the `resource` or `provider` line.
    Some(open.iter().skip(1).map(name).collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stands_for_the_attribute_on_it_within_the_open_blocks() {
        let source = "resource \"iwd_tenant\" \"t\" {\n  ccid = \"c\"\n  gws {\n    url = \"u\"\n  }\n  \
                      iwd {\n    db {\n      port = 0\n    }\n  }\n}\n";
        let path = |line| path_at(source, line).unwrap();
        assert_eq!(path(1), "");
        assert_eq!(path(2), "ccid");
        assert_eq!(path(3), "gws");
        assert_eq!(path(4), "gws.url");
        assert_eq!(path(7), "iwd.db");
        assert_eq!(path(8), "iwd.db.port");
        assert_eq!(path_at(source, 40), None);
    }
}
