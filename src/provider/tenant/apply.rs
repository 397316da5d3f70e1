//! Creating, updating and destroying a tenant: the operations that talk to IWD.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::fingerprint::Fingerprint;
use super::model::{self, OnDestroy, WriteOnlyValues};
use super::plan::refusal_of;
use super::private::Private;
use super::refusal;
use super::sending::{self, Sends};
use crate::iwd::client::{CallContext, Client, Operation};
use crate::iwd::error::Failure;
use crate::iwd::mask::Masker;
use crate::iwd::model::{Ccid, Tenant};
use crate::provider::config::{KeyLookup, Settings};
use crate::provider::diagnostics;
use crate::provider::session::Session;
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
    let private = Private::new();
    if let Err(problem) = model::all_known(&request.planned) {
        return Applied::failed(vec![problem]);
    }
    match provision(session, &request, Operation::Create, &private).await {
        Ok(()) => sent(&request, private),
        Err(trouble) => Applied::failed(trouble.diagnostics),
    }
}

/// Updates the tenant, with a request only where something that is sent changes.
///
/// An update that fails keeps the prior state; where the request may have arrived, the private data says so and the
/// next plan sends again.
pub(super) async fn update(session: &Session, request: ApplyRequest) -> Applied {
    let mut private = Private {
        refusal: None,
        ..Private::read(&request.private)
    };
    if private.mark.is_none() {
        private.mark = Private::new().mark;
    }
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
        if let (Some(ccid), Some(mark)) = (request.prior.get("ccid").as_str(), &private.mark) {
            session.fence.marked(ccid, mark);
        }
        return settled(&request, revision, &private);
    }
    match provision(session, &request, Operation::Update, &private).await {
        Ok(()) => sent(&request, private),
        Err(trouble) => {
            private.uncertain |= trouble.may_have_arrived;
            kept(&request, private, trouble.diagnostics)
        }
    }
}

/// Whether the planned update sends: as planned, or decided now where the plan left it open.
fn sends(request: &ApplyRequest, private: &Private) -> bool {
    let planned = request.planned.get("revision");
    if !planned.is_unknown() {
        return planned != request.prior.get("revision");
    }
    let values = model::write_only_values(&request.config);
    sending::decide(&request.prior, &request.planned, private, &values) != Sends::No
}

