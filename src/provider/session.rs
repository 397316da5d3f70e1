//! What is known beyond a single call, in one process or, under `--debug`, on one connection: the settings, the client, and what
//! was done to which tenant.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

use super::config::Settings;
use super::diagnostics;
use super::tenant::ownership::Ownership;
use crate::iwd::client::{Client, SettingsError};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;

/// How long a plan waits for the files that the settings name.
const FILES_WITHIN: Duration = Duration::from_secs(5);

/// The state that the provider and its resources share.
#[derive(Default)]
pub(super) struct Session {
    configured: Mutex<Option<Arc<Configured>>>,
    /// Which object owns which tenant, and whose turn it is.
    pub(super) ownership: Ownership,
}

/// The settings of the provider block and the client that is made of them at the first request.
pub(super) struct Configured {
    /// What the block and the environment mean.
    pub(super) settings: Settings,
    terraform_version: String,
    client: Mutex<Option<Making>>,
    has_warned: AtomicBool,
}

/// A client in the making, which all who need one wait for.
type Making = Shared<BoxFuture<'static, Result<Client, Vec<Diagnostic>>>>;

impl Session {
    /// Takes the settings for what follows.
    pub(super) fn configure(&self, settings: Settings, terraform_version: String) {
        let configured = Configured {
            settings,
            terraform_version,
            client: Mutex::default(),
            has_warned: AtomicBool::default(),
        };
        *lock(&self.configured) = Some(Arc::new(configured));
        self.ownership.begin_walk();
    }

    /// The settings, once there are any.
    pub(super) fn configured(&self) -> Option<Arc<Configured>> {
        lock(&self.configured).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What work comes to in that time; what takes longer keeps a thread of its own.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = mpsc::sync_channel(1);
    let work = move || {
        // Whoever waited may have given up.
        let _ = done.send(work());
    };
    thread::Builder::new().spawn(work).ok()?;
    result.recv_timeout(limit).ok()
}

/// A path into the provider block would be taken for one into the resource's.
fn outside_provider_block(problem: Diagnostic) -> Diagnostic {
    problem.at(AttributePath::ROOT)
}

impl Configured {
    /// Warnings of what an apply would fail with; only the first call has any, so that each is told once.
    ///
    /// None where the files that the settings name don't come in good time: a file server may be away for good.
    pub(super) fn warnings(self: &Arc<Self>) -> Vec<Diagnostic> {
        if self.has_warned.swap(true, Ordering::Relaxed) {
            return Vec::new();
        }
        let warning = |error: Diagnostic| {
            let Diagnostic {
                summary, detail, ..
            } = error;
            let detail = format!(
                "{detail}\n\nA plan asks nothing of IWD, so it goes on. Applying it fails with this, unless it is put right \
                 by then."
            );
            outside_provider_block(Diagnostic::warning(summary, detail))
        };
        let configured = Arc::clone(self);
        let foreseen = within(FILES_WITHIN, move || {
            configured.settings.foreseen_problems()
        });
        foreseen.into_iter().flatten().map(warning).collect()
    }

    /// The client; the first call makes it, and the pool of connections serves all later ones.
    pub(super) async fn client(self: &Arc<Self>) -> Result<Client, Vec<Diagnostic>> {
        let making = lock(&self.client)
            .get_or_insert_with(|| Arc::clone(self).begin_making().boxed().shared())
            .clone();
        let made = making.clone().await;
        if made.is_err() {
            // What stood in the way may be gone by the next operation.
            lock(&self.client).take_if(|failed| failed.ptr_eq(&making));
        }
        made
    }

    /// Begins at once; whoever gives up waiting does not end it.
    fn begin_making(self: Arc<Self>) -> impl Future<Output = Result<Client, Vec<Diagnostic>>> {
        // Files may be slow to come: a pipe, or a folder of a server that is away.
        let making = tokio::task::spawn_blocking(move || self.make_client());
        // The error's own words could quote a panic.
        let failed = |_| SettingsError::Http("the preparation broke off".to_owned());
        making.map(move |made| {
            made.map_err(|error| vec![diagnostics::settings(&failed(error))])
                .flatten()
        })
    }

    fn make_client(&self) -> Result<Client, Vec<Diagnostic>> {
        let version = Some(self.terraform_version.as_str()).filter(|version| !version.is_empty());
        let settings = self.settings.client_settings(version);
        let settings = settings.map_err(|problems| {
            let told = problems.into_iter().map(outside_provider_block);
            told.collect::<Vec<_>>()
        })?;
        Client::new(&settings).map_err(|error| vec![diagnostics::settings(&error)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_does_not_end_is_not_waited_for() {
        let (_held, never) = mpsc::channel::<()>();
        let hung = within(Duration::from_millis(1), move || never.recv());
        assert!(hung.is_none());
        assert_eq!(within(Duration::from_mins(2), || 7), Some(7));
    }
}
