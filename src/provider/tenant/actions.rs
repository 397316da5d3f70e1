//! What can be done to a tenant without a resource: a file for each action.
//!
//! They wait for their turn on the tenant like everybody else, and change nothing about which object owns it: an action is
//! no object.

mod delete_services;
mod provision_tenant;

pub(in crate::provider) use self::delete_services::DeleteServices;
pub(in crate::provider) use self::provision_tenant::ProvisionTenant;

use super::validate;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::Attribute;
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// The argument that says how long an action may take.
const TIMEOUT: &str = "timeout";

fn timeout() -> Attribute {
    Attribute::optional(TIMEOUT, ValueType::String).describe(
        "How long the action may take, retries and the wait for other operations on the tenant included, such as `90s` or \
         `10m`. Default `5m`.",
    )
}

fn timeout_problem(config: &Value) -> Option<Diagnostic> {
    validate::period(config.get(TIMEOUT), &AttributePath::of(&[TIMEOUT]))
}
