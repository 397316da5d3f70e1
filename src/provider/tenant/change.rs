//! What a change of a tenant comes to: one decision, taken at plan and again at apply.

use super::private_state::PrivateState;
use super::schema::{ARGUMENTS, Effect};
use super::write_only::WriteOnlyValues;
use crate::tf_provider::number::Number;
use crate::tf_provider::value::Value;

/// What is known of a change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    /// The object as it is; null for a new one.
    pub(super) prior: &'a Value,
    /// The object as it will be, without write-only values.
    pub(super) planned: &'a Value,
    /// Whether the object is replaced.
    pub(super) replaces: bool,
    /// What is kept beside the state.
    pub(super) private: &'a PrivateState,
    /// The write-only values of the configuration.
    pub(super) write_only: &'a WriteOnlyValues,
}

/// What a change comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    /// Nothing changes.
    Nothing,
    /// Something changes that IWD never gets.
    StateOnly,
    /// Whether the tenant is sent, only the apply can tell.
    Undecided,
    /// The whole tenant is sent again.
    Send,
    /// A new object is created, perhaps for one that is destroyed.
    Create,
}

/// Why a tenant is sent again, or may be, although nothing that the user sees changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unseen {
    /// The write-only values are not those that were last sent.
    SecretsDiffer,
    /// The write-only values are not known yet.
    SecretsUnknown,
    /// A request that failed may have arrived.
    RequestInDoubt,
    /// The private state can't be read, or is gone.
    PrivateStateLost,
}

/// Whether something differs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Differs {
    No,
    Perhaps,
    Yes,
}

/// Decides what a plan comes to.
///
/// While the hash of the write-only values decides, an update is open: they may differ again at apply.
pub(super) fn at_plan(inputs: &Inputs<'_>) -> Change {
    let Inputs {
        prior,
        planned,
        write_only,
        replaces,
        ..
    } = *inputs;
    if prior.is_null() || replaces {
        return Change::Create;
    }
    let version = planned.get("secrets_wo_version");
    // An unknown version may turn out to be null.
    let hash_may_decide =
        (version.is_null() || version.is_unknown()) && write_only.are_or_were_any();
    match must_be_sent(inputs) {
        Differs::No if !changes(prior, planned) => Change::Nothing,
        _ if hash_may_decide => Change::Undecided,
        Differs::No => Change::StateOnly,
        Differs::Perhaps => Change::Undecided,
        Differs::Yes => Change::Send,
    }
}

/// Why a plan that comes to `change` has `revision` as its only change; none for any other plan.
pub(super) fn unseen(change: Change, inputs: &Inputs<'_>) -> Option<Unseen> {
    let Inputs {
        prior,
        planned,
        private,
        write_only,
        ..
    } = *inputs;
    if !matches!(change, Change::Undecided | Change::Send) || changes(prior, planned) {
        return None;
    }
    if private.is_lost {
        return Some(Unseen::PrivateStateLost);
    }
    if private.uncertain {
        return Some(Unseen::RequestInDoubt);
    }
    match write_only.are_those_last_sent() {
        Some(true) => None,
        // Without a record beside the state, nothing tells which were sent. One without a hash tells that none were.
        Some(false) if private.write_only.is_none() && private.existing_object().is_lost() => {
            Some(Unseen::PrivateStateLost)
        }
        Some(false) => Some(Unseen::SecretsDiffer),
        None => Some(Unseen::SecretsUnknown),
    }
}

/// Decides what an apply comes to: what was planned, and by the values as they are now where the plan left it open.
pub(super) fn at_apply(inputs: &Inputs<'_>) -> Change {
    let revision = inputs.planned.get("revision");
    let sends = if inputs.prior.is_null() {
        return Change::Create;
    } else if revision.is_unknown() {
        must_be_sent(inputs) != Differs::No
    } else {
        revision != inputs.prior.get("revision")
    };
    if sends {
        Change::Send
    } else {
        Change::StateOnly
    }
}

impl Change {
    /// The `revision` that shows the change: the next number for what is sent, unknown for what is open, else the prior one.
    pub(super) fn revision(self, prior: &Value) -> Value {
        let revision = prior.get("revision");
        match self {
            Self::Nothing | Self::StateOnly => revision.clone(),
            Self::Undecided => Value::UNKNOWN,
            Self::Send => next_revision(revision),
            Self::Create => next_revision(&Value::Null),
        }
    }

    /// The planned state with what was open in it.
    pub(super) fn settle(self, prior: &Value, planned: &Value) -> Value {
        let mut state = planned.clone();
        state.set_attribute("id", planned.get("ccid").clone());
        if planned.get("revision").is_unknown() {
            state.set_attribute("revision", self.revision(prior));
        }
        state
    }

    /// Whether something is sent or may be.
    pub(super) fn may_send(self) -> bool {
        matches!(self, Self::Undecided | Self::Send | Self::Create)
    }
}

/// Whether the tenant in IWD is other than it will be.
fn must_be_sent(inputs: &Inputs<'_>) -> Differs {
    let Inputs {
        prior,
        planned,
        private,
        write_only,
        ..
    } = *inputs;
    if private.uncertain || prior.get("revision").is_null() {
        return Differs::Yes;
    }
    let changed = differing(prior, planned, |effect| {
        matches!(effect, Effect::Sent(_) | Effect::SendsAgain)
    });
    if changed == Differs::Yes || !planned.get("secrets_wo_version").is_null() {
        return changed;
    }
    changed.max(match write_only.are_those_last_sent() {
        Some(true) => Differs::No,
        Some(false) => Differs::Yes,
        None => Differs::Perhaps,
    })
}

/// Whether anything that the user sets changes.
fn changes(prior: &Value, planned: &Value) -> bool {
    differing(prior, planned, |effect| effect != Effect::Result) != Differs::No
}

/// Whether one of the arguments with such an effect differs; blocks count with what is in them.
fn differing(prior: &Value, planned: &Value, counts: impl Fn(Effect) -> bool) -> Differs {
    let names: std::collections::BTreeSet<_> = ARGUMENTS
        .iter()
        .filter(|argument| counts(argument.effect))
        .map(|argument| {
            argument
                .block
                .first()
                .copied()
                .unwrap_or_else(|| argument.name())
        })
        .collect();
    names
        .into_iter()
        .map(|name| differs(prior.get(name), planned.get(name)))
        .max()
        .unwrap_or(Differs::No)
}

fn differs(prior: &Value, planned: &Value) -> Differs {
    match (prior, planned) {
        (_, Value::Unknown(_)) => Differs::Perhaps,
        (Value::Map(prior), Value::Map(planned)) => {
            let removed = prior.keys().any(|key| !planned.contains_key(key));
            planned
                .iter()
                .map(|(key, value)| {
                    prior
                        .get(key)
                        .map_or(Differs::Yes, |prior| differs(prior, value))
                })
                .max()
                .unwrap_or(Differs::No)
                .max(if removed { Differs::Yes } else { Differs::No })
        }
        _ if prior == planned => Differs::No,
        // What is there now, with whatever in it, was not there before.
        (Value::Null, _) => Differs::Yes,
        _ if planned.is_wholly_known() => Differs::Yes,
        _ => Differs::Perhaps,
    }
}

/// The number after that revision, and always another one, since by it the apply knows that something is to be sent; 1 where
/// there was none or none that can be counted on.
fn next_revision(revision: &Value) -> Value {
    let sent = revision.as_number().and_then(Number::as_u64);
    let next = sent.and_then(|sent| sent.checked_add(1)).unwrap_or(1);
    Value::Number(next.into())
}

#[cfg(test)]
mod tests;
