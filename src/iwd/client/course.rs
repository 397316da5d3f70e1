//! The course of one call: what its attempts came to, and what that means for the next.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::super::answer::{Success, Verdict};
use super::super::error::{Error, Failure};
use super::super::request::Request;
use super::super::retry::{self, Decision, GaveUp, Policy, Progress};
use crate::random;

/// What follows an attempt.
pub(super) enum Next {
    /// The operation is done.
    Done(Success),
    /// It has failed.
    Fail(Box<Failure>),
    /// Another attempt after this long.
    Wait(Duration),
}

pub(super) struct Course<'a> {
    request: &'a Request,
    timeout: Duration,
    began: Instant,
    attempts: u32,
    doubtful: u32,
    may_have_arrived: bool,
    last: Option<Error>,
    parameter: Option<&'static str>,
}

impl<'a> Course<'a> {
    pub(super) fn begin(request: &'a Request, began: Instant, timeout: Duration) -> Self {
        Self {
            request,
            timeout,
            began,
            attempts: 0,
            doubtful: 0,
            may_have_arrived: false,
            last: None,
            parameter: None,
        }
    }

    /// What is left of the operation's timeout.
    pub(super) fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.began.elapsed())
    }

    /// Takes an attempt into account. Each result is logged, each wait as a warning.
    pub(super) fn after(&mut self, verdict: Result<Success, Verdict>, policy: &Policy) -> Next {
        self.attempts += 1;
        let (operation, ccid, attempt) =
            (self.request.operation, &self.request.ccid, self.attempts);
        let elapsed_ms = milliseconds(self.began.elapsed());
        let (error, parameter) = match verdict {
            Ok(success) => {
                info!(%operation, %ccid, attempt, elapsed_ms, "IWD has done it");
                return Next::Done(success);
            }
            Err(verdict) => *verdict,
        };
        self.doubtful += u32::from(retry::is_doubtful(&error));
        self.may_have_arrived |= error.may_have_arrived();
        self.parameter = parameter;
        match policy.decide(self.progress(), &error, sample()) {
            Decision::Retry { wait } => {
                let wait_ms = milliseconds(wait);
                warn!(%operation, %ccid, attempt, wait_ms, reason = %error, "trying again after a wait");
                self.last = Some(error);
                Next::Wait(wait)
            }
            Decision::GiveUp(reason) => {
                info!(%operation, %ccid, attempt, elapsed_ms, reason = %error, "the call failed");
                Next::Fail(self.failure(error, reason))
            }
        }
    }

    /// The failure of a call that was told to stop.
    pub(super) fn stopped(&mut self) -> Box<Failure> {
        let after = self.last.take().map(Box::new);
        self.failure(Error::Stopped { after }, GaveUp::Stopped)
    }

    pub(super) fn failure(&self, error: Error, gave_up: GaveUp) -> Box<Failure> {
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
            doubtful: self.doubtful,
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
