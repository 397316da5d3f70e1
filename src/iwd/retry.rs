//! Whether and when to try again, decided without I/O.

use std::time::Duration;

use super::error::{Error, GaveUp};

/// How often a failure that may be for good is retried.
const LIMITED_RETRIES: u32 = 2;

/// How a call is repeated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Retries after the first attempt; `None` for as many as fit in the operation's timeout.
    pub max_retries: Option<u32>,
    /// Shortest wait before a retry.
    pub min_wait: Duration,
    /// Longest wait before a retry, unless the server asks for more.
    pub max_wait: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_retries: None,
            min_wait: Duration::from_millis(500),
            max_wait: Duration::from_secs(30),
        }
    }
}

/// How far a call has come when an attempt has failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Attempts made, this one included.
    pub attempts: u32,
    /// How many of them failed in a way that may be for good, such as with a 500.
    pub limited: u32,
    /// Time since the operation began.
    pub elapsed: Duration,
    /// Time the whole operation may take, its wait for its turn included.
    pub timeout: Duration,
    /// The attempt to tell of where this one was cut short.
    pub told: Option<u32>,
    /// Whether the request was sent again already because a reused connection had ended.
    pub sent_again: bool,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Another attempt.
    Retry {
        /// After this long.
        wait: Duration,
    },
    /// The same attempt once more, at once and on a new connection.
    SendAgain,
    /// The call has failed.
    GiveUp(GaveUp),
}

impl Policy {
    /// What follows an attempt that failed with `error`. `jitter` is a sample from 0 to 1 that spreads the waits.
    pub fn decide(&self, progress: Progress, error: &Error, jitter: f64) -> Decision {
        let Progress { timeout, .. } = progress;
        let left = timeout.saturating_sub(progress.elapsed);
        if !is_transient(error) {
            return Decision::GiveUp(GaveUp::NotRetryable);
        }
        if *error == Error::Stale && !progress.sent_again && !left.is_zero() {
            return Decision::SendAgain;
        }
        if let Some(limit) = error.time_limit().filter(|_| left.is_zero()) {
            return Decision::GiveUp(GaveUp::CutShort {
                timeout,
                limit,
                told: progress.told,
            });
        }
        if self.max_retries.is_some_and(|max| progress.attempts > max) {
            return Decision::GiveUp(GaveUp::RetriesUsed);
        }
        if has_limited_retries(error) && progress.limited > LIMITED_RETRIES {
            return Decision::GiveUp(GaveUp::LimitedRetriesUsed);
        }
        let asked = error.reply().and_then(|reply| reply.retry_after);
        if let Some(wait) = asked.filter(|asked| *asked >= left) {
            return Decision::GiveUp(GaveUp::AskedToWait { wait, left });
        }
        let backoff = self.backoff(progress.attempts, jitter);
        let wait = backoff.saturating_add(asked.unwrap_or_default());
        if wait < left {
            Decision::Retry { wait }
        } else {
            Decision::GiveUp(GaveUp::OutOfTime { timeout })
        }
    }

    /// From `min_wait` up to a ceiling that doubles with each attempt until `max_wait`, anywhere between.
    fn backoff(&self, attempts: u32, jitter: f64) -> Duration {
        let doubled = 2u32.checked_pow(attempts).unwrap_or(u32::MAX);
        let ceiling = self.min_wait.saturating_mul(doubled).min(self.max_wait);
        let spread = ceiling.saturating_sub(self.min_wait);
        self.min_wait + spread.mul_f64(jitter.clamp(0.0, 1.0))
    }
}

/// Whether the same request may succeed later. POST, PUT and DELETE are all safe to repeat in this API.
fn is_transient(error: &Error) -> bool {
    matches!(
        error,
        Error::Dns
            | Error::Refused
            | Error::System(_)
            | Error::NoConnection(_)
            | Error::Timeout { .. }
            | Error::Lost { .. }
            | Error::Stale
            | Error::TlsHangUp
            | Error::Unavailable(_)
    ) || has_limited_retries(error)
        || matches!(error, Error::AtProxy(error) if is_transient(error))
}

