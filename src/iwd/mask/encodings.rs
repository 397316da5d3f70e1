//! The encodings that put one text into another, an escape sequence at a time: JSON, URL and HTML.

use std::borrow::Cow;

use html_escape::decode_html_entities;
use percent_encoding::percent_decode_str;

/// The longest escape sequence, as it is written without any other around it:
/// `&CounterClockwiseContourIntegral;`.
const LONGEST: usize = 33;

/// What an escape sequence stands for, or the beginning of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Escape {
    /// The character, if the sequence is whole.
    pub(super) character: Option<char>,
    /// Whether a longer sequence may begin with this one.
    pub(super) may_go_on: bool,
}

/// Whether an escape sequence may begin with this character.
pub(super) fn is_introducer(character: char) -> bool {
    matches!(character, '\\' | '%' | '&')
}

/// Reads an escape sequence of any encoding.
///
/// A sequence is read as it grows: what comes before its last character may go on.
pub(super) fn escape(sequence: &str) -> Escape {
    match sequence.as_bytes().first() {
        Some(b'\\') => json(sequence),
        Some(b'%') => percent(sequence),
        Some(b'&') => entity(sequence),
        _ => Escape::default(),
    }
}

/// `\n`, `\"`, `\u00e4`, `\ud83d\ude00`; also `\'`, which JavaScript has.
fn json(sequence: &str) -> Escape {
    let last = sequence.chars().last().unwrap_or_default();
    let may_go_on = match sequence.len() {
        1 => true,
        2 | 8 => last == 'u',
        7 => last == '\\',
        3..12 => last.is_ascii_hexdigit(),
        _ => false,
    };
    let character = match sequence.len() {
        2 if last == '\'' => Some(last),
        2 | 6 | 12 => serde_json::from_str::<String>(&format!("\"{sequence}\""))
            .ok()
            .and_then(|text| single(&text)),
        _ => None,
    };
    Escape {
        character,
        may_go_on: may_go_on && character.is_none(),
    }
}

/// `%20`, `%C3%A4`; in ISO-8859-1 `%E4`.
fn percent(sequence: &str) -> Escape {
    let octets = Cow::from(percent_decode_str(sequence));
    if octets.len() * 3 != sequence.len() {
        let last = sequence.chars().last().unwrap_or_default();
        let may_go_on = match sequence.len() % 3 {
            1 => last == '%',
            _ => last.is_ascii_hexdigit(),
        };
        return Escape {
            character: None,
            may_go_on,
        };
    }
    let character = match (str::from_utf8(&octets), &*octets) {
        (Ok(text), _) => single(text),
        (Err(_), &[octet]) => Some(octet.into()),
        (Err(_), _) => None,
    };
    Escape {
        character,
        may_go_on: octets.len() < utf8_length(octets[0]),
    }
}

/// `&quot;`, `&#228;`, `&#xE4;`.
fn entity(sequence: &str) -> Escape {
    if sequence.ends_with(';') {
        return Escape {
            character: single(&decode_html_entities(sequence)),
            may_go_on: false,
        };
    }
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'#';
    Escape {
        character: None,
        may_go_on: sequence.len() < LONGEST && sequence[1..].bytes().all(is_part),
    }
}

/// How many bytes a character has that begins with this one.
fn utf8_length(first: u8) -> usize {
    match first {
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => 1,
    }
}

fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_stands_for_a_character() {
        for (sequence, character) in [
            (r"\n", '\n'),
            (r#"\""#, '"'),
            (r"\\", '\\'),
            (r"\/", '/'),
            (r"\'", '\''),
            (r"\u00E4", 'ä'),
            (r"\ud83d\uDE00", '😀'),
            ("%20", ' '),
            ("%25", '%'),
            ("%c3%A4", 'ä'),
            ("%E4", 'ä'),
            ("%E2%82%AC", '€'),
            ("%F0%9F%98%80", '😀'),
            ("&quot;", '"'),
            ("&amp;", '&'),
            ("&apos;", '\''),
            ("&#39;", '\''),
            ("&#x2F;", '/'),
            ("&#xE4;", 'ä'),
            ("&#228;", 'ä'),
            ("&auml;", 'ä'),
            ("&#x0001F600;", '😀'),
            ("&CounterClockwiseContourIntegral;", '∳'),
        ] {
            for (end, _) in sequence.char_indices().skip(1) {
                let begun = escape(&sequence[..end]);
                assert!(begun.may_go_on, "{}", &sequence[..end]);
            }
            let whole = escape(sequence);
            assert_eq!(whole.character, Some(character), "{sequence}");
            // What is a character in ISO-8859-1 may begin one in UTF-8.
            assert_eq!(whole.may_go_on, sequence == "%E4", "{sequence}");
        }
    }

    #[test]
    fn what_is_no_escape_sequence_stands_for_nothing() {
        for text in [
            "",
            "a",
            r"\x",
            r"\u00g",
            r"\ud83d\n",
            r"\ud83z",
            r"\ud83du",
            r"\ud83d\u0041",
            "%g",
            "%+",
            "%2+",
            "%c3%zz",
            "&;",
            "& ",
            "&#x;",
            "&nonesuch;",
            "&quot ",
            "&CounterClockwiseContourIntegrals",
        ] {
            assert_eq!(escape(text), Escape::default(), "{text}");
        }
    }
}
