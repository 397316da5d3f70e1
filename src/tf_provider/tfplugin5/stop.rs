//! Stop, and the calls that it reaches.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;
use tonic::Request;

use crate::tf_provider::shutdown::Shutdown;

/// What the calls of one service wait for beside their work. Clones are one.
#[derive(Clone)]
pub(super) struct Stop {
    /// Cancelled by the next Stop, which makes it anew, so that what comes later is served.
    next: Arc<Mutex<CancellationToken>>,
    shutdown: Shutdown,
}

impl Stop {
    /// One that the end of the process cancels too.
    pub(super) fn new(shutdown: Shutdown) -> Self {
        let next = shutdown.token().child_token();
        Self {
            next: Arc::new(Mutex::new(next)),
            shutdown,
        }
    }

    /// Reaches every call that has begun.
    pub(super) fn reach_all(&self) {
        let next = self.shutdown.token().child_token();
        mem::replace(&mut *self.next(), next).cancel();
    }

    /// Notes in the head of a call which Stop reaches it: one that comes while a large message is read is not to be missed.
    pub(super) fn note(&self, mut head: Request<()>) -> Request<()> {
        let token = self.next().clone();
        head.extensions_mut().insert(token);
        head
    }

    /// The token of the Stop that reaches this call.
    pub(super) fn of<T>(&self, request: &Request<T>) -> CancellationToken {
        let noted = request.extensions().get::<CancellationToken>().cloned();
        noted.unwrap_or_else(|| self.next().clone())
    }

    fn next(&self) -> MutexGuard<'_, CancellationToken> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_reaches_what_has_begun_before_it_though_it_is_read_after_it() {
        let stop = Stop::new(Shutdown::default());
        let begun = stop.note(Request::new(()));
        assert!(!stop.of(&begun).is_cancelled());
        stop.reach_all();
        assert!(stop.of(&begun).is_cancelled());
        let later = stop.note(Request::new(()));
        assert!(!stop.of(&later).is_cancelled());
    }

    #[test]
    fn the_end_of_the_process_reaches_all() {
        let shutdown = Shutdown::default();
        let stop = Stop::new(shutdown.clone());
        let begun = stop.note(Request::new(()));
        shutdown.cancel();
        assert!(stop.of(&begun).is_cancelled());
        assert!(stop.of(&Request::new(())).is_cancelled());
    }
}
