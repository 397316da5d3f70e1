//! Creating, updating and destroying a tenant: the operations that talk to IWD.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::change::{self, Sends};
use super::fingerprint::Fingerprint;
use super::messages;
use super::model::{self, OnDestroy, WriteOnlyValues};
use super::ownership::Turn;
use super::plan::refusal_of;
use super::private_state::{ObjectId, PrivateState};
use crate::iwd::client::{CallContext, Client, Deleted, Operation};
use crate::iwd::error::Failure;
use crate::iwd::mask::Masker;
use crate::iwd::model::Ccid;
use crate::provider::config::{KeyLookup, Settings};
use crate::provider::diagnostics;
use crate::provider::session::{Connection, Session};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::duration;
use crate::tf_provider::resource::{Applied, ApplyRequest};
use crate::tf_provider::value::Value;

/// How long an operation may take where `timeouts` doesn't say.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(5);

/// Why an operation did not happen, and whether IWD may have done it all the same.
struct Trouble {
    diagnostics: Vec<Diagnostic>,
    may_have_arrived: bool,
}

impl From<Diagnostic> for Trouble {
    fn from(problem: Diagnostic) -> Self {
        vec![problem].into()
    }
}

impl From<Vec<Diagnostic>> for Trouble {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self {
            diagnostics,
            may_have_arrived: false,
        }
    }
}

impl From<Box<Failure>> for Trouble {
    fn from(failure: Box<Failure>) -> Self {
        Self {
            may_have_arrived: failure.may_have_arrived,
            diagnostics: vec![diagnostics::failure(&failure)],
        }
    }
}

/// Creates the tenant. A create that fails leaves nothing in state: a tainted object would plan a delete.
pub(super) async fn create(session: &Session, request: ApplyRequest) -> Applied {
    let object = ObjectId::new();
    let created = match model::all_known(&request.planned) {
        Ok(()) => provision(session, &request, Operation::Create, &object).await,
        Err(problem) => Err(problem.into()),
    };
    match created {
        Ok(()) => sent(&request, PrivateState::of(object)),
        Err(trouble) => {
            if let Some(ccid) = request.planned.get("ccid").as_str() {
                session.ownership.not_created(ccid);
            }
            Applied::failed(trouble.diagnostics)
        }
    }
}

/// Updates the tenant, with a request only where something that is sent changes.
///
/// An update that fails keeps the prior state; where the request may have arrived, the private data says so and the
/// next plan sends again.
pub(super) async fn update(session: &Session, request: ApplyRequest) -> Applied {
    let mut private = PrivateState {
        refusal: None,
        ..PrivateState::read(&request.private)
    };
    let object = match private.object_id.take() {
        Some(object) if !object.is_lost() => object,
        _ => ObjectId::new(),
    };
    private.object_id = Some(object.clone());
    if request.prior.get("ccid") != request.planned.get("ccid") {
        return kept(
            &request,
            private,
            vec![Diagnostic::error(
                "Contact center id can't change in place",
                "The plan changes `ccid` without replacing the tenant. Nothing was sent. Plan again.",
            )],
        );
    }
    if let Err(problem) = model::all_known(&request.planned) {
        return kept(&request, private, vec![problem]);
    }
    if !sends(&request, &private) {
        let revision = request.prior.get("revision").clone();
        if !request.planned.get("secrets_wo_version").is_null() {
            private.write_only = None;
        }
        if let Some(ccid) = request.prior.get("ccid").as_str() {
            session.ownership.identified(ccid, &object);
        }
        return settled(&request, revision, &private);
    }
    match provision(session, &request, Operation::Update, &object).await {
        Ok(()) => sent(&request, private),
        Err(trouble) => {
            private.uncertain |= trouble.may_have_arrived;
            kept(&request, private, trouble.diagnostics)
        }
    }
}

/// Whether the planned update sends: as planned, or decided now where the plan left it open.
fn sends(request: &ApplyRequest, private: &PrivateState) -> bool {
    let planned = request.planned.get("revision");
    if !planned.is_unknown() {
        return planned != request.prior.get("revision");
    }
    let values = model::write_only_values(&request.config);
    change::decide(&request.prior, &request.planned, private, &values) != Sends::No
}

/// Destroys the tenant as its state says.
///
/// Where a request that failed may have arrived, the private data says so: whoever keeps the tenant after all gets it
/// sent again.
pub(super) async fn delete(session: &Session, request: ApplyRequest) -> Applied {
    let mut private = PrivateState::read(&request.private);
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
        Err(trouble) => {
            // If the user keeps the tenant after all, the next plan provisions it again.
            private.uncertain |= trouble.may_have_arrived;
            kept(&request, private, trouble.diagnostics)
        }
    }
}

