//! Planning and applying a change: the calls that need more than decode, call, encode.

use tokio_util::sync::CancellationToken;

use super::answer::{Answer, OrError, error_answer};
use super::generated as wire;
use super::registry::Managed;
use super::{decode, encode};
use crate::tf_provider::diagnostic::{Diagnostic, has_errors};
use crate::tf_provider::plan::Plan;
use crate::tf_provider::resource::{Applied, ApplyRequest, PlanRequest};
use crate::tf_provider::value::Value;

/// A state and its identity, as every reply carries them.
pub(super) struct ReplyState {
    pub(super) state: wire::DynamicValue,
    pub(super) identity: Option<wire::ResourceIdentityData>,
}

/// Encodes the state of an object as it is, without its write-only values, and the identity that goes with it.
pub(super) fn reply_state(managed: &Managed, state: &Value) -> Answer<ReplyState> {
    if state.is_wholly_known() {
        reply_state_as(managed, state, &managed.identity_of(state))
    } else {
        error_answer(lost_track())
    }
}

fn reply_state_as(managed: &Managed, state: &Value, identity: &Value) -> Answer<ReplyState> {
    let stored = managed.typed.schema.block.storable(state);
    Ok(ReplyState {
        state: encode::value(&stored, &managed.typed.ty).or_error()?,
        identity: encode::identity(identity, managed.identity_type()).or_error()?,
    })
}

/// The diagnostic for a state in which something is unknown when all should be known.
pub(super) fn lost_track() -> Diagnostic {
    Diagnostic::error(
        "The provider lost track of the object",
        "It doesn't know all of the object's state after the operation. This is a bug in the provider: please report \
         it.",
    )
}

/// Answers `PlanResourceChange`.
pub(super) fn plan(
    managed: &Managed,
    request: &wire::plan_resource_change::Request,
) -> Answer<wire::plan_resource_change::Response> {
    let read = |what, encoded: &Option<wire::DynamicValue>| {
        decode::value(what, encoded.as_ref(), &managed.typed.ty).or_error()
    };
    let prior = read("prior state", &request.prior_state)?;
    let resource = &managed.resource;
    let prior_identity = managed.identity_of(&prior);
    // The proposal is made of what follows, and not needed but for this.
    if decode::is_null(request.proposed_new_state.as_ref()) {
        let planned = resource.plan_destroy(&prior, &request.prior_private);
        if has_errors(&planned.diagnostics) {
            return Err(planned.diagnostics);
        }
        let reply = reply_state_as(managed, &Value::Null, &prior_identity)?;
        return Ok(wire::plan_resource_change::Response {
            planned_state: Some(reply.state),
            planned_private: planned.private,
            diagnostics: encode::diagnostics(planned.diagnostics),
            planned_identity: reply.identity,
            ..Default::default()
        });
    }
    let config = read("configuration", &request.config)?;
    let mut plan = Plan::of(&managed.typed.schema.block, &prior, &config);
    let planned = resource.plan(
        &PlanRequest {
            prior: &prior,
            config: &config,
            private: &request.prior_private,
            deferral_allowed: decode::deferral_allowed(request.client_capabilities.as_ref()),
        },
        &mut plan,
    );
    if has_errors(&planned.diagnostics) {
        return Err(planned.diagnostics);
    }
    let planned_identity = managed.identity_of(&plan.state);
    let identity = if planned_identity.is_wholly_known() {
        planned_identity
    } else if plan.replaces() {
        // Terraform's JSON of a plan can't hold an unknown identity: the whole plan would not be shown.
        Value::Null
    } else {
        prior_identity
    };
    let reply = reply_state_as(managed, &plan.state, &identity)?;
    Ok(wire::plan_resource_change::Response {
        planned_state: Some(reply.state),
        requires_replace: plan.requires_replace.iter().map(encode::path).collect(),
        planned_private: planned.private,
        diagnostics: encode::diagnostics(planned.diagnostics),
        planned_identity: reply.identity,
        ..Default::default()
    })
}

/// Answers `ApplyResourceChange`.
pub(super) async fn apply(
    managed: &Managed,
    request: wire::apply_resource_change::Request,
    stop: CancellationToken,
    end: CancellationToken,
) -> Answer<wire::apply_resource_change::Response> {
    let read = |what, encoded: &Option<wire::DynamicValue>| {
        decode::value(what, encoded.as_ref(), &managed.typed.ty).or_error()
    };
    let change = ApplyRequest {
        prior: read("prior state", &request.prior_state)?,
        planned: read("planned state", &request.planned_state)?,
        config: read("configuration", &request.config)?,
        private: request.planned_private,
        stop,
        end,
    };
    let destroys = change.planned.is_null();
    let resource = &managed.resource;
    let mut applied = match (change.prior.is_null(), destroys) {
        (true, true) => Applied::gone(),
        (false, true) => resource.delete(change).await,
        (true, false) => resource.create(change).await,
        (false, false) => resource.update(change).await,
    };
    settle(destroys, &mut applied);
    let reply = reply_state(managed, &applied.state)?;
    Ok(wire::apply_resource_change::Response {
        new_state: Some(reply.state),
        private: applied.private,
        diagnostics: encode::diagnostics(applied.diagnostics),
        new_identity: reply.identity,
        ..Default::default()
    })
}

/// Makes what Terraform would refuse one error that says what is wrong.
fn settle(destroys: bool, applied: &mut Applied) {
    let failed = has_errors(&applied.diagnostics);
    if !failed && destroys {
        applied.state = Value::Null;
    } else if !failed && (applied.state.is_null() || !applied.state.is_wholly_known()) {
        applied.diagnostics.push(lost_track());
    }
    applied.state = applied.state.with_unknowns_as_null();
}
