//! Faults that a test asks for: the next matching request is answered otherwise, late, or not at all.

mod chance;
mod queue;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::connection::{Ending, Interruption};
pub(super) use queue::{FaultNumber, Faults};

const JSON: &str = "application/json";

/// What a request is about, by which a fault knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The tenant, named in the path or the body.
    pub(super) ccid: Option<&'a str>,
}

/// One fault, as it is sent to `POST /_simulator/faults`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Fault {
    /// How many requests it takes; 0 for all from now on.
    pub(super) times: u64,
    /// Only requests of this method.
    pub(super) method: Option<String>,
    /// Only requests of this path, or of one below it.
    pub(super) path: Option<String>,
    /// Only requests of this tenant, named in the path or the body.
    pub(super) ccid: Option<String>,
    /// Only so many of a hundred of these requests, drawn by chance.
    pub(super) percent: Option<f64>,
    /// What the chance is drawn from; 0 when not given. Faults of one seed share a draw, so that their percents add up.
    seed: Option<u64>,
    /// The status answered. Without one, and with `apply`, the real answer is given.
    pub(super) status: Option<u16>,
    headers: BTreeMap<String, String>,
    /// The body answered. `{{body}}` stands for the request's body, `{{x-api-key}}` for that header.
    body: String,
    content_type: String,
    /// How long the answer takes, in milliseconds.
    pub(super) delay_ms: u64,
    /// Whether the request is performed, at once, before the delay and whatever is answered.
    pub(super) apply: bool,
    /// How the connection ends in place of a whole answer.
    pub(super) connection: Option<Ending>,
    /// With `mid_body`: how many bytes of the body are sent; half of them when not given.
    sent_bytes: Option<usize>,
}

impl Default for Fault {
    fn default() -> Self {
        Self {
            times: 1,
            method: None,
            path: None,
            ccid: None,
            percent: None,
            seed: None,
            status: None,
            headers: BTreeMap::new(),
            body: String::new(),
            content_type: JSON.to_owned(),
            delay_ms: 0,
            apply: false,
            connection: None,
            sent_bytes: None,
        }
    }
}

impl Fault {
    /// Reads one fault or an array of them. The error is for the person who wrote them.
    pub(super) fn read(value: Value) -> Result<Vec<Self>, String> {
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        values.into_iter().map(Self::read_one).collect()
    }

    fn read_one(value: Value) -> Result<Self, String> {
        let fault: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        let answers = fault.status.is_some() || fault.apply;
        let ends = matches!(fault.connection, Some(Ending::Close | Ending::Reset));
        if !answers && !ends {
            return Err("give a status, apply, or a connection to close or reset".to_owned());
        }
        if fault
            .status
            .is_some_and(|status| !(200..=599).contains(&status))
        {
            return Err("status must be 200 to 599".to_owned());
        }
        if fault
            .path
            .as_ref()
            .is_some_and(|path| !path.starts_with('/'))
        {
            return Err("path must begin with /".to_owned());
        }
        if fault
            .percent
            .is_some_and(|percent| !(percent > 0.0 && percent <= 100.0))
        {
            return Err("percent must be more than 0 and at most 100".to_owned());
        }
        if fault.seed.is_some() && fault.percent.is_none() {
            return Err("seed goes with percent".to_owned());
        }
        if fault.sent_bytes.is_some() && fault.connection != Some(Ending::MidBody) {
            return Err("sent_bytes goes with the connection mid_body".to_owned());
        }
        fault.headers()?;
        Ok(fault)
    }

