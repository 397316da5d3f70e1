//! `iwd_tenant`: a file for each operation that Terraform asks for; and the actions on tenants.

pub(super) mod actions;
mod apply;
mod change;
pub(super) mod converted;
mod deletion;
mod fingerprint;
mod import;
mod intents;
mod messages;
mod model;
mod moved;
mod object_id;
mod operation;
pub(super) mod ownership;
pub(super) mod placeholder;
mod plan;
mod private_state;
mod request_body;
#[cfg(test)]
mod samples;
pub(super) mod schema;
mod validate;
mod warnings;
mod write_only;

use std::sync::Arc;

use async_trait::async_trait;

use super::session::Session;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::plan::Plan;
use crate::tf_provider::resource::{
    Applied, ApplyRequest, ImportTarget, Imported, MoveSource, PlanRequest, Planned, Resource,
};
use crate::tf_provider::schema::{IdentitySchema, Schema};
use crate::tf_provider::value::Value;

/// The resource `iwd_tenant`.
pub(super) struct TenantResource {
    session: Arc<Session>,
}

impl TenantResource {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }
}

#[async_trait]
impl Resource for TenantResource {
    fn type_name(&self) -> &'static str {
        "iwd_tenant"
    }

    fn schema(&self) -> Schema {
        schema::SCHEMA.clone()
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(schema::identity())
    }

    fn identity_of(&self, state: &Value) -> Value {
        match state.get("ccid") {
            Value::Null => Value::Null,
            ccid => Value::object([("ccid", ccid.clone())]),
        }
    }

    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        validate::validate(config)
    }

    fn plan(&self, request: &PlanRequest<'_>, plan: &mut Plan) -> Planned {
        self.session.ownership.planned_in(request.deferral_allowed);
        plan::plan(&self.session, request, plan)
    }

    fn plan_destroy(&self, prior: &Value, private: &[u8]) -> Planned {
        plan::plan_destroy(&self.session, prior, private)
    }

    async fn create(&self, request: ApplyRequest) -> Applied {
        apply::create(&self.session, request).await
    }

    async fn update(&self, request: ApplyRequest) -> Applied {
        apply::update(&self.session, request).await
    }

    async fn delete(&self, request: ApplyRequest) -> Applied {
        apply::delete(&self.session, request).await
    }

    fn import(&self, target: &ImportTarget) -> Result<Imported, Diagnostic> {
        import::import(&self.session, target)
    }

    fn move_from(&self, source: &MoveSource) -> Result<Imported, Diagnostic> {
        moved::move_from(source)
    }
}
