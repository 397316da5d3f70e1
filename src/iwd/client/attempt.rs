//! One attempt: sends a request, reads the answer, and says what became of it.

use std::time::Duration;
use std::{mem, panic};

use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::super::answer::{Answer, MAX_BODY, Success, Verdict};
use super::super::error::Error;
use super::super::mask::Masker;
use super::super::request::Request;
use super::attempt_log::AttemptLog;
use super::connecting::{Connection, Watch};
use super::{Client, cause};
use crate::clock;

/// How long the judgement of an answer may take past the end, of a host that waits no longer.
const JUDGED_WITHIN: Duration = Duration::from_millis(50);

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
    pub(super) log: AttemptLog,
}

/// Sends the request and reads the answer, unless the time or everybody's patience is over first.
pub(super) async fn run(
    attempt: &Attempt<'_>,
    end: &CancellationToken,
) -> Result<Success, Verdict> {
    let watch = attempt.client.freed.watch();
    let limit = attempt.limit;
    let blame = |error| attempt.client.route.blame(error);
    let answer = tokio::select! {
        // An answer that is there counts.
        biased;
        answer = watch.over(exchange(attempt, &watch)) => answer,
        () = end.cancelled() => Err(blame(Error::Abandoned { sent: watch.may_have_sent() })),
        () = tokio::time::sleep(limit) => {
            Err(blame(Error::Timeout { sent: watch.may_have_sent(), limit }))
        }
    };
    match answer {
        Ok(answer) => tokio::select! {
            biased;
            verdict = judge(attempt, answer) => verdict,
            () = past(end) => Err(Box::new((Error::Abandoned { sent: true }, None))),
        },
        Err(error) => Err(Box::new((error, None))),
    }
}

async fn exchange(attempt: &Attempt<'_>, watch: &Watch) -> Result<Answer, Error> {
    let Attempt {
        client,
        request,
        masker,
        ..
    } = *attempt;
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
        let connection = cause::connection(&error).map(|connection| watch.of(connection));
        attempt.log.sent(connection);
        match (cause::of(&error, watch, client, masker), connection) {
            (Error::Lost { sent: true }, Some(Connection::Reused)) => Error::Stale,
            (cause, _) => cause,
        }
    })?;
    attempt.log.answered(&response, watch, masker);
    let received = |bytes| attempt.log.received(bytes);
    let body = body(&mut response, received).await;
    let body = body.map_err(|error| cause::of(&error, watch, client, masker))?;
    Ok(Answer {
        status: response.status(),
        headers: mem::take(response.headers_mut()),
        body,
    })
}

/// As much of an answer's body as is read; tells how much of it has come.
pub(super) async fn body(
    response: &mut Response,
    received: impl Fn(usize),
) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while body.len() < MAX_BODY
        && let Some(chunk) = response.chunk().await?
    {
        let room = MAX_BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        received(body.len());
    }
    Ok(body)
}

/// Waits for the end, and a moment longer: what is answered within it still counts.
async fn past(end: &CancellationToken) {
    end.cancelled().await;
    tokio::time::sleep(JUDGED_WITHIN).await;
}

/// What the answer means. To find secrets in a long text takes its time, which no other call shall wait for.
async fn judge(attempt: &Attempt<'_>, answer: Answer) -> Result<Success, Verdict> {
    let (operation, url) = (attempt.request.operation, attempt.request.url.clone());
    let (masker, parameters) = (attempt.masker.clone(), attempt.parameters.to_vec());
    let status = answer.status;
    let judge = move || answer.judge(operation, &url, &masker, &parameters, clock::now());
    let judged = tokio::task::spawn_blocking(judge).await;
    let success = judged.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))?;
    if status == StatusCode::NOT_FOUND {
        // Another server may say so in JSON too, and then this is the only trace of a tenant that lives on.
        warn!(url = %attempt.request.url, "the tenant to delete is not there");
    }
    Ok(success)
}
