//! Whether an update has anything to send.

use super::model::WriteOnlyValues;
use super::private::Private;
use crate::tf_provider::value::Value;

/// Whether an update sends the tenant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Sends {
    /// Nothing that is sent changes.
    No,
    /// It depends on what is not known yet.
    Perhaps,
    /// Something that is sent changes.
    Yes,
}

/// What only this provider reads: a change needs no request.
const SETTINGS: [&str; 6] = [
    "id",
    "revision",
    "on_destroy",
    "destroy_services",
    "deletion_protection",
    "timeouts",
];

/// Decides from the state, the plan and the write-only values; `planned` holds no write-only value.
pub(super) fn decide(
    prior: &Value,
    planned: &Value,
    private: &Private,
    values: &WriteOnlyValues,
) -> Sends {
    if private.uncertain || prior.get("revision").is_null() {
        return Sends::Yes;
    }
    let changed = planned
        .as_map()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !SETTINGS.contains(&name.as_str()))
        .map(|(name, value)| differs(prior.get(name), value))
        .max()
        .unwrap_or(Sends::No);
    if changed == Sends::Yes || !planned.get("secrets_wo_version").is_null() {
        return changed;
    }
    changed.max(match (values, &private.write_only) {
        (WriteOnlyValues::Unknown, _) => Sends::Perhaps,
        (WriteOnlyValues::Known(values), Some(sent)) if sent.matches(values) => Sends::No,
        (WriteOnlyValues::Known(values), None) if values.is_empty() => Sends::No,
        (WriteOnlyValues::Known(_), _) => Sends::Yes,
    })
}

fn differs(prior: &Value, planned: &Value) -> Sends {
    match (prior, planned) {
        (_, Value::Unknown(_)) => Sends::Perhaps,
        (Value::Map(prior), Value::Map(planned)) => {
            let removed = prior.keys().any(|key| !planned.contains_key(key));
            planned
                .iter()
                .map(|(key, value)| {
                    prior
                        .get(key)
                        .map_or(Sends::Yes, |prior| differs(prior, value))
                })
                .max()
                .unwrap_or(Sends::No)
                .max(if removed { Sends::Yes } else { Sends::No })
        }
        _ if prior == planned => Sends::No,
        // What is there now, with whatever in it, was not there before.
        (Value::Null, _) => Sends::Yes,
        _ if planned.is_wholly_known() => Sends::Yes,
        _ => Sends::Perhaps,
    }
}

/// The number after that revision; 1 where there was none.
pub(super) fn next_revision(revision: &Value) -> Value {
    let sent = revision
        .as_number()
        .and_then(crate::tf_provider::number::Number::as_i64);
    Value::from(sent.unwrap_or(0).saturating_add(1))
}
