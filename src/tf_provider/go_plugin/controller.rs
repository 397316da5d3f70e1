//! `plugin.GRPCController`: the host ends the process.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::generated::Empty;
use super::generated::grpc_controller_server::GrpcController;
use crate::tf_provider::ending::Ending;

/// How long changes in progress may take to answer.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// How long their answers may take to get out.
const DELIVERY: Duration = Duration::from_millis(50);

/// Passes the host's wish on; the answer is sent before the server stops.
///
/// The host closes the connection with that answer, so the changes in progress answer before it. An interrupted
/// Terraform gives up all its calls at once otherwise, and its state knows nothing of what they did.
pub(super) struct Controller {
    /// Cancelled once the host has asked for the end.
    pub(super) asked_to_end: CancellationToken,
    /// How the changes in progress hear of it.
    pub(super) ending: Ending,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.ending.announce();
        if self.ending.cuts_changes_short() {
            // Whoever has not answered by then is given up.
            let _ = timeout(LAST_WORDS, self.ending.answered()).await;
            sleep(DELIVERY).await;
        }
        self.asked_to_end.cancel();
        Ok(Response::new(Empty {}))
    }
}
