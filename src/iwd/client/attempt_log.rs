//! What the log tells of each attempt: how it was sent, and what came of it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH,
    CONTENT_TYPE, COOKIE, DATE, FORWARDED, HeaderMap, HeaderName, ORIGIN, REFERER, SERVER,
    SET_COOKIE, STRICT_TRANSPORT_SECURITY, TRANSFER_ENCODING, USER_AGENT, VARY, VIA,
};
use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret;
use tokio::time::Instant;
use tracing::{Instrument as _, Level, debug, debug_span, trace};

use super::super::answer::{Success, Verdict};
use super::super::mask::{MASK, Masker};
use super::super::proxy::{ProxyName, ProxySource};
use super::super::request::{API_KEY_HEADER, Request};
use super::connecting::{Connection, ConnectionId, Watch};

/// Names of headers that can't be a secret in the wrong place.
const COMMON: [HeaderName; 20] = [
    ACCEPT,
    ACCEPT_ENCODING,
    API_KEY_HEADER,
    AUTHORIZATION,
    CACHE_CONTROL,
    CONNECTION,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    COOKIE,
    DATE,
    FORWARDED,
    ORIGIN,
    REFERER,
    SERVER,
    SET_COOKIE,
    STRICT_TRANSPORT_SECURITY,
    TRANSFER_ENCODING,
    USER_AGENT,
    VARY,
    VIA,
];

/// What an attempt finds out for the log while it is under way.
#[derive(Debug, Default)]
pub(super) struct AttemptLog {
    /// Unless the HTTP library doesn't tell it.
    connection: OnceLock<Connection>,
    status: OnceLock<StatusCode>,
    /// Bytes of the body.
    received: AtomicUsize,
}

impl AttemptLog {
    /// Notes on which connection the request went out.
    pub(super) fn sent(&self, connection: Option<Connection>) {
        if let Some(connection) = connection {
            // There is one to an attempt.
            let _ = self.connection.set(connection);
        }
    }

    /// Notes the head of an answer.
    pub(super) fn answered(&self, response: &Response, watch: &Watch, masker: &Masker) {
        if tracing::enabled!(Level::TRACE) {
            let headers = names_of_answer(response.headers(), masker);
            trace!(headers, "the answer begins");
        }
        self.sent(ConnectionId::of_answer(response).map(|connection| watch.of(connection)));
        // There is one answer to an attempt.
        let _ = self.status.set(response.status());
    }

    /// Notes how many bytes of the body have come.
    pub(super) fn received(&self, bytes: usize) {
        self.received.store(bytes, Ordering::Relaxed);
    }

    /// Runs the attempt of this number, and tells of its beginning and its end.
    pub(super) async fn over(
        &self,
        request: &Request,
        proxy: Option<&ProxyName>,
        number: u32,
        running: impl Future<Output = Result<Success, Verdict>>,
    ) -> Result<Success, Verdict> {
        let (operation, ccid, url) = (request.operation, &request.ccid, &request.url);
        let method = operation.method();
        let (proxy, proxy_source) = of_proxy(proxy);
        let span = debug_span!(
            "attempt", %operation, %ccid, attempt = number, %method, %url, proxy, proxy_source
        );
        let told = async {
            let body = request.body.as_ref();
            let sent_bytes = body.map_or(0, |body| body.expose_secret().len());
            debug!(sent_bytes, "sending the request");
            trace!(headers = names(&request.headers), "the request begins");
            let began = Instant::now();
            let verdict = running.await;
            debug!(
                status = self.status.get().map(StatusCode::as_u16),
                connection = self.connection.get().map(display),
                elapsed_ms = milliseconds(began.elapsed()),
                received_bytes = self.received.load(Ordering::Relaxed),
                error = verdict.as_ref().err().map(|verdict| display(&verdict.0)),
                "the attempt ended"
            );
            verdict
        };
        told.instrument(span).await
    }
}

/// The proxy and who named it.
fn of_proxy(proxy: Option<&ProxyName>) -> (&str, Option<&str>) {
    match proxy {
        None => ("none", None),
        Some(ProxyName { address, source }) => {
            let source = match source {
                ProxySource::Configuration => "proxy_url",
                ProxySource::Variable(name) => name,
            };
            (address, Some(source))
        }
    }
}

/// The names of the request's headers; one that may be a value in the wrong place is masked.
fn names(headers: &HeaderMap) -> String {
    let shown = |name: &HeaderName| {
        if name.as_str().starts_with("x-") || COMMON.contains(name) {
            name.to_string()
        } else {
            MASK.to_owned()
        }
    };
    headers.keys().map(shown).collect::<Vec<_>>().join(", ")
}

/// The names of an answer's headers, the common ones first; in the others secrets are masked, which takes its time.
fn names_of_answer(headers: &HeaderMap, masker: &Masker) -> String {
    let (common, others): (Vec<_>, Vec<_>) = headers
        .keys()
        .map(HeaderName::as_str)
        .partition(|name| COMMON.iter().any(|common| common == name));
    let rare = (!others.is_empty()).then(|| masker.show(&others.join(", ")));
    common
        .into_iter()
        .chain(rare.as_deref())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whole milliseconds.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn of_an_answers_headers_the_common_ones_come_first_and_no_secret_is_named() {
        let masker = Masker::new(["canary-key".into()], []);
        for (names, shown) in [
            (
                &["x-canary-key", "date", "x-team", "via"][..],
                "date, via, x-(masked), x-team",
            ),
            (&["date", "via"], "date, via"),
            (&["canary-key"], MASK),
            (&[], ""),
        ] {
            let mut headers = HeaderMap::new();
            for name in names {
                headers.insert(*name, HeaderValue::from_static("canary"));
            }
            assert_eq!(names_of_answer(&headers, &masker), shown);
        }
    }

    #[test]
    fn a_header_whose_name_may_be_a_swapped_value_is_not_named() {
        let mut headers = HeaderMap::new();
        for name in [
            "accept",
            "x-api-key",
            "x-team",
            "authorization",
            "canary-key",
        ] {
            headers.insert(name, HeaderValue::from_static("canary"));
        }
        let names = names(&headers);
        assert_eq!(
            names,
            format!("accept, x-api-key, x-team, authorization, {MASK}")
        );
    }
}
