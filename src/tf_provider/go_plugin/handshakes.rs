//! TLS handshakes in flight: bounded, so that strangers keep nobody out, and summed up in the log.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::AbortHandle;
use tracing::warn;

/// The handshakes that may be in flight. One more ends the oldest, which is a stranger's, as the host's takes a moment.
const MOST: usize = 128;

/// The tasks that shake hands, the oldest first.
#[derive(Default)]
pub(super) struct Handshakes(VecDeque<AbortHandle>);

impl Handshakes {
    /// Adds one.
    pub(super) fn add(&mut self, handshake: AbortHandle) {
        if self.0.len() >= MOST {
            self.0.retain(|handshake| !handshake.is_finished());
        }
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.abort();
        }
        self.0.push_back(handshake);
    }
}

/// The connections that were refused since the last line about them.
#[derive(Clone, Default)]
pub(super) struct Refused(Arc<Mutex<Option<(u64, String)>>>);

impl Refused {
    /// Counts one; `reason` is that of the last.
    pub(super) fn count(&self, reason: String) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = refused.as_ref().map_or(0, |(count, _)| *count);
        *refused = Some((count + 1, reason));
    }

    /// Writes the line, if there were any.
    pub(super) fn log(&self) {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((count, last_error)) = refused {
            warn!(count, last_error, "refused connections");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_more_than_may_be_in_flight_ends_the_oldest() {
        let mut handshakes = Handshakes::default();
        let mut tasks = Vec::new();
        for _ in 0..=MOST {
            let task = tokio::spawn(std::future::pending::<()>());
            handshakes.add(task.abort_handle());
            tasks.push(task);
        }
        let oldest = tasks.remove(0);
        assert!(oldest.await.unwrap_err().is_cancelled());
        assert!(tasks.iter().all(|task| !task.is_finished()));
    }

    #[tokio::test]
    async fn one_that_is_done_makes_room() {
        let mut handshakes = Handshakes::default();
        let mut tasks = Vec::new();
        for number in 0..MOST {
            let task = tokio::spawn(async move {
                if number > 0 {
                    std::future::pending::<()>().await;
                }
            });
            handshakes.add(task.abort_handle());
            tasks.push(task);
        }
        tasks.remove(0).await.unwrap();
        let task = tokio::spawn(std::future::pending::<()>());
        handshakes.add(task.abort_handle());
        tasks.push(task);
        tokio::task::yield_now().await;
        assert!(tasks.iter().all(|task| !task.is_finished()));
    }
}
