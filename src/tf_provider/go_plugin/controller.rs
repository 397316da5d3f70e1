//! `plugin.GRPCController`: the host ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::generated::Empty;
use super::generated::grpc_controller_server::GrpcController;
use crate::tf_provider::shutdown::Shutdown;

/// How long changes in progress may go on.
const FINISH_GRACE: Duration = Duration::from_millis(150);

/// How long they may then take to say that they are not done.
const CANCEL_GRACE: Duration = Duration::from_millis(50);

/// How long their answers may take to get out.
const DELIVERY: Duration = Duration::from_millis(30);

/// Passes the host's wish on; the answer is sent before the server stops.
///
/// The host closes the connection with that answer, so the changes in progress answer before it. An interrupted
/// Terraform gives up all its calls at once otherwise, and its state knows nothing of what they did.
pub(super) struct Controller {
    /// Cancelled once the host has asked for the end.
    pub(super) asked_to_end: CancellationToken,
    /// The changes in progress, where the host that asks is the one they are for.
    pub(super) shutdown: Option<Shutdown>,
    /// Set where the host has got answers to write down.
    pub(super) host_writes: Arc<AtomicBool>,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        if let Some(shutdown) = self
            .shutdown
            .as_ref()
            .filter(|shutdown| shutdown.has_pending())
        {
            if timeout(FINISH_GRACE, shutdown.drained()).await.is_err() {
                shutdown.cancel();
                // Who has not answered by then is given up.
                let _ = timeout(CANCEL_GRACE, shutdown.drained()).await;
            }
            sleep(DELIVERY).await;
            self.host_writes.store(true, Ordering::Release);
        }
        self.asked_to_end.cancel();
        Ok(Response::new(Empty {}))
    }
}
