//! What a user should know before applying a plan.

use super::change::Unseen;
use super::private_state::PrivateState;
use super::write_only::WriteOnlyValues;
use crate::iwd::model::Ccid;
use crate::provider::config::{KeyLookup, Settings};
use crate::provider::session::Session;
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

/// The warnings of what stands between a plan that will or may send something and its requests.
pub(super) fn of_settings(session: &Session) -> Vec<Diagnostic> {
    let configured = session.configured();
    configured.map_or_else(Vec::new, |configured| configured.warnings())
}

/// The warning for a plan whose only change is `revision`.
pub(super) fn unseen(unseen: Unseen, ccid: &Value) -> Diagnostic {
    const VERSION: &str =
        "Where `secrets_wo_version` is set, its change alone says that secrets have changed.";
    let ccid = ccid.as_str().unwrap_or_default();
    let of = |summary: &'static str, reason: &str, consequence: &str| {
        let detail = format!(
            "Tenant {ccid}: `revision` is all that changes in this plan, because {reason}.\n\n{consequence}"
        );
        Diagnostic::warning(summary, detail)
    };
    match unseen {
        Unseen::SecretsDiffer => of(
            "Write-only secrets have changed",
            "its write-only secrets (`…_wo`) differ from those that were last sent to IWD",
            &format!(
                "Applying sends the whole tenant again. Terraform can't show which secret it is, since none of them is \
                 stored. If none was meant to change, check where they come from: a value that differs on every run, as \
                 an ephemeral one may, makes every plan look so. {VERSION}"
            ),
        ),
        Unseen::SecretsUnknown => of(
            "Write-only secrets are not known yet",
            "its write-only secrets (`…_wo`) depend on something that is not applied yet",
            &format!(
                "Applying sends the whole tenant again if they turn out to differ from those that were last sent to IWD, \
                 and nothing otherwise. {VERSION}"
            ),
        ),
        Unseen::RequestInDoubt => of(
            "An earlier request may not have arrived",
            "an earlier update or destroy failed in a way that leaves open whether IWD took its request",
            "Applying sends the whole tenant again, as it is configured now.",
        ),
        Unseen::PrivateStateLost => of(
            "Private data of the tenant can't be read",
            "what the provider keeps beside its state is gone, damaged or written by a newer release of the provider, so \
             it is not known what was last sent to IWD",
            "Applying sends the whole tenant again and writes that data anew. If a newer release wrote it, use that release \
             instead.",
        ),
    }
}

/// The warning for a plan that sends nothing though write-only arguments are set that were not sent: the version alone says
/// that secrets have changed. One that was sent and is not there may be hidden by `ignore_changes`.
pub(super) fn unsent(
    planned: &Value,
    private: &PrivateState,
    write_only: &WriteOnlyValues,
) -> Option<Diagnostic> {
    planned.get("secrets_wo_version").as_str()?;
    if private.existing_object().is_lost() {
        return None;
    }
    let mut added = write_only.paths()?;
    added.retain(|name| !private.write_only_names.contains(name));
    if added.is_empty() {
        return None;
    }
    let ccid = planned.get("ccid").as_str().unwrap_or_default();
    let quoted: Vec<String> = added.iter().map(|name| format!("`{name}`")).collect();
    Some(
        Diagnostic::warning(
            "A write-only secret is not sent",
            format!(
                "Tenant {ccid}: {} was not sent to IWD yet, and this plan doesn't send it, since `secrets_wo_version` is the \
                 same, whose change alone says that secrets have changed. Give that another value.",
                quoted.join(", ")
            ),
        )
        .at(AttributePath::of(&["secrets_wo_version"])),
    )
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

#[cfg(test)]
mod tests {
    use super::super::object_id::ObjectId;
    use super::super::samples::{CCID, tenant, tenant_with};
    use super::*;
    use crate::provider::config;
    use crate::provider::diagnostics::tests::pages;

    /// All that a user can read beside a plan, as one text; a change of it is seen in review.
    #[test]
    fn every_warning_reads_so() {
        let settings = config::resolve(&Value::Null, &|_| None).expect("no problem");
        let private = PrivateState::default();
        let had_both = tenant_with([
            ("gws", Value::object([])),
            ("iwd.api_keys.iwddm", "key".into()),
        ]);
        let had_key = tenant_with([("iwd.api_keys.iwddm", "key".into())]);
        let had_gws = tenant_with([("gws", Value::object([]))]);
        let removal = |prior: &Value| removed(prior, &tenant(), &tenant(), &private);
        let write_only = tenant_with([("api_key", Value::Null), ("api_key_wo", "key".into())]);
        let no_key = |planned: &Value| no_key_at_destroy(&write_only, Some(&settings), planned);
        let rename =
            |name: &str, value: Value| renamed(&tenant(), &tenant_with([(name, value)]), name);
        let changes = [
            rename("short_id", "101".into()),
            rename("name", Value::UNKNOWN),
            removal(&had_gws),
            removal(&had_key),
            removal(&had_both),
            no_key(&tenant()),
            no_key(&tenant_with([("ccid", Value::UNKNOWN)])),
        ];
        let reasons = [
            Unseen::SecretsDiffer,
            Unseen::SecretsUnknown,
            Unseen::RequestInDoubt,
            Unseen::PrivateStateLost,
        ];
        let reasons = reasons.map(|reason| unseen(reason, &CCID.into()));
        let session = Session::default();
        session.configure(settings, String::new());
        let told = changes.into_iter().map(|told| told.expect("a warning"));
        let set = tenant_with([(IWDDM_WO, "key".into()), ("secrets_wo_version", "1".into())]);
        let write_only = WriteOnlyValues::of(&set, None);
        let others = [unsent(
            &set,
            &PrivateState::of(ObjectId::from("a")),
            &write_only,
        )];
        let others = others.into_iter().map(|told| told.expect("a warning"));
        let told = told
            .chain(reasons)
            .chain(others)
            .chain(of_settings(&session));
        insta::assert_snapshot!(pages(told));
    }
    #[test]
    fn only_what_is_known_to_be_set_and_unsent_is_warned_about() {
        let set = tenant_with([(IWDDM_WO, "key".into()), ("secrets_wo_version", "1".into())]);
        let unversioned = tenant_with([(IWDDM_WO, "key".into())]);
        let object = || PrivateState::of(ObjectId::from("a"));
        let before = PrivateState {
            write_only_names: vec![IWDDM_WO.to_owned(), "api_key_wo".to_owned()],
            ..object()
        };
        for (config, private, is_told) in [
            (&set, &object(), true),
            // What was sent besides may be hidden by `ignore_changes`.
            (&set, &before, false),
            (&unversioned, &object(), false),
            (&set, &PrivateState::default(), false),
        ] {
            let write_only = WriteOnlyValues::of(config, None);
            let told = unsent(config, private, &write_only).is_some();
            assert_eq!(told, is_told, "{config:?} {private:?}");
        }
    }
}
