//! One attempt: sends a request, reads the answer, and says what became of it.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::super::answer::{Answer, MAX_BODY, Success, Verdict};
use super::super::error::Error;
use super::super::mask::Masker;
use super::super::request::Request;
use super::connecting::Watch;
use super::{Client, cause};

/// All that one attempt takes.
pub(super) struct Attempt<'a> {
    pub(super) client: &'a Client,
    pub(super) request: &'a Request,
    /// How long it may take in all.
    pub(super) limit: Duration,
    /// Whether it must not go out on a connection that served before.
    pub(super) on_new_connection: bool,
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
    let given_up = tokio::select! {
        // An answer that is there counts.
        biased;
        verdict = watch.over(exchange(attempt, &watch)) => return verdict,
        () = end.cancelled() => Error::Abandoned { sent: watch.may_have_sent() },
        () = tokio::time::sleep(limit) => Error::Timeout { sent: watch.may_have_sent(), limit },
    };
    let route = attempt.client.route;
    Err(Box::new((route.blame(given_up), None)))
}

async fn exchange(attempt: &Attempt<'_>, watch: &Watch) -> Result<Success, Verdict> {
    let Attempt {
        client,
        request,
        masker,
        parameters,
        ..
    } = *attempt;
    let cause = |error: &reqwest::Error| cause::of(error, watch, client, masker);
    let http = if attempt.on_new_connection {
        &client.unpooled
    } else {
        &client.http
    };
    let mut message = http
        .request(request.operation.method(), request.url.clone())
        .headers(request.headers.clone());
    if let Some(body) = &request.body {
        message = message.body(body.expose_secret().to_owned());
    }
    let mut response = message.send().await.map_err(|error| {
        let cause = cause(&error);
        let is_stale = cause::is_stale(&error, &cause, watch);
        Box::new((if is_stale { Error::Stale } else { cause }, None))
    })?;
    let mut body = Vec::new();
    while body.len() < MAX_BODY
        && let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Box::new((cause(&error), None)))?
    {
        let room = MAX_BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    let answer = Answer {
        status: response.status(),
        headers: response.headers(),
        body: &body,
    };
    let success = answer.judge(
        request.operation,
        &request.url,
        masker,
        parameters,
        SystemTime::now(),
    )?;
    if answer.status == StatusCode::NOT_FOUND {
        // Another server may say so in JSON too, and then this is the only trace of a tenant that lives on.
        warn!(url = %request.url, "the tenant to delete is not there");
    }
    Ok(success)
}
