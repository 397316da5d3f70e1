//! One log event as a line of hclog's JSON.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::Level;

/// The host reads this many bytes of a line, its end included, and takes the rest for another line.
const MAX_LINE: usize = 64 * 1024;

/// The mark after a text that was cut.
const CUT: &str = "…";

/// The longest text of a line that was too long, at the first try and at the last.
const LONGEST_TEXT: usize = 16 * 1024;
const SHORTEST_TEXT: usize = 64;

/// The fields of an event.
pub(super) struct Record {
    /// None where the clock says nothing that can be written.
    pub(super) time: Option<Timestamp>,
    pub(super) level: Level,
    pub(super) module: String,
    pub(super) message: String,
    /// No key starts with `@`.
    pub(super) fields: Map<String, Value>,
}

impl Record {
    /// The line, its end included, of at most 64 KiB: long texts are cut, and if that is not enough, the
    /// fields are left out.
    pub(super) fn into_line(mut self) -> String {
        let mut line = self.json();
        let mut longest = LONGEST_TEXT;
        while line.len() > MAX_LINE {
            if longest < SHORTEST_TEXT {
                self.fields = Map::from_iter([("fields_cut".to_owned(), Value::Bool(true))]);
            }
            cut(&mut self.message, longest);
            for value in self.fields.values_mut() {
                if let Value::String(text) = value {
                    cut(text, longest);
                }
            }
            longest /= 2;
            line = self.json();
        }
        line
    }

    fn json(&self) -> String {
        let line = Json {
            level: level(self.level),
            message: &self.message,
            module: &self.module,
            timestamp: self.time.map(|time| format!("{time:.6}")),
            fields: &self.fields,
        };
        let mut line = serde_json::to_string(&line).expect("texts and numbers are JSON");
        line.push('\n');
        line
    }
}

/// A line as the host reads it. It takes the `@` keys for texts and stops working when one is not.
#[derive(Serialize)]
struct Json<'a> {
    #[serde(rename = "@level")]
    level: &'static str,
    #[serde(rename = "@message")]
    message: &'a str,
    #[serde(rename = "@module")]
    module: &'a str,
    /// With another number of digits than six the host takes the line for plain text; without the key it doesn't mind.
    #[serde(rename = "@timestamp", skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
    #[serde(flatten)]
    fields: &'a Map<String, Value>,
}

fn level(level: Level) -> &'static str {
    match level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    }
}

fn cut(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
        text.push_str(CUT);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(message: &str, fields: Value) -> Record {
        let Value::Object(fields) = fields else {
            panic!("not an object")
        };
        Record {
            time: Some("2026-01-02T15:04:05Z".parse().unwrap()),
            level: Level::INFO,
            module: "provider".to_owned(),
            message: message.to_owned(),
            fields,
        }
    }

    #[test]
    fn a_line_is_one_json_object() {
        assert_eq!(
            record("retrying\nsoon", json!({ "attempt": 2, "ccid": "a" })).into_line(),
            concat!(
                r#"{"@level":"info","@message":"retrying\nsoon","@module":"provider","#,
                r#""@timestamp":"2026-01-02T15:04:05.000000Z","attempt":2,"ccid":"a"}"#,
                "\n"
            )
        );
    }

    #[test]
    fn the_timestamp_has_six_digits_whatever_the_clock_says() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (100_000_000, "1970-01-01T00:00:00.100000Z"),
            (123_456_789, "1970-01-01T00:00:00.123456Z"),
        ] {
            let time = Timestamp::from_nanosecond(nanoseconds).unwrap();
            let line = Record {
                time: Some(time),
                ..record("", json!({}))
            }
            .into_line();
            assert!(
                line.contains(&format!(r#""@timestamp":"{text}""#)),
                "{line}"
            );
        }
    }

    #[test]
    fn without_a_time_the_line_has_none() {
        let line = Record {
            time: None,
            ..record("sent", json!({}))
        };
        let line: Value = serde_json::from_str(&line.into_line()).unwrap();
        let sent = json!({"@level": "info", "@message": "sent", "@module": "provider"});
        assert_eq!(line, sent);
    }

    #[test]
    fn every_level_has_its_name() {
        let names = [
            Level::TRACE,
            Level::DEBUG,
            Level::INFO,
            Level::WARN,
            Level::ERROR,
        ]
        .map(level);
        assert_eq!(names, ["trace", "debug", "info", "warn", "error"]);
    }

    #[test]
    fn a_line_that_fits_exactly_is_left_alone() {
        let empty = record("", json!({})).into_line().len();
        let line = record(&"x".repeat(MAX_LINE - empty), json!({})).into_line();
        assert_eq!(line.len(), MAX_LINE);
        assert!(!line.contains(CUT));
    }

    #[test]
    fn long_texts_are_cut_and_short_ones_stay() {
        let line = record("sent", json!({ "body": "é".repeat(MAX_LINE), "ccid": "a" })).into_line();
        assert!(line.len() <= MAX_LINE);
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["@message"], "sent");
        assert_eq!(line["ccid"], "a");
        assert!(line["body"].as_str().unwrap().ends_with("é…"));
    }

    #[test]
    fn text_that_grows_when_escaped_is_cut_by_what_it_becomes() {
        let line = record(&"\u{1}".repeat(MAX_LINE), json!({})).into_line();
        assert!(line.len() <= MAX_LINE);
        serde_json::from_str::<Value>(&line).unwrap();
    }

    #[test]
    fn too_many_fields_are_left_out() {
        let fields: Map<_, _> = (0..20_000)
            .map(|n| (format!("field{n}"), n.into()))
            .collect();
        let line = record("sent", Value::Object(fields)).into_line();
        assert!(line.len() <= MAX_LINE);
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["@message"], "sent");
        assert_eq!(line["fields_cut"], true);
    }
}
