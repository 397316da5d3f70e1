//! What an answer means, decided from its status, headers and body.

mod content;

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value as Json;

use super::error::{Error, Obstacle, Reply, ReplyBody};
use super::mask::Masker;
use super::model::Operation;
use super::parameter;

/// No more of a body is read.
pub(super) const MAX_BODY: usize = 1024 * 1024;

/// An answer as it came in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer<'a> {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its headers.
    pub(super) headers: &'a HeaderMap,
    /// Its body, at most [`MAX_BODY`] of it.
    pub(super) body: &'a [u8],
}

/// What an answer that is no failure says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Success {
    /// The operation is done.
    Done,
    /// There is nothing to delete, says somebody who may not be IWD.
    NotThere(Reply),
}

/// Why an answer is no success, and the parameter it names.
pub(super) type Verdict = Box<(Error, Option<&'static str>)>;

impl Answer<'_> {
    /// Whether the operation is done; `url` is where the request went, `now` the time for `Retry-After`, and `parameters`
    /// what the answer may complain about.
    pub(super) fn judge(
        &self,
        operation: Operation,
        url: &Url,
        masker: &Masker,
        parameters: &[&'static str],
        now: SystemTime,
    ) -> Result<Success, Verdict> {
        let is_cut = self.body.len() >= MAX_BODY;
        let content = content::text(self.headers, self.body, is_cut, masker);
        let text = content.as_deref().unwrap_or_default();
        let reply = || Reply {
            status: self.status,
            body: self.shown(content.as_deref(), masker),
            retry_after: self.retry_after(now),
        };
        let plain = |error| Err(Box::new((error, None)));
        let named = |error| Err(Box::new((error, parameter::named_in(text, parameters))));
        if self.status.is_success() || self.status == StatusCode::NOT_FOUND {
            if content.is_err() {
                return plain(Error::Unexpected(reply()));
            }
            if content::is_page(text) {
                return plain(Error::Page(reply()));
            }
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
            200..=299 => match created(text) {
                Some(true) if !is_cut => Ok(Success::Done),
                Some(false) => named(Error::NotCreated(reply())),
                _ => named(Error::Unexpected(reply())),
            },
            300..=399 => plain(Error::Redirect {
                reply: reply(),
                location: self.location(url, masker),
            }),
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
                    .map(|value| masker.show(&String::from_utf8_lossy(value.as_bytes()))),
            },
        }
    }

    fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        let value = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // More digits than fit still mean: a long time.
            return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
        }
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    }

    /// Where a redirect points. Credentials and query may be secrets of whoever redirects, so they are left out.
    fn location(&self, url: &Url, masker: &Masker) -> Option<String> {
        let value = self.headers.get(LOCATION)?;
        let value = String::from_utf8_lossy(value.as_bytes());
        let mut target = url.join(&value).ok()?;
        if target.cannot_be_a_base() {
            return None;
        }
        let had_query = target.query().is_some();
        target.set_query(None);
        target.set_fragment(None);
        target.set_username("").ok()?;
        target.set_password(None).ok()?;
        let query = if had_query { "?…" } else { "" };
        Some(masker.show(&format!("{target}{query}")))
    }
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
