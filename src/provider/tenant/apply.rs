//! Creating, updating and destroying a tenant: the operations that talk to IWD.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::change::{self, Change, Inputs};
use super::deletion::{self, Decision, Refusal};
use super::messages::{self, WaitedFor};
use super::model;
use super::ownership::{Standing, Turn};
use super::private_state::{ObjectId, PrivateState};
use super::schema;
use super::write_only::WriteOnlyValues;
use crate::iwd::client::{CallContext, Client, Deleted, Operation};
use crate::iwd::error::Failure;
use crate::iwd::mask::Masker;
use crate::iwd::model::{Ccid, Deletion};
use crate::provider::config::{KeyLookup, Settings};
use crate::provider::diagnostics;
use crate::provider::session::{Connection, Session};
use crate::random::NoRandomness;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::resource::{Applied, ApplyRequest};
use crate::tf_provider::value::Value;

/// Why an operation did not happen, and whether IWD may have done it all the same.
struct ApplyError {
    diagnostics: Vec<Diagnostic>,
    may_have_arrived: bool,
}

impl From<Diagnostic> for ApplyError {
    fn from(problem: Diagnostic) -> Self {
        vec![problem].into()
    }
}

impl From<NoRandomness> for ApplyError {
    fn from(problem: NoRandomness) -> Self {
        Diagnostic::from(problem).into()
    }
}

impl From<Vec<Diagnostic>> for ApplyError {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            diagnostics,
            may_have_arrived: false,
        }
    }
}

impl From<Box<Failure>> for ApplyError {
    fn from(failure: Box<Failure>) -> Self {
        Self {
            may_have_arrived: failure.may_have_arrived,
            diagnostics: vec![diagnostics::failure(&failure)],
        }
    }
}

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
    provision(session, request, Provisioning::Create { replaced }, &object).await?;
    Ok(settled(request, Change::Create, &recorded))
}

/// Updates the tenant, with a request only where something that is sent changes.
///
/// An update that fails keeps the prior state; where the request may have arrived, the private state says so and the
/// next plan sends again.
pub(super) async fn update(session: &Session, request: ApplyRequest) -> Applied {
    let mut private = PrivateState {
        refusal: None,
        ..PrivateState::read(&request.private)
    };
    if private.existing_object().is_lost() {
        match ObjectId::new() {
            Ok(object) => private.object_id = Some(object),
            Err(problem) => return kept(&request, private, problem.into()),
        }
    }
    match update_object(session, &request, private.clone()).await {
        Ok(applied) => applied,
        Err(error) => kept(&request, private, error),
    }
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
        let recorded = recorded(private, request, &write_only)?;
        provision(session, request, Provisioning::Update, &object).await?;
        return Ok(settled(request, change, &recorded));
    }
    if let Some(ccid) = prior.get("ccid").as_str() {
        session.ownership.identified(ccid, &object);
    }
    if version_decides(planned) {
        private.write_only = None;
    }
    Ok(settled(request, change, &private))
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
        write_only_names: write_only.paths(),
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
        Err(error) => kept(&request, private, error),
    }
}

/// For which object the tenant is provisioned.
enum Provisioning {
    /// A new one, perhaps in place of another.
    Create { replaced: Option<ObjectId> },
    /// One that exists.
    Update,
}

async fn provision(
    session: &Session,
    request: &ApplyRequest,
    provisioning: Provisioning,
    object: &ObjectId,
) -> Result<(), ApplyError> {
    let began = Instant::now();
    let operation = match provisioning {
        Provisioning::Create { .. } => Operation::Create,
        Provisioning::Update => Operation::Update,
    };
    let tenant = model::tenant(&request.planned, &request.config)?;
    let connection = session.connection().ok_or_else(messages::not_configured)?;
    let settings = &connection.settings;
    let key = key(settings, operation, &tenant.ccid, Some(&tenant.api_key))?;
    let window = Window {
        operation,
        ccid: &tenant.ccid,
        began,
        timeout: model::timeout(&request.planned, operation)?,
        stop: &request.stop,
        end: &request.end,
    };
    // The server may name what it gets, plain from the plan and write-only from the configuration, and what it had before.
    let objects = [&request.planned, &request.config, &request.prior];
    let secrets = objects.into_iter().flat_map(model::secrets);
    let visible = model::visible_values(&request.planned);
    let (client, turn) = window.enter(session, &connection).await?;
    if let Provisioning::Create { replaced } = &provisioning
        && turn.is_taken(replaced.as_ref())
    {
        return Err(messages::taken(&tenant.ccid).into());
    }
    let context = window.call_context(client.masker().clone().with(secrets, visible));
    let outcome = client
        .provision(operation, &tenant, &key, &context)
        .await
        .map_err(ApplyError::from);
    let exists = outcome.is_ok() || operation == Operation::Update;
    if outcome
        .as_ref()
        .err()
        .is_none_or(|error| error.may_have_arrived)
    {
        turn.provisioned(object, exists);
    }
    outcome
}

