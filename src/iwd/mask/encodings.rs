//! The encodings that put one text into another, an escape sequence at a time: JSON, the literals of programming languages,
//! URL and HTML.

use std::ops::Range;

use html_escape::decode_html_entities;

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
        Some(b'\\') => backslash(sequence),
        Some(b'%') => octets(sequence, "%", 2, 16),
        Some(b'&') => entity(sequence),
        _ => Escape::default(),
    }
}

/// What begins with a backslash.
fn backslash(sequence: &str) -> Escape {
    match sequence.as_bytes()[1..] {
        [b'x', ..] => octets(sequence, "\\x", 2, 16),
        [b'0'..=b'3', ..] => octets(sequence, "\\", 3, 8),
        [b'U', ..] => code_point(&sequence[2..], 8..9, ""),
        [b'u', b'{', ..] => code_point(&sequence[3..], 1..7, "}"),
        _ => json(sequence),
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

/// `\u{e4}` of Rust, JavaScript and Ruby, `\U000000e4` of Python and Go, from the first digit on: so many digits, and this
/// end.
fn code_point(rest: &str, digits: Range<usize>, end: &str) -> Escape {
    let count = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    let is_whole = digits.contains(&count) && &rest[count..] == end;
    let point = || u32::from_str_radix(&rest[..count], 16).ok();
    Escape {
        character: is_whole.then(point).flatten().and_then(char::from_u32),
        may_go_on: count == rest.len() && count < digits.end && !is_whole,
    }
}

/// `%20`, `%C3%A4`, `\xc3\xa4`, `\303\244`; in ISO-8859-1 `%E4`.
fn octets(sequence: &str, introducer: &str, digits: usize, radix: u32) -> Escape {
    let mut octets = Vec::new();
    let mut rest = sequence;
    while !rest.is_empty() {
        let written = rest.strip_prefix(introducer);
        let count = |text: &str| text.chars().take_while(|c| c.is_digit(radix)).count();
        match written {
            Some(written) if count(written) >= digits => {
                let Ok(octet) = u8::from_str_radix(&written[..digits], radix) else {
                    return Escape::default();
                };
                octets.push(octet);
                rest = &written[digits..];
            }
            _ => {
                let is_begun = match written {
                    Some(written) => count(written) == written.len(),
                    None => introducer.starts_with(rest),
                };
                return Escape {
                    character: None,
                    may_go_on: is_begun,
                };
            }
        }
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
            (r"\xe4", 'ä'),
            (r"\xC3\xa4", 'ä'),
            (r"\303\244", 'ä'),
            (r"\344", 'ä'),
            (r"\u{e4}", 'ä'),
            (r"\u{01F600}", '😀'),
            (r"\U0001f600", '😀'),
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
            let may_begin = ["%E4", r"\xe4", r"\344"].contains(&sequence);
            assert_eq!(whole.may_go_on, may_begin, "{sequence}");
        }
    }

    #[test]
    fn what_is_no_escape_sequence_stands_for_nothing() {
        for text in [
            "",
            "a",
            r"\xg",
            r"\x4+",
            r"\xc3\n",
            r"\08",
            r"\303\777",
            r"\u{}",
            r"\u{g",
            r"\u{1234567",
            r"\u{110000}",
            r"\U0001g",
            r"\Uffffffff",
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