/// Whether it may pass or be for good: a wrong database password may look like a 500, and a proxy's tunnel fails alike
/// where the way is blocked and where IWD is down.
pub(super) fn has_limited_retries(error: &Error) -> bool {
    matches!(error, Error::Internal(_) | Error::Tunnel)
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::super::error::{Reply, ReplyBody};
    use super::super::tls::TlsFailure;
    use super::*;

    fn reply(status: u16, retry_after: Option<u64>) -> Reply {
        Reply {
            status: StatusCode::from_u16(status).unwrap(),
            body: ReplyBody::Empty,
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    fn progress(attempts: u32, elapsed: u64) -> Progress {
        Progress {
            attempts,
            limited: 0,
            elapsed: Duration::from_secs(elapsed),
            timeout: Duration::from_mins(5),
            told: None,
            sent_again: false,
        }
    }

    fn wait_of(decision: Decision) -> Duration {
        match decision {
            Decision::Retry { wait } => wait,
            other => panic!("no wait: {other:?}"),
        }
    }

    #[test]
    fn what_may_pass_by_itself_is_tried_again() {
        for error in [
            Error::Dns,
            Error::Refused,
            Error::System("Too many open files (os error 24)".to_owned()),
            Error::NoConnection("unknown".to_owned()),
            Error::Lost { sent: true },
            Error::AtProxy(Box::new(Error::Dns)),
            Error::AtProxy(Box::new(Error::NoConnection("unknown".to_owned()))),
            Error::TlsHangUp,
            Error::Timeout {
                sent: false,
                limit: Duration::from_secs(1),
            },
            Error::Unavailable(reply(503, None)),
            Error::Internal(reply(500, None)),
        ] {
            wait_of(Policy::default().decide(progress(1, 0), &error, 0.5));
        }
    }

    #[test]
    fn what_would_fail_again_is_not() {
        let redirect = Error::Redirect {
            reply: reply(302, None),
            location: None,
        };
        for error in [
            Error::InvalidKey,
            Error::NoNameServer,
            Error::Tls(TlsFailure::NotTls),
            Error::Proxy("credentials not accepted".into()),
            Error::AtProxy(Box::new(Error::NoNameServer)),
            Error::NotHttp,
            Error::HeadTooLarge,
            Error::Unauthorized(reply(401, None)),
            Error::Rejected(reply(400, Some(1))),
            Error::Server(reply(501, None)),
            redirect,
            Error::Page(reply(200, None)),
            Error::NotCreated(reply(200, None)),
            Error::Unexpected(reply(200, None)),
            Error::Stopped { after: None },
            Error::Abandoned { sent: true },
        ] {
            assert_eq!(
                Policy::default().decide(progress(1, 0), &error, 0.5),
                Decision::GiveUp(GaveUp::NotRetryable),
                "{error:?}"
            );
        }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_jitter_spreads_them_all_the_way() {
        let policy = Policy::default();
        let wait = |attempts, jitter| {
            wait_of(policy.decide(progress(attempts, 0), &Error::Refused, jitter)).as_millis()
        };
        assert_eq!(wait(1, 0.0), 500);
        assert_eq!(wait(1, 1.0), 1_000);
        assert_eq!(wait(2, 1.0), 2_000);
        assert_eq!(wait(2, 0.5), 1_250);
        assert_eq!(wait(9, 0.0), 500);
        assert_eq!(wait(9, 1.0), 30_000);
        assert_eq!(wait(u32::MAX, 1.0), 30_000);
    }

    #[test]
    fn retries_end_when_as_many_as_allowed_were_made() {
        let policy = Policy {
            max_retries: Some(2),
            ..Policy::default()
        };
        wait_of(policy.decide(progress(2, 0), &Error::Refused, 0.0));
        assert_eq!(
            policy.decide(progress(3, 0), &Error::Refused, 0.0),
            Decision::GiveUp(GaveUp::RetriesUsed)
        );
        let never = Policy {
            max_retries: Some(0),
            ..policy
        };
        assert_eq!(
            never.decide(progress(1, 0), &Error::Refused, 0.0),
            Decision::GiveUp(GaveUp::RetriesUsed)
        );
    }

    #[test]
    fn what_may_be_for_good_is_tried_again_twice_whatever_else_happened() {
        for error in [Error::Internal(reply(500, None)), Error::Tunnel] {
            let decide = |limited| {
                let progress = Progress {
                    limited,
                    ..progress(7, 0)
                };
                Policy::default().decide(progress, &error, 0.0)
            };
            wait_of(decide(2));
            assert_eq!(decide(3), Decision::GiveUp(GaveUp::LimitedRetriesUsed));
        }
    }

    #[test]
    fn nothing_begins_that_the_timeout_would_cut_off_while_waiting() {
        assert_eq!(
            Policy::default().decide(progress(9, 290), &Error::Refused, 1.0),
            Decision::GiveUp(GaveUp::OutOfTime {
                timeout: Duration::from_mins(5)
            })
        );
        wait_of(Policy::default().decide(progress(9, 269), &Error::Refused, 1.0));
    }

    #[test]
    fn the_servers_wish_comes_before_the_backoff_and_is_never_cut() {
        let decide = |seconds, elapsed, jitter| {
            let error = Error::Unavailable(reply(429, Some(seconds)));
            Policy::default().decide(progress(1, elapsed), &error, jitter)
        };
        for (asked, jitter, wait) in [
            (120, 0.0, 120_500),
            (120, 1.0, 121_000),
            (0, 0.0, 500),
            (0, 0.5, 750),
        ] {
            let waited = wait_of(decide(asked, 0, jitter));
            assert_eq!(waited, Duration::from_millis(wait), "{asked} {jitter}");
        }
        let asked_to_wait = |wait| {
            Decision::GiveUp(GaveUp::AskedToWait {
                wait: Duration::from_secs(wait),
                left: Duration::from_secs(100),
            })
        };
        assert_eq!(decide(120, 200, 0.0), asked_to_wait(120));
        assert_eq!(decide(u64::MAX, 200, 1.0), asked_to_wait(u64::MAX));
        // What was asked for fits, but not the backoff after it.
        let out_of_time = Decision::GiveUp(GaveUp::OutOfTime {
            timeout: Duration::from_mins(5),
        });
        assert_eq!(decide(99, 200, 1.0), out_of_time);
        assert_eq!(wait_of(decide(99, 200, 0.0)), Duration::from_millis(99_500));
    }

    #[test]
    fn a_reused_connection_that_ended_is_replaced_once_whatever_the_retries() {
        let decide = |max_retries, sent_again, elapsed| {
            let policy = Policy {
                max_retries,
                ..Policy::default()
            };
            let progress = Progress {
                sent_again,
                ..progress(1, elapsed)
            };
            policy.decide(progress, &Error::Stale, 0.0)
        };
        for max_retries in [None, Some(0), Some(3)] {
            assert_eq!(decide(max_retries, false, 0), Decision::SendAgain);
        }
        wait_of(decide(None, true, 0));
        let used = Decision::GiveUp(GaveUp::RetriesUsed);
        assert_eq!(decide(Some(0), true, 0), used);
        let out_of_time = Decision::GiveUp(GaveUp::OutOfTime {
            timeout: Duration::from_mins(5),
        });
        assert_eq!(decide(None, false, 300), out_of_time);
    }

    #[test]
    fn an_attempt_that_the_end_of_the_operation_cuts_is_told_as_that() {
        let limit = Duration::from_millis(500);
        let decide = |max_retries, sent, told, elapsed| {
            let policy = Policy {
                max_retries,
                ..Policy::default()
            };
            let progress = Progress {
                told,
                ..progress(4, elapsed)
            };
            policy.decide(progress, &Error::Timeout { sent, limit }, 0.0)
        };
        for (max_retries, sent, told) in [
            (None, true, Some(3)),
            (Some(3), false, Some(3)),
            (Some(0), true, None),
        ] {
            let cut = GaveUp::CutShort {
                timeout: Duration::from_mins(5),
                limit,
                told,
            };
            let decided = decide(max_retries, sent, told, 300);
            assert_eq!(decided, Decision::GiveUp(cut));
        }
        // With time left, its own limit ended it.
        let own = decide(Some(3), true, Some(3), 299);
        assert_eq!(own, Decision::GiveUp(GaveUp::RetriesUsed));
    }
}
