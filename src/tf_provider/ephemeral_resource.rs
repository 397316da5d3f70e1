//! The trait of an ephemeral resource: a value for the length of one run (protocol 5.7, Terraform 1.10).
//!
//! A value that must be renewed during the run is not offered.

use async_trait::async_trait;

use super::diagnostic::Diagnostic;
use super::schema::Schema;
use super::value::Value;

/// A kind of value that Terraform asks for anew in each run and never stores.
#[async_trait]
pub trait EphemeralResource: Send + Sync {
    /// Its name in the configuration.
    fn type_name(&self) -> &'static str;

    /// The schema of its block.
    fn schema(&self) -> Schema;

    /// Checks the configuration, values that are not known yet excepted.
    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Makes the value.
    async fn open(&self, config: Value) -> Result<Opened, Vec<Diagnostic>>;

    /// Ends it; `private` is what `open` gave.
    async fn close(&self, private: Vec<u8>) -> Vec<Diagnostic> {
        let _ = private;
        Vec::new()
    }
}

/// A value that was made.
#[derive(Debug)]
pub struct Opened {
    /// The configuration with what is computed filled in; nothing in it is unknown.
    pub value: Value,
    /// Private data for `close`.
    pub private: Vec<u8>,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
}

impl Opened {
    /// This value, of which `close` needs to know nothing.
    pub fn new(value: Value) -> Self {
        Self {
            value,
            private: Vec::new(),
            diagnostics: Vec::new(),
        }
    }
}
