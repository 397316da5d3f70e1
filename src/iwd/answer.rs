//! What an answer means, decided from its status, headers and body.

mod content;

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value as Json;

use super::error::{Error, Obstacle, Reply, ReplyBody};
use super::mask::{MASK, Masker};
use super::model::Operation;
use super::parameter;

/// No more of a body is read.
pub(super) const MAX_BODY: usize = 1024 * 1024;

/// How Go, nginx, Apache and Tomcat tell that a request came without TLS to a port that speaks it.
const WANTS_TLS: [&str; 4] = [
    "Client sent an HTTP request to an HTTPS server",
    "The plain HTTP request was sent to HTTPS port",
    "speaking plain HTTP to an SSL-enabled server port",
    "This combination of host and port requires TLS",
];

/// An answer as it came in.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, at most 1 MiB of it.
    pub body: Vec<u8>,
}

/// What an answer that is no failure says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Success {
    /// The operation is done.
    Done,
    /// There is nothing to delete, says somebody who may not be IWD.
    NotThere(Reply),
}

/// Why an answer is no success, and the parameter it names.
pub type Verdict = Box<(Error, Option<&'static str>)>;

impl Answer {
    /// Whether the operation is done; `url` is where the request went, `now` the time for `Retry-After`, and `parameters`
    /// what the answer may complain about.
    pub fn judge(
        &self,
        operation: Operation,
        url: &Url,
        masker: &Masker,
        parameters: &[&'static str],
        now: SystemTime,
    ) -> Result<Success, Verdict> {
        let is_cut = self.body.len() >= MAX_BODY;
        let content = content::text(&self.headers, &self.body, is_cut, masker);
        let text = content.as_deref().unwrap_or_default();
        let reply = || Reply {
            status: self.status,
            body: self.shown(content.as_deref(), masker),
            retry_after: self.retry_after(now),
        };
        let plain = |error| Err(Box::new((error, None)));
        let named = |error| Err(Box::new((error, parameter::named_in(text, parameters))));
        let counts_by_status = self.status.is_success() || self.status == StatusCode::NOT_FOUND;
        let may_be_key = matches!(self.status.as_u16(), 401 | 403);
        if (counts_by_status || may_be_key) && content.is_err() {
            return plain(Error::Unexpected(reply()));
        }
        if (counts_by_status || may_be_key) && content::is_page(text) {
            return plain(Error::Page(reply()));
        }
        match self.status.as_u16() {
            200..=299 if operation.method() == Method::DELETE => Ok(Success::Done),
            404 if operation.method() == Method::DELETE => {
                let may_be_iwds = text.is_empty() || content::is_json_object(text);
                Ok(if may_be_iwds {
                    Success::Done
                } else {
                    Success::NotThere(reply())
                })
            }
            200..=299 if is_cut => plain(Error::Unexpected(Reply {
                body: self.shown(Err(&Obstacle::Endless), masker),
                ..reply()
            })),
            200..=299 => match created(text) {
                Some(true) => Ok(Success::Done),
                Some(false) => named(Error::NotCreated(reply())),
                _ => named(Error::Unexpected(reply())),
            },
            300..=399 => plain(Error::Redirect {
                reply: reply(),
                location: self.location(url, masker),
            }),
            400 if url.scheme() == "http" && WANTS_TLS.iter().any(|words| text.contains(words)) => {
                plain(Error::WantsTls(reply()))
            }
            401 | 403 => named(Error::Unauthorized(reply())),
            408 | 425 | 429 | 502 | 503 | 504 => named(Error::Unavailable(reply())),
            400..=499 => named(Error::Rejected(reply())),
            500 => named(Error::Internal(reply())),
            _ => named(Error::Server(reply())),
        }
    }

    fn shown(&self, content: Result<&str, &Obstacle>, masker: &Masker) -> ReplyBody {
        match content {
            Ok("") => ReplyBody::Empty,
            Ok(text) => ReplyBody::Text(masker.show(text)),
            Err(obstacle) => ReplyBody::Unreadable {
                obstacle: obstacle.clone(),
                length: self.body.len(),
                content_type: self
                    .headers
                    .get(CONTENT_TYPE)
                    .map(|value| masker.show(&content::header_text(value))),
            },
        }
    }

    /// Whole seconds or a date, which counts from the server's own clock where the answer tells it.
    fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        let text = |name| self.headers.get(name)?.to_str().ok().map(str::trim);
        let date = |text| httpdate::parse_http_date(text).ok();
        let value = text(RETRY_AFTER)?;
        if let Some(asked) = seconds(value) {
            return Some(asked);
        }
        let now = text(DATE).and_then(date).unwrap_or(now);
        Some(date(value)?.duration_since(now).unwrap_or_default())
    }

    /// Where a redirect points. Credentials and query may be secrets of whoever redirects, so they are left out.
    fn location(&self, url: &Url, masker: &Masker) -> Option<String> {
        let value = content::header_text(self.headers.get(LOCATION)?);
        let target = url
            .join(&value)
            .ok()
            .filter(|url| !url.cannot_be_a_base())?;
        // Before anything is left out, which could cut a secret in two, and before its host becomes Punycode or an address.
        let without_secrets = masker.mask(&value);
        let shown = url
            .join(&without_secrets)
            .ok()
            .filter(|_| without_secrets != MASK);
        let Some(mut shown) = shown.filter(|shown| differs_in_masks_alone(shown, &target)) else {
            return Some(MASK.to_owned());
        };
        let query = if target.query().is_some() { "?…" } else { "" };
        shown.set_query(None);
        shown.set_fragment(None);
        shown.set_username("").ok()?;
        shown.set_password(None).ok()?;
        Some(masker.show(&format!("{shown}{query}")))
    }
}

/// Whether a masked URL still names scheme and host as the original does, so that no mask has swallowed a mark between parts.
fn differs_in_masks_alone(masked: &Url, original: &Url) -> bool {
    let has_credentials = |url: &Url| !url.username().is_empty() || url.password().is_some();
    let host = masked.host_str().unwrap_or_default();
    masked.scheme() == original.scheme()
        && has_credentials(masked) == has_credentials(original)
        && (host.contains(MASK) || Some(host) == original.host_str())
}

/// Seconds in digits. A fraction, which some servers add, counts as the whole second that it begins.
fn seconds(text: &str) -> Option<Duration> {
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    // More digits than fit still mean: a long time.
    let seconds: u64 = whole.parse().unwrap_or(u64::MAX);
    let begun = fraction.bytes().any(|digit| digit != b'0');
    Some(Duration::from_secs(
        seconds.saturating_add(u64::from(begun)),
    ))
}

/// Whether the documented answer says that the tenant was created; `None` if it is something else.
fn created(text: &str) -> Option<bool> {
    /// Refuses a name that is there twice.
    #[derive(Deserialize)]
    struct Documented {
        created: Json,
    }
    if text.is_empty() {
        return Some(true);
    }
    // An array could hold the fields of a struct too.
    let object = text.starts_with('{').then_some(text)?;
    match serde_json::from_str::<Documented>(object).ok()?.created {
        Json::Bool(created) => Some(created),
        Json::String(text) => Some(text == "true"),
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests;
