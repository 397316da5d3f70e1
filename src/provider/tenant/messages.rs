//! What to say of an operation that doesn't happen.

use std::time::Duration;

use super::deletion::Refusal;
use super::ownership::Conflict;
use crate::iwd::client::{Operation, Wait};
use crate::iwd::model::Ccid;
use crate::provider::diagnostics::{again, failed, timeout_setting};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::duration;
use crate::tf_provider::path::AttributePath;

/// The error for an object that can't be destroyed, or for its replacement by one with the ccid `new`.
pub(super) fn destroy_refused(refusal: Refusal, ccid: &str, new: Option<&str>) -> Diagnostic {
    match refusal {
        Refusal::Protected => protected(ccid, new.is_some()),
        Refusal::LetterCase => letter_case(ccid, new.unwrap_or_default()),
        Refusal::InDoubt => in_doubt(ccid),
        Refusal::NeverApplied => match new {
            Some(new) if new != ccid => other_tenant(ccid, new),
            _ => never_applied(ccid),
        },
    }
}

/// The tenant by its ccid, as far as the plan knows it.
fn named(ccid: &str) -> String {
    if ccid.is_empty() {
        "This tenant".to_owned()
    } else {
        format!("The tenant {ccid}")
    }
}

fn protected(ccid: &str, is_replaced: bool) -> Diagnostic {
    let tenant = named(ccid);
    let way_out = if is_replaced {
        "This plan would replace it, which begins or ends with its destruction. To go on all the same, set \
         `deletion_protection = false`, run `terraform apply` with nothing else changed, above all with the `ccid` of \
         the state, and then plan this again."
    } else {
        "If its block is gone from the configuration, put it back, which keeps the tenant. To destroy it all the same, \
         set `deletion_protection = false` in that block, run `terraform apply`, and then destroy. If that apply wants to \
         replace the tenant because it is tainted, run `terraform untaint` first. To only forget it, use \
         `terraform state rm`."
    };
    Diagnostic::error(
        "Tenant is protected from deletion",
        format!("{tenant} has `deletion_protection = true` in its state. {way_out}"),
    )
    .at(AttributePath::of(&["deletion_protection"]))
}

fn in_doubt(ccid: &str) -> Diagnostic {
    Diagnostic::error(
        "Tenant was not deleted",
        format!(
            "A create of the tenant {ccid} for another resource object failed in this run, and its request may have arrived, \
             so it is not known whose tenant a delete would hit. Nothing was sent, and this object stays in the state. \
             Apply or destroy again."
        ),
    )
}

fn never_applied(ccid: &str) -> Diagnostic {
    let tenant = named(ccid);
    Diagnostic::error(
        "Tenant was never applied",
        format!(
            "{tenant} was imported or moved, and its state doesn't say what a destroy is to delete: `on_destroy` \
             is only known after an apply. Run `terraform apply` once with the `on_destroy` that you want, or forget \
             the tenant with `terraform state rm`. Nothing was deleted."
        ),
    )
}

fn other_tenant(ccid: &str, new: &str) -> Diagnostic {
    Diagnostic::error(
        "Tenant was never applied",
        format!(
            "The state holds the tenant {ccid}, which was imported or moved, and the configuration says {new}; this plan \
             would destroy the one and create the other. If `ccid` is wrong in the configuration, correct it there. If \
             the wrong tenant was taken over, forget it with `terraform state rm` and import the right one. To really \
             replace it, first apply with the `ccid` of the state and the `on_destroy` that you want. Nothing was \
             deleted."
        ),
    )
    .at(AttributePath::of(&["ccid"]))
}

fn letter_case(prior: &str, planned: &str) -> Diagnostic {
    Diagnostic::error(
        "Contact center id differs in letter case only",
        format!(
            "`ccid` is {prior:?} in the state and {planned:?} in the configuration. Genesys does not document whether \
             letter case matters, and a replacement might delete the tenant that it has just created. Write it as in \
             the state. If that was imported in the wrong letters, forget it with `terraform state rm` and import it \
             again."
        ),
    )
    .at(AttributePath::of(&["ccid"]))
}

const TWO_RESOURCES: &str = "One tenant, two resources";

