//! Answers of the API: the status on the first line, headers, an empty line, the body.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url};
use serde_json::Value as Json;
use terraform_provider_iwd::iwd::answer::Answer;
use terraform_provider_iwd::iwd::mask::Masker;
use terraform_provider_iwd::iwd::model::Operation;
use terraform_provider_iwd::iwd::retry::{Decision, Policy, Progress};

/// A secret that the answer may quote.
const SECRET: &str = "canary-secret";

/// The most that an error may say, in bytes.
const LONGEST: usize = 32 << 10;

/// A blank of Unicode that Rust's ASCII doesn't count as one.
const VERTICAL_TAB: u8 = 0x0b;

/// Only what IWD answers is success, and an error neither shows a secret nor is without end.
pub fn answer(bytes: &[u8]) {
    let Some(answer) = read(bytes) else {
        return;
    };
    let url = Url::parse("http://iwd.example/iwd/v3/provisioning").expect("a URL");
    let masker = Masker::new([SECRET.into()], []);
    for operation in [Operation::Create, Operation::Update, Operation::Delete] {
        let parameters = ["iwd.db.host"];
        let now = SystemTime::UNIX_EPOCH;
        match answer.judge(operation, &url, &masker, &parameters, now) {
            Ok(success) => {
                assert!(may_succeed(&answer, operation));
                is_harmless(&format!("{success:?}"));
            }
            Err(verdict) => {
                let (error, _) = *verdict;
                is_harmless(&format!("{error} {error:?}"));
                let timeout = Duration::from_mins(5);
                if let Decision::Retry { wait } = decided(timeout, &error) {
                    assert!(wait < timeout);
                }
            }
        }
    }
}

fn decided(timeout: Duration, error: &terraform_provider_iwd::iwd::error::Error) -> Decision {
    let progress = Progress {
        attempts: 1,
        limited: 0,
        elapsed: Duration::ZERO,
        timeout,
        told: None,
        sent_again: false,
    };
    Policy::default().decide(progress, error, 1.0)
}

fn is_harmless(text: &str) {
    assert!(!text.to_ascii_lowercase().contains(SECRET), "{text}");
    assert!(text.len() <= LONGEST, "{} bytes", text.len());
}

/// Whether an answer may be one of IWD, as far as that can be told without its charset.
fn may_succeed(answer: &Answer, operation: Operation) -> bool {
    let status = answer.status;
    if operation == Operation::Delete {
        let is_page = answer.body.trim_ascii_start().starts_with(b"<");
        return (status.is_success() || status == StatusCode::NOT_FOUND) && !is_page;
    }
    let is_created =
        |json: Json| matches!(json["created"].as_str(), Some("true")) || json["created"] == true;
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == VERTICAL_TAB;
    let is_empty = answer.body.iter().all(is_blank);
    let body = answer.body.trim_ascii();
    status.is_success()
        && (!body.is_ascii()
            || is_empty
            || body.contains(&0)
            || serde_json::from_slice(body).is_ok_and(is_created))
}

fn read(bytes: &[u8]) -> Option<Answer> {
    let (status, mut rest) = super::line(bytes)?;
    let status = StatusCode::from_bytes(status.as_bytes()).ok()?;
    let mut headers = HeaderMap::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| byte == b'\n');
        let (line, next) = rest.split_at(end.unwrap_or(rest.len()));
        rest = next.get(1..).unwrap_or_default();
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|&byte| byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        headers.append(name, value);
    }
    Some(Answer {
        status,
        headers,
        body: rest.to_vec(),
    })
}
