//! What a change of the configuration does to a tenant.

use super::change::{self, Sends};
use super::messages;
use super::model::{self, OnDestroy, WriteOnlyValues};
use super::ownership::{Intent, Shared};
use super::private_state::{ObjectId, PrivateState, Refusal};
use super::schema::{SECRETS, Secret};
use super::validate::{missing_secrets, validate_what_is_there};
use super::warnings;
use crate::provider::session::Session;
use crate::tf_provider::diagnostic::{Diagnostic, has_errors};
use crate::tf_provider::plan::Plan;
use crate::tf_provider::resource::{PlanRequest, Planned};
use crate::tf_provider::value::Value;

/// Plans a tenant that will exist.
pub(super) fn plan(session: &Session, request: &PlanRequest<'_>, plan: &mut Plan) -> Planned {
    let private = PrivateState::read(request.private);
    match plan_checked(session, request, &private, plan) {
        Ok((private, diagnostics)) => Planned {
            private: private.write(),
            diagnostics,
        },
        Err(diagnostics) => Planned {
            private: request.private.to_vec(),
            diagnostics,
        },
    }
}

fn plan_checked(
    session: &Session,
    request: &PlanRequest<'_>,
    private: &PrivateState,
    plan: &mut Plan,
) -> Result<(PrivateState, Vec<Diagnostic>), Vec<Diagnostic>> {
    let prior = request.prior;
    let errors: Vec<_> = validate_what_is_there(request.config)
        .into_iter()
        .filter(Diagnostic::is_error)
        .collect();
    let missing = missing_secrets(request.config);
    if has_errors(&errors) || (prior.is_null() && !missing.is_empty()) {
        return Err([missing, errors].concat());
    }
    let ccid = plan.state.get("ccid").clone();
    refuse_letter_case(prior, &ccid).map_err(|refusal| vec![refusal])?;
    plan.state.set_attribute("id", ccid);
    if prior.is_null() || plan.replaces() {
        plan_new(prior, private, plan).map_err(|refusal| vec![refusal])?;
    } else {
        plan_revision(prior, request.config, private, plan);
    }
    // What `ignore_changes` hides can't be sent, and one hash can't tell whether the other secrets have changed.
    let sends = plan.replaces() || plan.state.get("revision") != prior.get("revision");
    if !missing.is_empty() && (sends || hash_decides_without_all(request.config)) {
        return Err(missing
            .into_iter()
            .map(messages::of_hidden_secret)
            .collect());
    }
    let shared = note_plan(session, prior, private, plan).map_err(|conflict| vec![conflict])?;
    let connection = session.connection();
    let settings = connection.as_ref().map(|connection| &connection.settings);
    let mut warnings = warnings::of_plan(request, private, settings, plan);
    warnings.extend(shared);
    let mut planned_private = PrivateState {
        refusal: refusal_of(prior),
        ..private.clone()
    };
    if !prior.is_null() {
        // By it the second plan of a replacement is known as such.
        planned_private.object_id = Some(private.existing_object());
    }
    Ok((planned_private, warnings))
}

/// Plans an object that is still to be created, perhaps for one that is destroyed.
fn plan_new(prior: &Value, private: &PrivateState, plan: &mut Plan) -> Result<(), Diagnostic> {
    let ccid = plan.state.get("ccid");
    if prior.is_null() {
        // The second plan of a replacement knows of the old object what the first one left.
        if let Some(refusal) = private.refusal {
            let ccid = ccid.as_str().unwrap_or_default();
            return Err(messages::of_destroy(refusal, ccid, Some(ccid)));
        }
    } else if let Some(refusal) = refusal_of(prior) {
        let old = prior.get("ccid").as_str().unwrap_or_default();
        return Err(messages::of_destroy(refusal, old, ccid.as_str()));
    }
    plan.state.set_attribute("revision", 1.into());
    Ok(())
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
        // The second plan of a replacement has the private data of the object that goes.
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
        Ok(shared) => Ok(shared.map(|Shared| messages::shared(ccid))),
        Err(conflict) => Err(messages::of_conflict(conflict, ccid)),
    }
}

