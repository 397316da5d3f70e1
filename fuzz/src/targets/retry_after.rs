//! The header `Retry-After` on the first line, the header `Date` on the second one.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{StatusCode, Url};
use terraform_provider_iwd::iwd::answer::Answer;
use terraform_provider_iwd::iwd::error::GaveUp;
use terraform_provider_iwd::iwd::mask::Masker;
use terraform_provider_iwd::iwd::model::Operation;
use terraform_provider_iwd::iwd::retry::{Decision, Policy, Progress};

/// The server's wish is understood as HTTP has it, and is never cut short.
pub fn retry_after(bytes: &[u8]) {
    let mut lines = super::lines(bytes);
    let mut headers = HeaderMap::new();
    for (name, text) in [(RETRY_AFTER, lines.next()), (DATE, lines.next())] {
        if let Some(Ok(value)) = text.map(HeaderValue::from_str) {
            headers.insert(name, value);
        }
    }
    let now = SystemTime::UNIX_EPOCH;
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let date = |text: &str| httpdate::parse_http_date(text.trim()).ok();
    let wish = text(RETRY_AFTER).map(str::trim).unwrap_or_default();
    let date_of_answer = text(DATE).and_then(date);
    let expected = match (wish.parse::<u64>(), date(wish)) {
        (Ok(seconds), _) if !wish.starts_with('+') => Some(Duration::from_secs(seconds)),
        (_, Some(date)) => {
            let since = date.duration_since(date_of_answer.unwrap_or(now));
            Some(since.unwrap_or_default())
        }
        _ => None,
    };

    let answer = Answer {
        status: StatusCode::SERVICE_UNAVAILABLE,
        headers,
        body: Vec::new(),
    };
    let url = Url::parse("http://iwd.example/").expect("a URL");
    let judged = answer.judge(Operation::Delete, &url, &Masker::default(), &[], now);
    let error = judged.expect_err("503 is no success").0;
    let asked = error.reply().and_then(|reply| reply.retry_after);
    if expected.is_some() {
        assert_eq!(asked, expected);
    }

    let timeout = Duration::from_mins(5);
    let progress = Progress {
        attempts: 1,
        limited: 0,
        elapsed: Duration::ZERO,
        timeout,
        told: None,
        sent_again: false,
    };
    let decision = Policy::default().decide(progress, &error, 0.0);
    match (decision, asked) {
        (Decision::Retry { wait }, asked) => {
            assert!(wait >= asked.unwrap_or_default() && wait < timeout);
        }
        (Decision::GiveUp(GaveUp::AskedToWait { wait, .. }), Some(asked)) => {
            assert!(wait == asked && asked >= timeout);
        }
        (Decision::GiveUp(GaveUp::OutOfTime { .. }), Some(asked)) => assert!(asked < timeout),
        (decision, asked) => panic!("{asked:?}: {decision:?}"),
    }
}
