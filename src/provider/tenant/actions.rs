//! What can be done to a tenant without a resource: a file for each action.
//!
//! They wait for their turn on the tenant like everybody else, and change nothing about which object owns it: an action is
//! no object.

/// What the documentation says of each action.
macro_rules! said_of_all {
    () => {
        "\n\nGive *ephemeral* values to the arguments that end in `_wo`. Terraform keeps these out of the plan, and no \
         others: an ordinary value, sensitive or not, stands in clear in a saved plan and in what `terraform show -json` \
         prints of it, under `action_invocations`.\n\n\
         Needs Terraform 1.14 or later; OpenTofu has no actions. On Terraform 1.16 (tried by hand on 1.16.0-rc2), \
         `on_failure = taint` in a trigger of an `iwd_tenant` taints the tenant where the action fails, and the next apply \
         *destroys* it, unless its state has `deletion_protection = true` or `on_destroy = \"keep\"`; and an action that is \
         invoked by hand gets no ephemeral value there, while one that is triggered does. By the release notes of 1.16, a trigger on destroy needs values that are \
         known when it is planned and not ephemeral."
    };
}

mod delete_services;
mod provision_tenant;

pub(in crate::provider) use self::delete_services::DeleteServices;
pub(in crate::provider) use self::provision_tenant::ProvisionTenant;

use tokio::time::Instant;

use super::operation::{self, Window};
use super::{model, validate};
use crate::iwd::client::{Client, Operation};
use crate::iwd::mask::Masker;
use crate::iwd::model::Ccid;
use crate::provider::config::{Key, KeySource};
use crate::provider::session::Configured;
use crate::tf_provider::action::InvokeRequest;
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

/// What bounds an invocation.
fn window<'a>(
    operation: Operation,
    ccid: &'a Ccid,
    request: &'a InvokeRequest,
) -> Result<Window<'a>, Diagnostic> {
    Ok(Window {
        operation,
        ccid,
        began: Instant::now(),
        timeout: model::timeout_at(&request.config, &[TIMEOUT])?,
        stop: &request.stop,
        end: &request.end,
        progress: Some(&request.progress),
    })
}

/// The argument for the tenant's own key.
const API_KEY: &str = "api_key_wo";

/// The key of the call: the provider's, or the action's own.
fn key(configured: &Configured, window: &Window<'_>, config: &Value) -> Result<Key, Diagnostic> {
    let own = config.get(API_KEY).as_str().map(|key| Key {
        value: key.into(),
        source: KeySource::Tenant(API_KEY),
    });
    operation::key(&configured.settings, window.operation, window.ccid, own)
}

/// Masks what the settings and the configuration keep secret.
fn masker(client: &Client, config: &Value) -> Masker {
    let (secrets, visible) = (model::secrets(config), model::visible_values(config));
    client.masker().clone().with(secrets, visible)
}

fn timeout_problem(config: &Value) -> Option<Diagnostic> {
    validate::valid_duration(config.get(TIMEOUT), &AttributePath::of(&[TIMEOUT]))
}