/// The error for a plan of two objects of one ccid.
pub(super) fn conflict(conflict: Conflict, ccid: &str) -> Diagnostic {
    let detail = match conflict {
        Conflict::DestroysTheOther => format!(
            "This plan destroys one object of the tenant {ccid} and keeps, updates or creates another one. IWD knows a \
             tenant only by its ccid, so the destroy would delete the tenant of the other.\n\n\
             If the resource has a new address, say so with a `moved` block. If two resources have this ccid, forget \
             the one that is to go with `terraform state rm`, which deletes nothing.\n\n\
             If one resource alone has it, the state still holds the old object of a replacement that was interrupted \
             (a deposed one). Has its `ccid` been changed back since? Then apply the other one once more, which ends \
             that replacement. Otherwise `terraform state rm` forgets both objects; import the tenant again and apply. \
             To destroy the tenant instead, use `terraform destroy -refresh=false`."
        ),
        Conflict::SecondObject => {
            second_object(ccid, "This plan creates")
                + " In `terraform test`, the plan of an earlier run counts too where the test file holds the provider block: \
                   move that into the configuration."
        }
    };
    Diagnostic::error(TWO_RESOURCES, detail).at(AttributePath::of(&["ccid"]))
}

/// The error for an operation that would overwrite what another resource has provisioned in this run: a ccid became known only
/// then.
pub(super) fn taken(operation: Operation, ccid: &Ccid) -> Diagnostic {
    let what = match operation {
        Operation::Create => "Nothing was sent. This apply would create",
        _ => "Nothing was sent. This apply would update",
    };
    let detail = second_object(ccid.as_str(), what);
    Diagnostic::error(TWO_RESOURCES, detail).at(AttributePath::of(&["ccid"]))
}

fn second_object(ccid: &str, what: &str) -> String {
    format!(
        "{what} an object for the tenant {ccid}, which another resource has, too. IWD knows a tenant only by its ccid, so \
         the later request would overwrite what the other one sent, and a destroy of either would delete the tenant of \
         both.\n\n\
         If a block was copied, give it the ccid of its own tenant. If the resource has a new address, say so with a \
         `moved` block. If the state has an object that is to go, forget it with `terraform state rm`, which deletes \
         nothing. If this stands in the way of a destroy, use `terraform destroy -refresh=false`."
    )
}

/// The warning for two objects of one ccid that both stand in the state.
pub(super) fn two_in_state(ccid: &str) -> Diagnostic {
    Diagnostic::warning(
        TWO_RESOURCES,
        format!(
            "The state holds two objects of the tenant {ccid}. IWD knows a tenant only by its ccid, so each update of one \
             overwrites what the other sent, and a destroy of either deletes the tenant of both. Keep the one whose \
             settings are right: remove the other from the configuration and forget it with `terraform state rm`, \
             which deletes nothing."
        ),
    )
    .at(AttributePath::of(&["ccid"]))
}

/// What to add where a change has to be sent without a secret that validation has seen.
pub(super) fn ignored_secret(mut missing: Diagnostic) -> Diagnostic {
    missing.detail.push_str(
        " If it is set and `lifecycle` has `ignore_changes` for it, Terraform keeps it from the plan, which must know it: \
         something is to be sent, or other secrets may have changed. Leave it out of `ignore_changes`, or ignore all \
         changes.",
    );
    missing
}

/// The warning for a destroy that would undo a newer create.
pub(super) fn superseded(ccid: &str) -> Diagnostic {
    Diagnostic::warning(
        "Tenant was not deleted",
        format!(
            "The tenant {ccid} has since been provisioned anew by another resource object in this run, so nothing was \
             sent: a delete would have removed the new one. The old object is only forgotten."
        ),
    )
}

/// The warning for a destroy that deletes nothing, as its state says.
pub(super) fn kept(ccid: &str) -> Diagnostic {
    Diagnostic::warning(
        "Tenant was not deleted",
        format!(
            "The tenant {ccid} has `on_destroy = \"keep\"` in its state, so nothing was sent: it lives on in IWD and Digital \
             Channels, its API keys too, and only Terraform has forgotten it. To manage it again, import it by its ccid."
        ),
    )
}

/// The error for a change that comes before the provider's settings.
pub(super) fn not_configured() -> Diagnostic {
    Diagnostic::error(
        "Provider not configured",
        "Terraform asked for a change before it configured the provider. Nothing was sent. Please report this.",
    )
}

/// What an operation waits for before it sends anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WaitedFor {
    /// The client: files that the settings name may be slow to come.
    Client,
    /// The end of another operation on the same tenant.
    Turn,
}

/// The error for a plan that changes the ccid without replacing the tenant, which no plan of ours does.
pub(super) fn ccid_changes_in_place() -> Diagnostic {
    Diagnostic::error(
        "Contact center id can't change in place",
        "The plan changes `ccid` without replacing the tenant. Nothing was sent. Plan again.",
    )
}

