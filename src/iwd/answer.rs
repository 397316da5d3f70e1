//! What an answer means, decided from its status, headers and body.

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{StatusCode, Url};
use serde_json::Value as Json;

use super::error::{Error, Reply};
use super::mask::Masker;
use super::parameter::Parameter;
use super::request::Operation;

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

/// Why an answer is no success, and the parameter it names.
pub(super) type Verdict = (Error, Option<Parameter>);

impl Answer<'_> {
    /// Whether the operation is done; `url` is where the request went, `now` the time for `Retry-After`.
    pub(super) fn judge(
        &self,
        operation: Operation,
        url: &Url,
        masker: &Masker,
        now: SystemTime,
    ) -> Result<(), Verdict> {
        let text = String::from_utf8_lossy(self.body);
        let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}';
        let text = text.trim_matches(is_blank);
        let reply = || Reply {
            status: self.status,
            text: masker.show(text),
            retry_after: self.retry_after(now),
        };
        let plain = |error| Err((error, None));
        let named = |error| Err((error, Parameter::named_in(text)));
        let gone = operation == Operation::Delete && self.status == StatusCode::NOT_FOUND;
        if (self.status.is_success() || self.status == StatusCode::NOT_FOUND) && self.is_html(text)
        {
            return plain(Error::Html(reply()));
        }
        if (self.status.is_success() || gone) && text.is_empty() && self.body.len() >= MAX_BODY {
            // What comes after so many blanks is not known.
            return plain(Error::Unreadable(reply()));
        }
        match self.status.as_u16() {
            200..=299 if operation == Operation::Delete => Ok(()),
            _ if gone => Ok(()),
            200..=299 => match created(text) {
                Some(true) => Ok(()),
                Some(false) => named(Error::NotCreated(reply())),
                None => named(Error::Unreadable(reply())),
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

    fn is_html(&self, text: &str) -> bool {
        let json = serde_json::from_str::<Json>(text).ok();
        // An empty body is no page, whatever its type says. Nor is a JSON object, with which servers may send the type
        // that they send with any text.
        if text.is_empty() || json.as_ref().is_some_and(Json::is_object) {
            return false;
        }
        let is_declared = self.headers.get_all(CONTENT_TYPE).iter().any(|value| {
            let value = value.as_bytes().to_ascii_lowercase();
            value.starts_with(b"text/html") || value.starts_with(b"application/xhtml+xml")
        });
        // In UTF-16, every other byte of a page is zero.
        let letters = text.replace('\0', "").to_ascii_lowercase();
        let looks_so = letters.contains("<html") || letters.contains("<!doctype");
        is_declared || text.starts_with('<') || (looks_so && json.is_none())
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
    if text.is_empty() {
        return Some(true);
    }
    match serde_json::from_str::<Json>(text).ok()?.get("created")? {
        Json::Bool(created) => Some(*created),
        Json::String(text) => Some(text == "true"),
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    struct Sample {
        status: u16,
        headers: HeaderMap,
        body: &'static str,
    }

    fn answer(status: u16, body: &'static str) -> Sample {
        Sample {
            status,
            headers: HeaderMap::new(),
            body,
        }
    }

    impl Sample {
        fn header(mut self, name: reqwest::header::HeaderName, value: &'static str) -> Self {
            self.headers.insert(name, HeaderValue::from_static(value));
            self
        }

        fn to(&self, operation: Operation) -> Result<(), Verdict> {
            let answer = Answer {
                status: StatusCode::from_u16(self.status).unwrap(),
                headers: &self.headers,
                body: self.body.as_bytes(),
            };
            let url = Url::parse("https://iwd.example/iwd/v3/provisioning").unwrap();
            answer.judge(operation, &url, &Masker::default(), NOW)
        }

        fn error(&self, operation: Operation) -> Error {
            self.to(operation).unwrap_err().0
        }
    }

    #[test]
    fn created_is_true_as_a_boolean_as_text_or_by_saying_nothing() {
        let mislabelled =
            answer(200, r#"{"created":"true"}"#).header(CONTENT_TYPE, "text/html; charset=utf-8");
        assert_eq!(mislabelled.to(Operation::Create), Ok(()));
        for body in [
            r#"{"created": true}"#,
            r#"{"created":"true"}"#,
            "\u{feff}{\"created\":true,\"more\":1}\n",
            "",
            " \r\n",
        ] {
            for status in [200, 201, 204] {
                assert_eq!(answer(status, body).to(Operation::Create), Ok(()), "{body}");
                assert_eq!(answer(status, body).to(Operation::Update), Ok(()), "{body}");
            }
        }
    }

    #[test]
    fn a_success_that_is_not_the_documented_one_is_none() {
        for body in [
            r#"{"created":false}"#,
            r#"{"created":"no"}"#,
            r#"{"created":null}"#,
        ] {
            let error = answer(200, body).error(Operation::Create);
            assert!(matches!(error, Error::NotCreated(_)), "{body}");
        }
        for body in ["OK", "{", "{}", "[]", "true", r#"{"status":"ok"}"#] {
            let error = answer(200, body).error(Operation::Update);
            assert!(matches!(error, Error::Unreadable(_)), "{body}");
        }
    }

    #[test]
    fn what_is_gone_is_deleted() {
        for (status, body) in [
            (200, ""),
            (204, ""),
            (200, "whatever"),
            (404, r#"{"error":"x"}"#),
        ] {
            assert_eq!(
                answer(status, body).to(Operation::Delete),
                Ok(()),
                "{status}"
            );
        }
        let error = answer(404, "not found").error(Operation::Update);
        assert!(matches!(error, Error::Rejected(_)));
        let error = answer(410, "").error(Operation::Delete);
        assert!(matches!(error, Error::Rejected(_)));
    }

    #[test]
    fn a_web_page_is_never_success() {
        for page in [
            answer(200, "\n<!DOCTYPE html><title>Sign in</title>"),
            answer(200, "<html>"),
            answer(200, "<head><title>x</title>"),
            answer(200, "Please sign in").header(CONTENT_TYPE, "Text/HTML; charset=utf-8"),
            answer(404, "<!-- ingress --><html>"),
            answer(404, "default backend").header(CONTENT_TYPE, "text/html"),
            answer(200, " \u{feff} \u{feff}<!DOCTYPE html>"),
            answer(200, "\u{fffd}\u{fffd}<\0h\0t\0m\0l\0>\0"),
            answer(200, "Login required\n<HTML>").header(CONTENT_TYPE, "text/plain"),
        ] {
            for operation in [Operation::Create, Operation::Update, Operation::Delete] {
                let error = page.error(operation);
                assert!(matches!(error, Error::Html(_)), "{operation} {}", page.body);
            }
        }
        let empty = answer(204, "").header(CONTENT_TYPE, "text/html");
        assert_eq!(empty.to(Operation::Delete), Ok(()));
        let quoted = answer(200, r#"{"created":true,"note":"no <html> here"}"#);
        assert_eq!(quoted.to(Operation::Create), Ok(()));
    }

    #[test]
    fn blanks_without_an_end_are_no_empty_answer() {
        let blanks = " ".repeat(MAX_BODY).leak();
        for operation in [Operation::Create, Operation::Update, Operation::Delete] {
            let error = answer(200, blanks).error(operation);
            assert!(matches!(error, Error::Unreadable(_)), "{operation}");
        }
    }

    #[test]
    fn each_status_has_its_kind() {
        for status in [401, 403] {
            let error = answer(status, "").error(Operation::Create);
            assert!(matches!(error, Error::Unauthorized(_)), "{status}");
        }
        for status in [408, 425, 429, 502, 503, 504] {
            let error = answer(status, "<html>").error(Operation::Delete);
            assert!(matches!(error, Error::Unavailable(_)), "{status}");
        }
        for status in [400, 405, 409, 413, 422] {
            let error = answer(status, "").error(Operation::Create);
            assert!(matches!(error, Error::Rejected(_)), "{status}");
        }
        let error = answer(500, "").error(Operation::Create);
        assert!(matches!(error, Error::Internal(_)));
        for status in [501, 505, 599, 600] {
            let error = answer(status, "").error(Operation::Create);
            assert!(matches!(error, Error::Server(_)), "{status}");
        }
    }

    #[test]
    fn a_failure_tells_the_parameter_it_names() {
        for status in [200, 400, 401, 403, 422, 500, 501, 503] {
            let (_, parameter) = answer(status, r#"{"message":"iwd.db.host is required"}"#)
                .to(Operation::Create)
                .unwrap_err();
            assert_eq!(parameter, Some(Parameter::DbHost), "{status}");
        }
    }

    #[test]
    fn a_redirect_tells_where_it_points_without_credentials_and_query() {
        for (location, shown) in [
            (
                "https://u:pw@sso.example/login?state=abc#f",
                "https://sso.example/login?…",
            ),
            ("/login", "https://iwd.example/login"),
            ("//other.example", "https://other.example/"),
        ] {
            let error = answer(302, "")
                .header(LOCATION, location)
                .error(Operation::Create);
            let Error::Redirect { location, .. } = error else {
                panic!("{error:?}")
            };
            assert_eq!(location.as_deref(), Some(shown));
        }
        let error = answer(304, "").error(Operation::Delete);
        assert!(matches!(error, Error::Redirect { location: None, .. }));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (value, seconds) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Thu, 01 Jan 1970 00:01:00 GMT", Some(60)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            let error = answer(503, "")
                .header(RETRY_AFTER, value)
                .error(Operation::Create);
            let wait = error.reply().and_then(|reply| reply.retry_after);
            assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
        }
    }
}
