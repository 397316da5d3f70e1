//! Time that passes at the wish of a test.

use std::time::Duration;

/// Lets that much time pass at once, for whoever waits by then.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
