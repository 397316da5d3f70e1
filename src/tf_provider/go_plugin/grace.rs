//! Grace periods of a shutdown. The host waits two seconds for the process to end, then kills it.

use std::time::Duration;

/// The longest that each part of a shutdown may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct GracePeriods {
    /// For the changes in progress to end by themselves.
    pub(super) finish: Duration,
    /// For them to respond after they are cancelled.
    pub(super) cancel: Duration,
    /// For the connections to close.
    pub(super) close: Duration,
    /// For the host to write its state, where it got the responses of changes. It ends itself as soon as its plugins are
    /// gone, in the middle of that if need be, and nothing tells a plugin when it is done.
    pub(super) write_state: Duration,
}

impl Default for GracePeriods {
    fn default() -> Self {
        Self {
            finish: Duration::from_millis(150),
            cancel: Duration::from_millis(100),
            close: Duration::from_millis(200),
            write_state: Duration::from_millis(200),
        }
    }
}