/// Whether write-only values have no version and are not all hidden, where some are.
fn hash_decides_without_all(config: &Value) -> bool {
    let is_set = |secret: &Secret| !config.at(secret.block).get(secret.write_only).is_null();
    config.get("secrets_wo_version").is_null() && SECRETS.iter().any(is_set)
}

/// Plans `revision`: the next number where the plan will send, unknown where only the apply can tell.
fn plan_revision(prior: &Value, config: &Value, private: &PrivateState, plan: &mut Plan) {
    let revision = prior.get("revision").clone();
    plan.state.set_attribute("revision", revision.clone());
    let version = plan.state.get("secrets_wo_version");
    let values = model::write_only_values(config);
    let sends = change::decide(prior, &plan.state, private, &values);
    let any_values = match &values {
        WriteOnlyValues::Unknown => true,
        WriteOnlyValues::Hidden => false,
        WriteOnlyValues::Known(values) => !values.is_empty() || private.write_only.is_some(),
    };
    // An unknown version may turn out to be null.
    let hash_may_decide = (version.is_null() || version.is_unknown()) && any_values;
    let updates = sends != Sends::No || &plan.state != prior;
    let planned = if !updates {
        revision
    } else if hash_may_decide || sends == Sends::Perhaps {
        Value::UNKNOWN
    } else if sends == Sends::Yes {
        change::next_revision(&revision)
    } else {
        revision
    };
    plan.state.set_attribute("revision", planned);
}

/// A ccid that differs in letter case only may name the same tenant, which a replacement would then delete.
fn refuse_letter_case(prior: &Value, planned: &Value) -> Result<(), Diagnostic> {
    match (prior.get("ccid").as_str(), planned.as_str()) {
        (Some(prior), Some(planned)) if prior != planned && prior.eq_ignore_ascii_case(planned) => {
            Err(messages::of_letter_case(prior, planned))
        }
        _ => Ok(()),
    }
}

/// Why this object can't be destroyed, if it can't.
pub(super) fn refusal_of(state: &Value) -> Option<Refusal> {
    if state.is_null() {
        None
    } else if state.get("deletion_protection").as_bool() == Some(true) {
        Some(Refusal::Protected)
    } else if model::on_destroy(state) == OnDestroy::Unknown {
        Some(Refusal::NeverApplied)
    } else {
        None
    }
}

/// Plans to destroy a tenant.
pub(super) fn plan_destroy(session: &Session, prior: &Value, private: &[u8]) -> Planned {
    let mut planned = Planned::keeping(private);
    let private = PrivateState::read(private);
    let ccid = prior.get("ccid").as_str().unwrap_or_default();
    let object = private.existing_object();
    if session.ownership.is_superseded(ccid, &object) {
        planned.diagnostics.push(messages::superseded(ccid));
        return planned;
    }
    if let Err(conflict) = note_destroy(session, prior, object) {
        planned.diagnostics.push(conflict);
    } else if let Some(refusal) = refusal_of(prior) {
        planned
            .diagnostics
            .push(messages::of_destroy(refusal, ccid, None));
    }
    planned
}

/// Notes a destroy, unless it sends nothing and so can harm no other object.
fn note_destroy(session: &Session, prior: &Value, object: ObjectId) -> Result<(), Diagnostic> {
    if model::on_destroy(prior) == OnDestroy::Keep {
        return Ok(());
    }
    let ccid = prior.get("ccid").as_str().unwrap_or_default();
    match session.ownership.plan(ccid, Intent::Destroy(object)) {
        Ok(_) => Ok(()),
        Err(conflict) => Err(messages::of_conflict(conflict, ccid)),
    }
}
