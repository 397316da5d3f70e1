//! Protocol 5.10 over gRPC: each call is decoded, answered by plain Rust, and encoded.
//!
//! Nothing past this module sees a generated type. Every problem is a diagnostic in the reply, never a gRPC error:
//! Terraform turns those into texts that help nobody.

mod action;
mod answer;
mod bounds;
mod change;
mod decode;
mod encode;
mod error_reply;
mod generated;
mod long_work;
mod registry;
mod service;
mod stop;
mod validate;

use std::sync::Arc;

use tonic::service::Routes;
use tonic::service::interceptor::InterceptedService;

use self::generated::provider_server::ProviderServer;
use self::service::Service;
use self::stop::Stop;
use super::provider::Provider;
use super::shutdown::Shutdown;

/// The largest message in either direction, in bytes: that of the Go SDKs.
const MAX_MESSAGE: usize = 256 << 20;

/// The gRPC service of that provider. `shutdown` tells of the end of the process that serves it.
pub fn routes(provider: Arc<dyn Provider>, shutdown: Shutdown) -> Routes {
    let stop = Stop::new(shutdown.clone());
    let service = Service::new(provider, shutdown, stop.clone());
    let server = ProviderServer::new(service)
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    let noting_stop = move |head| Ok(stop.note(head));
    Routes::new(InterceptedService::new(server, noting_stop))
}
