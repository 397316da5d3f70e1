//! Numbers, periods and statuses as people read them.

use std::time::Duration;

use reqwest::StatusCode;

/// `1 attempt`, `2 attempts`.
pub(super) fn quantity(count: u32, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// `404 Not Found`, or the number alone.
pub(super) fn status_line(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// As such periods are written in the configuration: `350ms`, `1.5s`, `5m`, `1h30m`.
pub(in crate::provider) fn period(duration: Duration) -> String {
    const DAYS: u64 = 100;
    if duration < Duration::from_secs(1) {
        return format!("{}ms", duration.as_millis());
    }
    let seconds = duration.as_secs();
    if seconds < 60 {
        let tenths = duration.subsec_millis() / 100;
        return match tenths {
            0 => format!("{seconds}s"),
            _ => format!("{seconds}.{tenths}s"),
        };
    }
    if seconds > DAYS * 24 * 3600 {
        return format!("more than {DAYS} days");
    }
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    [(hours, "h"), (minutes, "m"), (seconds, "s")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .fold(String::new(), |text, (count, unit)| {
            format!("{text}{count}{unit}")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_as_they_are_written() {
        for (milliseconds, text) in [
            (0, "0ms"),
            (350, "350ms"),
            (1_000, "1s"),
            (1_560, "1.5s"),
            (59_999, "59.9s"),
            (60_000, "1m"),
            (61_999, "1m1s"),
            (300_000, "5m"),
            (5_400_000, "1h30m"),
            (3_601_000, "1h1s"),
        ] {
            assert_eq!(period(Duration::from_millis(milliseconds)), text);
        }
        assert_eq!(period(Duration::from_secs(u64::MAX)), "more than 100 days");
    }

    #[test]
    fn a_status_has_its_phrase_where_there_is_one() {
        assert_eq!(status_line(StatusCode::NOT_FOUND), "404 Not Found");
        assert_eq!(status_line(StatusCode::from_u16(599).unwrap()), "599");
    }
}
