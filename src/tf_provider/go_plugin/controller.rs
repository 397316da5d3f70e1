//! `plugin.GRPCController`: the host ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::generated::Empty;
use super::generated::grpc_controller_server::GrpcController;
use super::grace::GracePeriods;
use crate::tf_provider::shutdown::Shutdown;

/// Passes the host's wish on; the answer is sent before the server stops.
///
/// The host closes the connection with that answer, so the responses of the changes in progress are sent before it. An
/// interrupted Terraform gives up all its calls at once otherwise, and its state knows nothing of what they did.
#[derive(Clone)]
pub(super) struct Controller {
    /// Cancelled once the host has asked for the end.
    pub(super) asked_to_end: CancellationToken,
    /// The changes in progress, where the host that asks is the one they are for.
    pub(super) shutdown: Option<Shutdown>,
    pub(super) grace: GracePeriods,
    /// Set where the host has got responses to write down.
    pub(super) host_writes: Arc<AtomicBool>,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        if let Some(shutdown) = self.shutdown.as_ref().filter(|it| it.has_pending()) {
            if timeout(self.grace.finish, shutdown.drained())
                .await
                .is_err()
            {
                shutdown.cancel();
                // A response that is not sent by then is given up.
                let _ = timeout(self.grace.cancel, shutdown.drained()).await;
            }
            self.host_writes.store(true, Ordering::Release);
        }
        self.asked_to_end.cancel();
        Ok(Response::new(Empty {}))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    /// Asks for the end while a change takes that long; whether it was cancelled, and when the answer came.
    async fn end_during(change: Duration) -> (bool, Duration) {
        let shutdown = Shutdown::default();
        let controller = Controller {
            asked_to_end: CancellationToken::new(),
            shutdown: Some(shutdown.clone()),
            grace: GracePeriods::default(),
            host_writes: Arc::default(),
        };
        let (token, start) = (shutdown.token(), Instant::now());
        let pending = shutdown.pending_response();
        tokio::spawn(async move {
            sleep(change).await;
            drop(pending);
        });
        controller.shutdown(Request::new(Empty {})).await.unwrap();
        assert!(controller.asked_to_end.is_cancelled());
        assert!(controller.host_writes.load(Ordering::Acquire));
        (token.is_cancelled(), start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_may_end_by_itself_then_has_to_and_then_is_given_up() {
        let grace = GracePeriods::default();
        let late = grace.finish + grace.cancel / 2;
        let bound = grace.finish + grace.cancel;
        for (change, is_cancelled, answered) in [
            (grace.finish / 2, false, grace.finish / 2),
            (late, true, late),
            (bound * 10, true, bound),
        ] {
            assert_eq!(
                end_during(change).await,
                (is_cancelled, answered),
                "{change:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_changes_the_answer_comes_at_once() {
        let controller = Controller {
            asked_to_end: CancellationToken::new(),
            shutdown: Some(Shutdown::default()),
            grace: GracePeriods::default(),
            host_writes: Arc::default(),
        };
        let start = Instant::now();
        controller.shutdown(Request::new(Empty {})).await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(controller.asked_to_end.is_cancelled());
        assert!(!controller.host_writes.load(Ordering::Acquire));
    }
}
