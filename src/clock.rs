//! The one place that the time of day comes from, but for the log's lines.
//!
//! A system's clock may say anything, and libraries panic at what they can't write as a date. What is told here is not before
//! 1970 and not after 9999: whoever reads it sees that the clock is wrong.

use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;

/// From 1970 to the last hour that has a date in every time zone, in the year 9999.
const LAST: Duration = Duration::from_hours(70_389_502);

/// The time that it is, or the nearest one that has a date.
#[expect(
    clippy::disallowed_methods,
    reason = "everything else comes here for the time"
)]
pub fn now() -> SystemTime {
    nearest(SystemTime::now())
}

fn nearest(time: SystemTime) -> SystemTime {
    time.clamp(SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + LAST)
}

/// The same clock for TLS, by which certificates are judged.
#[derive(Clone, Copy, Debug)]
pub struct TlsClock;

impl TimeProvider for TlsClock {
    fn current_time(&self) -> Option<UnixTime> {
        let since = now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(UnixTime::since_unix_epoch(since))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_clock_without_a_date_shows_the_nearest() {
        let epoch = SystemTime::UNIX_EPOCH;
        let years = |count: u64| Duration::from_hours(count * 8766);
        for (time, told) in [
            (epoch - years(100), "1970-01-01T00:00:00Z"),
            (epoch + years(4), "1974-01-01T00:00:00Z"),
            (epoch + years(9_000), "9999-12-30T22:00:00Z"),
        ] {
            let nearest = nearest(time);
            assert_eq!(Timestamp::try_from(nearest).unwrap().to_string(), told);
            assert!(httpdate::fmt_http_date(nearest).contains(&told[..4]));
        }
    }
}
