//! One operation at a time on each tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// A lock for each contact center id; letter case doesn't tell two apart.
#[derive(Default)]
pub(super) struct Locks(Mutex<HashMap<String, Arc<AsyncMutex<()>>>>);

impl Locks {
    /// Waits until no other operation on that tenant is under way; the guard's life is the operation.
    pub(super) async fn lock(&self, ccid: &str) -> OwnedMutexGuard<()> {
        let lock = Arc::clone(
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(ccid.to_ascii_lowercase())
                .or_default(),
        );
        lock.lock_owned().await
    }
}
