//! The gRPC server: the provider's service and those that every plugin has.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, Stream};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::service::Routes;
use tonic::transport::{Error, Server};
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use super::broker::Broker;
use super::connection::{Connection, Services};
use super::controller::Controller;
use super::generated::grpc_broker_server::GrpcBrokerServer;
use super::generated::grpc_controller_server::GrpcControllerServer;
use super::generated::grpc_stdio_server::GrpcStdioServer;
use super::grace::GracePeriods;
use super::responses::TrackedBody;
use super::stdio::Stdio;
use crate::tf_provider::shutdown::Shutdown;

/// Bytes that a sender may have on their way before it waits for us, per call and in all. States of tens of
/// megabytes come in one message, and the default of 64 KiB would cost a round trip for each piece.
const CALL_WINDOW: u32 = 16 << 20;
const CONNECTION_WINDOW: u32 = 64 << 20;
const FRAME: u32 = 1 << 20;

/// Calls that may be open on one connection. A host has as many as its `-parallelism`, which is 10 unless somebody raises it to
/// some hundreds, beside Stop and the streams of go-plugin. One more would wait in the host until another ends, and Stop with
/// it, so the limit is beyond all use; it keeps what open calls take to some ten megabytes.
const OPEN_CALLS: u32 = 4096;

/// Calls that a host may give up before they are looked at; an interrupted host gives up all of them at once.
const ABANDONED_CALLS: usize = 1024;

/// The services that every plugin has, and the state that they share over all connections.
pub(super) struct PluginServices {
    controller: Controller,
    health: HealthReporter,
    stopping: CancellationToken,
}

impl PluginServices {
    /// `asked_to_end` is cancelled when the host calls `Shutdown`. `shutdown` tells the changes in progress, where there
    /// is one host whose changes they are.
    pub(super) async fn new(
        asked_to_end: CancellationToken,
        shutdown: Option<Shutdown>,
        grace: GracePeriods,
    ) -> Self {
        let health = HealthReporter::new();
        health
            .set_service_status("plugin", ServingStatus::Serving)
            .await;
        Self {
            controller: Controller {
                asked_to_end,
                shutdown,
                grace,
                host_writes: Arc::new(AtomicBool::new(false)),
            },
            health,
            stopping: CancellationToken::new(),
        }
    }

    /// The provider's services and these, for one connection.
    pub(super) fn beside(&self, provider: Routes) -> Routes {
        let stopping = || self.stopping.clone();
        let health = HealthService::from_health_reporter(self.health.clone());
        provider
            .add_service(GrpcControllerServer::new(self.controller.clone()))
            .add_service(GrpcStdioServer::new(Stdio {
                stopping: stopping(),
            }))
            .add_service(GrpcBrokerServer::new(Broker {
                stopping: stopping(),
            }))
            .add_service(HealthServer::new(health))
    }
}

/// Serves until `end` is ready, and then for as long as the grace periods allow.
pub(super) async fn run(
    plugin: &PluginServices,
    connections: impl Stream<Item = io::Result<Connection>>,
    end: impl Future<Output = ()>,
) -> Result<(), Error> {
    let (stopping, controller) = (&plugin.stopping, &plugin.controller);
    let serving = Server::builder()
        .initial_stream_window_size(CALL_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(FRAME)
        .max_concurrent_streams(OPEN_CALLS)
        .http2_max_pending_accept_reset_streams(Some(ABANDONED_CALLS))
        .serve_with_incoming_shutdown(
            ServicesOfConnection,
            connections,
            stopping.clone().cancelled_owned(),
        );
    let mut ended = None;
    let end = async {
        end.await;
        ended = Some(Instant::now());
        stopping.cancel();
        sleep(controller.grace.close).await;
    };
    tokio::select! {
        served = serving => served?,
        () = end => {}
    }
    if let Some(ended) = ended.filter(|_| controller.host_writes.load(Ordering::Acquire)) {
        sleep_until(ended + controller.grace.write_state).await;
    }
    Ok(())
}

/// Hands each call to the services of its connection.
#[derive(Clone)]
struct ServicesOfConnection;

impl Service<http::Request<Body>> for ServicesOfConnection {
    type Response = http::Response<TrackedBody>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let services = request
            .extensions_mut()
            .remove::<Services>()
            .expect("a request has the `ConnectInfo` of its connection");
        services.call(request).boxed()
    }
}
