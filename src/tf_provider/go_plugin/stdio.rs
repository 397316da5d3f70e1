//! `plugin.GRPCStdio`: what the process prints, which is nothing.
//!
//! Logs go to standard error; standard output carries the handshake line and no more.

use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::generated::StdioData;
use super::generated::grpc_stdio_server::GrpcStdio;

/// Keeps the host's streams open and silent.
pub(super) struct Stdio {
    /// Cancelled when the server stops, which ends the streams.
    pub(super) stopping: CancellationToken,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = BoxStream<'static, Result<StdioData, Status>>;

    async fn stream_stdio(
        &self,
        _request: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        let stopping = self.stopping.clone().cancelled_owned();
        let silence = stopping.map(|()| stream::empty()).flatten_stream();
        Ok(Response::new(silence.boxed()))
    }
}
