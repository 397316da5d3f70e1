//! Faults that a test asks for: the next matching request is answered otherwise, late, or not at all.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::connection::{Ending, Interruption};

/// One fault, as it is sent to `POST /_simulator/faults`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Fault {
    /// How many requests it takes; 0 for all from now on.
    pub(super) times: u64,
    /// Only requests of this method.
    pub(super) method: Option<String>,
    /// Only requests of this tenant, named in the path or the body.
    pub(super) ccid: Option<String>,
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
            ccid: None,
            status: None,
            headers: BTreeMap::new(),
            body: String::new(),
            content_type: "application/json".to_owned(),
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

    fn matches(&self, method: &str, ccid: Option<&str>) -> bool {
        let method_fits = |wanted: &String| wanted.eq_ignore_ascii_case(method);
        self.method.as_ref().is_none_or(method_fits)
            && (self.ccid.is_none() || self.ccid.as_deref() == ccid)
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

/// The faults that wait for a request, the first to match first.
#[derive(Default)]
pub(super) struct Faults(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    /// How many were ever added.
    added: u64,
    waiting: VecDeque<(FaultNumber, Fault)>,
}

/// What tells a fault from all others, however many are taken before it.
pub(super) type FaultNumber = u64;

impl Faults {
    pub(super) fn add(&self, faults: Vec<Fault>) {
        let mut queue = self.lock();
        for fault in faults {
            queue.added += 1;
            let number = queue.added;
            queue.waiting.push_back((number, fault));
        }
    }

    /// Takes the first fault that a request matches, once.
    pub(super) fn take(&self, method: &str, ccid: Option<&str>) -> Option<Fault> {
        let faults = &mut self.lock().waiting;
        let matches = |(_, fault): &(_, Fault)| fault.matches(method, ccid);
        let index = faults.iter().position(matches)?;
        let fault = &mut faults[index].1;
        match fault.times {
            1 => faults.remove(index).map(|(_, fault)| fault),
            0 => Some(fault.clone()),
            _ => {
                fault.times -= 1;
                Some(fault.clone())
            }
        }
    }

    pub(super) fn all(&self) -> Vec<Fault> {
        let numbered = self.numbered().into_iter();
        numbered.map(|(_, fault)| fault).collect()
    }

    pub(super) fn numbered(&self) -> Vec<(FaultNumber, Fault)> {
        self.lock().waiting.iter().cloned().collect()
    }

    /// Drops one, if it still waits.
    pub(super) fn remove(&self, number: FaultNumber) {
        self.lock().waiting.retain(|(other, _)| *other != number);
    }

    pub(super) fn clear(&self) {
        self.lock().waiting.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn queue(faults: Value) -> Faults {
        let queue = Faults::default();
        queue.add(Fault::read(faults).unwrap());
        queue
    }

    fn statuses(queue: &Faults, requests: &[(&str, Option<&str>)]) -> Vec<Option<u16>> {
        requests
            .iter()
            .map(|(method, ccid)| queue.take(method, *ccid).and_then(|fault| fault.status))
            .collect()
    }

    #[test]
    fn faults_are_taken_in_order_as_often_as_they_say() {
        let queue = queue(json!([{"status": 503, "times": 2}, {"status": 500}]));
        assert_eq!(
            statuses(&queue, &[("PUT", None); 4]),
            [Some(503), Some(503), Some(500), None]
        );
        assert_eq!(queue.all(), []);
    }

    #[test]
    fn one_fault_is_dropped_whatever_was_taken_before_it() {
        let queue = queue(json!([{"status": 500}, {"status": 501}, {"status": 502}]));
        let (second, _) = queue.numbered()[1];
        queue.take("PUT", None);
        queue.remove(second);
        assert_eq!(statuses(&queue, &[("PUT", None); 2]), [Some(502), None]);
    }

    #[test]
    fn zero_times_is_for_ever() {
        let queue = queue(json!({"status": 503, "times": 0}));
        assert_eq!(statuses(&queue, &[("PUT", None); 3]), [Some(503); 3]);
    }

    #[test]
    fn a_fault_waits_for_its_method_and_tenant() {
        let queue = queue(json!([
            {"status": 500, "method": "delete"},
            {"status": 501, "ccid": "a"},
        ]));
        assert_eq!(
            statuses(
                &queue,
                &[("PUT", Some("b")), ("PUT", Some("a")), ("DELETE", None)]
            ),
            [None, Some(501), Some(500)]
        );
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
            json!("503"),
        ] {
            assert!(Fault::read(fault.clone()).is_err(), "{fault}");
        }
    }
}
