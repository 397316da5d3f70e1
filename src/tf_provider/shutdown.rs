//! How the end of the process reaches the changes in progress, and how it waits for their answers.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What the process and the calls it serves know of each other's end. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    cancelled: CancellationToken,
    changes: TaskTracker,
}

impl Shutdown {
    /// Whether changes are in progress.
    pub(super) fn has_pending(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Waits until the changes in progress are answered.
    pub(super) async fn drained(&self) {
        self.changes.close();
        self.changes.wait().await;
    }

    /// Tells the changes in progress to answer at once, whatever they wait for.
    pub(super) fn cancel(&self) {
        self.cancelled.cancel();
    }

    /// Is cancelled when changes are to answer at once.
    pub(super) fn token(&self) -> CancellationToken {
        self.cancelled.clone()
    }

    /// Runs a change in a task of its own, so that a call which the host cancels does not end it half-way.
    pub(super) async fn run_change<T: Send + 'static>(
        &self,
        change: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, tokio::task::JoinError> {
        self.changes.spawn(change).await
    }
}
