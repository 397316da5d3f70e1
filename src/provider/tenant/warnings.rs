//! What a user should know before applying a plan.

use super::private_state::PrivateState;
use crate::iwd::model::Ccid;
use crate::provider::config::{KeyLookup, Settings};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::plan::Plan;
use crate::tf_provider::resource::PlanRequest;
use crate::tf_provider::value::Value;

/// How the private data names the key whose removal is warned of.
pub(super) const IWDDM_WO: &str = "iwd.api_keys.iwddm_wo";

/// The warnings of a plan that changes something.
pub(super) fn of_plan(
    request: &PlanRequest<'_>,
    private: &PrivateState,
    settings: Option<&Settings>,
    plan: &Plan,
) -> Vec<Diagnostic> {
    let PlanRequest { prior, config, .. } = request;
    let mut warnings = Vec::new();
    if !prior.is_null() && !plan.replaces() {
        warnings.extend(renamed(prior, &plan.state, "short_id"));
        warnings.extend(renamed(prior, &plan.state, "name"));
        warnings.extend(removed(prior, &plan.state, config, private));
    }
    warnings.extend(no_key_at_destroy(config, settings, &plan.state));
    warnings
}

fn renamed(prior: &Value, planned: &Value, name: &str) -> Option<Diagnostic> {
    let before = prior.get(name).as_str()?;
    let after = planned.get(name);
    let how = if after.is_unknown() {
        "may change"
    } else {
        "changes"
    };
    (after.as_str() != Some(before)).then(|| {
        Diagnostic::warning(
            "API keys under the old name may remain valid",
            format!(
                "`{name}` {how}. The names of the tenant's API keys in Digital Channels are built from `short_id` \
                 and `name`, and the API documents no removal: keys under the old name may stay valid."
            ),
        )
        .at(AttributePath::of(&[name]))
    })
}

fn removed(
    prior: &Value,
    planned: &Value,
    config: &Value,
    private: &PrivateState,
) -> Option<Diagnostic> {
    let gws = !prior.get("gws").is_null() && planned.get("gws").is_null();
    let keys = config.at(&["iwd", "api_keys"]);
    let had_iwddm = !prior.at(&["iwd", "api_keys", "iwddm"]).is_null()
        || private.write_only_names.iter().any(|name| name == IWDDM_WO);
    let iwddm = had_iwddm && keys.get("iwddm").is_null() && keys.get("iwddm_wo").is_null();
    let what = match (gws, iwddm) {
        (false, false) => return None,
        (true, false) => "`gws` is",
        (false, true) => "`iwd.api_keys.iwddm` is",
        (true, true) => "`gws` and `iwd.api_keys.iwddm` are",
    };
    Some(Diagnostic::warning(
        "Removed settings may remain in Digital Channels",
        format!(
            "{what} removed. The API documents no removal by omission: the record or key may live on in Digital \
             Channels."
        ),
    ))
}

fn no_key_at_destroy(
    config: &Value,
    settings: Option<&Settings>,
    planned: &Value,
) -> Option<Diagnostic> {
    let only_write_only = config.get("api_key").is_null() && !config.get("api_key_wo").is_null();
    if !only_write_only {
        return None;
    }
    let ccid = planned.get("ccid");
    let (lookup, tenant) = match ccid.as_str() {
        Some(text) => {
            let ccid: Ccid = text.parse().ok()?;
            (settings?.key_for(&ccid), format!("The tenant {ccid}"))
        }
        None => (settings?.key_for_any(), "This tenant".to_owned()),
    };
    if !matches!(lookup, KeyLookup::None) {
        return None;
    }
    Some(Diagnostic::warning(
        "No API key for a later destroy",
        format!(
            "{tenant} has its API key only in `api_key_wo`, which is not there at destroy. Before a destroy, \
             set `tenant_api_keys` or `api_key` in the provider block (or IWD_TENANT_API_KEYS or IWD_API_KEY)."
        ),
    ))
}
