//! Work that may take long, which holds up no other call: Stop has to be answered meanwhile.

use std::future::poll_fn;
use std::pin::pin;

use tokio::task::block_in_place;

/// The size of a message from which its call is taken for long work, in bytes. A tenant with everything has some thousands, and
/// its calls would feel a change of the thread, which from here on is little beside the work.
const LARGE: usize = 64 * 1024;

/// Runs a call whose message has that size; a large one leaves the thread's other tasks to another thread while it computes.
pub(super) async fn beside_others<T>(size: usize, call: impl Future<Output = T>) -> T {
    if size < LARGE {
        return call.await;
    }
    let mut call = pin!(call);
    poll_fn(|context| block_in_place(|| call.as_mut().poll(context))).await
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;

    use tokio::runtime;

    use super::*;

    /// Longer than anything here takes, unless it hangs.
    const HANG: Duration = Duration::from_mins(2);

    #[test]
    fn a_large_message_holds_up_no_other_call() {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build();
        let runtime = runtime.unwrap();
        let (other, computes) = sync_channel(1);
        let large = beside_others(LARGE, async move { computes.recv_timeout(HANG) });
        let large = runtime.spawn(large);
        runtime.spawn(async move { other.send(()) });
        assert_eq!(runtime.block_on(large).unwrap(), Ok(()));
    }

    /// This runtime has one thread, which can't be changed.
    #[tokio::test]
    async fn a_small_message_stays_on_its_thread() {
        assert_eq!(beside_others(LARGE - 1, async { 7 }).await, 7);
    }
}
