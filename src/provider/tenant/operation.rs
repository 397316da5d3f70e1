//! One operation on a tenant in IWD: what bounds it, its key, its turn on the tenant, and what is recorded of it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, debug_span};

use super::deletion::Refusal;
use super::messages::{self, WaitedFor};
use super::model;
use super::object_id::ObjectId;
use super::ownership::{Effect, Standing, Turn};
use super::schema;
use crate::iwd::client::{CallContext, Client, Deleted, Observer, Operation, Wait};
use crate::iwd::error::Failure;
use crate::iwd::mask::Masker;
use crate::iwd::model::{Ccid, Deletion};
use crate::provider::config::{Key, KeyLookup, KeySource, Settings};
use crate::provider::diagnostics;
use crate::provider::session::{Configured, Session};
use crate::random::NoRandomness;
use crate::tf_provider::action::Progress;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::resource::ApplyRequest;

/// Why an operation did not happen, and whether IWD may have done it all the same.
pub(super) struct ApplyError {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) may_have_arrived: bool,
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

impl ApplyError {
    /// A call that failed, with a key from there.
    pub(super) fn of_call(failure: &Failure, key: KeySource) -> Self {
        Self {
            may_have_arrived: failure.may_have_arrived,
            diagnostics: vec![diagnostics::failure(failure, key)],
        }
    }
}

/// For which object the tenant is provisioned.
pub(super) enum Provisioning {
    /// A new one, perhaps in place of another.
    Create { replaced: Option<ObjectId> },
    /// One that exists.
    Update,
}

/// Provisions the tenant for that object, as planned.
pub(super) async fn provision(
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
    let configured = session.configured().ok_or_else(messages::not_configured)?;
    let settings = &configured.settings;
    let own_key = Key {
        value: tenant.api_key.clone(),
        source: KeySource::Tenant(if request.planned.get("api_key").is_null() {
            "api_key_wo"
        } else {
            "api_key"
        }),
    };
    let key = key(settings, operation, &tenant.ccid, Some(own_key))?;
    let window = Window {
        operation,
        ccid: &tenant.ccid,
        began,
        timeout: model::timeout(&request.planned, operation)?,
        stop: &request.stop,
        end: &request.end,
        progress: None,
    };
    // The server may name what it gets, plain from the plan and write-only from the configuration, and what it had before.
    let objects = [&request.planned, &request.config, &request.prior];
    let secrets = objects.into_iter().flat_map(model::secrets);
    let visible = model::visible_values(&request.planned);
    let (client, turn) = window.enter(session, &configured).await?;
    let is_taken = match &provisioning {
        Provisioning::Create { replaced } => turn.is_taken(replaced.as_ref()),
        Provisioning::Update => turn.has_newer(object),
    };
    if is_taken {
        return Err(messages::taken(operation, &tenant.ccid).into());
    }
    let context = window.call_context(client.masker().clone().with(secrets, visible));
    let outcome = client
        .provision(operation, &tenant, &key.value, &context)
        .instrument(call_span(key.source))
        .await
        .map_err(|failure| ApplyError::of_call(&failure, key.source));
    let effect = match (&provisioning, &outcome) {
        (Provisioning::Update, _) => Effect::Updated,
        (Provisioning::Create { .. }, Ok(())) => Effect::Created,
        (Provisioning::Create { .. }, Err(_)) => Effect::NotCreated,
    };
    if outcome
        .as_ref()
        .err()
        .is_none_or(|error| error.may_have_arrived)
    {
        turn.provisioned(object, effect);
    }
    outcome
}

