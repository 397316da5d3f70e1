//! How long a server asks to wait.

use super::*;

fn asked_to_wait(headers: &[(HeaderName, &'static str)]) -> Option<Duration> {
    let answer = headers
        .iter()
        .fold(answer(503, ""), |answer, (name, value)| {
            answer.header(name.clone(), value)
        });
    let error = answer.error(Operation::Create);
    error.reply().and_then(|reply| reply.retry_after)
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    for (value, seconds) in [
        ("120", Some(120)),
        ("0", Some(0)),
        ("1.5", Some(2)),
        ("1.0", Some(1)),
        ("0.001", Some(1)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("99999999999999999999999.5", Some(u64::MAX)),
        ("Thu, 01 Jan 1970 00:01:00 GMT", Some(60)),
        ("soon", None),
        ("-5", None),
        ("+5", None),
        ("1.", None),
        (".5", None),
        ("1.5.2", None),
        ("1e3", None),
        ("5s", None),
        ("5, 10", None),
        ("", None),
    ] {
        let wait = asked_to_wait(&[(RETRY_AFTER, value)]);
        assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
    }
}

#[test]
fn a_date_to_retry_after_counts_from_the_date_of_the_answer() {
    let retry_after = (RETRY_AFTER, "Fri, 27 Nov 2026 12:01:30 GMT");
    for (date, seconds) in [
        ("Fri, 27 Nov 2026 12:00:00 GMT", 90),
        ("Fri, 27 Nov 2026 12:02:00 GMT", 0),
    ] {
        let wait = asked_to_wait(&[retry_after.clone(), (DATE, date)]);
        assert_eq!(wait, Some(Duration::from_secs(seconds)), "{date}");
    }
    // The client's own clock stands at the beginning of 1970 here.
    let wait = asked_to_wait(&[
        (RETRY_AFTER, "Thu, 01 Jan 1970 00:01:00 GMT"),
        (DATE, "today"),
    ]);
    assert_eq!(wait, Some(Duration::from_mins(1)));
}
