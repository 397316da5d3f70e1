//! What an attempt knows of its connection: whether one that is given up may have sent its request, whether one that
//! failed had been used before, and whether a name had no address.
//!
//! The HTTP library doesn't tell. But it asks for a new connection within the attempt that needs one, so an attempt knows
//! of the connection that it waits for: until that has come about, nothing is sent, unless another attempt's connection
//! became free meanwhile.

use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hyper::http::Extensions;
use hyper_util::client::legacy::connect::{self, Connected, HttpInfo};
use reqwest::Response;
use tower::util::MapFutureLayer;

use super::super::error::Error;

tokio::task_local! {
    static ATTEMPT: Arc<Connecting>;
}

/// Connecting may take half of an attempt's time, at most this long, so that an answer has time left.
const LONGEST_CONNECT: Duration = Duration::from_secs(30);

/// How much of an attempt's time connecting may take.
pub(super) fn connect_timeout(request_timeout: Duration) -> Duration {
    (request_timeout / 2).min(LONGEST_CONNECT)
}

/// The connection that an attempt waits for.
#[derive(Debug, Default)]
struct Connecting {
    began: AtomicBool,
    done: AtomicBool,
    made: OnceLock<ConnectionId>,
    unresolved: OnceLock<Error>,
    resolving: AtomicBool,
}

/// Both ends of a connection, which no other one has as long as it lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ConnectionId([SocketAddr; 2]);

impl ConnectionId {
    /// The connection that the library describes so.
    pub(super) fn of(connected: &Connected) -> Option<Self> {
        let mut extras = Extensions::new();
        connected.get_extras(&mut extras);
        Self::among(&extras)
    }

    /// The connection that brought an answer.
    pub(super) fn of_answer(response: &Response) -> Option<Self> {
        Self::among(response.extensions())
    }

    fn among(extras: &Extensions) -> Option<Self> {
        let info = extras.get::<HttpInfo>()?;
        Some(Self([info.local_addr(), info.remote_addr()]))
    }
}

/// What a connection is to an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Connection {
    /// It was made in the attempt, so that no other one has used it.
    New,
    /// It has served before.
    Reused,
}

impl fmt::Display for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::New => "new",
            Self::Reused => "reused",
        })
    }
}

/// What attempts have to know of each other: how often a connection became free for another one.
#[derive(Clone, Debug, Default)]
pub(super) struct FreedConnections(Arc<AtomicU64>);

/// What one attempt knows of the connections of its time.
#[derive(Debug)]
pub(super) struct Watch {
    connecting: Arc<Connecting>,
    freed: FreedConnections,
    freed_before: u64,
}

impl FreedConnections {
    /// Watches an attempt that begins now.
    pub(super) fn watch(&self) -> Watch {
        Watch {
            connecting: Arc::default(),
            freed: self.clone(),
            freed_before: self.0.load(Ordering::Acquire),
        }
    }
}

impl Watch {
    /// Runs the attempt.
    pub(super) async fn over<T>(&self, attempt: impl Future<Output = T>) -> T {
        let done = ATTEMPT.scope(Arc::clone(&self.connecting), attempt).await;
        self.freed.0.fetch_add(1, Ordering::AcqRel);
        done
    }

    /// Whether the request may have gone out.
    pub(super) fn may_have_sent(&self) -> bool {
        let waits = self.connecting.began.load(Ordering::Acquire)
            && !self.connecting.done.load(Ordering::Acquire);
        !waits || self.freed.0.load(Ordering::Acquire) != self.freed_before
    }

    /// Which one this connection is to the attempt.
    pub(super) fn of(&self, connection: ConnectionId) -> Connection {
        if self.connecting.made.get() == Some(&connection) {
            Connection::New
        } else {
            Connection::Reused
        }
    }

    /// Why a name had no address.
    pub(super) fn unresolved(&self) -> Option<Error> {
        self.connecting.unresolved.get().cloned()
    }

    /// Whether a name is being looked up.
    pub(super) fn is_resolving(&self) -> bool {
        self.connecting.resolving.load(Ordering::Acquire)
    }
}

