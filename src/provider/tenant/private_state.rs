//! What the provider keeps beside a tenant's state, out of the user's sight.

use serde::{Deserialize, Serialize};

use super::deletion::Refusal;
use super::fingerprint::Fingerprint;
use super::object_id::ObjectId;
use crate::random::NoRandomness;

/// The layout of the private state; a newer release may write a newer one.
const VERSION: u32 = 1;

/// The private state of one object. Nothing in it is a secret or can be turned back into one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct PrivateState {
    /// The layout.
    #[serde(default = "first_version")]
    pub(super) version: u32,
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
    /// What Terraform stored can't be read.
    #[serde(skip)]
    pub(super) is_lost: bool,
    /// Only between two plans of one replacement: why the old object can't be destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<Refusal>,
}

/// The layout before it was written down.
fn first_version() -> u32 {
    1
}

impl Default for PrivateState {
    fn default() -> Self {
        Self {
            version: VERSION,
            object_id: None,
            write_only: None,
            write_only_names: Vec::new(),
            uncertain: false,
            is_lost: false,
            refusal: None,
        }
    }
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

    /// Gives an object that has lost its id a new one.
    pub(super) fn identify(&mut self) -> Result<(), NoRandomness> {
        if self.existing_object().is_lost() {
            self.object_id = Some(ObjectId::new()?);
        }
        Ok(())
    }

    /// What to keep of an object whose request failed, which may have arrived.
    pub(super) fn after_failure(self, may_have_arrived: bool) -> Self {
        Self {
            refusal: None,
            uncertain: self.uncertain || may_have_arrived,
            ..self
        }
    }

    /// Reads what Terraform stored. What can't be read, or is newer, may hold anything: also that a request may have
    /// arrived.
    pub(super) fn read(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        let problem = match serde_json::from_slice::<Self>(bytes) {
            Ok(private) if private.version <= VERSION => return private,
            Ok(_) => "a newer release of the provider wrote it",
            Err(_) => "it is damaged",
        };
        tracing::warn!(
            problem,
            "the private state of a tenant can't be read, so the tenant is sent again"
        );
        Self {
            uncertain: true,
            is_lost: true,
            ..Self::default()
        }
    }

    /// Writes what Terraform is to store.
    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let private = PrivateState {
            uncertain: true,
            refusal: Some(Refusal::Protected),
            ..PrivateState::of(ObjectId::from("a"))
        };
        assert_eq!(PrivateState::read(&private.write()), private);
        assert_eq!(PrivateState::read(b""), PrivateState::default());
        let first = PrivateState::read(br#"{"mark":"a"}"#);
        assert_eq!(first, PrivateState::of(ObjectId::from("a")));
    }

    #[test]
    fn what_cannot_be_read_or_is_newer_may_say_that_a_request_has_arrived() {
        for bytes in [
            &b"{"[..],
            b"null",
            b"\xff",
            br#"{"version":2,"object_id":"a"}"#,
            br#"{"object_id":1}"#,
        ] {
            let private = PrivateState::read(bytes);
            assert!(private.uncertain, "{bytes:?}");
            assert_eq!(private.object_id, None);
        }
    }
}
