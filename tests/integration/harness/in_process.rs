//! A provider of a test's own, served in the test's process, and a host that calls it.

use std::future;
use std::sync::{Arc, Mutex};

use futures_util::stream;
use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use terraform_provider_iwd::tf_provider::Shutdown;
use terraform_provider_iwd::tf_provider::provider::Provider;
use terraform_provider_iwd::tf_provider::tfplugin5;
use tonic::transport::{Channel, Endpoint, Server};

use super::generated::tfplugin5 as wire;
use super::generated::tfplugin5::provider_client::ProviderClient;
use super::reply::{Reply, identity};
use super::values::{from_wire, to_wire};

/// The connection to a provider in this process.
pub(crate) struct InProcess {
    /// Calls of the provider's protocol.
    pub(crate) client: ProviderClient<Channel>,
    server: tokio::task::JoinHandle<()>,
}

/// Ends the server with the test.
impl Drop for InProcess {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl InProcess {
    /// Serves that provider.
    pub(crate) async fn serve(provider: impl Provider) -> Self {
        let (near, far) = tokio::io::duplex(1 << 16);
        let routes = tfplugin5::routes(Arc::new(provider), Shutdown::default());
        let server = tokio::spawn(async move {
            let incoming = stream::once(future::ready(Ok::<_, std::io::Error>(far)));
            let served = Server::builder().add_routes(routes);
            // The test ends the connection, and sees what went wrong before.
            let _ = served.serve_with_incoming(incoming).await;
        });
        let near = Mutex::new(Some(near));
        let connect = tower::service_fn(move |_| {
            let near = near.lock().unwrap().take().map(TokioIo::new);
            async move { near.ok_or_else(|| std::io::Error::other("connected twice")) }
        });
        let channel = Endpoint::from_static("http://localhost")
            .connect_with_connector(connect)
            .await
            .expect("the provider is served");
        Self {
            client: ProviderClient::new(channel),
            server,
        }
    }

    /// The block of a resource, as the host sees it.
    pub(crate) async fn block(&mut self, type_name: &str) -> wire::schema::Block {
        let request = wire::get_provider_schema::Request {};
        let schema = self.client.get_schema(request).await.unwrap().into_inner();
        assert!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
        schema.resource_schemas[type_name].block.clone().unwrap()
    }

    /// Validates a resource.
    pub(crate) async fn validate(
        &mut self,
        type_name: &str,
        config: &Json,
    ) -> Vec<wire::Diagnostic> {
        let request = wire::validate_resource_type_config::Request {
            type_name: type_name.to_owned(),
            config: Some(to_wire(config)),
            client_capabilities: Some(wire::ClientCapabilities {
                deferral_allowed: true,
                write_only_attributes_allowed: true,
            }),
        };
        let reply = self.client.validate_resource_type_config(request).await;
        reply.unwrap().into_inner().diagnostics
    }

    /// Plans a change; a null configuration is a destroy. A host that allows deferral gets none.
    pub(crate) async fn plan(&mut self, type_name: &str, prior: &Json, config: &Json) -> Reply {
        let request = wire::plan_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: Some(to_wire(prior)),
            proposed_new_state: Some(to_wire(config)),
            config: Some(to_wire(config)),
            prior_private: b"private".to_vec(),
            provider_meta: Some(to_wire(&Json::Null)),
            client_capabilities: Some(wire::ClientCapabilities {
                deferral_allowed: true,
                write_only_attributes_allowed: true,
            }),
            ..Default::default()
        };
        let reply = self.client.plan_resource_change(request).await;
        Reply::of_plan(reply.unwrap().into_inner())
    }

    /// Applies a planned change.
    pub(crate) async fn apply(
        &mut self,
        type_name: &str,
        prior: &Json,
        planned: &Json,
        config: &Json,
    ) -> Reply {
        let request = wire::apply_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: Some(to_wire(prior)),
            planned_state: Some(to_wire(planned)),
            config: Some(to_wire(config)),
            planned_private: b"private".to_vec(),
            ..Default::default()
        };
        let reply = self.client.apply_resource_change(request).await;
        Reply::of_apply(reply.unwrap().into_inner())
    }

    /// Looks an object up.
    pub(crate) async fn read(&mut self, type_name: &str, state: &Json) -> Reply {
        let request = wire::read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: Some(to_wire(state)),
            private: b"private".to_vec(),
            ..Default::default()
        };
        let reply = self.client.read_resource(request).await;
        let reply = reply.unwrap().into_inner();
        assert!(reply.deferred.is_none());
        Reply {
            state: from_wire(reply.new_state.as_ref()),
            private: reply.private,
            diagnostics: reply.diagnostics,
            requires_replace: Vec::new(),
            identity: identity(reply.new_identity.as_ref()),
        }
    }

    /// Imports an object by its id.
    pub(crate) async fn import(&mut self, type_name: &str, id: &str) -> Reply {
        let request = wire::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            ..Default::default()
        };
        let reply = self.client.import_resource_state(request).await;
        Reply::of_import(reply.unwrap().into_inner())
    }

    /// Hands over the state of another type's object.
    pub(crate) async fn move_to(&mut self, type_name: &str, source: &Json) -> Reply {
        let request = wire::move_resource_state::Request {
            target_type_name: type_name.to_owned(),
            source_type_name: "other_thing".to_owned(),
            source_state: Some(raw(source)),
            ..Default::default()
        };
        let reply = self.client.move_resource_state(request).await;
        let reply = reply.unwrap().into_inner();
        Reply {
            state: from_wire(reply.target_state.as_ref()),
            private: reply.target_private,
            diagnostics: reply.diagnostics,
            requires_replace: Vec::new(),
            identity: identity(reply.target_identity.as_ref()),
        }
    }

    /// Reads stored state.
    pub(crate) async fn upgrade(&mut self, type_name: &str, version: i64, state: &Json) -> Reply {
        let request = wire::upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: Some(raw(state)),
        };
        let reply = self.client.upgrade_resource_state(request).await;
        let reply = reply.unwrap().into_inner();
        Reply {
            state: from_wire(reply.upgraded_state.as_ref()),
            private: Vec::new(),
            diagnostics: reply.diagnostics,
            requires_replace: Vec::new(),
            identity: Json::Null,
        }
    }
}

fn raw(state: &Json) -> wire::RawState {
    wire::RawState {
        json: state.to_string().into_bytes(),
        ..Default::default()
    }
}
