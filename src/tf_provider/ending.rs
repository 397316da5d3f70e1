//! How the end of the process reaches the changes in progress, and how it waits for their answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What the process and the calls it serves know of each other's end. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    near: CancellationToken,
    changes: TaskTracker,
    cuts_changes_short: Arc<AtomicBool>,
}

impl Ending {
    /// Says to the changes in progress that they have a moment left to answer in.
    pub(super) fn announce(&self) {
        if !self.near.is_cancelled() {
            let busy = !self.changes.is_empty();
            self.cuts_changes_short.store(busy, Ordering::Release);
            self.changes.close();
            self.near.cancel();
        }
    }

    /// Waits until the changes that were in progress are answered.
    pub(super) async fn answered(&self) {
        self.changes.wait().await;
    }

    /// Whether there were any.
    pub(super) fn cuts_changes_short(&self) -> bool {
        self.cuts_changes_short.load(Ordering::Acquire)
    }

    /// Is cancelled when the end is near.
    pub(super) fn near(&self) -> CancellationToken {
        self.near.clone()
    }

    /// Runs a change in a task of its own, so that a call which the host cancels does not end it half-way.
    pub(super) async fn carry_out<T: Send + 'static>(
        &self,
        change: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, tokio::task::JoinError> {
        self.changes.spawn(change).await
    }
}
