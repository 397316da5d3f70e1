//! What an ephemeral resource does: a value for the length of one run (protocol 5.7, Terraform 1.10).

use async_trait::async_trait;

use super::diagnostic::Diagnostic;
use super::schema::Schema;
use super::value::Value;

/// A kind of value that Terraform asks for anew in each run and never stores.
#[async_trait]
pub trait EphemeralResource: Send + Sync {
    /// Its name in the configuration.
    fn type_name(&self) -> &'static str;

    /// What its block holds.
    fn schema(&self) -> Schema;

    /// Checks the configuration, values that are not known yet excepted.
    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Makes the value: the configuration with what is computed filled in.
    async fn open(&self, config: Value) -> Result<Value, Vec<Diagnostic>>;

    /// Ends it.
    async fn close(&self, private: Vec<u8>) -> Vec<Diagnostic> {
        let _ = private;
        Vec::new()
    }
}
