//! One call: its attempts, the waits between them, and what they come to.

use std::time::Duration;

use tokio::time::Instant;
use tracing::field::display;
use tracing::{info, warn};

use super::super::answer::{Success, Verdict};
use super::super::error::{Error, Failure, GaveUp, Way};
use super::super::mask::Masker;
use super::super::request::Request;
use super::super::retry::{self, Decision, Policy, Progress};
use super::attempt::{self, Attempt};
use super::attempt_log::{AttemptLog, milliseconds};
use super::{CallContext, Client, Wait};
use crate::random;

/// Sends the request until it succeeds, or there is no sense or no time in another attempt.
pub(super) async fn run(
    client: &Client,
    request: &Request,
    masker: &Masker,
    context: &CallContext,
) -> Result<Success, Box<Failure>> {
    let mut call = Call::begin(client, request, context);
    loop {
        if context.stop.is_cancelled() {
            return Err(call.stopped());
        }
        let attempt = Attempt {
            client,
            request,
            limit: client.request_timeout.min(call.left()),
            on_new_connection: call.has_resent(),
            masker,
            parameters: &context.parameters,
            log: AttemptLog::default(),
        };
        let running = attempt::run(&attempt, &context.end);
        let proxy = client.way.proxy.as_ref();
        let told = attempt.log.over(request, proxy, call.number(), running);
        let verdict = told.await;
        match call.after(verdict, &client.retry) {
            NextStep::Done(success) => return Ok(success),
            NextStep::Fail(failure) => return Err(failure),
            NextStep::SendAgain => {}
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
pub(super) fn invalid_key(
    client: &Client,
    request: &Request,
    context: &CallContext,
) -> Box<Failure> {
    let call = Call::begin(client, request, context);
    call.failure(Error::InvalidKey, None, GaveUp::NotRetryable)
}

/// What follows an attempt.
enum NextStep {
    /// The operation is done.
    Done(Success),
    /// It has failed.
    Fail(Box<Failure>),
    /// The same attempt once more on a new connection.
    SendAgain,
    /// Another attempt after this long.
    Wait(Duration),
}

/// How far a call has come.
struct Call<'a> {
    request: &'a Request,
    way: &'a Way,
    timeout: Duration,
    /// Of the operation, which may have waited for its turn.
    operation_began: Instant,
    began: Instant,
    attempts: u32,
    limited: u32,
    resend: Resend,
    may_have_arrived: bool,
    last: Option<Outcome>,
    answered: Option<Outcome>,
}

/// The one time that a request is sent again because a reused connection had ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Resend {
    /// It is still to be had.
    Unused,
    /// The attempt that comes is it.
    Now,
    /// It was before.
    Used,
}

/// What an attempt came to.
#[derive(Clone)]
struct Outcome {
    attempt: u32,
    error: Error,
    parameter: Option<&'static str>,
}

impl<'a> Call<'a> {
    fn begin(client: &'a Client, request: &'a Request, context: &CallContext) -> Self {
        Self {
            request,
            way: &client.way,
            timeout: context.timeout,
            operation_began: context.began,
            began: Instant::now(),
            attempts: 0,
            limited: 0,
            resend: Resend::Unused,
            may_have_arrived: false,
            last: None,
            answered: None,
        }
    }

    /// The number of the attempt that comes; one that is sent again keeps its own.
    fn number(&self) -> u32 {
        self.attempts + u32::from(self.resend != Resend::Now)
    }

    fn has_resent(&self) -> bool {
        self.resend != Resend::Unused
    }

    /// What is left of the operation's timeout.
    fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.operation_began.elapsed())
    }

    /// Takes an attempt into account, and logs what it came to.
    fn after(&mut self, verdict: Result<Success, Verdict>, policy: &Policy) -> NextStep {
        self.attempts = self.number();
        if self.resend == Resend::Now {
            self.resend = Resend::Used;
        }
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
        let outcome = Outcome {
            attempt,
            error,
            parameter,
        };
        if outcome.error.reply().is_some() {
            self.answered = Some(outcome.clone());
        }
        let decision = policy.decide(self.progress(), &outcome.error, sample());
        match decision {
            Decision::Retry { wait } => {
                self.last = Some(outcome);
                NextStep::Wait(wait)
            }
            Decision::SendAgain => {
                self.last = Some(outcome);
                self.resend = Resend::Now;
                info!(%operation, %ccid, attempt, "the server closed the connection; sending again on a new one");
                NextStep::SendAgain
            }
            Decision::GiveUp(reason) => {
                info!(%operation, %ccid, attempt, elapsed_ms, reason = %outcome.error, "the call failed");
                let told = match reason {
                    GaveUp::CutShort { .. } => self.told().cloned(),
                    _ => None,
                };
                let Outcome {
                    error, parameter, ..
                } = told.unwrap_or(outcome);
                NextStep::Fail(self.failure(error, parameter, reason))
            }
        }
    }

    /// What is told where the operation's end cuts the attempt short that is under way: no answer is hidden by that.
    fn told(&self) -> Option<&Outcome> {
        let earlier = |outcome: &&Outcome| outcome.attempt < self.attempts;
        self.answered
            .as_ref()
            .or_else(|| self.last.as_ref().filter(earlier))
    }

    fn log_wait(&self, wait: Duration) {
        let (operation, ccid, attempt) =
            (self.request.operation, &self.request.ccid, self.attempts);
        let (host, wait_ms) = (self.request.url.authority(), milliseconds(wait));
        let reason = self.last.as_ref().map(|last| display(&last.error));
        warn!(%operation, %ccid, host, attempt, wait_ms, reason, "trying again after a wait");
    }

    fn tell_of_wait(&self, wait: Duration, context: &CallContext) {
        if let (Some(observer), Some(last)) = (&context.observer, &self.last) {
            let attempts = self.attempts;
            observer.waits(&Wait {
                attempts,
                error: &last.error,
                wait,
            });
        }
    }

    /// The failure of a call that was told to stop.
    fn stopped(&mut self) -> Box<Failure> {
        let last = self.last.take();
        let parameter = last.as_ref().and_then(|last| last.parameter);
        let after = last.map(|last| Box::new(last.error));
        self.failure(Error::Stopped { after }, parameter, GaveUp::Stopped)
    }

    fn failure(
        &self,
        error: Error,
        parameter: Option<&'static str>,
        gave_up: GaveUp,
    ) -> Box<Failure> {
        Box::new(Failure {
            error,
            gave_up,
            operation: self.request.operation,
            ccid: self.request.ccid.clone(),
            method: self.request.operation.method(),
            url: self.request.url.clone(),
            way: self.way.clone(),
            attempts: self.attempts,
            elapsed: self.began.elapsed(),
            may_have_arrived: self.may_have_arrived,
            parameter,
        })
    }

    fn progress(&self) -> Progress {
        Progress {
            attempts: self.attempts,
            limited: self.limited,
            elapsed: self.operation_began.elapsed(),
            timeout: self.timeout,
            told: self.told().map(|outcome| outcome.attempt),
            sent_again: self.has_resent(),
        }
    }
}

/// A random number from 0 to 1.
fn sample() -> f64 {
    // Without randomness the waits are merely less spread.
    let bytes = random::bytes().unwrap_or_default();
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
