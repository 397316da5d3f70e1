//! What tells two objects of one ccid apart.

use serde::{Deserialize, Serialize};

use crate::random::{self, NoRandomness};

/// A random name that tells an object from any other of the same ccid; empty for one that has lost its own.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ObjectId(String);

impl ObjectId {
    /// A new one.
    pub(super) fn new() -> Result<Self, NoRandomness> {
        random::uuid().map(Self)
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
