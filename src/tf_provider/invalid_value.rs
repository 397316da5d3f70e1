//! Errors of bytes that are not a value of the type that the schema gives, in MessagePack or JSON.

use super::path::AttributePath;

/// Bytes that are not a value of the type that the schema gives.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("at {}: {mismatch}", self.place())]
pub struct InvalidValue {
    /// The place in the value.
    pub path: AttributePath,
    /// The mismatch there.
    pub mismatch: Mismatch,
}

impl InvalidValue {
    /// The place in the value, in words.
    pub fn place(&self) -> String {
        if self.path.is_root() {
            "the top".to_owned()
        } else {
            self.path.to_string()
        }
    }
}

/// A way in which bytes don't fit a type.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Mismatch {
    /// The bytes end before the value does.
    #[error("the value ends too early")]
    EndsEarly,
    /// There are bytes after the value.
    #[error("something follows the value")]
    Trailing,
    /// Another type than the schema's.
    #[error("expected {0}")]
    Expected(&'static str),
    /// An attribute that the schema doesn't have.
    #[error("the schema has no attribute of that name")]
    UnknownAttribute,
    /// An object without one of its attributes, which Terraform always sends.
    #[error("the attribute is missing")]
    MissingAttribute,
    /// Nested more deeply than any real value.
    #[error("nested too deeply")]
    TooDeep,
    /// More values than any real configuration has.
    #[error("more than {MAX_VALUES} values")]
    TooMany,
    /// Not JSON.
    #[error("not JSON")]
    NotJson,
}

/// The deepest nesting that is read, so that hostile bytes can't exhaust the stack.
pub(super) const MAX_DEPTH: usize = 100;

/// The most values that are read in one configuration or state, lists and maps counted with what is in them. A null takes one byte
/// and as a value forty, and a plan copies values some times, so megabytes of them could fill the memory. A provider block with
/// a key for each of ten thousand tenants, one of the largest there may be, has a tenth of it.
pub(super) const MAX_VALUES: usize = 100_000;
