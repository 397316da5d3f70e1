//! Answering a call whatever happens.

use std::pin::{Pin, pin};
use std::time::Instant;

use tonic::{Response, Status};
use tracing::Instrument;

use super::encode;
use super::error_reply::ErrorReply;
use super::long_work::beside_others;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::panic::{self, Panicked};

/// The answer of a call, or the diagnostics that are its answer.
pub(super) type Answer<T> = Result<T, Vec<Diagnostic>>;

/// Answers a call whose message has that size, whatever happens: diagnostics and panics become the reply that says so.
pub(super) async fn answer<T: ErrorReply>(
    rpc: &'static str,
    type_name: &str,
    size: usize,
    call: impl Future<Output = Answer<T>> + Send,
) -> Result<Response<T>, Status> {
    Ok(Response::new(outcome(rpc, type_name, size, call).await))
}

/// See [`answer`].
pub(super) async fn outcome<T: ErrorReply>(
    rpc: &'static str,
    type_name: &str,
    size: usize,
    call: impl Future<Output = Answer<T>> + Send,
) -> T {
    let mut answer = None;
    let ended = {
        let call = pin!(async { answer = Some(call.await) });
        told(rpc, type_name, size, call).await
    };
    let answer = match ended {
        Ok(()) => answer.expect("a call that has ended has its answer"),
        Err(panicked) => Err(vec![bug(&panicked)]),
    };
    answer.unwrap_or_else(|problems| T::error_reply(encode::diagnostics(problems)))
}

/// Runs a call and tells the log of it. One function for all calls: a copy for each would be a tenth of a mebibyte.
async fn told(
    rpc: &'static str,
    type_name: &str,
    size: usize,
    call: Pin<&mut (dyn Future<Output = ()> + Send)>,
) -> Result<(), Panicked> {
    let span = tracing::debug_span!("rpc", tf_rpc = rpc, tf_resource_type = type_name);
    let work = async {
        let start = Instant::now();
        tracing::trace!("received request");
        let ended = panic::catch(rpc, beside_others(size, call)).await;
        tracing::trace!(
            tf_req_duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            "served request"
        );
        ended
    };
    work.instrument(span).await
}

fn bug(Panicked { rpc, location }: &Panicked) -> Diagnostic {
    Diagnostic::error(
        "The provider failed inside",
        format!(
            "{rpc} ended in a bug at {location}. The provider goes on, but this call did nothing that it can vouch for. \
             Please report it with that place and the versions of Terraform and of the provider."
        ),
    )
}

/// One diagnostic as an answer.
pub(super) fn error_answer<T>(problem: Diagnostic) -> Answer<T> {
    Err(vec![problem])
}

/// Makes one problem the answer.
pub(super) trait OrError<T> {
    /// See [`OrError`].
    fn or_error(self) -> Answer<T>;
}

impl<T> OrError<T> for Result<T, Diagnostic> {
    fn or_error(self) -> Answer<T> {
        self.or_else(error_answer)
    }
}