/// The error for an operation whose time was up before anything could be sent.
pub(super) fn out_of_time(
    operation: Operation,
    ccid: &Ccid,
    waited_for: WaitedFor,
    timeout: Duration,
) -> Diagnostic {
    let timeout = duration::format(timeout);
    match waited_for {
        WaitedFor::Turn => Diagnostic::error(
            failed(operation, "timed out waiting for another operation on it"),
            format!(
                "Another operation on the tenant {ccid} was under way for all of the timeout of {timeout}. Nothing was \
                 sent. {again}, and raise {timeouts} if need be; check that only one resource has this ccid.",
                again = again(operation),
                timeouts = timeout_setting(operation)
            ),
        ),
        WaitedFor::Client => Diagnostic::error(
            failed(operation, "timed out reading certificates and keys"),
            format!(
                "The certificates and keys that the provider settings name could not be read within the timeout of \
                 {timeout} for the tenant {ccid}. Nothing was sent. Check that `ca_cert_file`, `client_cert_file` and \
                 `client_key_file` name regular files, and that the file systems which hold them and the system's CA \
                 certificates answer; then {again}.",
                again = again(operation).to_lowercase()
            ),
        ),
    }
}

/// The error for an operation that was to stop before anything was sent.
pub(super) fn stopped(operation: Operation, ccid: &Ccid, waited_for: WaitedFor) -> Diagnostic {
    let what = match waited_for {
        WaitedFor::Turn => "another operation on it to end",
        WaitedFor::Client => "the provider's certificates and keys to be read",
    };
    Diagnostic::error(
        failed(operation, "stopped"),
        format!(
            "Terraform was told to stop while the tenant {ccid} waited for {what}. Nothing was sent. {}.",
            again(operation)
        ),
    )
}

/// The progress of an action that waits for its turn.
pub(super) fn waits_for_turn(ccid: &Ccid) -> String {
    format!("Waiting for another operation on the tenant {ccid} to end.")
}

/// The shortest wait that is told. Terraform 1.14 and 1.15 crash on a message that is on its way when they begin to stop, so
/// these must be rare, whatever the settings of the retries.
const SHORTEST_TOLD: Duration = Duration::from_secs(1);

/// The progress of an action whose attempt has failed, if the wait is long enough to be told.
pub(super) fn tries_again(wait: &Wait<'_>) -> Option<String> {
    let Wait {
        attempts,
        error,
        wait,
    } = wait;
    (*wait >= SHORTEST_TOLD).then(|| {
        format!(
            "Attempt {attempts} failed: {error}. Trying again in {}.",
            duration::format(*wait)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::diagnostics::tests::pages;

    const CCID: &str = "9350e2fc";

    /// All that a user can read of what doesn't happen, as one text; a change of it is seen in review.
    #[test]
    fn every_refusal_reads_so() {
        let ccid = &CCID.parse().unwrap();
        let missing = Diagnostic::error("Missing secret", "One of the two must be set.");
        let minutes = Duration::from_mins(5);
        let told = [
            destroy_refused(Refusal::Protected, CCID, None),
            destroy_refused(Refusal::Protected, CCID, Some(CCID)),
            destroy_refused(Refusal::InDoubt, CCID, None),
            destroy_refused(Refusal::NeverApplied, CCID, None),
            destroy_refused(Refusal::NeverApplied, CCID, Some("other")),
            destroy_refused(Refusal::LetterCase, CCID, Some("9350E2FC")),
            conflict(Conflict::DestroysTheOther, CCID),
            conflict(Conflict::SecondObject, CCID),
            taken(Operation::Create, ccid),
            taken(Operation::Update, ccid),
            two_in_state(CCID),
            ignored_secret(missing),
            superseded(CCID),
            kept(CCID),
            not_configured(),
            ccid_changes_in_place(),
            out_of_time(Operation::Delete, ccid, WaitedFor::Turn, minutes),
            out_of_time(Operation::Create, ccid, WaitedFor::Client, minutes),
            stopped(Operation::Update, ccid, WaitedFor::Turn),
            stopped(Operation::Create, ccid, WaitedFor::Client),
            out_of_time(Operation::DeleteServices, ccid, WaitedFor::Turn, minutes),
            stopped(Operation::Provision, ccid, WaitedFor::Turn),
        ];
        insta::assert_snapshot!(pages(told.into_iter()));
    }
}
