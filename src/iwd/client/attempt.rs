//! One attempt: sends a request, reads the answer, and says what became of it.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::time::{Duration, SystemTime};
use std::{iter, mem, panic};

use reqwest::StatusCode;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::super::answer::{Answer, MAX_BODY, Success, Verdict};
use super::super::error::Error;
use super::super::mask::Masker;
use super::super::request::Request;
use super::Client;
use super::resolver::NoNameServer;
use super::settings::connect_timeout;

/// All that one attempt takes.
pub(super) struct Attempt<'a> {
    pub(super) client: &'a Client,
    pub(super) request: &'a Request,
    /// How long it may take in all.
    pub(super) limit: Duration,
    pub(super) masker: &'a Masker,
    /// What an answer may complain about.
    pub(super) parameters: &'a [&'static str],
}

/// Sends the request and reads the answer, unless the time or everybody's patience is over first.
pub(super) async fn run(
    attempt: &Attempt<'_>,
    end: &CancellationToken,
) -> Result<Success, Verdict> {
    let watch = attempt.client.pool.watch();
    let limit = attempt.limit;
    let answer = tokio::select! {
        // An answer that is there counts.
        biased;
        answer = watch.over(exchange(attempt)) => answer,
        () = end.cancelled() => Err(Error::Abandoned { sent: watch.may_have_sent() }),
        () = tokio::time::sleep(limit) => Err(Error::Timeout { sent: watch.may_have_sent(), limit }),
    };
    match answer {
        Ok(answer) => judge(attempt, answer).await,
        Err(error) => Err(Box::new((error, None))),
    }
}

async fn exchange(attempt: &Attempt<'_>) -> Result<Answer, Error> {
    let Attempt {
        client,
        request,
        masker,
        ..
    } = *attempt;
    let failed = |error: reqwest::Error| cause_of(&error, client, masker);
    let mut message = client
        .http
        .request(request.operation.method(), request.url.clone())
        .headers(request.headers.clone());
    if let Some(body) = &request.body {
        message = message.body(body.expose_secret().to_owned());
    }
    let mut response = message.send().await.map_err(failed)?;
    let mut body = Vec::new();
    while body.len() < MAX_BODY
        && let Some(chunk) = response.chunk().await.map_err(failed)?
    {
        let room = MAX_BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(Answer {
        status: response.status(),
        headers: mem::take(response.headers_mut()),
        body,
    })
}

/// What the answer means. To find secrets in a long text takes its time, which no other call shall wait for.
async fn judge(attempt: &Attempt<'_>, answer: Answer) -> Result<Success, Verdict> {
    let (operation, url) = (attempt.request.operation, attempt.request.url.clone());
    let (masker, parameters) = (attempt.masker.clone(), attempt.parameters.to_vec());
    let status = answer.status;
    let judge = move || answer.judge(operation, &url, &masker, &parameters, SystemTime::now());
    let judged = tokio::task::spawn_blocking(judge).await;
    let success = judged.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))?;
    if status == StatusCode::NOT_FOUND {
        // Another server may say so in JSON too, and then this is the only trace of a tenant that lives on.
        warn!(url = %attempt.request.url, "the tenant to delete is not there");
    }
    Ok(success)
}

/// Why there is no answer.
fn cause_of(error: &reqwest::Error, client: &Client, masker: &Masker) -> Error {
    if find::<NoNameServer>(error).is_some() {
        return Error::NoNameServer;
    }
    if error.is_dns() {
        return Error::Dns;
    }
    let sent = !error.is_connect();
    let tls = find::<rustls::Error>(error);
    if let Some(tls) = tls.filter(|tls| !sent || refuses_handshake(tls)) {
        // It may name what stands in the server's certificate.
        return Error::Tls {
            problem: masker.show(&tls.to_string()),
            lacks_system_roots: client.lacks_system_roots,
        };
    }
    if error.is_timeout() {
        let limit = client.request_timeout;
        let limit = if sent { limit } else { connect_timeout(limit) };
        return Error::Timeout { sent, limit };
    }
    if sent {
        let is_not_http = find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse);
        return if is_not_http {
            Error::NotHttp
        } else {
            Error::Lost { sent }
        };
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable
            | ErrorKind::PermissionDenied,
        ) => Error::Refused,
        Some(_) => Error::Lost { sent },
        None => of_proxy(chain(error).last().map(ToString::to_string)),
    }
}

/// What a proxy's refusal means, by the HTTP library's words for it: it has no types for these.
fn of_proxy(problem: Option<String>) -> Error {
    let problem = problem.unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|words| problem.contains(words));
    if says(&["unexpected end of file", "io error"]) {
        Error::Lost { sent: false }
    } else if says(&["unsuccessful", "general server failure"]) {
        Error::Tunnel
    } else if says(&["unreachable", "connection refused", "ttl expired"]) {
        Error::Refused
    } else {
        Error::Proxy(problem)
    }
}

/// Whether the server ended the handshake. Under TLS 1.3 the client has sent its request by then, which nobody reads.
fn refuses_handshake(error: &rustls::Error) -> bool {
    use rustls::AlertDescription as Alert;
    matches!(
        error,
        rustls::Error::AlertReceived(
            Alert::AccessDenied
                | Alert::BadCertificate
                | Alert::CertificateExpired
                | Alert::CertificateRequired
                | Alert::CertificateRevoked
                | Alert::CertificateUnknown
                | Alert::DecryptError
                | Alert::HandshakeFailure
                | Alert::UnknownCA
                | Alert::UnsupportedCertificate
        )
    )
}

/// The innermost error of that type.
fn find<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).filter_map(|cause| cause.downcast_ref()).last()
}

/// An error and its causes. What an I/O error wraps is not among its sources, but only they lead further.
fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|wrapped| wrapped as &(dyn StdError + 'static));
        wrapped.or_else(|| error.source())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_refusal_is_told_by_what_may_help() {
        for (words, error) in [
            (
                "tunnel error: unexpected end of file",
                Error::Lost { sent: false },
            ),
            ("tunnel error: unsuccessful", Error::Tunnel),
            ("SOCKS error: general server failure", Error::Tunnel),
            ("SOCKS error: host unreachable", Error::Refused),
            ("SOCKS error: connection refused", Error::Refused),
            (
                "SOCKS error: credentials not accepted",
                Error::Proxy("SOCKS error: credentials not accepted".to_owned()),
            ),
        ] {
            assert_eq!(of_proxy(Some(words.to_owned())), error, "{words}");
        }
    }
}
