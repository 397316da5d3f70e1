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
    /// Time since the call began.
    pub elapsed: Duration,
    /// Time the whole call may take.
    pub timeout: Duration,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Another attempt.
    Retry {
        /// After this long.
        wait: Duration,
    },
    /// The call has failed.
    GiveUp(GaveUp),
}

impl Policy {
    /// What follows an attempt that failed with `error`. `jitter` is a sample from 0 to 1 that spreads the waits.
    pub fn decide(&self, progress: Progress, error: &Error, jitter: f64) -> Decision {
        if !is_transient(error) {
            return Decision::GiveUp(GaveUp::NotRetryable);
        }
        if self.max_retries.is_some_and(|max| progress.attempts > max) {
            return Decision::GiveUp(GaveUp::RetriesUsed);
        }
        if has_limited_retries(error) && progress.limited > LIMITED_RETRIES {
            return Decision::GiveUp(GaveUp::LimitedRetriesUsed);
        }
        let Progress { timeout, .. } = progress;
        let left = timeout.saturating_sub(progress.elapsed);
        let asked = error.reply().and_then(|reply| reply.retry_after);
        let wait = asked.map_or_else(
            || self.backoff(progress.attempts, jitter),
            |asked| asked.max(self.min_wait),
        );
        match asked {
            _ if wait < left => Decision::Retry { wait },
            Some(asked) if asked >= left => {
                Decision::GiveUp(GaveUp::AskedToWait { wait: asked, left })
            }
            _ => Decision::GiveUp(GaveUp::OutOfTime { timeout }),
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
            | Error::Timeout { .. }
            | Error::Lost { .. }
            | Error::TlsHangUp
            | Error::Unavailable(_)
    ) || has_limited_retries(error)
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
        }
    }

    fn wait_of(decision: Decision) -> Duration {
        match decision {
            Decision::Retry { wait } => wait,
            Decision::GiveUp(reason) => panic!("gave up: {reason:?}"),
        }
    }

    #[test]
    fn what_may_pass_by_itself_is_tried_again() {
        for error in [
            Error::Dns,
            Error::Refused,
            Error::Lost { sent: true },
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
            Error::NotHttp,
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
    fn the_servers_wish_replaces_the_backoff() {
        let decide = |seconds, elapsed| {
            let error = Error::Unavailable(reply(429, Some(seconds)));
            Policy::default().decide(progress(1, elapsed), &error, 1.0)
        };
        assert_eq!(wait_of(decide(120, 0)), Duration::from_mins(2));
        assert_eq!(wait_of(decide(0, 0)), Duration::from_millis(500));
        assert_eq!(
            decide(120, 200),
            Decision::GiveUp(GaveUp::AskedToWait {
                wait: Duration::from_mins(2),
                left: Duration::from_secs(100),
            })
        );
    }
}
