//! What to say of an operation that doesn't happen.

use std::time::Duration;

use super::private::Refusal;
use crate::iwd::model::Ccid;
use crate::provider::diagnostics::period;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;

/// The error for an object that can't be destroyed, or for its replacement.
pub(super) fn of_destroy(refusal: Refusal, replacement: bool) -> Diagnostic {
    let what = if replacement {
        "Replacing the tenant would destroy it"
    } else {
        "The tenant can't be destroyed"
    };
    match refusal {
        Refusal::Protected => Diagnostic::error(
            "Tenant is protected from deletion",
            format!(
                "{what}, and `deletion_protection` is true in its state. To destroy it all the same, set \
                 `deletion_protection = false`, run `terraform apply`, and then destroy. To only forget it, use \
                 `terraform state rm`."
            ),
        )
        .at(AttributePath::of(&["deletion_protection"])),
        Refusal::NeverApplied => Diagnostic::error(
            "Tenant was never applied",
            format!(
                "{what}, and its state doesn't say how: it was imported or moved, and `on_destroy` is only known after \
                 an apply. Run `terraform apply` once with the `on_destroy` that you want, or forget the tenant with \
                 `terraform state rm`. Nothing was deleted."
            ),
        ),
    }
}

/// The error for a plan that destroys one object and keeps another of the same ccid.
pub(super) fn of_conflict(ccid: &str) -> Diagnostic {
    Diagnostic::error(
        "One tenant, two resources",
        format!(
            "This plan destroys one iwd_tenant with the ccid {ccid} and keeps, updates or creates another one with \
             the same ccid. IWD knows a tenant only by its ccid, so the destroy would delete the tenant of the other. \
             If the resource has a new address, say so with a `moved` block. Otherwise remove the old one with \
             `terraform state rm` and, if need be, `terraform import` the new one."
        ),
    )
    .at(AttributePath::of(&["ccid"]))
}

/// What to add where a change has to be sent without a secret that validation has seen.
pub(super) fn of_hidden_secret(mut missing: Diagnostic) -> Diagnostic {
    missing.detail.push_str(
        " This plan sends the whole tenant, secrets included. If the secret is set and `lifecycle` has \
         `ignore_changes` for it, Terraform keeps it from the provider: leave it out of `ignore_changes`.",
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
pub(super) fn never_its_turn(ccid: &Ccid, timeout: Duration) -> Diagnostic {
    Diagnostic::error(
        "No turn in time",
        format!(
            "Another operation on the tenant {ccid} was under way for all of the timeout of {}. Nothing was sent. Apply \
             again, with longer `timeouts` if need be; check that only one resource has this ccid.",
            period(timeout)
        ),
    )
}

/// The error for an operation that was to stop while it waited for another one.
pub(super) fn stopped(ccid: &Ccid) -> Diagnostic {
    Diagnostic::error(
        "Stopped before anything was sent",
        format!(
            "Terraform was asked to stop while the operation on the tenant {ccid} waited for another one. Apply again."
        ),
    )
}
