//! What `provider "iwd"`, its resources and its actions do.

mod api_key;
mod config;
mod diagnostics;
mod http_url;
mod invisible;
mod schema;
mod session;
mod tenant;

use std::ffi::OsString;
use std::sync::Arc;

use async_trait::async_trait;

use self::api_key::{ApiKeyResource, EphemeralApiKey};
pub use self::config::variable;
pub use self::diagnostics::{explain, settings as invalid_settings};
use self::session::Session;
use self::tenant::TenantResource;
use self::tenant::actions::{DeleteServices, ProvisionTenant};
pub use self::tenant::converted::{Converted, NoTenant, convert};
pub use self::tenant::placeholder::is_placeholder;
use crate::iwd::client::ClientSettings;
pub use crate::iwd::client::{HeaderError, check_header};
pub use crate::iwd::mask::is_unprintable;
pub use crate::iwd::request::{API_PATH, base_path};
use crate::tf_provider::action::Action;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::ephemeral_resource::EphemeralResource;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::resource::Resource;
use crate::tf_provider::schema::Schema;
use crate::tf_provider::value::Value;

/// The provider's source address; examples and documentation follow it.
pub const ADDRESS: &str = "registry.terraform.io/iwd/iwd";

/// How a setting is looked up in the environment.
pub type Lookup = fn(&str) -> Option<OsString>;

/// The provider `iwd`.
pub struct IwdProvider {
    session: Arc<Session>,
    environment: Lookup,
}

impl IwdProvider {
    /// A provider that reads settings from its block and from that environment.
    pub fn new(environment: Lookup) -> Self {
        Self {
            session: Arc::default(),
            environment,
        }
    }
}

/// What a client is made of, by this provider block and this environment, with warnings; or all that is wrong. Files that
/// they name are read.
pub fn client_settings(
    block: &Value,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<(ClientSettings, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (settings, warnings) = config::resolve_with_warnings(block, environment)?;
    Ok((settings.client_settings(None)?, warnings))
}

#[async_trait]
impl Provider for IwdProvider {
    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![
            Arc::new(TenantResource::new(Arc::clone(&self.session))),
            Arc::new(ApiKeyResource),
        ]
    }

    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        vec![Arc::new(EphemeralApiKey)]
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![
            Arc::new(DeleteServices::new(Arc::clone(&self.session))),
            Arc::new(ProvisionTenant::new(Arc::clone(&self.session))),
        ]
    }

    fn validate(&self, config: &Value) -> Vec<Diagnostic> {
        config::validate(config, &self.environment)
    }

    async fn configure(&self, config: Value, terraform_version: String) -> Vec<Diagnostic> {
        match config::resolve(&config, &self.environment) {
            Ok(settings) => {
                settings.log();
                self.session.configure(settings, terraform_version);
                Vec::new()
            }
            Err(problems) => problems,
        }
    }
}
