//! What all requests share.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::faults::Faults;
use super::options::Options;
use super::requests::Requests;
use super::store::{Store, StoreError};

/// What all requests share.
#[derive(Clone)]
pub(super) struct Simulator(Arc<Shared>);

pub(super) struct Shared {
    store: Store,
    pub(super) options: Options,
    pub(super) requests: Requests,
    pub(super) faults: Faults,
}

impl std::ops::Deref for Simulator {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Simulator {
    pub(super) fn new(store: Store, options: Options) -> Self {
        Self(Arc::new(Shared {
            store,
            options,
            requests: Requests::default(),
            faults: Faults::default(),
        }))
    }

    /// Uses the store off the asynchronous threads. Once begun it is done, even if the client leaves.
    pub(super) async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        spawn_blocking(move || work(&store))
            .await
            .expect("a store call neither panics nor is cancelled")
    }
}

/// In a response's extensions: what the log says of it, without secrets.
#[derive(Clone)]
pub(super) struct Note(pub(super) String);
