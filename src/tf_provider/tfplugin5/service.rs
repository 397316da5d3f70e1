//! One method per call of the protocol, in the order of the protocol file: decode, call, encode.

use std::collections::HashMap;
use std::future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt as _, stream};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::action;
use super::answer::{OrError, answer, error_answer, outcome};
use super::change::{self, reply_state};
use super::generated::{self as wire, provider_server};
use super::registry::{Registry, not_offered};
use super::stop::Stop;
use super::{decode, encode, validate};
use crate::tf_provider::action::Progress;
use crate::tf_provider::config_check::WriteOnly;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::resource::{ImportTarget, MoveSource, ReadRequest};
use crate::tf_provider::shutdown::Shutdown;
use crate::tf_provider::state;
use crate::tf_provider::value::Value;

/// The provider behind the protocol.
pub(super) struct Service {
    registry: Arc<Registry>,
    stop: Stop,
    shutdown: Shutdown,
}

impl Service {
    pub(super) fn new(provider: Arc<dyn Provider>, shutdown: Shutdown, stop: Stop) -> Self {
        Self {
            registry: Arc::new(Registry::new(provider)),
            stop,
            shutdown,
        }
    }

    fn capabilities() -> wire::ServerCapabilities {
        wire::ServerCapabilities {
            plan_destroy: true,
            get_provider_schema_optional: true,
            move_resource_state: true,
            generate_resource_config: true,
        }
    }
}

type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A stream of one event.
fn streamed<T: Send + 'static>(event: T) -> Response<Streamed<T>> {
    Response::new(Box::pin(stream::once(future::ready(Ok(event)))))
}

#[tonic::async_trait]
impl provider_server::Provider for Service {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Result<Response<wire::get_metadata::Response>, Status> {
        use wire::get_metadata::{ActionMetadata, EphemeralResourceMetadata, ResourceMetadata};
        answer("GetMetadata", "", 0, async {
            let resources = self.registry.managed.keys();
            let ephemeral = self.registry.ephemeral.keys();
            let actions = self.registry.actions.keys();
            Ok(wire::get_metadata::Response {
                server_capabilities: Some(Self::capabilities()),
                resources: resources
                    .map(|name| ResourceMetadata {
                        type_name: (*name).to_owned(),
                    })
                    .collect(),
                ephemeral_resources: ephemeral
                    .map(|name| EphemeralResourceMetadata {
                        type_name: (*name).to_owned(),
                    })
                    .collect(),
                actions: actions
                    .map(|name| ActionMetadata {
                        type_name: (*name).to_owned(),
                    })
                    .collect(),
                ..Default::default()
            })
        })
        .await
    }

    async fn get_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Result<Response<wire::get_provider_schema::Response>, Status> {
        answer("GetSchema", "", 0, async {
            self.registry.check()?;
            let managed = self.registry.managed.iter();
            let ephemeral = self.registry.ephemeral.iter();
            let actions = self.registry.actions.iter();
            Ok(wire::get_provider_schema::Response {
                provider: Some(encode::schema(&self.registry.settings.schema)),
                resource_schemas: managed
                    .map(|(name, managed)| {
                        ((*name).to_owned(), encode::schema(&managed.typed.schema))
                    })
                    .collect(),
                ephemeral_resource_schemas: ephemeral
                    .map(|(name, ephemeral)| {
                        ((*name).to_owned(), encode::schema(&ephemeral.typed.schema))
                    })
                    .collect(),
                action_schemas: actions
                    .map(|(name, invocable)| {
                        let schema = encode::action_schema(&invocable.typed.schema);
                        ((*name).to_owned(), schema)
                    })
                    .collect(),
                server_capabilities: Some(Self::capabilities()),
                ..Default::default()
            })
        })
        .await
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<wire::get_resource_identity_schemas::Request>,
    ) -> Result<Response<wire::get_resource_identity_schemas::Response>, Status> {
        answer("GetResourceIdentitySchemas", "", 0, async {
            let identities = self.registry.managed.iter().filter_map(|(name, managed)| {
                let (schema, _) = managed.identity.as_ref()?;
                Some(((*name).to_owned(), encode::identity_schema(schema)))
            });
            Ok(wire::get_resource_identity_schemas::Response {
                identity_schemas: identities.collect::<HashMap<_, _>>(),
                ..Default::default()
            })
        })
        .await
    }

