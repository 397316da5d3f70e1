//! Planning a tenant: checks, the decisions of `change` and `deletion`, and what the user should know.

use super::change::{self, Change, Inputs};
use super::deletion::{self, Decision};
use super::intents::intents;
use super::messages;
use super::private_state::PrivateState;
use super::validate::{missing_secrets, validate_what_is_there};
use super::warnings;
use super::write_only::WriteOnlyValues;
use crate::provider::session::Session;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::plan::Plan;
use crate::tf_provider::resource::{PlanRequest, Planned};
use crate::tf_provider::value::Value;

/// Plans a tenant that will exist.
pub(super) fn plan(session: &Session, request: &PlanRequest<'_>, plan: &mut Plan) -> Planned {
    let private = PrivateState::read(request.private);
    let planned = plan_object(session, request, &private, plan);
    planned.unwrap_or_else(|diagnostics| Planned {
        private: request.private.to_vec(),
        diagnostics,
    })
}

fn plan_object(
    session: &Session,
    request: &PlanRequest<'_>,
    private: &PrivateState,
    plan: &mut Plan,
) -> Result<Planned, Vec<Diagnostic>> {
    let (prior, config) = (request.prior, request.config);
    let missing = missing_secrets(config);
    let mut errors = validate_what_is_there(config);
    errors.retain(Diagnostic::is_error);
    if !errors.is_empty() || (prior.is_null() && !missing.is_empty()) {
        return Err([missing, errors].concat());
    }
    let ccid = plan.state.get("ccid").clone();
    let write_only = WriteOnlyValues::of(config, private.write_only.clone());
    let inputs = Inputs {
        prior,
        planned: &plan.state,
        replaces: plan.replaces(),
        private,
        write_only: &write_only,
    };
    let change = change::at_plan(&inputs);
    let unseen = change::unseen(change, &inputs);
    if change == Change::Create
        && let Some(refusal) = deletion::replacement_refusal(prior, &plan.state, private.refusal)
    {
        let new = ccid.as_str().unwrap_or_default();
        let old = prior.get("ccid").as_str().unwrap_or(new);
        return Err(vec![messages::destroy_refused(refusal, old, Some(new))]);
    }
    plan.state.set_attribute("id", ccid);
    plan.state.set_attribute("revision", change.revision(prior));
    let hash_decides = config.get("secrets_wo_version").is_null();
    // What `ignore_changes` hides can't be sent.
    if !missing.is_empty()
        && (change.may_send() || (hash_decides && write_only.are_ignored_in_part()))
    {
        return Err(missing.into_iter().map(messages::ignored_secret).collect());
    }
    let intents = intents(prior, &plan.state, plan.replaces(), private);
    let shared = match session.ownership.note(intents) {
        Ok(shared) => shared.map(messages::two_in_state),
        Err((conflict, ccid)) => return Err(vec![messages::conflict(conflict, ccid)]),
    };
    let mut diagnostics = Vec::new();
    if change != Change::Nothing {
        let configured = session.configured();
        let settings = configured.as_ref().map(|configured| &configured.settings);
        diagnostics = warnings::of_plan(request, private, settings, plan);
    }
    diagnostics.extend(unseen.map(|unseen| warnings::unseen(unseen, plan.state.get("ccid"))));
    if change.may_send() {
        diagnostics.extend(warnings::of_settings(session));
    } else {
        diagnostics.extend(warnings::unsent(&plan.state, private, &write_only));
    }
    diagnostics.extend(shared);
    let mut planned_private = PrivateState {
        refusal: deletion::refusal(prior),
        ..private.clone()
    };
    if !prior.is_null() {
        // By it the second plan of a replacement is known as such.
        planned_private.object_id = Some(private.existing_object());
    }
    Ok(Planned {
        private: planned_private.write(),
        diagnostics,
    })
}

/// Plans to destroy a tenant.
pub(super) fn plan_destroy(session: &Session, prior: &Value, private: &[u8]) -> Planned {
    let mut planned = Planned::keeping(private);
    let private = PrivateState::read(private);
    let ccid = prior.get("ccid").as_str().unwrap_or_default();
    let standing = session.ownership.standing(ccid, &private.existing_object());
    let decision = deletion::decide(prior, standing);
    let refused = match &decision {
        // The destroy itself says so.
        Decision::Superseded => return planned,
        Decision::Refuse(refusal) => Some(messages::destroy_refused(*refusal, ccid, None)),
        Decision::Forget | Decision::Send(_) => None,
    };
    let intents = intents(prior, &Value::Null, false, &private);
    let conflict = session.ownership.note(intents).err();
    let conflict = conflict.map(|(conflict, ccid)| messages::conflict(conflict, ccid));
    planned.diagnostics.extend(conflict.or(refused));
    if planned.diagnostics.is_empty() && matches!(decision, Decision::Send(_)) {
        planned.diagnostics = warnings::of_settings(session);
    }
    planned
}
