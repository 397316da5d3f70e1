//! Text in `$'…'`, where a backslash begins an escape sequence as in C.

/// What such a text means, and how long it is with the quotation mark that ends it; `None` where there is none.
pub(super) fn ansi_c(text: &str) -> (String, Option<usize>) {
    let bytes = text.as_bytes();
    let (mut meant, mut at) = (Vec::new(), 0);
    let length = loop {
        match bytes.get(at) {
            None => break None,
            Some(b'\'') => break Some(at + 1),
            Some(b'\\') => at += 1 + sequence(&bytes[at + 1..], &mut meant),
            Some(byte) => {
                meant.push(*byte);
                at += 1;
            }
        }
    };
    (String::from_utf8_lossy(&meant).into_owned(), length)
}

/// Reads what is behind a backslash, and tells how much that is.
fn sequence(rest: &[u8], meant: &mut Vec<u8>) -> usize {
    let Some(&first) = rest.first() else {
        return 0;
    };
    let (radix, most) = match first {
        b'x' => (16, 2),
        b'u' => (16, 4),
        b'U' => (16, 8),
        b'0'..=b'7' => (8, 3),
        _ => {
            match first {
                b'a' => meant.push(7),
                b'b' => meant.push(8),
                b'e' | b'E' => meant.push(27),
                b'f' => meant.push(12),
                b'n' => meant.push(b'\n'),
                b'r' => meant.push(b'\r'),
                b't' => meant.push(b'\t'),
                b'v' => meant.push(11),
                b'\\' | b'\'' | b'"' | b'?' => meant.push(first),
                _ => meant.extend([b'\\', first]),
            }
            return 1;
        }
    };
    let introducer = usize::from(radix == 16);
    let digits = rest[introducer..].iter().take(most);
    let digits = digits.map_while(|byte| char::from(*byte).to_digit(radix));
    let (number, count) = digits.fold((0, 0), |(number, count), digit| {
        (number * radix + digit, count + 1)
    });
    match first {
        _ if count == 0 => meant.extend([b'\\', first]),
        b'u' | b'U' => {
            let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
            meant.extend(character.encode_utf8(&mut [0; 4]).bytes());
        }
        // Bytes of a character may come one by one.
        _ => meant.push(number.to_le_bytes()[0]),
    }
    introducer + count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_sequence_is_read_as_bash_reads_it() {
        for (text, meant, rest) in [
            ("x-api-key: K' b", "x-api-key: K", " b"),
            (r#"it\'s \"\\\"'"#, r#"it's "\""#, ""),
            (r"a\n\t\x41\101\u00fc\U1F600'", "a\n\tAA\u{fc}\u{1f600}", ""),
            (r"\xc3\xbc\x4'", "\u{fc}\u{4}", ""),
            (r"\q\xz\ud800'", "\\q\\xz\u{fffd}", ""),
            ("\u{fc}\\\u{fc}'", "\u{fc}\\\u{fc}", ""),
        ] {
            let (read, length) = ansi_c(text);
            assert_eq!(read, meant, "{text}");
            assert_eq!(&text[length.unwrap()..], rest, "{text}");
        }
        for text in ["", "a", "a\\", r"a\'"] {
            assert_eq!(ansi_c(text).1, None, "{text}");
        }
    }
}
