//! Everything that is logged on this thread, at any level and by any crate, as text.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Subscriber, span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry;

#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<String>>>);

/// Keeps a log listening.
pub(super) struct Guard(
    #[expect(dead_code, reason = "held")] DefaultGuard,
    #[expect(dead_code, reason = "held")] Dispatch,
);

impl Log {
    /// Listens until the guard is dropped.
    pub(super) fn capture() -> (Self, Guard) {
        let log = Self::default();
        // With one subscriber alone, an event that another test's thread reaches first would be off for all.
        let second = Dispatch::new(registry());
        let listening = tracing::subscriber::set_default(registry().with(log.clone()));
        (log, Guard(listening, second))
    }

    pub(super) fn lines_with(&self, part: &str) -> Vec<String> {
        let lines = self.0.lock().unwrap();
        lines
            .iter()
            .filter(|line| line.contains(part))
            .cloned()
            .collect()
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn on_new_span(&self, attributes: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        let mut line = Line("span".to_owned());
        attributes.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {field}={value}").unwrap();
    }
}
