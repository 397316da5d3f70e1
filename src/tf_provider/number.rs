//! A number with all its decimal digits, as Terraform counts.
//!
//! Terraform's numbers are floats of up to 512 bits that reach a provider as integers, floats or decimal text. Two of them
//! are equal to it if their shortest decimal texts are, each at its own precision, and so they are here; but what came
//! as a float goes back as the same float, so nothing is lost between two messages.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A decimal number of any precision, or an infinity.
#[derive(Clone, Debug)]
pub struct Number(Repr);

#[derive(Clone, Debug)]
enum Repr {
    /// `digits × 10^exponent`; digits have no zero at either end, and zero has no digits at all.
    Finite {
        negative: bool,
        /// Whether it came as a float, of which this is the shortest text.
        float: bool,
        exponent: i64,
        digits: String,
    },
    Infinite {
        negative: bool,
    },
}

/// The text is not a decimal number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a decimal number")]
pub struct InvalidNumber;

/// A number as it travels in msgpack (protocol 5, object wire format: integer if exact, float if exact, else text).
#[derive(Clone, PartialEq, Debug)]
pub(super) enum WireNumber {
    Integer(i64),
    Float(f64),
    Text(String),
}

/// Beyond this many places plain notation would be mostly zeros, so scientific notation is written.
const PLAIN_PLACES: u64 = 1100;

impl Number {
    /// The number that a float stands for: a whole one exactly, any other by its shortest decimal text, since that is
    /// how Terraform compares. `None` for NaN, which Terraform doesn't have.
    pub fn from_f64(value: f64) -> Option<Self> {
        if value.is_nan() {
            None
        } else if value.is_infinite() {
            Some(Self(Repr::Infinite {
                negative: value < 0.0,
            }))
        } else if value.fract() == 0.0 {
            format!("{value:.0}").parse().ok()
        } else {
            let mut number: Self = format!("{value:e}").parse().ok()?;
            if let Repr::Finite { float, .. } = &mut number.0 {
                *float = true;
            }
            Some(number)
        }
    }

    /// The value as `i64`, if it is an integer of that range.
    pub fn as_i64(&self) -> Option<i64> {
        self.integer_text()?.parse().ok()
    }

    /// The value as `u64`, if it is an integer of that range.
    pub fn as_u64(&self) -> Option<u64> {
        self.integer_text()?.parse().ok()
    }

    fn integer_text(&self) -> Option<String> {
        let Repr::Finite {
            negative,
            digits,
            exponent,
            ..
        } = &self.0
        else {
            return None;
        };
        let zeros = usize::try_from(*exponent).ok()?;
        if digits.is_empty() {
            return Some("0".to_owned());
        }
        if digits.len().saturating_add(zeros) > 20 {
            return None;
        }
        let sign = if *negative { "-" } else { "" };
        Some(format!("{sign}{digits}{}", "0".repeat(zeros)))
    }

    pub(super) fn to_wire(&self) -> WireNumber {
        if let Some(integer) = self.as_i64() {
            return WireNumber::Integer(integer);
        }
        if let Some(float) = self.as_exact_f64() {
            return WireNumber::Float(float);
        }
        WireNumber::Text(self.to_string())
    }

    fn as_exact_f64(&self) -> Option<f64> {
        match &self.0 {
            Repr::Infinite { negative: true } => Some(f64::NEG_INFINITY),
            Repr::Infinite { negative: false } => Some(f64::INFINITY),
            Repr::Finite { float: true, .. } => self.scientific().parse().ok(),
            // An integer outside i64 goes as text, as Terraform itself does it.
            Repr::Finite { exponent, .. } if *exponent >= 0 => None,
            // Halves of halves end in 5.
            Repr::Finite { digits, .. } if !digits.ends_with('5') => None,
            Repr::Finite { .. } => {
                let float: f64 = self.scientific().parse().ok()?;
                // 1074 places write every finite double exactly.
                let exact: Self = format!("{float:.1074}").parse().ok()?;
                (&exact == self).then_some(float)
            }
        }
    }

    fn scientific(&self) -> String {
        match &self.0 {
            Repr::Infinite { negative } => if *negative { "-Inf" } else { "Inf" }.to_owned(),
            Repr::Finite {
                negative,
                digits,
                exponent,
                ..
            } => {
                let sign = if *negative { "-" } else { "" };
                let digits = if digits.is_empty() { "0" } else { digits };
                format!("{sign}{digits}e{exponent}")
            }
        }
    }
}

impl Repr {
    /// The sign, and in the order of the distance from zero: the place of the leading digit and the digits.
    fn sign_and_size(&self) -> (i8, (i128, &str)) {
        let sign = |negative: bool| if negative { -1 } else { 1 };
        match self {
            Self::Infinite { negative } => (sign(*negative), (i128::MAX, "")),
            Self::Finite { digits, .. } if digits.is_empty() => (0, (0, "")),
            Self::Finite {
                negative,
                exponent,
                digits,
                ..
            } => {
                let places = i64::try_from(digits.len()).unwrap_or(i64::MAX);
                let leading = i128::from(places) + i128::from(*exponent);
                (sign(*negative), (leading, digits))
            }
        }
    }
}

/// The order of the values.
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (sign, size) = self.0.sign_and_size();
        let (other_sign, other_size) = other.0.sign_and_size();
        let by_size = size.cmp(&other_size);
        let by_size = if sign < 0 { by_size.reverse() } else { by_size };
        sign.cmp(&other_sign).then(by_size)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0.sign_and_size() == other.0.sign_and_size()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        value
            .to_string()
            .parse()
            .expect("an integer's text is a number")
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        value
            .to_string()
            .parse()
            .expect("an integer's text is a number")
    }
}

