//! `plugin.GRPCBroker`: further connections between host and plugin, which a provider has none of.

use std::future;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use super::generated::ConnInfo;
use super::generated::grpc_broker_server::GrpcBroker;

/// Ignores what the host sends, and sends nothing, until the server stops.
pub(super) struct Broker {
    /// Cancelled when the server stops, which ends the streams.
    pub(super) stopping: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = BoxStream<'static, Result<ConnInfo, Status>>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let silence = request
            .into_inner()
            .filter_map(|_| future::ready(None))
            .take_until(self.stopping.clone().cancelled_owned());
        Ok(Response::new(silence.boxed()))
    }
}
