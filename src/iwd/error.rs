//! What can go wrong, as decisions; the provider's diagnostics make text of it.

use std::time::Duration;

use reqwest::{Method, StatusCode, Url};

use super::model::{Ccid, Operation};
use super::proxy::ProxyName;
use super::tls::TlsFailure;

/// What came back, fit to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// What the server said.
    pub body: ReplyBody,
    /// How long the server asks to wait (`Retry-After`).
    pub retry_after: Option<Duration>,
}

/// The body of an answer, fit to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplyBody {
    /// There was none, or only blanks.
    Empty,
    /// The server's text: secrets masked, then cut at 1 KiB.
    Text(String),
    /// It is not shown, only what can be said of it.
    Unreadable {
        /// Why it can't be read.
        obstacle: Obstacle,
        /// How many bytes of it were read.
        length: usize,
        /// Its `Content-Type`, secrets masked.
        content_type: Option<String>,
    },
}

/// Why a body can't be read. No such body is from IWD.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Obstacle {
    /// It is compressed or otherwise encoded, with this.
    Encoded(String),
    /// It is no text in this charset.
    NotText(&'static str),
    /// Nobody knows this charset.
    UnknownCharset(String),
    /// Only its end would tell what it is, and that much is not read.
    Endless,
}

/// Why one attempt, and in the end the call, failed. `Display` is short, for the log and an action's progress, and holds no secret.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// No header can carry the API key: it holds a line break or another control character.
    #[error("the API key can't be sent in a header")]
    InvalidKey,
    /// The host's name has no address.
    #[error("the host's name could not be resolved")]
    Dns,
    /// The host's name has no address that could be found without a name server, and none is configured.
    #[error("no name server is configured")]
    NoNameServer,
    /// Nobody accepts connections there, or no network leads there.
    #[error("the connection was refused")]
    Refused,
    /// This machine gives no connection; the text is its own, such as that too many files are open.
    #[error("the system gives no connection: {0}")]
    System(String),
    /// No connection came about, for a reason that the HTTP library doesn't pass on or nobody knows; the text is the
    /// library's and holds no secret.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// The proxy itself failed or could not be reached, as an endpoint could.
    #[error("the proxy failed: {0}")]
    AtProxy(Box<Self>),
    /// The TLS handshake failed.
    #[error("TLS failed: {0}")]
    Tls(TlsFailure),
    /// The connection was reset or ended during the TLS handshake.
    #[error("the connection was lost during the TLS handshake")]
    TlsHangUp,
    /// The proxy would not connect us; the text is the HTTP library's and holds no secret.
    #[error("the proxy made no connection: {0}")]
    Proxy(String),
    /// A proxy refused to connect on and gave no reason that the HTTP library would pass on: perhaps a 503, perhaps a
    /// 403.
    #[error("the proxy refused a tunnel")]
    Tunnel,
    /// An attempt took too long.
    #[error("no answer in time")]
    Timeout {
        /// Whether the request had gone out, or may have.
        sent: bool,
        /// How long it was waited for.
        limit: Duration,
    },
    /// The connection was reset or ended before the answer was complete.
    #[error("the connection was lost")]
    Lost {
        /// Whether the request had gone out, at least in part.
        sent: bool,
    },
    /// The server ended a connection that had served before, without a byte of an answer: it may have done so before the
    /// request came.
    #[error("the server closed the connection that was reused")]
    Stale,
    /// What came back is no HTTP.
    #[error("the answer is not HTTP")]
    NotHttp,
    /// What came back begins with more headers than are read.
    #[error("the answer has too many or too long headers")]
    HeadTooLarge,
    /// An answer by which servers tell that their port speaks TLS, and the request came without.
    #[error("answered {}: the port speaks TLS", .0.status)]
    WantsTls(Reply),
    /// 401 or 403: the key is not accepted.
    #[error("answered {}", .0.status)]
    Unauthorized(Reply),
    /// Any other 4xx that will not change by itself.
    #[error("answered {}", .0.status)]
    Rejected(Reply),
    /// 408, 425, 429, 502, 503 or 504: not now.
    #[error("answered {}", .0.status)]
    Unavailable(Reply),
    /// 500, which may or may not change by itself.
    #[error("answered {}", .0.status)]
    Internal(Reply),
    /// Any other 5xx, or a status outside 200 to 599.
    #[error("answered {}", .0.status)]
    Server(Reply),
    /// 3xx, not followed: that would carry the key elsewhere.
    #[error("answered {}, a redirect", .reply.status)]
    Redirect {
        /// What came back.
        reply: Reply,
        /// Where it points, without credentials, query and fragment.
        location: Option<String>,
    },
    /// A page for people, so not from IWD.
    #[error("answered {} with a web page", .0.status)]
    Page(Reply),
    /// 2xx, but `created` is not true.
    #[error("answered {}, but not created", .0.status)]
    NotCreated(Reply),
    /// 2xx with a body that is not the documented one, or 404 with one that can't be read.
    #[error("answered {}, but not as IWD does", .0.status)]
    Unexpected(Reply),
    /// Nobody waited for the answer any longer.
    #[error("given up in mid-air")]
    Abandoned {
        /// Whether the request had gone out, or may have.
        sent: bool,
    },
    /// The operation is to stop, so no further attempt began.
    #[error("stopped")]
    Stopped {
        /// Why the last attempt failed, if there was one.
        after: Option<Box<Self>>,
    },
}

