//! One call: its attempts, the waits between them, and what they come to.

use std::time::Duration;

use tokio::time::Instant;
use tracing::field::display;
use tracing::{info, warn};

use super::super::answer::{Success, Verdict};
use super::super::error::{Error, Failure, GaveUp};
use super::super::mask::Masker;
use super::super::request::Request;
use super::super::retry::{self, Decision, Policy, Progress};
use super::attempt::{self, Attempt};
use super::{CallContext, Client, Wait};
use crate::random;

/// Sends the request until it succeeds, or there is no sense or no time in another attempt.
pub(super) async fn run(
    client: &Client,
    request: &Request,
    masker: &Masker,
    context: &CallContext,
) -> Result<Success, Box<Failure>> {
    let mut call = Call::begin(request, context.began, context.timeout);
    loop {
        if context.stop.is_cancelled() {
            return Err(call.stopped());
        }
        let attempt = Attempt {
            client,
            request,
            limit: client.request_timeout.min(call.left()),
            masker,
            parameters: &context.parameters,
        };
        let verdict = attempt::run(&attempt, &context.end).await;
        match call.after(verdict, &client.retry) {
            NextStep::Done(success) => return Ok(success),
            NextStep::Fail(failure) => return Err(failure),
            NextStep::Wait(_) if context.stop.is_cancelled() => {}
            NextStep::Wait(wait) => {
                call.log_wait(wait);
                call.tell_of_wait(wait, context);
                tokio::select! {
                    () = context.stop.cancelled() => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }
}

/// Fails a call whose key no header can carry, before any attempt.
pub(super) fn invalid_key(request: &Request, context: &CallContext) -> Box<Failure> {
    let call = Call::begin(request, context.began, context.timeout);
    call.failure(Error::InvalidKey, GaveUp::NotRetryable)
}

/// What follows an attempt.
enum NextStep {
    /// The operation is done.
    Done(Success),
    /// It has failed.
    Fail(Box<Failure>),
    /// Another attempt after this long.
    Wait(Duration),
}

/// How far a call has come.
struct Call<'a> {
    request: &'a Request,
    timeout: Duration,
    began: Instant,
    attempts: u32,
    limited: u32,
    may_have_arrived: bool,
    last: Option<Error>,
    parameter: Option<&'static str>,
}

impl<'a> Call<'a> {
    fn begin(request: &'a Request, began: Instant, timeout: Duration) -> Self {
        Self {
            request,
            timeout,
            began,
            attempts: 0,
            limited: 0,
            may_have_arrived: false,
            last: None,
            parameter: None,
        }
    }

    /// What is left of the operation's timeout.
    fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.began.elapsed())
    }

    /// Takes an attempt into account, and logs what it came to.
    fn after(&mut self, verdict: Result<Success, Verdict>, policy: &Policy) -> NextStep {
        self.attempts += 1;
        let (operation, ccid, attempt) =
            (self.request.operation, &self.request.ccid, self.attempts);
        let elapsed_ms = milliseconds(self.began.elapsed());
        let (error, parameter) = match verdict {
            Ok(success) => {
                info!(%operation, %ccid, attempt, elapsed_ms, "the request succeeded");
                return NextStep::Done(success);
            }
            Err(verdict) => *verdict,
        };
        self.limited += u32::from(retry::has_limited_retries(&error));
        self.may_have_arrived |= error.may_have_arrived();
        self.parameter = parameter;
        match policy.decide(self.progress(), &error, sample()) {
            Decision::Retry { wait } => {
                self.last = Some(error);
                NextStep::Wait(wait)
            }
            Decision::GiveUp(reason) => {
                info!(%operation, %ccid, attempt, elapsed_ms, reason = %error, "the call failed");
                NextStep::Fail(self.failure(error, reason))
            }
        }
    }

    fn log_wait(&self, wait: Duration) {
        let (operation, ccid, attempt) =
            (self.request.operation, &self.request.ccid, self.attempts);
        let wait_ms = milliseconds(wait);
        let reason = self.last.as_ref().map(display);
        warn!(%operation, %ccid, attempt, wait_ms, reason, "trying again after a wait");
    }

    fn tell_of_wait(&self, wait: Duration, context: &CallContext) {
        if let (Some(observer), Some(error)) = (&context.observer, &self.last) {
            let attempts = self.attempts;
            observer.waits(&Wait {
                attempts,
                error,
                wait,
            });
        }
    }

    /// The failure of a call that was told to stop.
    fn stopped(&mut self) -> Box<Failure> {
        let after = self.last.take().map(Box::new);
        self.failure(Error::Stopped { after }, GaveUp::Stopped)
    }

    fn failure(&self, error: Error, gave_up: GaveUp) -> Box<Failure> {
        Box::new(Failure {
            error,
            gave_up,
            operation: self.request.operation,
            ccid: self.request.ccid.clone(),
            method: self.request.operation.method(),
            url: self.request.url.clone(),
            attempts: self.attempts,
            elapsed: self.began.elapsed(),
            may_have_arrived: self.may_have_arrived,
            parameter: self.parameter,
        })
    }

    fn progress(&self) -> Progress {
        Progress {
            attempts: self.attempts,
            limited: self.limited,
            elapsed: self.began.elapsed(),
            timeout: self.timeout,
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A random number from 0 to 1.
fn sample() -> f64 {
    // Without randomness the waits are merely less spread.
    let bytes = random::bytes().unwrap_or_default();
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
