//! Creating, updating and destroying a tenant: what is decided, what is done, and what Terraform is to keep.

use super::change::{self, Change, Inputs};
use super::deletion::{self, Decision};
use super::messages;
use super::model;
use super::object_id::ObjectId;
use super::operation::{self, ApplyError, Provisioning};
use super::private_state::PrivateState;
use super::write_only::WriteOnlyValues;
use crate::provider::session::Session;
use crate::random::NoRandomness;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::resource::{Applied, ApplyRequest};
use crate::tf_provider::value::Value;

/// Creates the tenant. A create that fails leaves nothing in state: a tainted object would plan a delete.
pub(super) async fn create(session: &Session, request: ApplyRequest) -> Applied {
    match create_object(session, &request).await {
        Ok(applied) => applied,
        Err(error) => {
            if let Some(ccid) = request.planned.get("ccid").as_str() {
                session.ownership.not_created(ccid);
            }
            Applied::failed(error.diagnostics)
        }
    }
}

async fn create_object(session: &Session, request: &ApplyRequest) -> Result<Applied, ApplyError> {
    let object = ObjectId::new()?;
    let write_only = WriteOnlyValues::of(&request.config, None);
    let recorded = recorded(PrivateState::of(object.clone()), request, &write_only)?;
    // A replacement was planned with the private state of the object that goes.
    let replaced = PrivateState::read(&request.private).object_id;
    let provisioning = Provisioning::Create { replaced };
    operation::provision(session, request, provisioning, &object).await?;
    Ok(Applied {
        state: Change::Create.settle(&request.prior, &request.planned),
        private: recorded.write(),
        diagnostics: Vec::new(),
    })
}

/// Updates the tenant, with a request only where something that is sent changes.
///
/// An update that fails keeps the prior state; where the request may have arrived, the private state says so and the
/// next plan sends again.
pub(super) async fn update(session: &Session, request: ApplyRequest) -> Applied {
    let mut private = PrivateState::read(&request.private);
    private.refusal = None;
    let updated = match private.identify() {
        Ok(()) => update_object(session, &request, private.clone()).await,
        Err(problem) => Err(problem.into()),
    };
    updated.unwrap_or_else(|error| Applied {
        state: request.prior,
        private: private.after_failure(error.may_have_arrived).write(),
        diagnostics: error.diagnostics,
    })
}

async fn update_object(
    session: &Session,
    request: &ApplyRequest,
    mut private: PrivateState,
) -> Result<Applied, ApplyError> {
    let (prior, planned) = (&request.prior, &request.planned);
    if prior.get("ccid") != planned.get("ccid") {
        return Err(messages::ccid_changes_in_place().into());
    }
    model::all_known(planned)?;
    let object = private.existing_object();
    let write_only = WriteOnlyValues::of(&request.config, private.write_only.clone());
    let change = change::at_apply(&Inputs {
        prior,
        planned,
        replaces: false,
        private: &private,
        write_only: &write_only,
    });
    if change == Change::Send {
        private = recorded(private, request, &write_only)?;
        operation::provision(session, request, Provisioning::Update, &object).await?;
    } else {
        if let Some(ccid) = prior.get("ccid").as_str() {
            session.ownership.identified(ccid, &object);
        }
        if version_decides(planned) {
            private.write_only = None;
        }
    }
    Ok(Applied {
        state: change.settle(prior, planned),
        private: private.write(),
        diagnostics: Vec::new(),
    })
}

/// The private state to keep once the request has succeeded. It is made before, so that nothing is sent that can't be
/// recorded.
fn recorded(
    private: PrivateState,
    request: &ApplyRequest,
    write_only: &WriteOnlyValues,
) -> Result<PrivateState, NoRandomness> {
    let fingerprint = if version_decides(&request.planned) {
        None
    } else {
        write_only.fingerprint()?
    };
    Ok(PrivateState {
        uncertain: false,
        write_only: fingerprint,
        write_only_names: write_only.paths().unwrap_or_default(),
        ..private
    })
}

fn version_decides(planned: &Value) -> bool {
    !planned.get("secrets_wo_version").is_null()
}

/// Destroys the tenant as its state says.
///
/// Where a request that failed may have arrived, the private state says so: whoever keeps the tenant after all gets it
/// sent again.
pub(super) async fn delete(session: &Session, request: ApplyRequest) -> Applied {
    let private = PrivateState::read(&request.private);
    match remove(session, &request, &private).await {
        Ok(diagnostics) => {
            if let Some(ccid) = request.prior.get("ccid").as_str() {
                session
                    .ownership
                    .forgotten(ccid, &private.existing_object());
            }
            Applied {
                state: Value::Null,
                private: Vec::new(),
                diagnostics,
            }
        }
        // If the user keeps the tenant after all, the next plan provisions it again.
        Err(error) => Applied {
            state: request.prior,
            private: private.after_failure(error.may_have_arrived).write(),
            diagnostics: error.diagnostics,
        },
    }
}

async fn remove(
    session: &Session,
    request: &ApplyRequest,
    private: &PrivateState,
) -> Result<Vec<Diagnostic>, ApplyError> {
    let prior = &request.prior;
    let ccid = model::ccid(prior.get("ccid"))?;
    let object = private.existing_object();
    let standing = session.ownership.standing(ccid.as_str(), &object);
    match deletion::decide(prior, standing) {
        Decision::Superseded => Ok(vec![messages::superseded(ccid.as_str())]),
        Decision::Refuse(refusal) => {
            Err(messages::destroy_refused(refusal, ccid.as_str(), None).into())
        }
        Decision::Forget => Ok(vec![messages::kept(ccid.as_str())]),
        Decision::Send(deletion) => {
            operation::delete(session, request, &object, &ccid, &deletion).await
        }
    }
}

#[cfg(test)]
mod tests;
