//! What the provider keeps beside a tenant's state, out of the user's sight.

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;

/// The private data of one object. Nothing in it is a secret or can be turned back into one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct PrivateState {
    /// Tells this object from any other of the same ccid.
    #[serde(default, alias = "mark", skip_serializing_if = "Option::is_none")]
    pub(super) object_id: Option<ObjectId>,
    /// Recognises the write-only values that were last sent, where no version decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) write_only: Option<Fingerprint>,
    /// The write-only arguments that were last sent, by their paths.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) write_only_names: Vec<String>,
    /// A request that failed may have arrived, so what the API holds is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) uncertain: bool,
    /// Only between two plans of one replacement: why the old object can't be destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<Refusal>,
}

/// A random name that tells an object from any other of the same ccid; empty for one that has lost its own.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ObjectId(String);

impl ObjectId {
    /// A new one.
    pub(super) fn new() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }

    /// Whether the object has lost its own.
    pub(super) fn is_lost(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for ObjectId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Why an object can't be destroyed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Refusal {
    /// `deletion_protection` is set.
    Protected,
    /// It was imported or moved and never applied, so no `on_destroy` is known.
    NeverApplied,
}

impl PrivateState {
    /// Nothing but an object id.
    pub(super) fn of(object_id: ObjectId) -> Self {
        Self {
            object_id: Some(object_id),
            ..Self::default()
        }
    }

    /// The id of an object that exists.
    pub(super) fn existing_object(&self) -> ObjectId {
        self.object_id.clone().unwrap_or_default()
    }

    /// Reads what Terraform stored; what can't be read counts as nothing.
    pub(super) fn read(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// Writes what Terraform is to store.
    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}
