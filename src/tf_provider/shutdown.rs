//! The shutdown of the process as the changes in progress learn of it, and the wait for their responses.

use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tonic::Response;

/// The shutdown of one process, shared by its host's request and the calls that it serves. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    cancelled: CancellationToken,
    pending: TaskTracker,
}

/// A change whose response the host does not have yet. It travels in the response's extensions to the connection, which
/// drops it once the response is sent.
#[derive(Clone, Debug)]
pub(super) struct PendingResponse {
    _token: TaskTrackerToken,
}

impl Shutdown {
    /// Tells whether there are responses to wait for.
    pub(super) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Waits until the responses of all changes are sent.
    pub(super) async fn drained(&self) {
        self.pending.close();
        self.pending.wait().await;
    }

    /// Tells the changes in progress to respond at once, whatever they wait for.
    pub(super) fn cancel(&self) {
        self.cancelled.cancel();
    }

    /// A token that is cancelled when changes are to respond at once.
    pub(super) fn token(&self) -> CancellationToken {
        self.cancelled.clone()
    }

    /// Counts one response more.
    pub(super) fn pending_response(&self) -> PendingResponse {
        PendingResponse {
            _token: self.pending.token(),
        }
    }

    /// Runs a change in a task of its own, so that a call which the host cancels does not end it half-way.
    pub(super) async fn run_change<T: Send + 'static>(
        &self,
        change: impl Future<Output = T> + Send + 'static,
    ) -> Result<Response<T>, JoinError> {
        let pending = self.pending_response();
        let mut response = Response::new(self.pending.spawn(change).await?);
        response.extensions_mut().insert(pending);
        Ok(response)
    }

    /// Runs a change in a task of its own, and responds with what `stream` makes of it.
    pub(super) fn stream_change<T: Send + 'static, S>(
        &self,
        change: impl Future<Output = T> + Send + 'static,
        stream: impl FnOnce(JoinHandle<T>) -> S,
    ) -> Response<S> {
        let pending = self.pending_response();
        let mut response = Response::new(stream(self.pending.spawn(change)));
        response.extensions_mut().insert(pending);
        response
    }
}