/// Deletes what that object stands for, unless the tenant has become another object's since; the diagnostics warn.
pub(super) async fn delete(
    session: &Session,
    request: &ApplyRequest,
    object: &ObjectId,
    ccid: &Ccid,
    deletion: &Deletion,
) -> Result<Vec<Diagnostic>, ApplyError> {
    let began = Instant::now();
    let prior = &request.prior;
    let configured = session.configured().ok_or_else(messages::not_configured)?;
    let settings = &configured.settings;
    let own_key = prior.get("api_key").as_str().map(|key| Key {
        value: key.into(),
        source: KeySource::Tenant("api_key"),
    });
    let key = key(settings, Operation::Delete, ccid, own_key)?;
    let window = Window {
        operation: Operation::Delete,
        ccid,
        began,
        timeout: model::timeout(prior, Operation::Delete)?,
        stop: &request.stop,
        end: &request.end,
        progress: None,
    };
    let (client, turn) = window.enter(session, &configured).await?;
    // What came before in the queue may have been a newer create.
    match turn.standing(object) {
        Standing::Owner => {}
        Standing::Superseded => return Ok(vec![messages::superseded(ccid.as_str())]),
        Standing::InDoubt => {
            let refusal = messages::destroy_refused(Refusal::InDoubt, ccid.as_str(), None);
            return Err(refusal.into());
        }
    }
    let (secrets, visible) = (model::secrets(prior), model::visible_values(prior));
    let context = window.call_context(client.masker().clone().with(secrets, visible));
    let deleted = client
        .delete(Operation::Delete, ccid, deletion, &key.value, &context)
        .instrument(call_span(key.source))
        .await
        .map_err(|failure| ApplyError::of_call(&failure, key.source))?;
    turn.deleted();
    Ok(match deleted {
        Deleted::Gone => Vec::new(),
        Deleted::NotThere { url, reply } => vec![diagnostics::not_there(ccid, &url, &reply)],
    })
}

/// What bounds one operation from its first wait on.
pub(super) struct Window<'a> {
    pub(super) operation: Operation,
    pub(super) ccid: &'a Ccid,
    pub(super) began: Instant,
    pub(super) timeout: Duration,
    pub(super) stop: &'a CancellationToken,
    pub(super) end: &'a CancellationToken,
    /// Where to tell of waits.
    pub(super) progress: Option<&'a Progress>,
}

impl Window<'_> {
    /// Waits for the client and for this operation's turn on the tenant.
    pub(super) async fn enter<'s>(
        &self,
        session: &'s Session,
        configured: &Arc<Configured>,
    ) -> Result<(Client, Turn<'s>), ApplyError> {
        let client = self.wait(WaitedFor::Client, configured.client()).await??;
        let turn = self.wait(WaitedFor::Turn, self.turn(session)).await?;
        Ok((client, turn))
    }

    async fn turn<'s>(&self, session: &'s Session) -> Turn<'s> {
        let mut turn = pin!(session.ownership.turn(self.ccid.as_str()));
        if let Some(turn) = turn.as_mut().now_or_never() {
            return turn;
        }
        if let Some(progress) = self.progress {
            progress.report(messages::waits_for_turn(self.ccid));
        }
        turn.await
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

    pub(super) fn call_context(&self, masker: Masker) -> CallContext {
        CallContext {
            began: self.began,
            timeout: self.timeout,
            stop: self.stop.clone(),
            end: self.end.clone(),
            masker,
            parameters: schema::parameters(),
            observer: self
                .progress
                .map(|progress| Arc::new(Reporter(progress.clone())) as _),
        }
    }
}

/// Tells of each wait before another attempt.
#[derive(Debug)]
struct Reporter(Progress);

impl Observer for Reporter {
    fn waits(&self, wait: &Wait<'_>) {
        if let Some(message) = messages::tries_again(wait) {
            self.0.report(message);
        }
    }
}

/// Lets all that is logged of a call say where its key was found.
pub(super) fn call_span(key: KeySource) -> Span {
    debug_span!("call", key = diagnostics::found(key))
}

/// The `x-api-key`: the provider's for this tenant, the provider's, the tenant's own.
pub(super) fn key(
    settings: &Settings,
    operation: Operation,
    ccid: &Ccid,
    own: Option<Key>,
) -> Result<Key, Diagnostic> {
    match settings.key_for(ccid) {
        KeyLookup::Known(key) => Ok(key),
        KeyLookup::None => own.ok_or_else(|| diagnostics::no_key(operation, ccid)),
        KeyLookup::Unknown => Err(diagnostics::unknown_key(operation, ccid)),
        KeyLookup::Ambiguous => Err(diagnostics::ambiguous_key(operation, ccid)),
    }
}
