//! The gRPC server: the provider's service and those that every plugin has.

use std::io;
use std::time::Duration;

use futures_util::Stream;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::{Error, Server};
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use super::broker::Broker;
use super::connection::Connection;
use super::controller::Controller;
use super::generated::grpc_broker_server::GrpcBrokerServer;
use super::generated::grpc_controller_server::GrpcControllerServer;
use super::generated::grpc_stdio_server::GrpcStdioServer;
use super::stdio::Stdio;

/// How long calls in progress may go on after the end was asked for. The host waits two seconds, then kills.
const GRACE: Duration = Duration::from_millis(200);

/// What a sender may have on its way before it waits for us, per call and in all. States of tens of
/// megabytes come in one message, and the default of 64 KiB would cost a round trip for each piece.
const CALL_WINDOW: u32 = 16 << 20;
const CONNECTION_WINDOW: u32 = 64 << 20;
const FRAME: u32 = 1 << 20;

/// Calls that a host may give up before they are looked at; an interrupted host gives up all of them at once.
const ABANDONED_CALLS: usize = 1024;

/// Serves until `end` is ready, then for at most [`GRACE`].
///
/// `asked_to_end` is cancelled when the host calls `Shutdown`; `end` decides what follows from it.
pub(super) async fn run(
    provider: Routes,
    connections: impl Stream<Item = io::Result<Connection>>,
    asked_to_end: CancellationToken,
    end: impl Future<Output = ()>,
) -> Result<(), Error> {
    let stopping = CancellationToken::new();
    let routes = routes(provider, asked_to_end, &stopping).await;
    let serving = Server::builder()
        .initial_stream_window_size(CALL_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .http2_max_pending_accept_reset_streams(Some(ABANDONED_CALLS))
        .serve_with_incoming_shutdown(routes, connections, stopping.clone().cancelled_owned());
    let end = async {
        end.await;
        stopping.cancel();
        sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => served,
        () = end => Ok(()),
    }
}

async fn routes(
    provider: Routes,
    asked_to_end: CancellationToken,
    stopping: &CancellationToken,
) -> Routes {
    let health = HealthReporter::new();
    health
        .set_service_status("plugin", ServingStatus::Serving)
        .await;
    provider
        .add_service(GrpcControllerServer::new(Controller { asked_to_end }))
        .add_service(GrpcStdioServer::new(Stdio {
            stopping: stopping.clone(),
        }))
        .add_service(GrpcBrokerServer::new(Broker {
            stopping: stopping.clone(),
        }))
        .add_service(HealthServer::new(HealthService::from_health_reporter(
            health,
        )))
}
