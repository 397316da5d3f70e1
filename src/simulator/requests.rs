//! The requests received on the provisioning API, in order, as a test wants to look at them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::clock;

/// How many requests are remembered; older ones are forgotten.
const LIMIT: usize = 10_000;

/// The requests remembered. They are full of secrets.
#[derive(Default)]
pub(super) struct Requests(Mutex<Log>);

#[derive(Default)]
struct Log {
    /// The number of the oldest entry.
    first: u64,
    entries: VecDeque<Value>,
}

impl Requests {
    /// Remembers a request; its number is for [`answered`](Self::answered).
    pub(super) fn add(&self, parts: &Parts, body: &[u8]) -> u64 {
        let mut log = self.lock();
        if log.entries.len() == LIMIT {
            log.entries.pop_front();
            log.first += 1;
        }
        log.entries.push_back(entry(parts, body));
        log.first + log.entries.len() as u64 - 1
    }

    /// Notes the status that a request was answered with.
    pub(super) fn answered(&self, number: u64, status: u16) {
        let mut log = self.lock();
        let index = number
            .checked_sub(log.first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(entry) = index.and_then(|index| log.entries.get_mut(index)) {
            entry["status"] = status.into();
        }
    }

    /// All requests remembered, the oldest first.
    pub(super) fn all(&self) -> Vec<Value> {
        self.lock().entries.iter().cloned().collect()
    }

    /// The last `count` requests, the newest first.
    pub(super) fn last(&self, count: usize) -> Vec<Value> {
        let log = self.lock();
        log.entries.iter().rev().take(count).cloned().collect()
    }

    /// Forgets all requests.
    pub(super) fn clear(&self) {
        let mut log = self.lock();
        log.first += log.entries.len() as u64;
        log.entries.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entry(parts: &Parts, body: &[u8]) -> Value {
    let now = Timestamp::try_from(clock::now()).expect("the clock tells dates");
    json!({
        "method": parts.method.as_str(),
        "path": parts.uri.path(),
        "query": parts.uri.query(),
        "headers": headers(&parts.headers),
        "body": body_value(body),
        "status": null,
        "time": now.to_string(),
    })
}

/// Header names are in lower case; the values of a repeated one are joined.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    headers
        .keys()
        .map(|name| {
            let values: Vec<_> = headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            (name.to_string(), values.join(", ").into())
        })
        .collect()
}

fn body_value(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(path: &str) -> Parts {
        let request = Request::put(path).header("X-A", "1").header("x-a", "2");
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_request_is_remembered_whole() {
        let requests = Requests::default();
        let number = requests.add(&parts("/iwd?a=b"), br#"{"port": 5432}"#);
        requests.answered(number, 200);
        let mut all = requests.all();
        let time = all[0].as_object_mut().unwrap().remove("time").unwrap();
        assert!(time.as_str().unwrap().parse::<Timestamp>().is_ok());
        assert_eq!(
            all,
            [json!({
                "method": "PUT",
                "path": "/iwd",
                "query": "a=b",
                "headers": {"x-a": "1, 2"},
                "body": {"port": 5432},
                "status": 200,
            })]
        );
    }

    #[test]
    fn a_body_that_is_not_json_is_text_and_none_is_null() {
        assert_eq!(body_value(b"{"), json!("{"));
        assert_eq!(body_value(b""), Value::Null);
    }

    #[test]
    fn the_oldest_are_forgotten_and_late_answers_find_their_request() {
        let requests = Requests::default();
        let first = requests.add(&parts("/first"), b"");
        let numbers: Vec<u64> = (0..LIMIT)
            .map(|_| requests.add(&parts("/more"), b""))
            .collect();
        requests.answered(first, 500);
        requests.answered(numbers[1], 201);
        let all = requests.all();
        assert_eq!(all.len(), LIMIT);
        assert_eq!(all[0]["status"], Value::Null);
        assert_eq!(all[1]["status"], 201);
    }

    #[test]
    fn an_answer_after_clearing_is_noted_nowhere() {
        let requests = Requests::default();
        let before = requests.add(&parts("/before"), b"");
        requests.clear();
        requests.add(&parts("/after"), b"");
        requests.answered(before, 200);
        assert_eq!(requests.all()[0]["status"], Value::Null);
    }
}
