//! `iwd_delete_services`: the API's other way to delete, for a tenant that stays.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use tracing::Instrument as _;

use super::{key, masker, timeout, timeout_problem, window};
use crate::iwd::client::{Deleted, Operation};
use crate::iwd::model::Deletion;
use crate::provider::diagnostics;
use crate::provider::session::Session;
use crate::provider::tenant::operation::{ApplyError, call_span};
use crate::provider::tenant::{messages, model, schema, validate};
use crate::tf_provider::action::{Action, InvokeRequest};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::{Attribute, Block, Presence, Schema};
use crate::tf_provider::value::Value;

const SERVICES: &str = "services";

const DESCRIPTION: &str = concat!(
    "Deletes services of a tenant that stays, with `DELETE /iwd/v3/provisioning/{ccid}?service=…`. Their records go from the \
     tenant's configuration in Digital Channels; the tenant, its other services and its database stay. Whether API keys go \
     with the services is not documented. *It can't be undone*: only another provisioning writes the records anew.\n\n\
     `deletion_protection` of an `iwd_tenant` doesn't hold for it, and the resource doesn't notice: its state stays as it is, \
     and its plans stay empty. To get the services back, change its `reprovision_triggers`.",
    said_of_all!()
);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    block: block(),
});

fn block() -> Block {
    let of_tenant = |name| schema::row(name).in_action();
    let services = Attribute {
        name: SERVICES,
        presence: Presence::Required,
        ..schema::row("destroy_services").attribute.clone()
    };
    let api_key = Attribute {
        presence: Presence::Optional,
        ..of_tenant("api_key")
    };
    Block {
        description: DESCRIPTION,
        attributes: vec![
            of_tenant("ccid"),
            services.describe(
                "The services to delete: `iWD`, `iWDEmail` or `GAPI`, which is the access to Genesys Web Services.",
            ),
            api_key,
            timeout(),
        ],
        blocks: Vec::new(),
    }
}

/// The action `iwd_delete_services`.
pub(in crate::provider) struct DeleteServices {
    session: Arc<Session>,
}

impl DeleteServices {
    pub(in crate::provider) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }
}

#[async_trait]
impl Action for DeleteServices {
    fn type_name(&self) -> &'static str {
        "iwd_delete_services"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let mut problems = validate::validate_block(&SCHEMA.block, config);
        problems.extend(no_services(config.get(SERVICES)));
        validate::services(config.get(SERVICES), SERVICES, &mut problems);
        problems.extend(timeout_problem(config));
        problems
    }

    async fn invoke(&self, request: InvokeRequest) -> Vec<Diagnostic> {
        let deleted = delete(&self.session, &request).await;
        deleted.unwrap_or_else(|error| error.diagnostics)
    }
}

fn no_services(value: &Value) -> Option<Diagnostic> {
    value.as_elements()?.is_empty().then(|| {
        let detail = format!("`{SERVICES}` is empty. Name at least one service.");
        Diagnostic::error("Invalid services", detail).at(AttributePath::of(&[SERVICES]))
    })
}

async fn delete(session: &Session, request: &InvokeRequest) -> Result<Vec<Diagnostic>, ApplyError> {
    let config = &request.config;
    let ccid = model::ccid(config.get("ccid"))?;
    let services = model::services(config.get(SERVICES).as_elements().unwrap_or_default());
    let deletion = Deletion::Services(services);
    let window = window(Operation::DeleteServices, &ccid, request)?;
    let configured = session.configured().ok_or_else(messages::not_configured)?;
    let key = key(&configured, &window, config)?;
    let (client, _turn) = window.enter(session, &configured).await?;
    let context = window.call_context(masker(&client, config));
    let deleted = client
        .delete(window.operation, &ccid, &deletion, &key.value, &context)
        .instrument(call_span(key.source))
        .await
        .map_err(|failure| ApplyError::of_call(&failure, key.source))?;
    Ok(match deleted {
        Deleted::Gone => Vec::new(),
        Deleted::NotThere { url, reply } => {
            vec![diagnostics::services_not_there(&ccid, &url, &reply)]
        }
    })
}
