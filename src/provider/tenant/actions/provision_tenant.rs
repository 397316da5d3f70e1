//! `iwd_provision_tenant`: sends a whole tenant, for repair.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use tracing::Instrument as _;

use super::{key, masker, timeout, timeout_problem, window};
use crate::iwd::client::Operation;
use crate::provider::session::Session;
use crate::provider::tenant::operation::{ApplyError, call_span};
use crate::provider::tenant::{messages, model, schema, validate};
use crate::tf_provider::action::{Action, InvokeRequest};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::schema::Schema;
use crate::tf_provider::value::Value;

const DESCRIPTION: &str = concat!(
    "Sends a whole tenant once more, with `PUT /iwd/v3/provisioning`, for repair: with `terraform apply \
     -invoke=action.iwd_provision_tenant.NAME`, or from an `action_trigger` of what may undo the provisioning, such as a Helm \
     release or a database.\n\n\
     It changes no state: an `iwd_tenant` of that `ccid` keeps its `revision` and doesn't notice. `reprovision_triggers` of the \
     resource is the way that leaves a trace. What the action sends overwrites what IWD has. Where IWD has no such tenant, the \
     action *makes one that no resource knows and nobody destroys*.",
    said_of_all!()
);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut block = schema::sent_by_action(DESCRIPTION);
    block.attributes.push(timeout());
    Schema { version: 0, block }
});

/// The action `iwd_provision_tenant`.
pub(in crate::provider) struct ProvisionTenant {
    session: Arc<Session>,
}

impl ProvisionTenant {
    pub(in crate::provider) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }
}

#[async_trait]
impl Action for ProvisionTenant {
    fn type_name(&self) -> &'static str {
        "iwd_provision_tenant"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let mut problems = validate::validate_block(&SCHEMA.block, config);
        problems.extend(timeout_problem(config));
        problems
    }

    async fn invoke(&self, request: InvokeRequest) -> Vec<Diagnostic> {
        match provision(&self.session, &request).await {
            Ok(()) => Vec::new(),
            Err(error) => error.diagnostics,
        }
    }
}

async fn provision(session: &Session, request: &InvokeRequest) -> Result<(), ApplyError> {
    let config = &request.config;
    let tenant = model::tenant(&schema::with_defaults(config), config)?;
    let window = window(Operation::Provision, &tenant.ccid, request)?;
    let configured = session.configured().ok_or_else(messages::not_configured)?;
    let key = key(&configured, &window, config)?;
    let (client, _turn) = window.enter(session, &configured).await?;
    let context = window.call_context(masker(&client, config));
    client
        .provision(window.operation, &tenant, &key.value, &context)
        .instrument(call_span(key.source))
        .await
        .map_err(|failure| ApplyError::of_call(&failure, key.source))
}
