//! The write-only values of a configuration: read once in a call, and hashed at most once.

use std::sync::OnceLock;

use secrecy::SecretString;

use super::fingerprint::{Fingerprint, Secrets};
use super::schema;
use crate::random::{self, NoRandomness};
use crate::tf_provider::value::Value;

/// The write-only values of a configuration, beside the fingerprint of those that were last sent.
#[derive(Debug)]
pub(super) struct WriteOnlyValues {
    set: Set,
    last_sent: Option<Fingerprint>,
    fingerprint: OnceLock<Result<Option<Fingerprint>, NoRandomness>>,
}

/// What a configuration sets.
#[derive(Debug)]
enum Set {
    /// All of it is known.
    Known(Secrets),
    /// At least one is not known yet.
    Unknown,
    /// A secret has neither form, though validation wants one: `ignore_changes` keeps it from the provider.
    Ignored {
        /// Whether there are others.
        others: bool,
    },
}

impl WriteOnlyValues {
    /// Reads them; `last_sent` is what the private state holds.
    pub(super) fn of(config: &Value, last_sent: Option<Fingerprint>) -> Self {
        Self {
            set: Set::of(config),
            last_sent,
            fingerprint: OnceLock::new(),
        }
    }

    /// Whether there are any, may be any, or were any when they were last sent.
    pub(super) fn are_or_were_any(&self) -> bool {
        match &self.set {
            Set::Known(values) => !values.is_empty() || self.last_sent.is_some(),
            Set::Unknown => true,
            Set::Ignored { .. } => false,
        }
    }

    /// Whether some are hidden and others are not, of which one hash can't tell whether they have changed.
    pub(super) fn are_ignored_in_part(&self) -> bool {
        matches!(self.set, Set::Ignored { others: true })
    }

    /// Whether they are those that were last sent; `None` while they are not known.
    pub(super) fn are_those_last_sent(&self) -> Option<bool> {
        match &self.set {
            Set::Known(values) if values.is_empty() => Some(self.last_sent.is_none()),
            Set::Known(_) => Some(
                self.last_sent.is_some()
                    && self.fingerprint().is_ok_and(|now| now == self.last_sent),
            ),
            Set::Unknown => None,
            Set::Ignored { .. } => Some(true),
        }
    }

    /// The fingerprint to keep once they are sent: with the object's salt, or a new one for a new object.
    pub(super) fn fingerprint(&self) -> Result<Option<Fingerprint>, NoRandomness> {
        let Set::Known(values) = &self.set else {
            return Ok(None);
        };
        let hash = || {
            let salt = self.last_sent.as_ref().and_then(Fingerprint::salt);
            let salt = salt.map_or_else(random::bytes, Ok)?;
            Ok(Fingerprint::of(values, salt))
        };
        self.fingerprint.get_or_init(hash).clone()
    }

    /// Their paths; `None` while it is not known which there are.
    pub(super) fn paths(&self) -> Option<Vec<String>> {
        match &self.set {
            Set::Known(values) => Some(values.iter().map(|(path, _)| path.clone()).collect()),
            Set::Unknown | Set::Ignored { .. } => None,
        }
    }
}

impl Set {
    fn of(config: &Value) -> Self {
        let mut known = Vec::new();
        for (argument, secret) in schema::secrets() {
            if secret.is_missing(argument, config) {
                let others = schema::secrets()
                    .any(|(argument, secret)| !secret.of(argument, config).is_null());
                return Self::Ignored { others };
            }
            let value = secret.of(argument, config);
            if value.is_unknown() {
                return Self::Unknown;
            }
            if let Some(text) = value.as_str() {
                known.push((secret.path(argument).to_string(), SecretString::from(text)));
            }
        }
        Self::Known(known)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn config(password: impl Into<Value>) -> Value {
        let mut config = samples::tenant();
        samples::set(&mut config, "iwd.db.password", Value::Null);
        samples::set(&mut config, "iwd.db.password_wo", password.into());
        config
    }

    fn sent(config: &Value) -> Option<Fingerprint> {
        WriteOnlyValues::of(config, None).fingerprint().unwrap()
    }

    #[test]
    fn are_those_last_sent_if_all_of_them_are() {
        let plain = samples::tenant();
        let last = sent(&config("a"));
        assert!(last.is_some() && sent(&plain).is_none());
        for (config, last, same) in [
            (config("a"), last.clone(), Some(true)),
            (config("b"), last.clone(), Some(false)),
            (config("a"), None, Some(false)),
            (plain.clone(), last.clone(), Some(false)),
            (plain, None, Some(true)),
            (config(Value::UNKNOWN), last.clone(), None),
            (config(Value::Null), last, Some(true)),
        ] {
            let values = WriteOnlyValues::of(&config, last.clone());
            assert_eq!(values.are_those_last_sent(), same, "{config:?} {last:?}");
        }
    }

    #[test]
    fn what_ignore_changes_hides_is_told_apart_from_what_is_not_set() {
        let of = |config: &Value| WriteOnlyValues::of(config, None);
        let hidden = config(Value::Null);
        assert!(matches!(of(&hidden).set, Set::Ignored { others: false }));
        let mut in_part = hidden;
        samples::set(&mut in_part, "iwd.api_keys.iwddm_wo", "key".into());
        assert!(of(&in_part).are_ignored_in_part());
        assert!(matches!(of(&samples::tenant()).set, Set::Known(_)));
        assert!(!of(&samples::tenant()).are_or_were_any());
        assert!(of(&config("a")).are_or_were_any());
        assert!(of(&config(Value::UNKNOWN)).are_or_were_any());
    }

    #[test]
    fn the_object_keeps_its_salt_and_the_paths_are_told() {
        let first = sent(&config("a")).unwrap();
        let later = WriteOnlyValues::of(&config("b"), Some(first.clone()));
        let second = later.fingerprint().unwrap().unwrap();
        assert_ne!(first, second);
        assert_eq!(first.salt(), second.salt());
        assert_eq!(later.paths().unwrap(), ["iwd.db.password_wo"]);
    }
}