/// Notes while the name of the connection's other end is looked up.
pub(super) async fn resolving<T>(lookup: impl Future<Output = T>) -> T {
    let note = |is_resolving| {
        let _ = ATTEMPT.try_with(|attempt| {
            attempt.resolving.store(is_resolving, Ordering::Release);
        });
    };
    note(true);
    let found = lookup.await;
    note(false);
    found
}

/// Notes that the name of the connection's other end has no address: a SOCKS proxy's error doesn't tell.
pub(super) fn note_unresolved(error: Error) {
    // A second one is of the same name.
    let _ = ATTEMPT.try_with(|attempt| attempt.unresolved.set(error));
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Tells each attempt of the connection that is made for it, TLS and tunnel included.
pub(super) fn layer<F, C, E>() -> MapFutureLayer<impl FnMut(F) -> Boxed<Result<C, E>> + Clone>
where
    F: Future<Output = Result<C, E>> + Send + 'static,
    C: connect::Connection + Send + 'static,
    E: Send + 'static,
{
    MapFutureLayer::new(|connection: F| {
        let attempt = ATTEMPT.try_with(Arc::clone).ok();
        if let Some(attempt) = &attempt {
            attempt.began.store(true, Ordering::Release);
        }
        Box::pin(async move {
            let made = connection.await;
            if let (Some(attempt), Ok(connection)) = (&attempt, &made) {
                if let Some(connection) = ConnectionId::of(&connection.connected()) {
                    let _ = attempt.made.set(connection);
                }
                attempt.done.store(true, Ordering::Release);
            }
            made
        }) as Boxed<Result<C, E>>
    })
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;
    use tower::{Layer as _, Service, service_fn};

    use super::*;

    #[derive(Debug)]
    struct Made;

    impl connect::Connection for Made {
        fn connected(&self) -> Connected {
            Connected::new()
        }
    }

    /// A connector whose connection comes about when the test says so.
    fn connector(
        made: oneshot::Receiver<Made>,
    ) -> impl Service<(), Response = Made, Error = oneshot::error::RecvError> {
        let mut made = Some(made);
        layer().layer(service_fn(move |()| made.take().expect("one connection")))
    }

    #[tokio::test]
    async fn nothing_is_sent_before_the_connection_has_come_about() {
        let (establish, established) = oneshot::channel();
        let mut connector = connector(established);
        let watch = FreedConnections::default().watch();
        let mut attempt = Box::pin(watch.over(async { connector.call(()).await }));
        assert!(futures_util::poll!(&mut attempt).is_pending());
        assert!(!watch.may_have_sent());
        establish.send(Made).unwrap();
        attempt.await.unwrap();
        assert!(watch.may_have_sent());
    }

    #[tokio::test]
    async fn while_a_name_is_looked_up_that_is_known() {
        let watch = FreedConnections::default().watch();
        let (find, found) = oneshot::channel();
        let mut attempt = Box::pin(watch.over(resolving(found)));
        assert!(!watch.is_resolving());
        assert!(futures_util::poll!(&mut attempt).is_pending());
        assert!(watch.is_resolving());
        find.send(()).unwrap();
        attempt.await.unwrap();
        assert!(!watch.is_resolving());
        let mut given_up = Box::pin(watch.over(resolving(std::future::pending::<()>())));
        assert!(futures_util::poll!(&mut given_up).is_pending());
        drop(given_up);
        assert!(watch.is_resolving(), "it is what the time went to");
    }

    #[tokio::test]
    async fn an_attempt_that_asks_for_no_connection_has_one() {
        let watch = FreedConnections::default().watch();
        let mut attempt = Box::pin(watch.over(std::future::pending::<()>()));
        assert!(futures_util::poll!(&mut attempt).is_pending());
        assert!(watch.may_have_sent());
    }

    #[tokio::test]
    async fn a_connection_that_another_attempt_frees_may_be_used() {
        let (_never, established) = oneshot::channel();
        let mut connector = connector(established);
        let freed = FreedConnections::default();
        let watch = freed.watch();
        let mut attempt = Box::pin(watch.over(async { connector.call(()).await }));
        assert!(futures_util::poll!(&mut attempt).is_pending());
        freed.watch().over(async {}).await;
        assert!(watch.may_have_sent());
    }
}
