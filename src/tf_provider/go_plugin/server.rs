//! The gRPC server: the provider's service and those that every plugin has.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::Stream;
use tokio::time::{Instant, sleep, sleep_until};
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
use crate::tf_provider::shutdown::Shutdown;

/// How long calls in progress may go on after the end was asked for. The host waits two seconds, then kills.
const CLOSE_GRACE: Duration = Duration::from_millis(200);

/// How long the process stays where changes were in progress when its host asked for the end. The host writes its state
/// meanwhile: it ends itself as soon as its plugins are gone, in the middle of that if need be.
const STATE_GRACE: Duration = Duration::from_millis(200);

/// What a sender may have on its way before it waits for us, per call and in all. States of tens of
/// megabytes come in one message, and the default of 64 KiB would cost a round trip for each piece.
const CALL_WINDOW: u32 = 16 << 20;
const CONNECTION_WINDOW: u32 = 64 << 20;
const FRAME: u32 = 1 << 20;

/// Calls that a host may give up before they are looked at; an interrupted host gives up all of them at once.
const ABANDONED_CALLS: usize = 1024;

/// Serves until `end` is ready, then for at most [`CLOSE_GRACE`].
///
/// `asked_to_end` is cancelled when the host calls `Shutdown`; `end` decides what follows from it. `shutdown` is how the
/// changes in progress hear of it, where there is one host whose changes they are.
pub(super) async fn run(
    provider: Routes,
    connections: impl Stream<Item = io::Result<Connection>>,
    asked_to_end: CancellationToken,
    shutdown: Option<Shutdown>,
    end: impl Future<Output = ()>,
) -> Result<(), Error> {
    let stopping = CancellationToken::new();
    let host_writes = Arc::new(AtomicBool::new(false));
    let controller = Controller {
        asked_to_end,
        shutdown,
        host_writes: Arc::clone(&host_writes),
    };
    let routes = routes(provider, controller, &stopping).await;
    let serving = Server::builder()
        .initial_stream_window_size(CALL_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .http2_max_pending_accept_reset_streams(Some(ABANDONED_CALLS))
        .serve_with_incoming_shutdown(routes, connections, stopping.clone().cancelled_owned());
    let mut ended = None;
    let end = async {
        end.await;
        ended = Some(Instant::now());
        stopping.cancel();
        sleep(CLOSE_GRACE).await;
    };
    tokio::select! {
        served = serving => served?,
        () = end => {}
    }
    if let Some(ended) = ended.filter(|_| host_writes.load(Ordering::Acquire)) {
        sleep_until(ended + STATE_GRACE).await;
    }
    Ok(())
}

async fn routes(provider: Routes, controller: Controller, stopping: &CancellationToken) -> Routes {
    let health = HealthReporter::new();
    health
        .set_service_status("plugin", ServingStatus::Serving)
        .await;
    provider
        .add_service(GrpcControllerServer::new(controller))
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
