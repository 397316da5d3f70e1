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

use std::sync::Arc;

use super::provider::Provider;
use super::shutdown::Shutdown;

/// The largest message in either direction, in bytes: that of the Go SDKs.
const MAX_MESSAGE: usize = 256 << 20;

/// The gRPC service of that provider. `shutdown` tells of the end of the process that serves it.
pub fn routes(provider: Arc<dyn Provider>, shutdown: Shutdown) -> tonic::service::Routes {
    tonic::service::Routes::new(
        generated::provider_server::ProviderServer::new(service::Service::new(provider, shutdown))
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE),
    )
}
