//! The end of the process: with its host, and not before.
//!
//! Ctrl-C and a supervisor's SIGTERM reach the host's whole process group. The host ends in order then and
//! still needs its plugins, or what they have just created is lost from the state; so neither signal ends
//! a plugin. SIGHUP keeps its meaning, since it ends the host at once too. The Rust runtime ignores SIGPIPE.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::connection::OpenConnections;

/// The limits of a watch over the host.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    /// The pause between two looks at whether it still lives.
    pub(super) look_every: Duration,
    /// The longest that a runtime may take to respond, or to end, once the host is gone.
    pub(super) response: Duration,
    /// The longest that a host may take to connect. It does so at once; one that died before this process could know it
    /// never does.
    pub(super) first_connection: Duration,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            look_every: Duration::from_millis(250),
            response: Duration::from_secs(10),
            first_connection: Duration::from_mins(5),
        }
    }
}

/// Holds SIGINT and SIGTERM back from this thread and from those it starts later.
#[cfg(unix)]
pub(super) fn ignore_interrupts() {
    use nix::sys::signal::{SigSet, Signal};

    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGTERM);
    // It fails for an invalid argument alone, and there is none.
    let _ = signals.thread_block();
}

/// Holds Ctrl-C back, as far as the system can.
#[cfg(not(unix))]
pub(super) fn ignore_interrupts() {}

/// Waits for SIGINT or SIGTERM.
#[cfg(unix)]
pub(super) async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// The process that started this one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Host {
    process_id: u32,
}

impl Host {
    /// Whoever is the parent now.
    pub(super) fn current() -> Self {
        #[cfg(unix)]
        let process_id = std::os::unix::process::parent_id();
        #[cfg(not(unix))]
        let process_id = 0;
        Self { process_id }
    }

    /// Tells whether another process is the parent by now.
    ///
    /// A host that is killed asks for no end. The kernel's signal at a parent's death is of no use, as it
    /// comes when the parent's *thread* ends, which a Go program's threads do at will. Where the system
    /// tells no parent, it is never gone.
    pub(super) fn is_gone(self) -> bool {
        Self::current() != self
    }
}

impl Watch {
    /// Waits for the outcome of a server on `runtime`, on a thread that nothing else keeps busy.
    ///
    /// Where the host is gone and no connection is left, or none ever came, it asks for the end. It gives up a runtime that
    /// does not respond any more, and so returns no outcome.
    pub(super) fn over<T>(
        self,
        host: Option<Host>,
        runtime: &Handle,
        open: &OpenConnections,
        ask_to_end: &CancellationToken,
        outcome: &Receiver<T>,
    ) -> Option<T> {
        let began = Instant::now();
        let mut asked_at: Option<Instant> = None;
        loop {
            match outcome.recv_timeout(self.look_every) {
                Ok(outcome) => return Some(outcome),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            let Some(host) = host else { continue };
            if let Some(asked_at) = asked_at {
                if asked_at.elapsed() > self.response {
                    return None;
                }
                continue;
            }
            let never_came = open.never_were_any() && began.elapsed() > self.first_connection;
            if host.is_gone() || never_came {
                if !self.responds(runtime) {
                    return None;
                }
                if open.none() {
                    debug!("the host is gone");
                    ask_to_end.cancel();
                    asked_at = Some(Instant::now());
                }
            }
        }
    }

    /// Tells whether the runtime gets to a new task in time; only then it has noticed that connections were closed.
    fn responds(self, runtime: &Handle) -> bool {
        let (responded, response) = sync_channel(1);
        runtime.spawn(async move { responded.send(()) });
        response.recv_timeout(self.response).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::{self, Runtime};

    use super::*;

    #[cfg(unix)]
    #[test]
    fn interrupts_do_not_end_the_process() {
        use nix::sys::signal::{Signal, raise};

        std::thread::spawn(|| {
            ignore_interrupts();
            let inherits = std::thread::spawn(|| {
                raise(Signal::SIGINT).unwrap();
                raise(Signal::SIGTERM).unwrap();
            });
            inherits.join().unwrap();
        })
        .join()
        .unwrap();
    }

    const DEAD: Host = Host {
        process_id: u32::MAX,
    };

    /// Hasty where it waits for what does not come, patient with what does.
    const WATCH: Watch = Watch {
        look_every: Duration::from_millis(1),
        response: Duration::from_mins(2),
        first_connection: Duration::from_mins(2),
    };

    fn runtime() -> Runtime {
        let mut runtime = runtime::Builder::new_multi_thread();
        runtime.worker_threads(1).build().unwrap()
    }

    /// Watches a server that ends with 7 once it is asked to; tells whether it was.
    fn watch(watch: Watch, host: Host) -> (Option<i32>, bool) {
        let (ended, outcome) = sync_channel(1);
        let (runtime, end) = (runtime(), CancellationToken::new());
        let asked = end.clone();
        runtime.spawn(async move {
            asked.cancelled().await;
            ended.send(7)
        });
        let open = OpenConnections::default();
        let watched = watch.over(Some(host), runtime.handle(), &open, &end, &outcome);
        (watched, end.is_cancelled())
    }

    #[test]
    fn the_outcome_comes_while_the_host_lives() {
        let (ended, outcome) = sync_channel(1);
        ended.send(7).unwrap();
        let (runtime, end) = (runtime(), CancellationToken::new());
        let (host, open) = (Some(Host::current()), OpenConnections::default());
        let watched = WATCH.over(host, runtime.handle(), &open, &end, &outcome);
        assert_eq!((watched, end.is_cancelled()), (Some(7), false));
    }

    #[cfg(unix)]
    #[test]
    fn a_dead_host_without_a_connection_asks_for_the_end() {
        assert_eq!(watch(WATCH, DEAD), (Some(7), true));
    }

    #[test]
    fn a_host_that_never_connects_does_so_too() {
        let hasty = Watch {
            first_connection: Duration::ZERO,
            ..WATCH
        };
        assert_eq!(watch(hasty, Host::current()), (Some(7), true));
    }

    #[cfg(unix)]
    #[test]
    fn a_runtime_that_only_computes_does_not_outlive_a_dead_host() {
        let (_ended, outcome) = sync_channel::<()>(1);
        let (runtime, end) = (runtime(), CancellationToken::new());
        let (done, computes) = sync_channel::<()>(1);
        // It computes until the test is over.
        runtime.spawn(async move { computes.recv() });
        let hasty = Watch {
            response: Duration::from_millis(1),
            ..WATCH
        };
        let open = OpenConnections::default();
        let watched = hasty.over(Some(DEAD), runtime.handle(), &open, &end, &outcome);
        assert_eq!((watched, end.is_cancelled()), (None, false));
        drop(done);
    }
}
