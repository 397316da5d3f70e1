//! The calls of the provider's protocol, as a host makes them.

use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;
use tonic::transport::Channel;

use super::generated::tfplugin5::provider_client::ProviderClient;
use super::generated::tfplugin5::{self as wire, Diagnostic};
use super::reply::Reply;
use super::tenant;
use super::values::to_wire;

/// One connection to a provider.
pub(crate) struct Client {
    /// Calls of the provider's protocol.
    pub(crate) provider: ProviderClient<Channel>,
    /// The settings of the last `Configure`.
    settings: Json,
}

impl Client {
    pub(super) fn new(channel: Channel) -> Self {
        Self {
            provider: ProviderClient::new(channel)
                .max_decoding_message_size(usize::MAX)
                .max_encoding_message_size(usize::MAX),
            settings: Json::Null,
        }
    }

    /// Configures the provider for that endpoint.
    pub(crate) async fn configure(&mut self, endpoint: &str) -> Vec<Diagnostic> {
        self.configure_with(
            &json!({"endpoint": endpoint, "retry_min_wait": "10ms", "retry_max_wait": "20ms"}),
        )
        .await
    }

    /// Configures the provider with these settings, the others null.
    pub(crate) async fn configure_with(&mut self, settings: &Json) -> Vec<Diagnostic> {
        self.settings = settings.clone();
        let request = wire::configure::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(to_wire(&provider_block(settings))),
            client_capabilities: None,
        };
        self.provider
            .configure(request)
            .await
            .unwrap()
            .into_inner()
            .diagnostics
    }

    /// Begins another plan or apply: Terraform configures the provider anew for each.
    pub(crate) async fn begin_walk(&mut self) {
        let settings = self.settings.clone();
        let problems = self.configure_with(&settings).await;
        assert_eq!(problems, []);
    }

    /// All schemas.
    pub(crate) async fn schema(&mut self) -> wire::get_provider_schema::Response {
        let request = wire::get_provider_schema::Request {};
        let reply = self.provider.get_schema(request).await;
        reply.unwrap().into_inner()
    }

    /// Validates the provider block with these settings, the others null.
    pub(crate) async fn validate_settings(&mut self, settings: &Json) -> Vec<Diagnostic> {
        let request = wire::prepare_provider_config::Request {
            config: Some(to_wire(&provider_block(settings))),
        };
        self.provider
            .prepare_provider_config(request)
            .await
            .unwrap()
            .into_inner()
            .diagnostics
    }

    /// Validates a tenant, as a Terraform that knows write-only arguments.
    pub(crate) async fn validate(&mut self, config: &Json) -> Vec<Diagnostic> {
        self.validate_as(config, true).await
    }

    /// Validates a tenant, as a Terraform that knows write-only arguments or doesn't.
    pub(crate) async fn validate_as(&mut self, config: &Json, write_only: bool) -> Vec<Diagnostic> {
        self.validate_bytes(to_wire(config), write_only).await
    }

    /// Validates a tenant as the wire has it.
    pub(crate) async fn validate_bytes(
        &mut self,
        config: wire::DynamicValue,
        write_only: bool,
    ) -> Vec<Diagnostic> {
        let request = wire::validate_resource_type_config::Request {
            type_name: "iwd_tenant".to_owned(),
            config: Some(config),
            client_capabilities: Some(wire::ClientCapabilities {
                deferral_allowed: false,
                write_only_attributes_allowed: write_only,
            }),
        };
        self.provider
            .validate_resource_type_config(request)
            .await
            .unwrap()
            .into_inner()
            .diagnostics
    }

    /// Imports a tenant by its id.
    pub(crate) async fn import(&mut self, id: &str) -> Reply {
        let request = wire::import_resource_state::Request {
            type_name: "iwd_tenant".to_owned(),
            id: id.to_owned(),
            ..Default::default()
        };
        let reply = self.provider.import_resource_state(request).await;
        Reply::of_import(reply.unwrap().into_inner())
    }

    /// Plans a change of a tenant, proposing what Terraform would; a null configuration is a destroy.
    pub(crate) async fn plan(&mut self, prior: &Json, config: &Json, private: &[u8]) -> Reply {
        self.plan_type(
            "iwd_tenant",
            prior,
            config,
            &tenant::proposed(prior, config),
            private,
        )
        .await
    }

    /// Plans a change of any resource.
    pub(crate) async fn plan_type(
        &mut self,
        type_name: &str,
        prior: &Json,
        config: &Json,
        proposed: &Json,
        private: &[u8],
    ) -> Reply {
        let request = wire::plan_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: Some(to_wire(prior)),
            proposed_new_state: Some(to_wire(proposed)),
            config: Some(to_wire(config)),
            prior_private: private.to_vec(),
            ..Default::default()
        };
        let reply = self.provider.plan_resource_change(request).await;
        Reply::of_plan(reply.unwrap().into_inner())
    }

    /// Applies a planned change of a tenant.
    pub(crate) async fn apply(
        &mut self,
        prior: &Json,
        planned: &Json,
        config: &Json,
        private: &[u8],
    ) -> Reply {
        self.apply_type("iwd_tenant", prior, planned, config, private)
            .await
    }

    /// Applies a planned change of any resource.
    pub(crate) async fn apply_type(
        &mut self,
        type_name: &str,
        prior: &Json,
        planned: &Json,
        config: &Json,
        private: &[u8],
    ) -> Reply {
        let request = apply_request(type_name, prior, planned, config, private);
        let reply = self.provider.apply_resource_change(request).await;
        Reply::of_apply(reply.unwrap().into_inner())
    }

    /// Begins to apply a planned change of a tenant.
    pub(crate) fn begin_apply(
        &self,
        prior: &Json,
        planned: &Json,
        config: &Json,
        private: &[u8],
    ) -> JoinHandle<Reply> {
        let request = apply_request("iwd_tenant", prior, planned, config, private);
        let mut provider = self.provider.clone();
        tokio::spawn(async move {
            let reply = provider.apply_resource_change(request).await;
            Reply::of_apply(reply.unwrap().into_inner())
        })
    }

    /// Fails the test if a plan of that configuration would change what a reply left.
    pub(crate) async fn expect_empty_plan(&mut self, left: &Reply, config: &Json) {
        let plan = self.plan(&left.state, config, &left.private).await;
        plan.expect_no_error();
        assert_eq!(plan.state, left.state);
    }

    /// Plans and applies; panics where the plan is refused.
    pub(crate) async fn change(&mut self, prior: &Json, config: &Json, private: &[u8]) -> Reply {
        let plan = self.plan(prior, config, private).await;
        plan.expect_no_error();
        self.apply(prior, &plan.state, config, &plan.private).await
    }
}

fn apply_request(
    type_name: &str,
    prior: &Json,
    planned: &Json,
    config: &Json,
    private: &[u8],
) -> wire::apply_resource_change::Request {
    wire::apply_resource_change::Request {
        type_name: type_name.to_owned(),
        prior_state: Some(to_wire(prior)),
        planned_state: Some(to_wire(planned)),
        config: Some(to_wire(config)),
        planned_private: private.to_vec(),
        ..Default::default()
    }
}

fn provider_block(settings: &Json) -> Json {
    let mut block = json!({
        "endpoint": null, "api_key": null, "tenant_api_keys": null, "headers": null,
        "ca_cert_pem": null, "ca_cert_file": null, "client_cert_pem": null, "client_cert_file": null,
        "client_key_pem": null, "client_key_file": null, "insecure_skip_verify": null, "proxy_url": null,
        "request_timeout": null, "max_retries": null, "retry_min_wait": null, "retry_max_wait": null,
    });
    for (name, value) in settings.as_object().expect("an object") {
        block[name] = value.clone();
    }
    block
}
