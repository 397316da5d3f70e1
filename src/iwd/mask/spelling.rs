//! Finds a secret in text however it is spelled: plain, JSON at any depth, URL-encoded, HTML-escaped, or a mix.

use std::iter;

/// The most backslashes that are taken for one spelling: JSON within JSON, eight deep. A server may send a megabyte of
/// them.
const MOST_BACKSLASHES: usize = 255;
/// How often percent-encoding is looked through.
const MOST_PERCENT: usize = 8;
/// The longest character reference, such as `&#x0001F600;`.
const LONGEST_ENTITY: usize = 12;

/// Where the secret ends in `text`, if the text begins with it.
///
/// A `%`, `&` or `\` in the text may be itself or begin a longer spelling, so all readings are followed.
pub(super) fn end_of(secret: &str, text: &str) -> Option<usize> {
    let mut characters = secret.chars();
    let mut readings = readings(characters.next()?, text);
    for wanted in characters {
        if readings.is_empty() {
            return None;
        }
        readings = readings
            .into_iter()
            .flat_map(|rest| self::readings(wanted, rest))
            .collect();
        readings.sort_by_key(|rest| rest.len());
        readings.dedup_by_key(|rest| rest.len());
    }
    // The shortest rest: a longer spelling is not left half behind.
    let rest = readings.into_iter().min_by_key(|rest| rest.len())?;
    Some(text.len() - rest.len())
}

/// What follows one character, for each way to read it at the beginning of `text`.
fn readings(wanted: char, text: &str) -> Vec<&str> {
    let plain = text.strip_prefix(wanted);
    let longer = match text.as_bytes().first() {
        Some(b'\\') => after_json_escape(wanted, text),
        Some(b'%') => after_percent(wanted, text),
        Some(b'&') => after_entity(wanted, text),
        Some(b'+') if wanted == ' ' => text.get(1..),
        _ => None,
    };
    let doubled = (wanted == '\\').then(|| doubled_backslashes(text));
    plain
        .into_iter()
        .chain(longer)
        .chain(doubled.into_iter().flatten())
        .collect()
}

/// What follows 2, 4, 8… backslashes.
fn doubled_backslashes(text: &str) -> impl Iterator<Item = &str> {
    let run = leading_backslashes(text);
    iter::successors(Some(2_usize), |count| count.checked_mul(2))
        .take_while(move |count| *count <= run)
        .map(|count| &text[count..])
}

fn leading_backslashes(text: &str) -> usize {
    let bytes = text.bytes().take(MOST_BACKSLASHES);
    bytes.take_while(|byte| *byte == b'\\').count()
}

/// `\n`, `\"`, `\/`, `\u00e4` after any number of backslashes, which JSON doubles at every depth.
fn after_json_escape(wanted: char, text: &str) -> Option<&str> {
    let rest = &text[leading_backslashes(text)..];
    let short = match wanted {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '"' | '/' | '\'' => wanted,
        _ => return after_units(wanted, rest),
    };
    rest.strip_prefix(short)
        .or_else(|| after_units(wanted, rest))
}

/// `u00e4`, a surrogate pair as `ud83d\ude00`.
fn after_units(wanted: char, text: &str) -> Option<&str> {
    let mut rest = text;
    for (position, unit) in wanted.encode_utf16(&mut [0; 2]).iter().enumerate() {
        if position > 0 {
            rest = &rest[leading_backslashes(rest)..];
        }
        rest = after_hex(rest.strip_prefix('u')?, u32::from(*unit), 4)?;
    }
    Some(rest)
}

/// `%C3%A4`, or encoded twice: `%25C3%25A4`.
fn after_percent(wanted: char, text: &str) -> Option<&str> {
    let mut rest = text;
    for byte in wanted.encode_utf8(&mut [0; 4]).bytes() {
        rest = rest.strip_prefix('%')?;
        for _ in 0..MOST_PERCENT {
            match rest.strip_prefix("25") {
                Some(digits) if byte != b'%' || digits.starts_with("25") => rest = digits,
                _ => break,
            }
        }
        rest = after_hex(rest, u32::from(byte), 2)?;
    }
    Some(rest)
}

/// `&quot;`, `&#228;`, `&#xE4;`.
fn after_entity(wanted: char, text: &str) -> Option<&str> {
    let end = text
        .bytes()
        .take(LONGEST_ENTITY)
        .position(|byte| byte == b';')?;
    let (name, rest) = (text.get(1..end)?, &text[end + 1..]);
    let named = match name {
        "quot" => Some('"'),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            }
            .ok()
            .and_then(char::from_u32)
        }
    };
    (named == Some(wanted)).then_some(rest)
}

fn after_hex(text: &str, wanted: u32, digits: usize) -> Option<&str> {
    let (hex, rest) = text.split_at_checked(digits)?;
    let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hex && u32::from_str_radix(hex, 16).ok()? == wanted).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_where_the_secret_ends() {
        for (secret, text, end) in [
            ("a b", "a b!", Some(3)),
            ("a b", "a+b!", Some(3)),
            ("a b", "a%20b!", Some(5)),
            ("a%b", "a%25b", Some(5)),
            ("a%b", "a%2525b", Some(7)),
            ("a%25b", "a%25b", Some(5)),
            ("a&amp;b", "a&amp;b", Some(7)),
            ("a&b", "a&amp;b", Some(7)),
            ("a\nb", r"a\\nb", Some(5)),
            ("😀x", r"\ud83d\uDE00x", Some(13)),
            (r"a\\b", r"a\\\\b", Some(6)),
            (r"a\\b", r"a\\b", Some(4)),
            (r"a\b", r"a\u005cb", Some(8)),
            (r"a\b", "a%5Cb", Some(5)),
            (r#"a\"b"#, r#"a\\\"b"#, Some(6)),
            ("ab", "a", None),
            ("ab", "ac", None),
            ("ä", "%c3%A4", Some(6)),
            ("ä", "%c3", None),
            ("a", "%", None),
            ("a", r"\", None),
            ("a", "&#x;", None),
            ("a", "%+1", None),
            ("", "a", None),
        ] {
            assert_eq!(end_of(secret, text), end, "{secret} in {text}");
        }
    }
}
