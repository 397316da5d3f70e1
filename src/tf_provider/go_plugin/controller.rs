//! `plugin.GRPCController`: the host ends the process.

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::generated::Empty;
use super::generated::grpc_controller_server::GrpcController;

/// Passes the host's wish on; the answer is sent before the server stops.
pub(super) struct Controller {
    /// Cancelled once the host has asked for the end.
    pub(super) asked_to_end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.asked_to_end.cancel();
        Ok(Response::new(Empty {}))
    }
}
