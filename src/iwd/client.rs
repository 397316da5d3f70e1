//! Sends requests, waits and tries again; the only part of the client that does I/O.

mod attempt;
mod attempt_log;
mod call;
mod cause;
mod connecting;
mod probe;
mod resolver;
mod route;
mod settings;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderMap;
use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use self::cause::of_connection as connection_error;
use self::connecting::FreedConnections;
pub use self::probe::{NoTunnel, Probe};
use self::route::Route;
use self::settings::Reuse;
pub use self::settings::{ClientSettings, HeaderError, MAX_HEADERS, SettingsError, check_header};
use super::answer::Success;
use super::error::{Error, Failure, Reply, Way};
use super::mask::Masker;
pub use super::model::Operation;
use super::model::{Ccid, Deletion, Tenant};
use super::proxy::ProxyName;
use super::request::{self, Request};
use super::retry::Policy;
use super::tls::{Setup, Tls};

/// A client of one IWD, with one pool of connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    /// Makes a connection of its own for each request.
    unpooled: reqwest::Client,
    /// Tells whether an attempt may have sent anything.
    freed: FreedConnections,
    endpoint: Url,
    headers: HeaderMap,
    request_timeout: Duration,
    retry: Policy,
    route: Route,
    way: Way,
    /// Explains why a TLS handshake fails.
    tls: Setup,
    masker: Masker,
}

/// What a call needs to know of the operation it belongs to.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// When the operation began; a wait for its turn counts.
    pub began: Instant,
    /// How long the whole operation may take, retries included.
    pub timeout: Duration,
    /// Fires when the operation is to stop: no new attempt starts, one in flight is waited for.
    pub stop: CancellationToken,
    /// Fires when nobody waits for the answer any longer, not even for one in flight; `stop` then fires too.
    pub end: CancellationToken,
    /// The client's masker with the secrets of the operation, those that are sent included. The key of the call is added
    /// to it.
    pub masker: Masker,
    /// What an answer may complain about: the parameters of the API, dotted from the root of the body.
    pub parameters: Vec<&'static str>,
    /// Somebody to tell of each wait.
    pub observer: Option<Arc<dyn Observer>>,
}

/// Who hears of what goes on in a call.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Takes note that an attempt has failed and that another one follows after a wait.
    fn waits(&self, wait: &Wait<'_>);
}

/// A wait before another attempt.
#[derive(Clone, Copy, Debug)]
pub struct Wait<'a> {
    /// The number of attempts so far.
    pub attempts: u32,
    /// Why the last one failed. Its text holds no secret.
    pub error: &'a Error,
    /// How long the wait is.
    pub wait: Duration,
}

/// What a deletion came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deleted {
    /// Nothing is left of what was to be deleted.
    Gone,
    /// Nothing was there, says somebody who may not be IWD.
    NotThere {
        /// Where the request went; holds no secret.
        url: Url,
        /// What came back.
        reply: Reply,
    },
}

impl Client {
    /// Reads the system's CA certificates and prepares the pool; connects to nobody.
    pub fn new(settings: &ClientSettings) -> Result<Self, SettingsError> {
        let Tls { config, setup } = settings.tls()?;
        settings.check_route()?;
        Ok(Self {
            http: settings.http_client(config.clone(), Reuse::Allowed)?,
            unpooled: settings.http_client(config, Reuse::Never)?,
            freed: FreedConnections::default(),
            endpoint: settings.endpoint.clone(),
            headers: settings.header_map()?,
            request_timeout: settings.request_timeout,
            retry: settings.retry,
            route: settings.route(),
            way: Way {
                proxy: settings.proxy.as_ref().map(ProxyName::from),
                overridden: settings.overridden.clone(),
            },
            tls: setup,
            masker: settings.masker.clone(),
        })
    }

    /// Knows the secrets of the settings; for that of a call, which adds the operation's own.
    pub fn masker(&self) -> &Masker {
        &self.masker
    }

    /// Provisions a tenant with everything that is in `tenant`: POST for [`Operation::Create`], else PUT.
    pub async fn provision(
        &self,
        operation: Operation,
        tenant: &Tenant,
        key: &SecretString,
        context: &CallContext,
    ) -> Result<(), Box<Failure>> {
        let request = request::provision(&self.endpoint, &self.headers, operation, tenant);
        self.call(request, key, context).await.map(drop)
    }

    /// Deletes a tenant or some of its services, by [`Operation::Delete`] or, where the tenant stays,
    /// [`Operation::DeleteServices`]. What is not there is deleted already.
    pub async fn delete(
        &self,
        operation: Operation,
        ccid: &Ccid,
        deletion: &Deletion,
        key: &SecretString,
        context: &CallContext,
    ) -> Result<Deleted, Box<Failure>> {
        let request = request::delete(&self.endpoint, &self.headers, operation, ccid, deletion);
        let url = request.url.clone();
        Ok(match self.call(request, key, context).await? {
            Success::Done => Deleted::Gone,
            Success::NotThere(reply) => Deleted::NotThere { url, reply },
        })
    }

    async fn call(
        &self,
        mut request: Request,
        key: &SecretString,
        context: &CallContext,
    ) -> Result<Success, Box<Failure>> {
        if request.authorize(key).is_err() {
            return Err(call::invalid_key(self, &request, context));
        }
        let masker = context.masker.clone().with([key.clone()], []);
        call::run(self, &request, &masker, context).await
    }
}

/// Shows neither headers nor the proxy, which may hold secrets.
impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client")
            .field("endpoint", &self.endpoint.as_str())
            .finish_non_exhaustive()
    }
}
