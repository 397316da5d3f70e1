//! Durations as Terraform's users write them, after Go's `time.ParseDuration`.

use std::time::Duration;

/// The reason why a text is not a duration.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidDuration {
    /// Not numbers with units.
    #[error("write numbers with units, such as 500ms, 30s, 5m or 1h30m")]
    Syntax,
    /// Zero or less.
    #[error("it must be longer than zero")]
    NotPositive,
    /// More than Go's 290 years.
    #[error("it is too long")]
    TooLong,
}

const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000), // U+00B5
    ("μs", 1_000), // U+03BC
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a positive duration of one or more decimal numbers with units (`ns`, `us`, `ms`, `s`, `m`, `h`), such as `1h30m`.
pub fn parse(text: &str) -> Result<Duration, InvalidDuration> {
    if let Some(rest) = text.strip_prefix('-') {
        return parse(rest).and(Err(InvalidDuration::NotPositive));
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Err(InvalidDuration::NotPositive);
    }
    if rest.is_empty() {
        return Err(InvalidDuration::Syntax);
    }
    let mut nanoseconds: u64 = 0;
    while !rest.is_empty() {
        let number_end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or(InvalidDuration::Syntax)?;
        let (number, after) = rest.split_at(number_end);
        let unit_end = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let (_, scale) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or(InvalidDuration::Syntax)?;
        nanoseconds = nanoseconds
            .checked_add(scaled(number, *scale)?)
            .ok_or(InvalidDuration::TooLong)?;
        rest = next;
    }
    if nanoseconds > i64::MAX.unsigned_abs() {
        return Err(InvalidDuration::TooLong);
    }
    if nanoseconds == 0 {
        return Err(InvalidDuration::NotPositive);
    }
    Ok(Duration::from_nanos(nanoseconds))
}

fn scaled(number: &str, scale: u64) -> Result<u64, InvalidDuration> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return Err(InvalidDuration::Syntax);
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let mut sum = whole
        .parse::<u64>()
        .ok()
        .and_then(|whole| whole.checked_mul(scale))
        .ok_or(InvalidDuration::TooLong)?;
    let mut place = scale;
    for digit in fraction.bytes() {
        place /= 10;
        sum = sum
            .checked_add(u64::from(digit - b'0') * place)
            .ok_or(InvalidDuration::TooLong)?;
    }
    Ok(sum)
}

/// Writes a duration as a configuration has it, cut to what people want to know: `350ms`, `1.5s`, `5m`, `1h30m`.
pub fn format(duration: Duration) -> String {
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
    fn reads_what_go_reads() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("1.5s", 1_500),
            (".5s", 500),
            ("2.s", 2_000),
            ("+1s", 1_000),
        ] {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        assert_eq!(parse("1µs"), parse("1us"));
    }

    #[test]
    fn refuses_what_is_not_positive_or_not_a_duration() {
        for text in ["0", "0s", "-5m", "0.0000000001ns"] {
            assert_eq!(parse(text), Err(InvalidDuration::NotPositive), "{text}");
        }
        for text in [
            "", "5", "m", "5 m", "5x", "1.2.3s", "5minutes", ".s", "١s", "1h 30m", "-",
        ] {
            assert_eq!(parse(text), Err(InvalidDuration::Syntax), "{text}");
        }
        for text in ["9999999h", "99999999999999999999s"] {
            assert_eq!(parse(text), Err(InvalidDuration::TooLong), "{text}");
        }
    }

    #[test]
    fn writes_what_people_read() {
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
            assert_eq!(format(Duration::from_millis(milliseconds)), text);
        }
        assert_eq!(format(Duration::from_secs(u64::MAX)), "more than 100 days");
    }
}