    async fn prepare_provider_config(
        &self,
        request: Request<wire::prepare_provider_config::Request>,
    ) -> Result<Response<wire::prepare_provider_config::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("PrepareProviderConfig", "", size, async {
            let Registry {
                provider, settings, ..
            } = &*self.registry;
            let config = request.config;
            Ok(wire::prepare_provider_config::Response {
                diagnostics: validate::diagnostics(
                    "provider block",
                    config.as_ref(),
                    settings,
                    WriteOnly::Refused,
                    |config| provider.validate(config),
                )?,
                prepared_config: config,
            })
        })
        .await
    }

    async fn validate_resource_type_config(
        &self,
        request: Request<wire::validate_resource_type_config::Request>,
    ) -> Result<Response<wire::validate_resource_type_config::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer(
            "ValidateResourceTypeConfig",
            &request.type_name,
            size,
            async {
                let managed = self.registry.managed(&request.type_name)?;
                Ok(wire::validate_resource_type_config::Response {
                    diagnostics: validate::diagnostics(
                        "configuration",
                        request.config.as_ref(),
                        &managed.typed,
                        decode::write_only(request.client_capabilities.as_ref()),
                        |config| managed.resource.validate(config),
                    )?,
                })
            },
        )
        .await
    }

    async fn validate_data_source_config(
        &self,
        request: Request<wire::validate_data_source_config::Request>,
    ) -> Result<Response<wire::validate_data_source_config::Response>, Status> {
        let name = request.into_inner().type_name;
        answer("ValidateDataSourceConfig", &name, 0, async {
            Err(not_offered("data source", &name))
        })
        .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Result<Response<wire::upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("UpgradeResourceState", &request.type_name, size, async {
            let managed = self.registry.managed(&request.type_name)?;
            let raw = decode::raw_state(request.raw_state);
            let state = managed.resource.upgrade(request.version, &raw).or_error()?;
            Ok(wire::upgrade_resource_state::Response {
                upgraded_state: Some(reply_state(&managed, &state)?.state),
                ..Default::default()
            })
        })
        .await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<wire::upgrade_resource_identity::Request>,
    ) -> Result<Response<wire::upgrade_resource_identity::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("UpgradeResourceIdentity", &request.type_name, size, async {
            let managed = self.registry.managed(&request.type_name)?;
            let Some((schema, ty)) = &managed.identity else {
                return Err(not_offered("identity of", &request.type_name));
            };
            let raw = decode::raw_state(request.raw_identity);
            let identity = state::upgrade_identity(schema, ty, request.version, &raw).or_error()?;
            Ok(wire::upgrade_resource_identity::Response {
                upgraded_identity: encode::identity(&identity, Some(ty)).or_error()?,
                ..Default::default()
            })
        })
        .await
    }

    async fn configure(
        &self,
        request: Request<wire::configure::Request>,
    ) -> Result<Response<wire::configure::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("Configure", "", size, async {
            let config = decode::value(
                "provider block",
                request.config.as_ref(),
                &self.registry.settings.ty,
            )
            .or_error()?;
            let provider = &self.registry.provider;
            Ok(wire::configure::Response {
                diagnostics: encode::diagnostics(
                    provider.configure(config, request.terraform_version).await,
                ),
            })
        })
        .await
    }

    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Result<Response<wire::read_resource::Response>, Status> {
        let stop = self.stop.of(&request);
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("ReadResource", &request.type_name, size, async {
            let managed = self.registry.managed(&request.type_name)?;
            let state = decode::value("state", request.current_state.as_ref(), &managed.typed.ty)
                .or_error()?;
            let request = ReadRequest {
                state,
                private: request.private,
                stop,
            };
            let read = if request.state.is_null() {
                request.unchanged()
            } else {
                managed.resource.read(request).await
            };
            let reply = reply_state(&managed, &read.state)?;
            Ok(wire::read_resource::Response {
                new_state: Some(reply.state),
                diagnostics: encode::diagnostics(read.diagnostics),
                private: read.private,
                deferred: None,
                new_identity: reply.identity,
            })
        })
        .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Result<Response<wire::plan_resource_change::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("PlanResourceChange", &request.type_name, size, async {
            let managed = self.registry.managed(&request.type_name)?;
            change::plan(&managed, &request)
        })
        .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Result<Response<wire::apply_resource_change::Response>, Status> {
        let stop = self.stop.of(&request);
        let request = request.into_inner();
        let (registry, end) = (Arc::clone(&self.registry), self.shutdown.token());
        let type_name = request.type_name.clone();
        let change = async move {
            let (name, size) = (request.type_name.clone(), request.encoded_len());
            outcome("ApplyResourceChange", &name, size, async {
                let managed = registry.managed(&request.type_name)?;
                change::apply(&managed, request, stop, end).await
            })
            .await
        };
        match self.shutdown.run_change(change).await {
            Ok(response) => Ok(response),
            // The process ends, so hardly anybody hears it.
            Err(_) => Err(Status::internal(format!(
                "the work on {type_name} ended early"
            ))),
        }
    }

    async fn import_resource_state(
        &self,
        request: Request<wire::import_resource_state::Request>,
    ) -> Result<Response<wire::import_resource_state::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("ImportResourceState", &request.type_name, size, async {
            let managed = self.registry.managed(&request.type_name)?;
            let identity = match managed.identity_type() {
                Some(ty) => decode::identity(request.identity.as_ref(), ty).or_error()?,
                None => Value::Null,
            };
            let target = if identity.is_null() {
                ImportTarget::Id(request.id)
            } else {
                ImportTarget::Identity(identity)
            };
            let imported = managed.resource.import(&target).or_error()?;
            let reply = reply_state(&managed, &imported.state)?;
            Ok(wire::import_resource_state::Response {
                imported_resources: vec![wire::import_resource_state::ImportedResource {
                    type_name: request.type_name.clone(),
                    state: Some(reply.state),
                    private: imported.private,
                    identity: reply.identity,
                }],
                diagnostics: encode::diagnostics(imported.diagnostics),
                deferred: None,
            })
        })
        .await
    }

    async fn move_resource_state(
        &self,
        request: Request<wire::move_resource_state::Request>,
    ) -> Result<Response<wire::move_resource_state::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer(
            "MoveResourceState",
            &request.target_type_name,
            size,
            async {
                let managed = self.registry.managed(&request.target_type_name)?;
                let moved = managed
                    .resource
                    .move_from(&MoveSource {
                        provider_address: request.source_provider_address,
                        type_name: request.source_type_name,
                        schema_version: request.source_schema_version,
                        state: decode::raw_state(request.source_state),
                        private: request.source_private,
                    })
                    .or_error()?;
                let reply = reply_state(&managed, &moved.state)?;
                Ok(wire::move_resource_state::Response {
                    target_state: Some(reply.state),
                    diagnostics: encode::diagnostics(moved.diagnostics),
                    target_private: moved.private,
                    target_identity: reply.identity,
                })
            },
        )
        .await
    }

    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Result<Response<wire::read_data_source::Response>, Status> {
        let name = request.into_inner().type_name;
        answer("ReadDataSource", &name, 0, async {
            Err(not_offered("data source", &name))
        })
        .await
    }

    async fn generate_resource_config(
        &self,
        request: Request<wire::generate_resource_config::Request>,
    ) -> Result<Response<wire::generate_resource_config::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("GenerateResourceConfig", &request.type_name, size, async {
            let managed = self.registry.managed(&request.type_name)?;
            let state =
                decode::value("state", request.state.as_ref(), &managed.typed.ty).or_error()?;
            let config = state::config_template(&managed.typed.schema.block, &state);
            Ok(wire::generate_resource_config::Response {
                config: Some(encode::value(&config, &managed.typed.ty).or_error()?),
                ..Default::default()
            })
        })
        .await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<wire::validate_ephemeral_resource_config::Request>,
    ) -> Result<Response<wire::validate_ephemeral_resource_config::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer(
            "ValidateEphemeralResourceConfig",
            &request.type_name,
            size,
            async {
                let ephemeral = self.registry.ephemeral(&request.type_name)?;
                Ok(wire::validate_ephemeral_resource_config::Response {
                    diagnostics: validate::diagnostics(
                        "configuration",
                        request.config.as_ref(),
                        &ephemeral.typed,
                        WriteOnly::Refused,
                        |config| ephemeral.resource.validate(config),
                    )?,
                })
            },
        )
        .await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<wire::open_ephemeral_resource::Request>,
    ) -> Result<Response<wire::open_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("OpenEphemeralResource", &request.type_name, size, async {
            let ephemeral = self.registry.ephemeral(&request.type_name)?;
            let ty = &ephemeral.typed.ty;
            let config = decode::value("configuration", request.config.as_ref(), ty).or_error()?;
            let opened = ephemeral.resource.open(config).await?;
            if !opened.value.is_wholly_known() {
                return error_answer(change::lost_track());
            }
            Ok(wire::open_ephemeral_resource::Response {
                result: Some(encode::value(&opened.value, ty).or_error()?),
                private: (!opened.private.is_empty()).then_some(opened.private),
                diagnostics: encode::diagnostics(opened.diagnostics),
                ..Default::default()
            })
        })
        .await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<wire::renew_ephemeral_resource::Request>,
    ) -> Result<Response<wire::renew_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("RenewEphemeralResource", &request.type_name, size, async {
            self.registry.ephemeral(&request.type_name)?;
            Ok(wire::renew_ephemeral_resource::Response {
                private: request.private,
                ..Default::default()
            })
        })
        .await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<wire::close_ephemeral_resource::Request>,
    ) -> Result<Response<wire::close_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("CloseEphemeralResource", &request.type_name, size, async {
            let ephemeral = self.registry.ephemeral(&request.type_name)?;
            let private = request.private.unwrap_or_default();
            Ok(wire::close_ephemeral_resource::Response {
                diagnostics: encode::diagnostics(ephemeral.resource.close(private).await),
            })
        })
        .await
    }

    type ListResourceStream = Streamed<wire::list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<wire::list_resource::Request>,
    ) -> Result<Response<Self::ListResourceStream>, Status> {
        let name = request.into_inner().type_name;
        let refused = Err(not_offered("list resource type", &name));
        Ok(streamed(
            outcome("ListResource", &name, 0, async { refused }).await,
        ))
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<wire::validate_list_resource_config::Request>,
    ) -> Result<Response<wire::validate_list_resource_config::Response>, Status> {
        let name = request.into_inner().type_name;
        answer("ValidateListResourceConfig", &name, 0, async {
            Err(not_offered("list resource type", &name))
        })
        .await
    }

    async fn get_functions(
        &self,
        _: Request<wire::get_functions::Request>,
    ) -> Result<Response<wire::get_functions::Response>, Status> {
        answer("GetFunctions", "", 0, async {
            Ok(wire::get_functions::Response::default())
        })
        .await
    }

    async fn call_function(
        &self,
        request: Request<wire::call_function::Request>,
    ) -> Result<Response<wire::call_function::Response>, Status> {
        let name = request.into_inner().name;
        answer("CallFunction", "", 0, async {
            Err(not_offered("function", &name))
        })
        .await
    }

    async fn plan_action(
        &self,
        request: Request<wire::plan_action::Request>,
    ) -> Result<Response<wire::plan_action::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("PlanAction", &request.action_type, size, async {
            let invocable = self.registry.action(&request.action_type)?;
            Ok(wire::plan_action::Response {
                diagnostics: validate::diagnostics(
                    "configuration",
                    request.config.as_ref(),
                    &invocable.typed,
                    action::WRITE_ONLY,
                    |config| invocable.action.plan(config),
                )?,
                deferred: None,
            })
        })
        .await
    }

    type InvokeActionStream = Streamed<wire::invoke_action::Event>;

    async fn invoke_action(
        &self,
        request: Request<wire::invoke_action::Request>,
    ) -> Result<Response<Self::InvokeActionStream>, Status> {
        let stop = self.stop.of(&request);
        let request = request.into_inner();
        let (registry, end) = (Arc::clone(&self.registry), self.shutdown.token());
        let (progress, messages) = Progress::channel();
        let until = stop.clone();
        let work = async move {
            let size = request.encoded_len();
            outcome("InvokeAction", &request.action_type, size, async {
                let invocable = registry.action(&request.action_type)?;
                action::invoke(invocable, &request, progress, stop, end).await
            })
            .await
        };
        let events = |work| action::events(work, messages, until).map(Ok);
        let streamed = self.shutdown.stream_change(work, events);
        Ok(streamed.map(|events| Box::pin(events) as Self::InvokeActionStream))
    }

    async fn validate_action_config(
        &self,
        request: Request<wire::validate_action_config::Request>,
    ) -> Result<Response<wire::validate_action_config::Response>, Status> {
        let request = request.into_inner();
        let size = request.encoded_len();
        answer("ValidateActionConfig", &request.action_type, size, async {
            let invocable = self.registry.action(&request.action_type)?;
            Ok(wire::validate_action_config::Response {
                diagnostics: validate::diagnostics(
                    "configuration",
                    request.config.as_ref(),
                    &invocable.typed,
                    action::WRITE_ONLY,
                    |config| invocable.action.validate(config),
                )?,
            })
        })
        .await
    }

    async fn stop(
        &self,
        _: Request<wire::stop::Request>,
    ) -> Result<Response<wire::stop::Response>, Status> {
        answer("Stop", "", 0, async {
            self.stop.reach_all();
            Ok(wire::stop::Response::default())
        })
        .await
    }
}