/// Destroys the tenant as its state says.
///
/// Where a request that failed may have arrived, the private data says so: whoever keeps the tenant after all gets it
/// sent again.
pub(super) async fn delete(session: &Session, request: ApplyRequest) -> Applied {
    let mut private = Private::read(&request.private);
    match remove(session, &request, &private).await {
        Ok(diagnostics) => {
            if let Some(ccid) = request.prior.get("ccid").as_str() {
                session
                    .fence
                    .forgotten(ccid, private.mark_of(&request.prior));
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
    private: &Private,
) -> Result<(), Trouble> {
    let tenant = model::tenant(&request.planned, &request.config)?;
    let connection = session.connection().ok_or_else(refusal::not_configured)?;
    let settings = &connection.settings;
    let key = key(settings, operation, &tenant.ccid, Some(&tenant.api_key))?;
    let client = connection.client().await?;
    let timeout = timeout(&request.planned, operation)?;
    // The client adds what it sends. The server may also name what it had before.
    let masker = Masker::new(settings.secrets(), settings.visible())
        .with(model::stored_secrets(&request.prior), []);
    let call = Call {
        session,
        client: &client,
        operation,
        ccid: &tenant.ccid,
        timeout,
        masker,
        stop: &request.stop,
        end: &request.end,
    };
    let outcome = call.provision(&tenant, &key).await;
    let may_be_there = match &outcome {
        Ok(()) => true,
        Err(trouble) => trouble.may_have_arrived,
    };
    if let (true, Some(mark)) = (may_be_there, &private.mark) {
        session.fence.provisioned(tenant.ccid.as_str(), mark);
    }
    outcome
}

async fn remove(
    session: &Session,
    request: &ApplyRequest,
    private: &Private,
) -> Result<Vec<Diagnostic>, Trouble> {
    let prior = &request.prior;
    let ccid = model::ccid(prior.get("ccid"))?;
    let superseded = || {
        session
            .fence
            .is_superseded(ccid.as_str(), private.mark_of(prior))
    };
    if superseded() {
        return Ok(vec![refusal::superseded(ccid.as_str())]);
    }
    if let Some(refusal) = refusal_of(prior) {
        return Err(refusal::of_destroy(refusal, ccid.as_str(), None).into());
    }
    let OnDestroy::Delete(deletion) = model::on_destroy(prior) else {
        return Ok(Vec::new());
    };
    let connection = session.connection().ok_or_else(refusal::not_configured)?;
    let settings = &connection.settings;
    let own_key = prior.get("api_key").as_str().map(SecretString::from);
    let key = key(settings, Operation::Delete, &ccid, own_key.as_ref())?;
    let client = connection.client().await?;
    let call = Call {
        session,
        client: &client,
        operation: Operation::Delete,
        ccid: &ccid,
        timeout: timeout(prior, Operation::Delete)?,
        masker: Masker::new(settings.secrets(), settings.visible())
            .with(model::stored_secrets(prior), model::visible_values(prior)),
        stop: &request.stop,
        end: &request.end,
    };
    let (_turn, context) = call.turn().await?;
    // What came before in the queue may have been a newer create.
    if superseded() {
        return Ok(vec![refusal::superseded(ccid.as_str())]);
    }
    client.delete(&ccid, &deletion, &key, &context).await?;
    session.fence.deleted(ccid.as_str());
    Ok(Vec::new())
}

/// One operation on one tenant, ready to go.
struct Call<'a> {
    session: &'a Session,
    client: &'a Client,
    operation: Operation,
    ccid: &'a Ccid,
    timeout: Duration,
    masker: Masker,
    stop: &'a CancellationToken,
    end: &'a CancellationToken,
}

impl Call<'_> {
    /// Waits for this operation's turn on the tenant; an error if Terraform stops or the time is up first.
    async fn turn(&self) -> Result<(tokio::sync::OwnedMutexGuard<()>, CallContext), Diagnostic> {
        let began = Instant::now();
        let turn = tokio::select! {
            () = self.stop.cancelled() => return Err(refusal::stopped(self.operation, self.ccid)),
            () = tokio::time::sleep(self.timeout) => return Err(refusal::never_its_turn(self.operation, self.ccid, self.timeout)),
            turn = self.session.locks.lock(self.ccid.as_str()) => turn,
        };
        let context = CallContext {
            began,
            timeout: self.timeout,
            stop: self.stop.clone(),
            end: self.end.clone(),
            masker: self.masker.clone(),
        };
        Ok((turn, context))
    }

    async fn provision(&self, tenant: &Tenant, key: &SecretString) -> Result<(), Trouble> {
        let (_turn, context) = self.turn().await?;
        Ok(self
            .client
            .provision(self.operation, tenant, key, &context)
            .await?)
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
fn sent(request: &ApplyRequest, mut private: Private) -> Applied {
    let revision = match request.planned.get("revision") {
        Value::Unknown(_) => sending::next_revision(request.prior.get("revision")),
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
fn settled(request: &ApplyRequest, revision: Value, private: &Private) -> Applied {
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
fn kept(request: &ApplyRequest, private: Private, diagnostics: Vec<Diagnostic>) -> Applied {
    Applied {
        state: request.prior.clone(),
        private: Private {
            refusal: None,
            ..private
        }
        .write(),
        diagnostics,
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::SCHEMA;
    use super::*;

    #[test]
    fn each_operation_has_the_documented_timeout() {
        let mut blocks = SCHEMA.block.blocks.iter();
        let timeouts = blocks.find(|block| block.name == "timeouts").unwrap();
        let documented = format!("Default `{}`", diagnostics::period(DEFAULT_TIMEOUT));
        for operation in [Operation::Create, Operation::Update, Operation::Delete] {
            assert_eq!(timeout(&Value::Null, operation).ok(), Some(DEFAULT_TIMEOUT));
        }
        for attribute in &timeouts.block.attributes {
            assert!(attribute.description.starts_with(&documented));
        }
    }
}
