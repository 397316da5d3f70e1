//! What one process knows beyond a single call: the settings, the client, and what it did to which tenant.

use std::sync::{Arc, Mutex, PoisonError};

use super::config::Settings;
use super::diagnostics;
use super::fence::Fence;
use super::locks::Locks;
use crate::iwd::client::{Client, SettingsError};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;

/// The state that the provider and its resources share.
#[derive(Default)]
pub(super) struct Session {
    connection: Mutex<Option<Arc<Connection>>>,
    /// Keeps a destroy from undoing a newer create.
    pub(super) fence: Fence,
    /// Serialises the operations on one tenant.
    pub(super) locks: Locks,
}

/// The settings of the provider block and the client that is made of them at the first request.
pub(super) struct Connection {
    /// What the block and the environment mean.
    pub(super) settings: Settings,
    terraform_version: String,
    client: tokio::sync::Mutex<Option<Client>>,
}

impl Session {
    /// Takes the settings for what follows.
    pub(super) fn configure(&self, settings: Settings, terraform_version: String) {
        let connection = Connection {
            settings,
            terraform_version,
            client: tokio::sync::Mutex::default(),
        };
        *self.lock() = Some(Arc::new(connection));
        self.fence.begin_walk();
    }

    /// The settings, once there are any.
    pub(super) fn connection(&self) -> Option<Arc<Connection>> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Connection>>> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// The client; the first call makes it, and the pool of connections serves all later ones.
    pub(super) async fn client(self: &Arc<Self>) -> Result<Client, Vec<Diagnostic>> {
        let mut client = self.client.lock().await;
        if let Some(client) = &*client {
            return Ok(client.clone());
        }
        let connection = Arc::clone(self);
        // Files may be slow to come: a pipe, or a folder of a server that is away.
        let making = tokio::task::spawn_blocking(move || connection.make_client());
        // The error's own words could quote a panic.
        let failed = |_| SettingsError::Http("the preparation broke off".to_owned());
        let made = making.await.map_err(failed);
        let made = made.map_err(|error| vec![diagnostics::settings(&error)])??;
        Ok(client.insert(made).clone())
    }

    fn make_client(&self) -> Result<Client, Vec<Diagnostic>> {
        let version = Some(self.terraform_version.as_str()).filter(|version| !version.is_empty());
        let settings = self.settings.client_settings(version);
        // A path into the provider block would be taken for one into the resource's.
        let settings = settings.map_err(|problems| {
            let nowhere = |problem: Diagnostic| problem.at(AttributePath::ROOT);
            problems.into_iter().map(nowhere).collect::<Vec<_>>()
        })?;
        Client::new(&settings).map_err(|error| vec![diagnostics::settings(&error)])
    }
}
