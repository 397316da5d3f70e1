//! What a provider is: its own settings, and the resources that it offers.

use std::sync::Arc;

use async_trait::async_trait;

use super::diagnostic::Diagnostic;
use super::ephemeral_resource::EphemeralResource;
use super::resource::Resource;
use super::schema::{Block, Schema};
use super::value::Value;

/// A provider, as one process serves it.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// What its block holds; by default nothing.
    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: Block::default(),
        }
    }

    /// Its managed resources.
    fn resources(&self) -> Vec<Arc<dyn Resource>>;

    /// Its ephemeral resources.
    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        Vec::new()
    }

    /// Checks the settings, values that are not known yet excepted; `config` is null where there is no block.
    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Takes the settings for what follows; called anew for each walk in one process while debugging.
    async fn configure(&self, config: Value, terraform_version: String) -> Vec<Diagnostic> {
        let _ = (config, terraform_version);
        Vec::new()
    }
}