async fn provision(
    session: &Session,
    request: &ApplyRequest,
    operation: Operation,
    object: &ObjectId,
) -> Result<(), Trouble> {
    let began = Instant::now();
    let tenant = model::tenant(&request.planned, &request.config)?;
    let connection = session.connection().ok_or_else(messages::not_configured)?;
    let settings = &connection.settings;
    let key = key(settings, operation, &tenant.ccid, Some(&tenant.api_key))?;
    let window = Window {
        operation,
        ccid: &tenant.ccid,
        began,
        timeout: timeout(&request.planned, operation)?,
        stop: &request.stop,
        end: &request.end,
    };
    // The client adds what it sends. The server may also name what it had before.
    let masker = Masker::new(settings.secrets(), settings.visible())
        .with(model::stored_secrets(&request.prior), []);
    let (client, turn) = window.enter(session, &connection).await?;
    let creates = operation == Operation::Create;
    // A replacement was planned with the private data of the object that goes.
    let replaced = PrivateState::read(&request.private).object_id;
    if creates && turn.is_taken(replaced.as_ref()) {
        return Err(messages::taken(&tenant.ccid).into());
    }
    let context = window.call_context(masker);
    let outcome = client
        .provision(operation, &tenant, &key, &context)
        .await
        .map_err(Trouble::from);
    let failed = outcome.as_ref().err();
    if failed.is_none_or(|trouble| trouble.may_have_arrived) {
        turn.provisioned(object, !creates || failed.is_none());
    }
    outcome
}

async fn remove(
    session: &Session,
    request: &ApplyRequest,
    private: &PrivateState,
) -> Result<Vec<Diagnostic>, Trouble> {
    let began = Instant::now();
    let prior = &request.prior;
    let ccid = model::ccid(prior.get("ccid"))?;
    let object = private.existing_object();
    if session.ownership.is_superseded(ccid.as_str(), &object) {
        return Ok(vec![messages::superseded(ccid.as_str())]);
    }
    if let Some(refusal) = refusal_of(prior) {
        return Err(messages::of_destroy(refusal, ccid.as_str(), None).into());
    }
    let OnDestroy::Delete(deletion) = model::on_destroy(prior) else {
        return Ok(Vec::new());
    };
    let connection = session.connection().ok_or_else(messages::not_configured)?;
    let settings = &connection.settings;
    let own_key = prior.get("api_key").as_str().map(SecretString::from);
    let key = key(settings, Operation::Delete, &ccid, own_key.as_ref())?;
    let window = Window {
        operation: Operation::Delete,
        ccid: &ccid,
        began,
        timeout: timeout(prior, Operation::Delete)?,
        stop: &request.stop,
        end: &request.end,
    };
    let masker = Masker::new(settings.secrets(), settings.visible())
        .with(model::stored_secrets(prior), model::visible_values(prior));
    let (client, turn) = window.enter(session, &connection).await?;
    // What came before in the queue may have been a newer create.
    if turn.is_superseded(&object) {
        return Ok(vec![messages::superseded(ccid.as_str())]);
    }
    let context = window.call_context(masker);
    let deleted = client.delete(&ccid, &deletion, &key, &context).await?;
    turn.deleted();
    Ok(match deleted {
        Deleted::Gone => Vec::new(),
        Deleted::NotThere { url, reply } => vec![diagnostics::not_there(&ccid, &url, &reply)],
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

/// What an operation waits for before it sends anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WaitedFor {
    /// The client: files that the settings name may be slow to come.
    Client,
    /// The end of another operation on the same tenant.
    Turn,
}

impl Window<'_> {
    /// Waits for the client and for this operation's turn on the tenant.
    async fn enter<'s>(
        &self,
        session: &'s Session,
        connection: &Arc<Connection>,
    ) -> Result<(Client, Turn<'s>), Trouble> {
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
        }
    }
}

fn timeout(values: &Value, operation: Operation) -> Result<Duration, Diagnostic> {
    let name = match operation {
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::Delete => "delete",
    };
    let Some(text) = values.at(&["timeouts", name]).as_str() else {
        return Ok(DEFAULT_TIMEOUT);
    };
    duration::parse(text).map_err(|problem| {
        Diagnostic::error(
            "Invalid duration",
            format!("`timeouts.{name}` is {text:?}: {problem}. Nothing was sent."),
        )
    })
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
    }
}

/// The state after a request that succeeded.
fn sent(request: &ApplyRequest, mut private: PrivateState) -> Applied {
    let revision = match request.planned.get("revision") {
        Value::Unknown(_) => change::next_revision(request.prior.get("revision")),
        planned => planned.clone(),
    };
    let values = match model::write_only_values(&request.config) {
        WriteOnlyValues::Known(values) => values,
        WriteOnlyValues::Unknown | WriteOnlyValues::Hidden => Vec::new(),
    };
    private.uncertain = false;
    private.write_only_names = values.iter().map(|(path, _)| path.clone()).collect();
    private.write_only = if request.planned.get("secrets_wo_version").is_null() {
        Fingerprint::of(&values)
    } else {
        None
    };
    settled(request, revision, &private)
}

/// The planned state with what was open in it.
fn settled(request: &ApplyRequest, revision: Value, private: &PrivateState) -> Applied {
    let mut state = request.planned.clone();
    state.set_attribute("id", state.get("ccid").clone());
    state.set_attribute("revision", revision);
    Applied {
        state,
        private: private.write(),
        diagnostics: Vec::new(),
    }
}

/// The prior state, for an operation that failed.
fn kept(request: &ApplyRequest, private: PrivateState, diagnostics: Vec<Diagnostic>) -> Applied {
    Applied {
        state: request.prior.clone(),
        private: PrivateState {
            refusal: None,
            ..private
        }
        .write(),
        diagnostics,
    }
}

#[cfg(test)]
mod tests;
