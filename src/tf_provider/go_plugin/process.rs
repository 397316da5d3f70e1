//! The end of the process: with its host, and not before.
//!
//! Ctrl-C and a supervisor's SIGTERM reach the host's whole process group. The host ends in order then and
//! still needs its plugins, or what they have just created is lost from the state; so neither signal ends
//! a plugin. SIGHUP keeps its meaning, since it ends the host at once too. The Rust runtime ignores SIGPIPE.

use std::time::Duration;

use tokio::time::sleep;

use super::connection::OpenConnections;

/// The pause between two looks at whether the host still lives.
const LOOK_EVERY: Duration = Duration::from_millis(250);

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

    /// Waits until the host is gone: another process is the parent, and no connection is left.
    ///
    /// A host that is killed asks for no end. The kernel's signal at a parent's death is of no use, as it
    /// comes when the parent's *thread* ends, which a Go program's threads do at will. Where the system
    /// tells no parent, this waits for ever.
    pub(super) async fn gone(self, open: &OpenConnections) {
        while Self::current() == self || !open.none() {
            sleep(LOOK_EVERY).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

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

    #[tokio::test(start_paused = true)]
    async fn a_living_host_is_not_gone() {
        let open = OpenConnections::default();
        let gone = Host::current().gone(&open);
        assert!(timeout(LOOK_EVERY * 3, gone).await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_host_is_gone_once_its_child_has_another_parent() {
        let other = Host {
            process_id: u32::MAX,
        };
        other.gone(&OpenConnections::default()).await;
    }
}
