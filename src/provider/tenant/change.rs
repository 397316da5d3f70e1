//! Whether an update has anything to send.

use super::model::WriteOnlyValues;
use super::private_state::PrivateState;
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
    private: &PrivateState,
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
        (WriteOnlyValues::Hidden, _) => Sends::No,
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

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::super::fingerprint::{Fingerprint, Secrets};
    use super::*;

    fn state(name: impl Into<Value>, on_destroy: &str) -> Value {
        Value::object([
            ("name", name.into()),
            ("iwd", Value::object([("url", "http://iwd".into())])),
            ("on_destroy", on_destroy.into()),
            ("secrets_wo_version", Value::Null),
            ("revision", 3.into()),
        ])
    }

    fn secrets(password: &str) -> Secrets {
        vec![(
            "iwd.db.password_wo".to_owned(),
            SecretString::from(password),
        )]
    }

    fn sent(password: &str) -> PrivateState {
        PrivateState {
            write_only: Fingerprint::of(&secrets(password)),
            ..PrivateState::default()
        }
    }

    fn none() -> WriteOnlyValues {
        WriteOnlyValues::Known(Vec::new())
    }

    #[test]
    fn only_what_iwd_gets_is_a_reason_to_send() {
        let prior = state("t100", "keep");
        let decide = |planned: &Value| decide(&prior, planned, &PrivateState::default(), &none());
        assert_eq!(decide(&prior), Sends::No);
        assert_eq!(decide(&state("t100", "delete_tenant")), Sends::No);
        assert_eq!(decide(&state("t101", "keep")), Sends::Yes);
        assert_eq!(decide(&state(Value::UNKNOWN, "keep")), Sends::Perhaps);
        let mut other = prior.clone();
        other.set_attribute("iwd", Value::object([("url", "http://other".into())]));
        assert_eq!(decide(&other), Sends::Yes);
        other.set_attribute("iwd", Value::object([("url", Value::UNKNOWN)]));
        assert_eq!(decide(&other), Sends::Perhaps);
        other.set_attribute("name", "t101".into());
        assert_eq!(decide(&other), Sends::Yes);
    }

    #[test]
    fn what_was_never_sent_or_may_not_have_arrived_is_sent() {
        let prior = state("t100", "keep");
        let uncertain = PrivateState {
            uncertain: true,
            ..PrivateState::default()
        };
        assert_eq!(decide(&prior, &prior, &uncertain, &none()), Sends::Yes);
        let mut imported = prior.clone();
        imported.set_attribute("revision", Value::Null);
        let private = PrivateState::default();
        assert_eq!(decide(&imported, &prior, &private, &none()), Sends::Yes);
    }

    #[test]
    fn the_hash_of_the_write_only_values_decides() {
        let prior = state("t100", "keep");
        let known = |password| WriteOnlyValues::Known(secrets(password));
        for (private, values, sends) in [
            (sent("a"), known("a"), Sends::No),
            (sent("a"), known("b"), Sends::Yes),
            (sent("a"), none(), Sends::Yes),
            (sent("a"), WriteOnlyValues::Unknown, Sends::Perhaps),
            (sent("a"), WriteOnlyValues::Hidden, Sends::No),
            (PrivateState::default(), known("a"), Sends::Yes),
        ] {
            assert_eq!(decide(&prior, &prior, &private, &values), sends);
        }
    }

    #[test]
    fn with_a_version_its_change_alone_decides() {
        let mut prior = state("t100", "keep");
        prior.set_attribute("secrets_wo_version", "1".into());
        let values = WriteOnlyValues::Known(secrets("b"));
        assert_eq!(decide(&prior, &prior, &sent("a"), &values), Sends::No);
        let mut planned = prior.clone();
        planned.set_attribute("secrets_wo_version", "2".into());
        assert_eq!(decide(&prior, &planned, &sent("a"), &values), Sends::Yes);
        planned.set_attribute("secrets_wo_version", Value::UNKNOWN);
        assert_eq!(
            decide(&prior, &planned, &sent("a"), &values),
            Sends::Perhaps
        );
    }

    #[test]
    fn revisions_count_on_from_the_last_one() {
        assert_eq!(next_revision(&3.into()), 4.into());
        assert_eq!(next_revision(&Value::Null), 1.into());
        assert_eq!(next_revision(&i64::MAX.into()), i64::MAX.into());
    }
}