impl FromStr for Number {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if matches!(unsigned, "Inf" | "inf" | "Infinity") {
            return Ok(Self(Repr::Infinite { negative }));
        }
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (
                mantissa,
                exponent.parse::<i64>().map_err(|_| InvalidNumber)?,
            ),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidNumber);
        }
        let significant = all.trim_start_matches('0').trim_end_matches('0');
        if significant.is_empty() {
            return Ok(Self(Repr::Finite {
                negative: false,
                float: false,
                exponent: 0,
                digits: String::new(),
            }));
        }
        let trailing = all.len() - all.trim_end_matches('0').len();
        let places = |count: usize| i64::try_from(count).map_err(|_| InvalidNumber);
        let exponent = exponent
            .checked_sub(places(fraction.len())?)
            .and_then(|exponent| exponent.checked_add(places(trailing).ok()?))
            .ok_or(InvalidNumber)?;
        Ok(Self(Repr::Finite {
            negative,
            float: false,
            exponent,
            digits: significant.to_owned(),
        }))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Repr::Finite {
            negative,
            digits,
            exponent,
            ..
        } = &self.0
        else {
            return out.write_str(&self.scientific());
        };
        if exponent.unsigned_abs() > PLAIN_PLACES {
            return out.write_str(&self.scientific());
        }
        let sign = if *negative { "-" } else { "" };
        let places = usize::try_from(exponent.unsigned_abs()).map_err(|_| fmt::Error)?;
        if digits.is_empty() {
            out.write_str("0")
        } else if *exponent >= 0 {
            write!(out, "{sign}{digits}{}", "0".repeat(places))
        } else if digits.len() > places {
            let (whole, fraction) = digits.split_at(digits.len() - places);
            write!(out, "{sign}{whole}.{fraction}")
        } else {
            write!(out, "{sign}0.{}{digits}", "0".repeat(places - digits.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn the_same_value_is_equal_however_it_is_written() {
        assert_eq!(number("5432"), number("5432.000"));
        assert_eq!(number("1e3"), number("1000"));
        assert_eq!(number("-0"), number("0"));
        assert_eq!(number("0.10"), number("1E-1"));
        assert_ne!(number("0.1"), number("0.10000000000000001"));
    }

    #[test]
    fn numbers_are_in_the_order_of_their_values() {
        let ascending = [
            "-Inf", "-1e30", "-100", "-99.5", "-2", "-0.1", "-0.01", "0", "1e-30", "0.01", "0.1",
            "0.11", "2", "9", "10", "19", "100", "101", "110", "1e30", "Inf",
        ];
        let ascending = ascending.map(number);
        for (place, a) in ascending.iter().enumerate() {
            for (other, b) in ascending.iter().enumerate() {
                assert_eq!(a.cmp(b), place.cmp(&other), "{a} and {b}");
            }
        }
    }

    #[test]
    fn decimal_text_survives_where_a_float_would_not() {
        for text in ["0.1", "12345678901234567890", "1.000000000000000000001"] {
            assert_eq!(number(text).to_string(), text);
            assert_eq!(number(text).to_wire(), WireNumber::Text(text.to_owned()));
        }
    }

    #[test]
    fn integers_and_exact_fractions_travel_as_numbers() {
        assert_eq!(number("5432").to_wire(), WireNumber::Integer(5432));
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(number("0.5").to_wire(), WireNumber::Float(0.5));
        assert_eq!(
            number("-Inf").to_wire(),
            WireNumber::Float(f64::NEG_INFINITY)
        );
    }

    #[test]
    fn a_float_equals_the_text_that_terraform_makes_of_it() {
        for (float, text) in [
            (0.1, "0.1"),
            (0.5, "0.5"),
            (2f64.powi(-60), "0.0000000000000000008673617379884035"),
            (2f64.powi(80), "1208925819614629174706176"),
            (-1e22, "-10000000000000000000000"),
        ] {
            assert_eq!(Number::from_f64(float), Some(number(text)), "{float:e}");
        }
        assert_eq!(Number::from_f64(f64::NAN), None);
    }

    #[test]
    fn a_float_goes_back_as_the_same_float() {
        let deep = 2f64.powi(-1000) + 2f64.powi(-1040);
        for float in [
            0.1,
            -0.3,
            0.5,
            2f64.powi(-60),
            deep,
            f64::MIN_POSITIVE,
            5e-324,
        ] {
            let number = Number::from_f64(float).unwrap();
            assert_eq!(number.to_wire(), WireNumber::Float(float), "{float:e}");
        }
        for whole in [2f64.powi(80), f64::MAX] {
            let number = Number::from_f64(whole).unwrap();
            assert_eq!(number.to_wire(), WireNumber::Text(format!("{whole:.0}")));
        }
    }

    #[test]
    fn a_huge_exponent_costs_no_memory() {
        let huge = number("1e999999999");
        assert_eq!(huge.to_string(), "1e999999999");
        assert_eq!(huge.as_i64(), None);
        assert_ne!(huge, number("1e999999998"));
        for text in ["1e-9223372036854775808", "1e9223372036854775807"] {
            assert_eq!(number(text).to_string(), text);
            assert_eq!(number(text).as_i64(), None);
        }
        assert_eq!(
            "1e99999999999999999999".parse::<Number>(),
            Err(InvalidNumber)
        );
    }

    #[test]
    fn what_is_not_decimal_is_refused() {
        for text in [
            "", "-", "+-1", ".", "1.2.3", "0x10", "1_000", "NaN", "1e", "e5", " 1",
        ] {
            assert_eq!(text.parse::<Number>(), Err(InvalidNumber), "{text:?}");
        }
    }
}
