//! How many attempts there were, and what they have left behind.

use super::text::quantity;
use crate::iwd::client::Operation;
use crate::iwd::error::{Error, Failure, GaveUp};
use crate::tf_provider::duration;

/// How many attempts there were, and why not more.
pub(super) fn attempts(failure: &Failure) -> String {
    let reason = match failure.gave_up {
        GaveUp::NotRetryable | GaveUp::Stopped => String::new(),
        GaveUp::RetriesUsed => "; `max_retries` of the provider allows no more".to_owned(),
        GaveUp::LimitedRetriesUsed => {
            let why = match failure.error {
                Error::Tunnel => "it may be the proxy's last word",
                _ => "wrong values often look so",
            };
            format!(
                "; after such an answer there are two more, no matter how much time is left, since {why}"
            )
        }
        GaveUp::OutOfTime { timeout } => {
            format!(
                "; the timeout of {} for the whole operation leaves no time for another",
                duration::format(timeout)
            )
        }
        GaveUp::CutShort {
            timeout,
            limit,
            told: None,
        } => format!(
            "; the timeout of {} for the whole operation left the last one only {}",
            duration::format(timeout),
            duration::format(limit)
        ),
        GaveUp::CutShort {
            timeout,
            limit,
            told: Some(attempt),
        } => format!(
            "; the timeout of {} for the whole operation left the last one only {}, in which no complete answer came. What is told \
             above came of attempt {attempt}",
            duration::format(timeout),
            duration::format(limit)
        ),
        GaveUp::AskedToWait { wait, left } => format!(
            "; the server asks to wait {} (Retry-After), and {} are left of the timeout for the whole operation",
            duration::format(wait),
            duration::format(left)
        ),
    };
    match failure.attempts {
        0 => "Nothing was sent.".to_owned(),
        attempts => format!(
            "{} in {}{reason}.",
            quantity(attempts, "attempt"),
            duration::format(failure.elapsed)
        ),
    }
}

/// What may have taken effect.
pub(super) fn effect(operation: Operation, may_have_arrived: bool) -> &'static str {
    match (operation, may_have_arrived) {
        (Operation::Create, true) => {
            "The tenant may have been provisioned all the same; it is not in the state. Applying again is safe: the \
             API treats a repeated create as an update."
        }
        (Operation::Create, false) => "Nothing was provisioned. Applying again is safe.",
        (Operation::Update, true) => {
            "The change may have taken effect all the same; the state keeps the old values. Applying again is safe: \
             it sends the complete configuration again."
        }
        (Operation::Update, false) => "The tenant was not changed. Applying again is safe.",
        (Operation::Delete, true) => {
            "It may have been deleted all the same; it is still in the state. Destroying again is safe: what is gone \
             counts as deleted."
        }
        (Operation::Delete, false) => "Nothing was deleted. Destroying again is safe.",
        (Operation::Provision, true) => {
            "The tenant may have been provisioned all the same. Invoking the action again is safe: it sends the whole \
             tenant each time."
        }
        (Operation::Provision, false) => {
            "The tenant was not provisioned. Invoking the action again is safe."
        }
        (Operation::DeleteServices, true) => {
            "The services may have been deleted all the same. Invoking the action again is safe: what is gone counts \
             as deleted."
        }
        (Operation::DeleteServices, false) => {
            "Nothing was deleted. Invoking the action again is safe."
        }
    }
}