async fn remove(
    session: &Session,
    request: &ApplyRequest,
    private: &PrivateState,
) -> Result<Vec<Diagnostic>, ApplyError> {
    let prior = &request.prior;
    let ccid = model::ccid(prior.get("ccid"))?;
    let standing = session
        .ownership
        .standing(ccid.as_str(), &private.existing_object());
    match deletion::decide(prior, standing) {
        Decision::Superseded => Ok(vec![messages::superseded(ccid.as_str())]),
        Decision::Refuse(refusal) => {
            Err(messages::destroy_refused(refusal, ccid.as_str(), None).into())
        }
        Decision::Forget => Ok(Vec::new()),
        Decision::Send(deletion) => {
            send_deletion(session, request, private, &ccid, &deletion).await
        }
    }
}

async fn send_deletion(
    session: &Session,
    request: &ApplyRequest,
    private: &PrivateState,
    ccid: &Ccid,
    deletion: &Deletion,
) -> Result<Vec<Diagnostic>, ApplyError> {
    let began = Instant::now();
    let prior = &request.prior;
    let connection = session.connection().ok_or_else(messages::not_configured)?;
    let settings = &connection.settings;
    let own_key = prior.get("api_key").as_str().map(SecretString::from);
    let key = key(settings, Operation::Delete, ccid, own_key.as_ref())?;
    let window = Window {
        operation: Operation::Delete,
        ccid,
        began,
        timeout: model::timeout(prior, Operation::Delete)?,
        stop: &request.stop,
        end: &request.end,
    };
    let (client, turn) = window.enter(session, &connection).await?;
    // What came before in the queue may have been a newer create.
    match turn.standing(&private.existing_object()) {
        Standing::Owner => {}
        Standing::Superseded => return Ok(vec![messages::superseded(ccid.as_str())]),
        Standing::InDoubt => {
            let refusal = messages::destroy_refused(Refusal::InDoubt, ccid.as_str(), None);
            return Err(refusal.into());
        }
    }
    let (secrets, visible) = (model::secrets(prior), model::visible_values(prior));
    let context = window.call_context(client.masker().clone().with(secrets, visible));
    let deleted = client.delete(ccid, deletion, &key, &context).await?;
    turn.deleted();
    Ok(match deleted {
        Deleted::Gone => Vec::new(),
        Deleted::NotThere { url, reply } => vec![diagnostics::not_there(ccid, &url, &reply)],
    })
}

/// What bounds one operation from its first wait on.
struct Window<'a> {
    operation: Operation,
    ccid: &'a Ccid,
    began: Instant,
    timeout: Duration,
    stop: &'a CancellationToken,
    end: &'a CancellationToken,
}

impl Window<'_> {
    /// Waits for the client and for this operation's turn on the tenant.
    async fn enter<'s>(
        &self,
        session: &'s Session,
        connection: &Arc<Connection>,
    ) -> Result<(Client, Turn<'s>), ApplyError> {
        let client = self.wait(WaitedFor::Client, connection.client()).await??;
        let turn = session.ownership.turn(self.ccid.as_str());
        let turn = self.wait(WaitedFor::Turn, turn).await?;
        Ok((client, turn))
    }

    /// Waits no longer than until Terraform stops or the time is up.
    async fn wait<T>(
        &self,
        what: WaitedFor,
        work: impl Future<Output = T>,
    ) -> Result<T, Diagnostic> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(messages::stopped(self.operation, self.ccid, what)),
            done = work => Ok(done),
            () = tokio::time::sleep_until(self.began + self.timeout) => {
                Err(messages::out_of_time(self.operation, self.ccid, what, self.timeout))
            }
        }
    }

    fn call_context(&self, masker: Masker) -> CallContext {
        CallContext {
            began: self.began,
            timeout: self.timeout,
            stop: self.stop.clone(),
            end: self.end.clone(),
            masker,
            parameters: schema::parameters(),
        }
    }
}

/// The `x-api-key`: the provider's for this tenant, the provider's, the tenant's own.
fn key(
    settings: &Settings,
    operation: Operation,
    ccid: &Ccid,
    own: Option<&SecretString>,
) -> Result<SecretString, Diagnostic> {
    match settings.key_for(ccid) {
        KeyLookup::Known(key) => Ok(key),
        KeyLookup::None => own
            .cloned()
            .ok_or_else(|| diagnostics::no_key(operation, ccid)),
        KeyLookup::Unknown => Err(diagnostics::unknown_key(operation, ccid)),
        KeyLookup::Ambiguous => Err(diagnostics::ambiguous_key(operation, ccid)),
    }
}

/// The planned state with what was open in it.
fn settled(request: &ApplyRequest, change: Change, private: &PrivateState) -> Applied {
    let mut state = request.planned.clone();
    state.set_attribute("id", state.get("ccid").clone());
    if state.get("revision").is_unknown() {
        state.set_attribute("revision", change.revision(&request.prior));
    }
    Applied {
        state,
        private: private.write(),
        diagnostics: Vec::new(),
    }
}

/// The prior state, for an operation that failed.
fn kept(request: &ApplyRequest, private: PrivateState, error: ApplyError) -> Applied {
    Applied {
        state: request.prior.clone(),
        private: PrivateState {
            refusal: None,
            uncertain: private.uncertain || error.may_have_arrived,
            ..private
        }
        .write(),
        diagnostics: error.diagnostics,
    }
}

#[cfg(test)]
mod tests;
