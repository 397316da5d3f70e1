//! Planning a tenant: checks, the decisions of `change` and `deletion`, and what the user should know.

use super::change::{self, Change, Inputs};
use super::deletion::{self, Decision};
use super::messages;
use super::ownership::{Intent, Shared};
use super::private_state::{ObjectId, PrivateState};
use super::schema;
use super::validate::{missing_secrets, validate_what_is_there};
use super::warnings;
use super::write_only::WriteOnlyValues;
use crate::iwd::model::FoldedCcid;
use crate::provider::session::Session;
use crate::tf_provider::diagnostic::{Diagnostic, has_errors};
use crate::tf_provider::plan::Plan;
use crate::tf_provider::resource::{PlanRequest, Planned};
use crate::tf_provider::value::Value;

/// Plans a tenant that will exist.
pub(super) fn plan(session: &Session, request: &PlanRequest<'_>, plan: &mut Plan) -> Planned {
    let private = PrivateState::read(request.private);
    let planned = plan_checked(session, request, &private, plan);
    planned.unwrap_or_else(|diagnostics| Planned {
        private: request.private.to_vec(),
        diagnostics,
    })
}

fn plan_checked(
    session: &Session,
    request: &PlanRequest<'_>,
    private: &PrivateState,
    plan: &mut Plan,
) -> Result<Planned, Vec<Diagnostic>> {
    let (prior, config) = (request.prior, request.config);
    let missing = missing_secrets(config);
    let errors: Vec<_> = validate_what_is_there(config)
        .into_iter()
        .filter(Diagnostic::is_error)
        .collect();
    if has_errors(&errors) || (prior.is_null() && !missing.is_empty()) {
        return Err([missing, errors].concat());
    }
    let ccid = plan.state.get("ccid").clone();
    refuse_letter_case(prior, &ccid).map_err(|refusal| vec![refusal])?;
    plan.state.set_attribute("id", ccid);

    let write_only = WriteOnlyValues::of(config, private.write_only.clone());
    let change = change::at_plan(&Inputs {
        prior,
        planned: &plan.state,
        replaces: plan.replaces(),
        private,
        write_only: &write_only,
    });
    if change == Change::Create {
        refuse_replacement(prior, private, &plan.state).map_err(|refusal| vec![refusal])?;
    }
    plan.state.set_attribute("revision", change.revision(prior));
    // What `ignore_changes` hides can't be sent, and one hash can't tell whether the other secrets have changed.
    if !missing.is_empty() && (change.may_send() || hash_decides_without_all(config)) {
        return Err(missing.into_iter().map(messages::ignored_secret).collect());
    }
    let shared = note_plan(session, prior, private, plan).map_err(|conflict| vec![conflict])?;
    let mut diagnostics = Vec::new();
    if change != Change::Nothing {
        let connection = session.connection();
        let settings = connection.as_ref().map(|connection| &connection.settings);
        diagnostics = warnings::of_plan(request, private, settings, plan);
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

/// Refuses a replacement whose old object can't be destroyed.
fn refuse_replacement(
    prior: &Value,
    private: &PrivateState,
    planned: &Value,
) -> Result<(), Diagnostic> {
    let new = planned.get("ccid").as_str();
    // The second plan of a replacement knows of the old object what the first one left.
    let (refusal, old, new) = if prior.is_null() {
        let ccid = new.unwrap_or_default();
        (private.refusal, ccid, Some(ccid))
    } else {
        let old = prior.get("ccid").as_str().unwrap_or_default();
        (deletion::refusal(prior), old, new)
    };
    match refusal {
        Some(refusal) => Err(messages::destroy_refused(refusal, old, new)),
        None => Ok(()),
    }
}

/// Notes what the plan does with which tenant; the warning is for a tenant that another object in state has too.
fn note_plan(
    session: &Session,
    prior: &Value,
    private: &PrivateState,
    plan: &Plan,
) -> Result<Option<Diagnostic>, Diagnostic> {
    if plan.replaces() {
        note_destroy(session, prior, private.existing_object())?;
    }
    let Some(ccid) = plan.state.get("ccid").as_str() else {
        return Ok(None);
    };
    let intent = if prior.is_null() {
        // The second plan of a replacement has the private state of the object that goes.
        Intent::Create {
            replaced: private.object_id.clone(),
        }
    } else if plan.replaces() {
        Intent::Create {
            replaced: Some(private.existing_object()),
        }
    } else {
        Intent::Keep(private.existing_object())
    };
    match session.ownership.plan(ccid, intent) {
        Ok(shared) => Ok(shared.map(|Shared| messages::two_in_state(ccid))),
        Err(conflict) => Err(messages::conflict(conflict, ccid)),
    }
}

/// Whether write-only values have no version and are not all hidden, where some are.
fn hash_decides_without_all(config: &Value) -> bool {
    let mut secrets = schema::secrets();
    config.get("secrets_wo_version").is_null()
        && secrets.any(|(argument, secret)| !secret.of(argument, config).is_null())
}

/// A ccid that differs in letter case only may name the same tenant, which a replacement would then delete.
fn refuse_letter_case(prior: &Value, planned: &Value) -> Result<(), Diagnostic> {
    match (prior.get("ccid").as_str(), planned.as_str()) {
        (Some(prior), Some(planned))
            if prior != planned && FoldedCcid::from(prior) == FoldedCcid::from(planned) =>
        {
            Err(messages::letter_case(prior, planned))
        }
        _ => Ok(()),
    }
}

/// Plans to destroy a tenant.
pub(super) fn plan_destroy(session: &Session, prior: &Value, private: &[u8]) -> Planned {
    let mut planned = Planned::keeping(private);
    let ccid = prior.get("ccid").as_str().unwrap_or_default();
    let object = PrivateState::read(private).existing_object();
    let standing = session.ownership.standing(ccid, &object);
    let refused = match deletion::decide(prior, standing) {
        // The destroy itself says so.
        Decision::Superseded => return planned,
        Decision::Refuse(refusal) => Some(messages::destroy_refused(refusal, ccid, None)),
        Decision::Forget | Decision::Send(_) => None,
    };
    let conflict = note_destroy(session, prior, object).err();
    planned.diagnostics.extend(conflict.or(refused));
    planned
}

/// Notes a destroy, unless it sends nothing and so can harm no other object.
fn note_destroy(session: &Session, prior: &Value, object: ObjectId) -> Result<(), Diagnostic> {
    if deletion::forgets(prior) {
        return Ok(());
    }
    let ccid = prior.get("ccid").as_str().unwrap_or_default();
    match session.ownership.plan(ccid, Intent::Destroy(object)) {
        Ok(_) => Ok(()),
        Err(conflict) => Err(messages::conflict(conflict, ccid)),
    }
}
