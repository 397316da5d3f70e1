//! Log events as hclog's JSON lines on standard error, where the host reads, filters and renders them.
//!
//! Only the embedding program's own events are written: what a library logs may hold a secret.

mod level;
mod line;
mod writer;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry, Scope};

use line::Record as Line;
use writer::Writer;

/// The log of this process.
pub(super) struct Log(Writer);

/// The longest that the end of the process waits for a host that reads slowly.
const LAST_LINES: Duration = Duration::from_millis(100);

impl Log {
    /// Writes what is still to be written.
    pub(super) fn flush(&self) {
        self.0.flush(LAST_LINES);
    }
}

/// Writes the events of `target` and below to standard error from now on.
///
/// For how much, see [`level::level`]. A process has one log: a later call changes nothing.
pub(super) fn install(
    target: &'static str,
    provider_type: &str,
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Log {
    let writer = Writer::start(io::stderr(), lines_dropped);
    let lines = writer.clone();
    let level = level::level(provider_type, lookup);
    let hclog = Hclog::new(target, level, move |line| lines.write(line));
    let _ = tracing::subscriber::set_global_default(Registry::default().with(hclog));
    Log(writer)
}

/// The time that it is, unless it has no date: jiff knows years up to 9999, and what it writes before year 0 the host can't read.
#[expect(
    clippy::disallowed_methods,
    reason = "only the log is about the time, and it writes none where there is none"
)]
fn now() -> Option<Timestamp> {
    datable(SystemTime::now())
}

fn datable(time: SystemTime) -> Option<Timestamp> {
    let time = Timestamp::try_from(time).ok();
    time.filter(|time| *time >= Timestamp::UNIX_EPOCH)
}

/// The line that says how many lines are missing.
fn lines_dropped(count: u64) -> String {
    Line {
        time: now(),
        level: Level::WARN,
        module: "log".to_owned(),
        message: "log lines were dropped: standard error was not read".to_owned(),
        fields: Map::from_iter([("count".to_owned(), count.into())]),
    }
    .into_line()
}

/// A layer that hands each line to `write` in one piece.
struct Hclog<W> {
    target: &'static str,
    level: LevelFilter,
    write: W,
}

impl<W: Fn(String)> Hclog<W> {
    fn new(target: &'static str, level: LevelFilter, write: W) -> Self {
        Self {
            target,
            level,
            write,
        }
    }

    /// The part of an event's target below our own, or our own; nothing if it is another's.
    fn module<'a>(&self, target: &'a str) -> Option<&'a str> {
        match target.strip_prefix(self.target)? {
            "" => Some(target),
            below => below.strip_prefix("::"),
        }
    }
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    W: Fn(String) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        *metadata.level() <= self.level && self.module(metadata.target()).is_some()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        // Collected before the lock: formatting a value may log.
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(span) = context.span(id)
            && let Some(known) = span.extensions_mut().get_mut::<Fields>()
        {
            known.0.extend(fields.0);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut own = Fields::default();
        event.record(&mut own);
        let message = own.take_message();

        let mut fields = Map::new();
        for span in context
            .event_scope(event)
            .into_iter()
            .flat_map(Scope::from_root)
        {
            if let Some(known) = span.extensions().get::<Fields>() {
                fields.extend(known.0.clone());
            }
        }
        fields.extend(own.0);

        let metadata = event.metadata();
        let line = Line {
            time: now(),
            level: *metadata.level(),
            module: self
                .module(metadata.target())
                .unwrap_or_default()
                .replace("::", "."),
            message,
            fields,
        };
        (self.write)(line.into_line());
    }
}

/// The values of an event or a span, by name.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn take_message(&mut self) -> String {
        match self.0.remove("message") {
            Some(Value::String(message)) => message,
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }

    /// Names with an `@` are the line's own.
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        let name = field
            .name()
            .trim_start_matches("r#")
            .trim_start_matches('@');
        self.0.insert(name.to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::{debug, error, info, info_span, warn};

    use super::*;

    /// The lines that `log` writes, at level INFO, for this module and below.
    fn logged(log: impl FnOnce()) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&lines);
        let hclog = Hclog::new(module_path!(), LevelFilter::INFO, move |line: String| {
            let line = line.strip_suffix('\n').unwrap();
            written
                .lock()
                .unwrap()
                .push(serde_json::from_str(line).unwrap());
        });
        tracing::subscriber::with_default(Registry::default().with(hclog), log);
        std::mem::take(&mut *lines.lock().unwrap())
    }

    #[test]
    fn values_keep_their_kind_and_the_message_is_named_so() {
        let lines =
            logged(|| warn!(attempt = 2, again = true, wait = ?"1s", who = %"me", "retrying"));
        let line = &lines[0];
        assert_eq!(line["@message"], "retrying");
        assert_eq!(line["@level"], "warn");
        assert_eq!(line["@module"], module_path!().replace("::", "."));
        assert_eq!(line["attempt"].as_u64(), Some(2));
        assert_eq!(line["again"], true);
        assert_eq!(line["wait"], "\"1s\"");
        assert_eq!(line["who"], "me");
        assert_eq!(line.get("message"), None);
    }

    #[test]
    fn the_keys_of_the_line_are_texts_that_no_field_overrides() {
        let lines = logged(|| info!("@level" = 1, "@timestamp" = 2, "@caller" = 3, message = 4));
        let line = lines[0].as_object().unwrap();
        assert_eq!(line["@level"], "info");
        assert_eq!(line["@message"], "4");
        let own: Vec<_> = line
            .iter()
            .filter(|(key, _)| key.starts_with('@'))
            .collect();
        assert_eq!(own.len(), 4, "{own:?}");
        assert!(own.iter().all(|(_, value)| value.is_string()), "{own:?}");
    }

    #[test]
    fn an_event_tells_what_its_spans_know() {
        let lines = logged(|| {
            let outer = info_span!(
                "call",
                rpc = "Apply",
                ccid = tracing::field::Empty,
                step = 1
            );
            outer.record("ccid", "a");
            let _outer = outer.enter();
            let _inner = info_span!("attempt", step = 2).entered();
            info!("sent");
            info!(step = 3, "received");
        });
        assert_eq!(lines[0]["rpc"], "Apply");
        assert_eq!(lines[0]["ccid"], "a");
        assert_eq!(lines[0]["step"].as_u64(), Some(2));
        assert_eq!(lines[1]["step"].as_u64(), Some(3));
    }

    #[test]
    fn only_our_own_events_are_written() {
        let lines = logged(|| {
            error!(target: "h2", "frame");
            error!(target: concat!(module_path!(), "more"), "not ours");
            error!(target: concat!(module_path!(), "::provider::tenant"), "ours");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["@module"], "provider.tenant");
    }

    #[test]
    fn what_is_below_the_level_is_not_written() {
        assert_eq!(logged(|| debug!("details")), Vec::<Value>::new());
    }
}
