//! Connections that have proved to be the host's.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Stream, stream};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tonic::body::Body;
use tonic::codegen::http::header::{DATE, HeaderValue};
use tonic::codegen::{Service as _, http};
use tonic::service::Routes;
use tonic::transport::server::Connected;
use tracing::warn;

use super::handshakes::{Handshakes, Refused};
use super::listener::Listener;
use super::responses::{Responses, TrackedBody};

/// The longest that a client may take to prove who it is.
const TLS_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Pause after a failure to accept, such as too many open files, which does not go away at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Connections that may be open. A host has one; while debugging each alias and each walk comes with its own.
const OPEN_CONNECTIONS: usize = 256;

/// The time between two lines of the log about strangers.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Accepts connections for as long as the stream is held.
///
/// With `tls` only those come out whose handshake succeeds. Each handshake has its own task and a bounded
/// time, and their number is bounded, so silent clients keep nobody waiting. `routes` makes the services of each connection.
pub(super) fn connections<R: Fn() -> Routes + Send + Sync + 'static>(
    listener: &Listener,
    tls: Option<Arc<ServerConfig>>,
    open: &OpenConnections,
    routes: R,
) -> io::Result<impl Stream<Item = io::Result<Connection>> + use<R>> {
    let socket = Socket::new(listener)?;
    let tls = tls.map(TlsAcceptor::from);
    let (open, routes) = (open.clone(), Arc::new(routes));
    let room = Arc::new(Semaphore::new(OPEN_CONNECTIONS));
    let (admitted, mut connections) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut handshakes = Handshakes::default();
        let refused = Refused::default();
        let mut report = interval(REPORT_EVERY);
        report.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                _ = report.tick() => {
                    refused.log();
                    continue;
                }
                () = admitted.closed() => return,
            };
            match accepted {
                Ok(io) => {
                    let (tls, open, admitted) = (tls.clone(), open.clone(), admitted.clone());
                    let (routes, refused) = (Arc::clone(&routes), refused.clone());
                    let room = Arc::clone(&room);
                    let handshake = tokio::spawn(async move {
                        match admit(io, tls, room).await {
                            Ok((io, place)) => {
                                let connection = Connection::new(io, open, routes(), place);
                                // Nobody takes it while the server is stopping.
                                let _ = admitted.send(Ok(connection)).await;
                            }
                            Err(reason) => refused.count(reason),
                        }
                    });
                    handshakes.add(handshake.abort_handle());
                }
                Err(error) => {
                    warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    });
    Ok(stream::poll_fn(move |context| {
        connections.poll_recv(context)
    }))
}

/// Lets the host in, and nobody else, who learns no reason.
async fn admit(
    io: BoxedIo,
    tls: Option<TlsAcceptor>,
    room: Arc<Semaphore>,
) -> Result<(BoxedIo, OwnedSemaphorePermit), String> {
    let io = match tls {
        None => io,
        Some(tls) => match timeout(TLS_HANDSHAKE_TIMEOUT, tls.accept(io)).await {
            Ok(Ok(stream)) => Box::new(stream),
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err("the TLS handshake took too long".to_owned()),
        },
    };
    match room.try_acquire_owned() {
        Ok(place) => Ok((io, place)),
        Err(_) => Err(format!("{OPEN_CONNECTIONS} connections are open")),
    }
}

/// A [`Listener`] as the runtime sees it.
enum Socket {
    Tcp(tokio::net::TcpListener),
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
}

impl Socket {
    fn new(listener: &Listener) -> io::Result<Self> {
        Ok(match listener {
            Listener::Tcp(listener) => {
                Self::Tcp(tokio::net::TcpListener::from_std(listener.try_clone()?)?)
            }
            #[cfg(unix)]
            Listener::Unix(listener, _) => {
                Self::Unix(tokio::net::UnixListener::from_std(listener.try_clone()?)?)
            }
        })
    }

    async fn accept(&self) -> io::Result<BoxedIo> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// The number of open connections.
#[derive(Clone, Default, Debug)]
pub(super) struct OpenConnections(Arc<Counts>);

#[derive(Default, Debug)]
struct Counts {
    open: AtomicUsize,
    ever: AtomicUsize,
}

impl OpenConnections {
    /// Tells whether there is none.
    pub(super) fn none(&self) -> bool {
        self.0.open.load(Ordering::Acquire) == 0
    }

    /// Tells whether there never was one.
    pub(super) fn never_were_any(&self) -> bool {
        self.0.ever.load(Ordering::Acquire) == 0
    }

    fn opened(&self) {
        self.0.ever.fetch_add(1, Ordering::AcqRel);
        self.0.open.fetch_add(1, Ordering::AcqRel);
    }

    fn closed(&self) {
        self.0.open.fetch_sub(1, Ordering::AcqRel);
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
type BoxedIo = Box<dyn Io>;

/// One connection of the host, counted while it is open.
pub(super) struct Connection {
    io: BoxedIo,
    open: OpenConnections,
    services: Services,
    _place: OwnedSemaphorePermit,
}

/// The services of one connection, and what they have yet to send. Each call finds those of its connection.
#[derive(Clone)]
pub(super) struct Services {
    routes: Routes,
    responses: Responses,
}

impl Services {
    /// Answers a call.
    pub(super) async fn call(
        mut self,
        request: http::Request<Body>,
    ) -> Result<http::Response<TrackedBody>, Infallible> {
        let mut response = self.routes.call(request).await?;
        // gRPC asks for no date; hyper adds it where there is none, and panics where the clock's year has not four digits.
        let no_date = HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT");
        response.headers_mut().insert(DATE, no_date);
        Ok(self.responses.track(response))
    }
}

impl Connection {
    fn new(
        io: BoxedIo,
        open: OpenConnections,
        routes: Routes,
        place: OwnedSemaphorePermit,
    ) -> Self {
        open.opened();
        let services = Services {
            routes: routes.prepare(),
            responses: Responses::default(),
        };
        Self {
            io,
            open,
            services,
            _place: place,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.services.responses.closed();
        self.open.closed();
    }
}

impl Connected for Connection {
    type ConnectInfo = Services;

    fn connect_info(&self) -> Services {
        self.services.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write(context, bytes))?;
        let responses = &self.services.responses;
        responses.wrote(std::iter::once(&bytes[..written]));
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write_vectored(context, slices))?;
        let mut left = written;
        self.services.responses.wrote(slices.iter().map(|slice| {
            let length = left.min(slice.len());
            left -= length;
            &slice[..length]
        }));
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_flush(context))?;
        self.services.responses.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