    /// The headers answered; a `Content-Type` among `headers` wins.
    fn headers(&self) -> Result<HeaderMap, String> {
        let mut map = HeaderMap::new();
        let headers = self.headers.iter();
        for (name, value) in [(&CONTENT_TYPE.to_string(), &self.content_type)]
            .into_iter()
            .chain(headers)
        {
            let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) else {
                return Err(format!("{name} can't be sent as a header"));
            };
            map.insert(name, value);
        }
        Ok(map)
    }

    /// Whether it is for this request, chance aside.
    fn matches(&self, target: &Target<'_>) -> bool {
        let method_fits = |wanted: &String| wanted.eq_ignore_ascii_case(target.method);
        let path_fits = |wanted: &String| {
            let below = target.path.strip_prefix(wanted.trim_end_matches('/'));
            below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.method.as_ref().is_none_or(method_fits)
            && self.path.as_ref().is_none_or(path_fits)
            && (self.ccid.is_none() || self.ccid.as_deref() == target.ccid)
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// The answer: the one asked for, or else the `real` one; with the wish to interrupt it, if any.
    pub(super) fn answer(&self, real: Option<Response>, body: &str, api_key: &str) -> Response {
        let mut response = match (self.status, real) {
            (None, Some(real)) => real,
            (status, _) => self.scripted(status, body, api_key),
        };
        if let Some(ending) = self.connection {
            response.extensions_mut().insert(Interruption {
                ending,
                sent_bytes: self.sent_bytes,
            });
        }
        response
    }

    fn scripted(&self, status: Option<u16>, body: &str, api_key: &str) -> Response {
        let text = self
            .body
            .replace("{{x-api-key}}", api_key)
            .replace("{{body}}", body);
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or_default();
        *response.headers_mut() = self.headers().unwrap_or_default();
        response
    }
}

/// What it answers, in words.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.apply {
            f.write_str("performed, then ")?;
        }
        match (self.connection, self.status) {
            (Some(Ending::Close), _) => f.write_str("the connection closed")?,
            (Some(Ending::Reset), _) => f.write_str("the connection reset")?,
            (_, None) => f.write_str("the real answer")?,
            (_, Some(status)) if self.content_type == JSON => write!(f, "{status}")?,
            (_, Some(status)) => write!(f, "{status} {}", self.content_type)?,
        }
        if self.connection == Some(Ending::MidBody) {
            f.write_str(", cut short")?;
        }
        match self.delay_ms {
            0 => Ok(()),
            delay => write!(f, ", after {delay} ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_is_for_its_method_path_and_tenant() {
        let target = Target {
            method: "DELETE",
            path: "/iwd/v3/provisioning/a",
            ccid: Some("a"),
        };
        for (fault, fits) in [
            (json!({}), true),
            (json!({"method": "delete"}), true),
            (json!({"method": "PUT"}), false),
            (json!({"ccid": "a"}), true),
            (json!({"ccid": "b"}), false),
            (json!({"path": "/iwd/v3/provisioning/a"}), true),
            (json!({"path": "/iwd/v3/provisioning"}), true),
            (json!({"path": "/iwd/v3/provisioning/"}), true),
            (json!({"path": "/"}), true),
            (json!({"path": "/iwd/v3/prov"}), false),
            (json!({"path": "/iwd/v3/provisioning/a/b"}), false),
            (json!({"path": "/iwd", "ccid": "b"}), false),
        ] {
            let mut given = fault.clone();
            given["status"] = 500.into();
            let read = Fault::read(given).unwrap();
            assert_eq!(read[0].matches(&target), fits, "{fault}");
        }
    }

    #[test]
    fn a_fault_says_what_it_answers() {
        for (fault, said) in [
            (json!({"status": 503}), "503"),
            (
                json!({"status": 200, "content_type": "text/html"}),
                "200 text/html",
            ),
            (
                json!({"apply": true, "delay_ms": 300}),
                "performed, then the real answer, after 300 ms",
            ),
            (json!({"connection": "close"}), "the connection closed"),
            (
                json!({"connection": "reset", "apply": true}),
                "performed, then the connection reset",
            ),
            (
                json!({"connection": "mid_body", "status": 200}),
                "200, cut short",
            ),
        ] {
            let read = Fault::read(fault.clone()).unwrap();
            assert_eq!(read[0].to_string(), said, "{fault}");
        }
    }

    #[test]
    fn a_fault_that_could_do_nothing_or_nothing_sensible_is_refused() {
        for fault in [
            json!({}),
            json!({"delay_ms": 5}),
            json!({"connection": "mid_body"}),
            json!({"status": 100}),
            json!({"status": 500, "stauts": 500}),
            json!({"status": 500, "sent_bytes": 1}),
            json!({"status": 500, "headers": {"a b": "c"}}),
            json!({"status": 500, "content_type": "a\nb"}),
            json!({"status": 500, "path": "iwd"}),
            json!({"status": 500, "percent": 0}),
            json!({"status": 500, "percent": -1}),
            json!({"status": 500, "percent": 100.5}),
            json!({"status": 500, "percent": "40 %"}),
            json!({"status": 500, "seed": 7}),
            json!({"status": 500, "percent": 40, "seed": -7}),
            json!("503"),
        ] {
            assert!(Fault::read(fault.clone()).is_err(), "{fault}");
        }
    }
}
