//! Accepts connections itself, so that an answer can be cut short as networks cut it.

use std::convert::Infallible;
use std::error::Error as _;
use std::pin::{Pin, pin};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long answers under way may take once the simulator is asked to stop.
const GRACE: Duration = Duration::from_secs(1);

/// How a connection ends in place of a whole answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    /// Closed without an answer (FIN).
    Close,
    /// Reset without an answer (RST).
    Reset,
    /// Closed after a part of the body that was announced.
    MidBody,
}

/// Put into a response's extensions, makes the connection end instead of answering it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interruption {
    pub(super) ending: Ending,
    /// With [`Ending::MidBody`]: how many bytes of the body are sent; half of them when not given.
    pub(super) sent_bytes: Option<usize>,
}

#[derive(Debug, thiserror::Error)]
#[error("the connection ends here on purpose")]
struct Interrupted(Ending);

/// Serves HTTP/1.1 until `shutdown` ends. Idle connections close at once, answers under way have a second.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
) {
    let stopping = CancellationToken::new();
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_one(stream, router.clone(), stopping.clone()));
                }
                // Out of descriptors, most likely: give the others time to free some.
                Err(_) => sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    stopping.cancel();
    let _ = timeout(GRACE, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
}

async fn serve_one(stream: TcpStream, router: Router, stopping: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request| {
        let answer = router.call(request);
        async move { interrupted(answer.await).await }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = select! {
        result = &mut connection => Some(result),
        () = stopping.cancelled() => None,
    };
    let result = if let Some(result) = ended {
        result
    } else {
        Pin::new(&mut connection).graceful_shutdown();
        (&mut connection).await
    };
    let ending = result.err().and_then(|error| {
        let interrupted = error.source()?.downcast_ref::<Interrupted>()?;
        Some(interrupted.0)
    });
    if ending == Some(Ending::Reset) {
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

/// Turns the wish to interrupt an answer into the error that makes hyper drop the connection.
async fn interrupted(answer: Result<Response, Infallible>) -> Result<Response, Interrupted> {
    let Ok(response) = answer;
    match response.extensions().get::<Interruption>().copied() {
        None => Ok(response),
        Some(Interruption {
            ending: Ending::MidBody,
            sent_bytes,
        }) => Ok(cut_short(response, sent_bytes).await),
        Some(Interruption { ending, .. }) => Err(Interrupted(ending)),
    }
}

async fn cut_short(response: Response, sent_bytes: Option<usize>) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let sent = body.slice(..sent_bytes.unwrap_or(body.len() / 2).min(body.len()));
    let announced = body.len().max(sent.len() + 1);
    parts.headers.insert(CONTENT_LENGTH, announced.into());
    let end = stream::once(async {
        // hyper sends what it has while the body makes it wait, and nothing more after an error.
        yield_now().await;
        Err::<Bytes, _>(Interrupted(Ending::MidBody))
    });
    let body = stream::once(async { Ok(sent) }).chain(end);
    Response::from_parts(parts, Body::from_stream(body))
}
