//! What to say of an operation that doesn't happen.

use std::time::Duration;

use super::private::Refusal;
use crate::iwd::client::Operation;
use crate::iwd::model::Ccid;
use crate::provider::diagnostics::period;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;

/// The error for an object that can't be destroyed, or for its replacement by one with the ccid `new`.
pub(super) fn of_destroy(refusal: Refusal, ccid: &str, new: Option<&str>) -> Diagnostic {
    match refusal {
        Refusal::Protected => protected(ccid, new.is_some()),
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
        "To destroy it all the same, set `deletion_protection = false`, run `terraform apply`, and then destroy. If \
         that apply wants to replace the tenant because it is tainted, run `terraform untaint` first. To only forget \
         it, use `terraform state rm`."
    };
    Diagnostic::error(
        "Tenant is protected from deletion",
        format!("{tenant} has `deletion_protection = true` in its state. {way_out}"),
    )
    .at(AttributePath::of(&["deletion_protection"]))
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

/// The error for a ccid that is written in other letters than the state's.
pub(super) fn of_letter_case(prior: &str, planned: &str) -> Diagnostic {
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

/// The error for a plan that destroys one object and keeps another of the same ccid.
pub(super) fn of_conflict(ccid: &str) -> Diagnostic {
    Diagnostic::error(
        "One tenant, two resources",
        format!(
            "This plan destroys one object of the tenant {ccid} and keeps, updates or creates another one. IWD knows a \
             tenant only by its ccid, so the destroy would delete the tenant of the other.\n\n\
             If the resource has a new address, say so with a `moved` block. If two resources have this ccid, forget \
             the one that is to go with `terraform state rm`, which deletes nothing.\n\n\
             If one resource alone has it, the state still holds the old object of a replacement that was interrupted \
             (a deposed one). Has its `ccid` been changed back since? Then apply the other one once more, which ends \
             that replacement. Otherwise `terraform state rm` forgets both objects; import the tenant again and apply. \
             To destroy the tenant instead, use `terraform destroy -refresh=false`."
        ),
    )
    .at(AttributePath::of(&["ccid"]))
}

/// What to add where a change has to be sent without a secret that validation has seen.
pub(super) fn of_hidden_secret(mut missing: Diagnostic) -> Diagnostic {
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

/// The error for a change that comes before the provider's settings.
pub(super) fn not_configured() -> Diagnostic {
    Diagnostic::error(
        "Provider not configured",
        "Terraform asked for a change before it configured the provider. Nothing was sent. Please report this.",
    )
}

/// The error for an operation whose time was up before that of another one on the same tenant was over.
pub(super) fn never_its_turn(operation: Operation, ccid: &Ccid, timeout: Duration) -> Diagnostic {
    Diagnostic::error(
        format!("Can't {operation} the tenant: no turn in time"),
        format!(
            "Another operation on the tenant {ccid} was under way for all of the timeout of {}. Nothing was sent. Apply \
             again, with longer `timeouts` if need be; check that only one resource has this ccid.",
            period(timeout)
        ),
    )
}

/// The error for an operation that was to stop while it waited for another one.
pub(super) fn stopped(operation: Operation, ccid: &Ccid) -> Diagnostic {
    Diagnostic::error(
        format!("Can't {operation} the tenant: stopped"),
        format!(
            "Terraform was told to stop while the tenant {ccid} waited for another operation on it to end. Nothing was \
             sent. Apply again."
        ),
    )
}
