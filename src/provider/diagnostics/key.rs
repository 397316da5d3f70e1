//! The key of a request: where it was found, and why there is none.

use super::failed;
use crate::iwd::client::Operation;
use crate::iwd::model::Ccid;
use crate::provider::config::{Argument, KeySource};
use crate::tf_provider::diagnostic::Diagnostic;

/// What to tell where no key is known for a call.
pub(in crate::provider) fn no_key(operation: Operation, ccid: &Ccid) -> Diagnostic {
    let own_key = match operation {
        Operation::Delete => {
            "A write-only key (`api_key_wo`) is not kept in the state, so it can't serve at destroy."
        }
        Operation::DeleteServices => "The action's `api_key_wo` serves too.",
        _ => "The tenant's own `api_key` or `api_key_wo` serves too.",
    };
    Diagnostic::error(
        failed(operation, "no API key"),
        format!(
            "Tenant {ccid}: the call to IWD needs a key for its x-api-key header. In the provider block, set \
             `tenant_api_keys` with an entry for this ccid, or `api_key` for all tenants (or IWD_TENANT_API_KEYS or \
             IWD_API_KEY in the environment). {own_key}\n\nNothing was sent."
        ),
    )
}

/// What to tell where the key of a call depends on something that is not applied yet.
pub(in crate::provider) fn unknown_key(operation: Operation, ccid: &Ccid) -> Diagnostic {
    Diagnostic::error(
        failed(operation, "API key not known yet"),
        format!(
            "Tenant {ccid}: `tenant_api_keys` or `api_key` in the provider block depends on something that is not \
             applied yet. Apply what it depends on first (`terraform apply -target=…`), or give a value that is \
             known.\n\nNothing was sent."
        ),
    )
}

/// What to tell where two entries of `tenant_api_keys` may be meant.
pub(in crate::provider) fn ambiguous_key(operation: Operation, ccid: &Ccid) -> Diagnostic {
    Diagnostic::error(
        failed(operation, "two API keys match"),
        format!(
            "Tenant {ccid}: two entries of `tenant_api_keys` in the provider block name it, each in other letter case than \
             the tenant's own. Keep one, spelled as the tenant's `ccid`.\n\nNothing was sent."
        ),
    )
}

/// Where a key was found, for the log too.
pub(in crate::provider) fn found(key: KeySource) -> String {
    match key {
        KeySource::TenantApiKeys(argument) => {
            format!("the entry for this ccid in {}", of_provider(argument))
        }
        KeySource::ApiKey(argument) => of_provider(argument),
        KeySource::Tenant(name) => format!("the tenant's own `{name}`"),
    }
}

fn of_provider(argument: Argument) -> String {
    match argument.variable() {
        Some(variable) => format!("the environment variable {variable}"),
        None => format!("{} of the provider block", argument.name()),
    }
}

/// Where a key that comes before this one would stand.
pub(super) fn instead(key: KeySource) -> &'static str {
    match key {
        KeySource::TenantApiKeys(_) => "",
        KeySource::ApiKey(_) => {
            " A key for this tenant alone comes before it, in `tenant_api_keys` of the provider block (IWD_TENANT_API_KEYS)."
        }
        KeySource::Tenant(_) => {
            " `tenant_api_keys` and `api_key` of the provider block (IWD_TENANT_API_KEYS, IWD_API_KEY), which come before it, \
             hold none for this tenant."
        }
    }
}
