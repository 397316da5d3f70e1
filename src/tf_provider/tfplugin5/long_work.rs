//! Work that may take long, which holds up no other call: Stop has to be answered meanwhile.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// The size of a message from which its call is taken for long work, in bytes. A tenant with everything has some thousands, and
/// its calls would feel a change of the thread, which from here on is little beside the work.
const LARGE: usize = 64 * 1024;

/// Runs a call whose message has that size; a large one leaves the thread's other tasks to another thread while it computes.
///
/// Where there is no other thread to have, it computes all the same.
pub(super) async fn beside_others<T>(size: usize, call: impl Future<Output = T>) -> T {
    let has_threads = || Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    if size < LARGE || !has_threads() {
        return call.await;
    }
    let mut call = pin!(call);
    poll_fn(|context| {
        let mut polled: Option<Poll<T>> = None;
        let mut has_begun = false;
        // It panics before it computes anything where the system refuses a thread.
        let beside = catch_unwind(AssertUnwindSafe(|| {
            block_in_place(|| {
                has_begun = true;
                polled = Some(call.as_mut().poll(context));
            });
        }));
        match (beside, polled) {
            (_, Some(polled)) => polled,
            (Err(panic), None) if has_begun => resume_unwind(panic),
            _ => call.as_mut().poll(context),
        }
    })
    .await
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

    #[tokio::test]
    async fn where_there_is_one_thread_a_large_message_stays_on_it() {
        assert_eq!(beside_others(LARGE, async { 7 }).await, 7);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_panic_is_the_calls_own() {
        let call = beside_others(LARGE, async { panic!("its own") });
        let ended: Result<(), _> = tokio::spawn(call).await;
        let message = ended.unwrap_err().into_panic();
        assert_eq!(message.downcast_ref(), Some(&"its own"));
    }
}
