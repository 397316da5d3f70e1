//! The trait of a provider: its own settings, and the resources and actions that it offers.

use std::sync::Arc;

use async_trait::async_trait;

use super::action::Action;
use super::diagnostic::Diagnostic;
use super::ephemeral_resource::EphemeralResource;
use super::resource::Resource;
use super::schema::{Block, Schema};
use super::value::Value;

/// A provider, as it is served to one connection.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The schema of its block; by default empty.
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

    /// Its actions.
    fn actions(&self) -> Vec<Arc<dyn Action>> {
        Vec::new()
    }

    /// Checks the settings, values that are not known yet excepted; `config` is null where there is no block.
    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Takes the settings for the calls that follow.
    async fn configure(&self, config: Value, terraform_version: String) -> Vec<Diagnostic> {
        let _ = (config, terraform_version);
        Vec::new()
    }
}