impl Error {
    /// What came back, if anything did.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Self::WantsTls(reply)
            | Self::Unauthorized(reply)
            | Self::Rejected(reply)
            | Self::Unavailable(reply)
            | Self::Internal(reply)
            | Self::Server(reply)
            | Self::Redirect { reply, .. }
            | Self::Page(reply)
            | Self::NotCreated(reply)
            | Self::Unexpected(reply) => Some(reply),
            Self::Stopped { after } => after.as_ref()?.reply(),
            _ => None,
        }
    }

    /// How long was waited, where that was too long.
    pub fn time_limit(&self) -> Option<Duration> {
        match self {
            Self::Timeout { limit, .. } => Some(*limit),
            Self::AtProxy(error) => error.time_limit(),
            _ => None,
        }
    }

    /// Whether IWD may have got the request and acted on it.
    ///
    /// A 4xx, a redirect and a web page say that nothing was done; a 5xx, even of a proxy in between, does not.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Timeout { sent, .. } | Self::Lost { sent } | Self::Abandoned { sent } => *sent,
            Self::Stale
            | Self::NotHttp
            | Self::HeadTooLarge
            | Self::Internal(_)
            | Self::Server(_)
            | Self::NotCreated(_) => true,
            Self::AtProxy(error) => error.may_have_arrived(),
            Self::Unavailable(reply) => reply.status.is_server_error(),
            Self::Unexpected(reply) => reply.status.is_success(),
            Self::Stopped { after } => after.as_ref().is_some_and(|error| error.may_have_arrived()),
            _ => false,
        }
    }
}

/// Why there is no further attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GaveUp {
    /// It would fail again.
    NotRetryable,
    /// As many retries as allowed were made.
    RetriesUsed,
    /// It failed too often in a way that may be for good.
    LimitedRetriesUsed,
    /// The operation's timeout leaves no time.
    OutOfTime {
        /// The whole operation's timeout.
        timeout: Duration,
    },
    /// The operation's timeout ended the last attempt.
    CutShort {
        /// The whole operation's timeout.
        timeout: Duration,
        /// How long the last attempt had.
        limit: Duration,
        /// The attempt before it that is told of instead: the last one that was answered, or else the last one.
        told: Option<u32>,
    },
    /// The server asks for a longer wait than the operation's timeout leaves.
    AskedToWait {
        /// What the server asked for.
        wait: Duration,
        /// What was left of the timeout.
        left: Duration,
    },
    /// The operation is to stop.
    Stopped,
}

/// The way that requests take, as far as messages tell of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Way {
    /// The proxy that they go through.
    pub proxy: Option<ProxyName>,
    /// The environment variable that names another endpoint, which doesn't hold.
    pub overridden: Option<String>,
}

/// A call that failed for good, with all that is worth telling about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Why the last attempt failed; or, where the operation's timeout cut that one short, an earlier one.
    pub error: Error,
    /// Why there was no further attempt.
    pub gave_up: GaveUp,
    /// What was to be done.
    pub operation: Operation,
    /// To which tenant.
    pub ccid: Ccid,
    /// The request's method.
    pub method: Method,
    /// The request's URL, which holds no secret.
    pub url: Url,
    /// How the request gets there.
    pub way: Way,
    /// How many attempts were made, from 0.
    pub attempts: u32,
    /// How long all of it took, waits included.
    pub elapsed: Duration,
    /// Whether any attempt may have reached IWD and had an effect.
    pub may_have_arrived: bool,
    /// The parameter that the answer names, dotted from the root of the body.
    pub parameter: Option<&'static str>,
}
