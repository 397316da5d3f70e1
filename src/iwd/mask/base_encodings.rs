//! Decodes whatever may be base64, base16, which is hexadecimal digits (RFC 4648), or a list of bytes in a text.

use std::iter;
use std::mem;
use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::encodings::is_introducer;
use super::lattice::Lattice;
use super::layer::Layer;

/// Fewer characters hold no secret.
const SHORTEST_TEXT: usize = 6;

/// One of the encodings.
struct Base {
    /// How many bits a symbol stands for.
    bits: usize,
    /// After how many symbols a byte begins with one again.
    group: usize,
    /// The symbol that may begin at a position.
    symbol_at: fn(&Lattice<'_>, usize) -> Option<Symbol>,
    /// Whether a character may stand between symbols.
    is_between: fn(char) -> bool,
    decode: fn(&[u8]) -> Vec<u8>,
}

const BASE64: Base = Base {
    bits: 6,
    group: 4,
    symbol_at: base64_symbol_at,
    is_between: is_line_break,
    decode: base64,
};

/// Also byte by byte: `41 42`, `41:42`, `0x41, 0x42`.
const BASE16: Base = Base {
    bits: 4,
    group: 2,
    symbol_at: digit_at,
    is_between: is_separator,
    decode: base16,
};

/// Bytes as Go, Java, Python or Rust print a list of them: `[65 66]`, `[65, -61]`.
const DECIMAL: Base = Base {
    bits: 8,
    group: 1,
    symbol_at: number_at,
    is_between: is_separator,
    decode: <[u8]>::to_vec,
};

/// Takes what other encoders make, and what is cut off.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A symbol of the alphabet, and where it stands.
struct Symbol {
    symbol: u8,
    origin: Range<usize>,
}

/// All texts that stand in one of the encodings in another text.
///
/// Nothing tells where one begins within letters and digits, so each run of them is decoded from each of the first few.
/// What is no text then holds no secret.
pub(super) fn decoded(lattice: &Lattice<'_>) -> Vec<Layer> {
    let mut layers = Vec::new();
    for base in [BASE64, BASE16, DECIMAL] {
        for run in runs(lattice, &base) {
            let beginnings = (0..base.group).map(|first| &run[first..]);
            layers.extend(beginnings.flat_map(|symbols| decode(symbols, &base)));
        }
    }
    layers
}

/// The longest sequences of symbols, with whatever may stand between them.
fn runs(lattice: &Lattice<'_>, base: &Base) -> Vec<Vec<Symbol>> {
    let symbol_at = |position| (base.symbol_at)(lattice, position);
    let mut runs = Vec::new();
    let mut run = Vec::new();
    let mut position = 0;
    while let Some(itself) = lattice.edges(position).next() {
        if let Some(symbol) = symbol_at(position) {
            position = symbol.origin.end;
            run.push(symbol);
            continue;
        }
        let mut edges = lattice.edges(position);
        let between = edges.find(|edge| (base.is_between)(edge.character));
        if let Some(between) = between.filter(|_| !run.is_empty()) {
            if between.end > itself.end {
                // What looks like an escape sequence may be a stray character and the first symbols of a run.
                let first = symbol_at(itself.end);
                let next = |symbol: &Symbol| symbol_at(symbol.origin.end);
                runs.push(iter::successors(first, next).collect());
            }
            position = between.end;
        } else {
            runs.push(mem::take(&mut run));
            position = itself.end;
        }
    }
    runs.push(run);
    runs.retain(|run| run.len() * base.bits >= SHORTEST_TEXT * 8);
    runs
}

/// Whatever its own encoding.
fn base64_symbol_at(lattice: &Lattice<'_>, position: usize) -> Option<Symbol> {
    let mut edges = lattice.edges(position);
    edges.find_map(|edge| {
        Some(Symbol {
            symbol: base64_symbol(edge.character)?,
            origin: position..edge.end,
        })
    })
}

/// The same symbol in the standard alphabet, if it is one of that or of the one for URLs.
fn base64_symbol(character: char) -> Option<u8> {
    match character {
        '-' => Some(b'+'),
        '_' => Some(b'/'),
        '+' | '/' => Some(character as u8),
        _ if character.is_ascii_alphanumeric() => Some(character as u8),
        _ => None,
    }
}

fn base64(symbols: &[u8]) -> Vec<u8> {
    // A symbol alone is no byte.
    let length = symbols.len() - usize::from(symbols.len() % 4 == 1);
    LENIENT.decode(&symbols[..length]).unwrap_or_default()
}

/// As it is: no encoding writes a digit otherwise. The first of a byte may have `0x` before it.
fn digit_at(lattice: &Lattice<'_>, position: usize) -> Option<Symbol> {
    let rest = &lattice.text().as_bytes()[position..];
    let is_prefixed = matches!(rest, [b'0', b'x' | b'X', first, second, ..]
        if first.is_ascii_hexdigit() && second.is_ascii_hexdigit());
    let length = if is_prefixed { 3 } else { 1 };
    let digit = char::from(*rest.get(length - 1)?).to_digit(16)?;
    Some(Symbol {
        symbol: u8::try_from(digit).ok()?,
        origin: position..position + length,
    })
}

fn base16(symbols: &[u8]) -> Vec<u8> {
    let (pairs, _) = symbols.as_chunks();
    pairs
        .iter()
        .map(|[upper, lower]| upper << 4 | lower)
        .collect()
}

/// A byte as it is, signed or not. A hyphen behind a digit is no sign.
fn number_at(lattice: &Lattice<'_>, position: usize) -> Option<Symbol> {
    let (before, rest) = lattice.text().as_bytes().split_at(position);
    let is_signed = rest.starts_with(b"-") && !before.last().is_some_and(u8::is_ascii_digit);
    let sign = usize::from(is_signed);
    let digits = rest[sign..].iter().take(4);
    let end = position + sign + digits.take_while(|byte| byte.is_ascii_digit()).count();
    let number: i16 = lattice.text()[position..end].parse().ok()?;
    let byte = u8::try_from(number).or_else(|_| i8::try_from(number).map(i8::cast_unsigned));
    Some(Symbol {
        symbol: byte.ok()?,
        origin: position..end,
    })
}

fn is_line_break(character: char) -> bool {
    matches!(character, '\r' | '\n')
}

/// Whether it may stand between bytes, alone or with others.
fn is_separator(character: char) -> bool {
    character.is_whitespace() || character.is_ascii_punctuation() && !is_introducer(character)
}

/// What is text among the bytes that the symbols stand for.
fn decode(symbols: &[Symbol], base: &Base) -> Vec<Layer> {
    let mut layers = Vec::new();
    let encoded: Vec<u8> = symbols.iter().map(|it| it.symbol).collect();
    let bytes = (base.decode)(&encoded);
    // The first and the last byte of a part may share their symbols with neighbours.
    let origin = |bytes: Range<usize>| {
        let first = &symbols[bytes.start * 8 / base.bits];
        let last = &symbols[(bytes.end * 8).div_ceil(base.bits) - 1];
        first.origin.start..last.origin.end
    };
    let mut position = 0;
    for chunk in bytes.utf8_chunks() {
        let mut begin = position;
        for part in chunk.valid().split_inclusive(is_no_text) {
            let text = part.trim_end_matches(is_no_text);
            if text.chars().count() >= SHORTEST_TEXT {
                let mut layer = Layer::default();
                for (offset, character) in text.char_indices() {
                    let start = begin + offset;
                    let origin = origin(start..start + character.len_utf8());
                    layer.push(character, origin);
                }
                layers.push(layer);
            }
            begin += part.len();
        }
        position += chunk.valid().len() + chunk.invalid().len();
    }
    layers
}

fn is_no_text(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

    use super::super::budget::Budget;
    use super::*;

    fn layers(encoded: &str) -> Vec<Layer> {
        let mut budget = Budget::of(encoded.len());
        decoded(&Lattice::of(encoded, &mut budget).unwrap())
    }

    fn part(encoded: &str, wanted: &str) -> Option<String> {
        layers(encoded).iter().find_map(|layer| {
            let start = layer.text().find(wanted)?;
            let origin = layer.origin(start..start + wanted.len());
            Some(encoded[origin].to_owned())
        })
    }

    #[test]
    fn a_text_is_found_wherever_base64_begins() {
        for before in ["", "a", "ab", "abc", "\0\u{1}", "http//"] {
            for joined in ["", "x", "xy", "xyz"] {
                let text = format!("{before}wörds and more");
                for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                    let encoded = format!("{joined}{encoded}");
                    let part = part(&encoded, "wörds").unwrap();
                    assert!((8..=10).contains(&part.len()), "{part} of {encoded}");
                }
            }
        }
    }

    #[test]
    fn a_text_is_found_in_hexadecimal_digits() {
        for joined in ["", "f", "0F"] {
            for encoded in ["77c3b672647320616e64", "77C3B672647320616E64"] {
                for before in ["x", "0x"] {
                    let text = format!("{before}{joined}{encoded}");
                    let part = part(&text, "wörds").unwrap();
                    // The mark of a number may be a part of its first byte.
                    let part = part.trim_start_matches("0x");
                    assert_eq!(part, &encoded[..12], "{text}");
                }
            }
        }
    }

    #[test]
    fn a_text_is_found_in_bytes_with_separators() {
        for text in [
            "77 c3 b6 72 64 73 21",
            "77:C3:B6:72:64:73:21",
            "77c3 b672\n647321",
            "0x77, 0xc3, 0xb6, 0x72, 0x64, 0X73, 0x21",
            "0x77%2C+0xc3%2C+0xb6%2C+0x72%2C+0x64%2C+0x73%2C+0x21",
            r#"77\",\"c3\",\"b6\",\"72\",\"64\",\"73\",\"21"#,
            "119 195 182 114 100 115 33",
            "119, -61, -74, 114, 100, 115, 33",
            "119-195-182-114-100-115-33",
            "119%2C-61%2c-74%20114%2C100%2C115%2C33",
            r"119,\n  195,\n  182,\n  114,\n  100,\n  115,\n  33",
        ] {
            let around = format!("bytes: [{text}]; 12");
            assert_eq!(part(&around, "wörds!").as_deref(), Some(text), "{around}");
        }
    }

    #[test]
    fn what_is_no_byte_ends_a_text() {
        for text in [
            "119 111 114 1114 100 115 33",
            "119 111 114 -200 100 115 33",
            "77 6f 72 g2 64 73 21",
        ] {
            assert!(layers(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn base64_is_read_through_other_encodings_and_line_breaks() {
        let bytes = "??>>??>> secret ??>>";
        let encoded = STANDARD.encode(bytes);
        assert!(encoded.contains('/') && encoded.contains('+'));
        for encoded in [
            encoded.replace('/', r"\/"),
            encoded.replace('/', "%2F").replace('+', "%2b"),
            encoded.replace('/', "&#x2F;").replace('+', "&plus;"),
            encoded.replace('c', "c\r\n"),
            encoded.replace('c', r"c\r\n"),
            URL_SAFE_NO_PAD.encode(bytes),
        ] {
            assert!(part(&encoded, bytes).is_some(), "{encoded}");
        }
    }

    #[test]
    fn a_text_stands_where_it_was_encoded_whatever_is_around_it() {
        let bytes = b"\xffthe first\0the second\xfe\x80the third\x01\xc3";
        for (before, after) in [("", ""), ("=", "="), ("====", "A"), ("", "AB"), ("", "ABC")] {
            let encoded = format!("{before}{}{after}", STANDARD_NO_PAD.encode(bytes));
            for wanted in ["the first", "the second", "the third"] {
                let found = bytes
                    .windows(wanted.len())
                    .position(|at| at == wanted.as_bytes());
                let start = found.unwrap();
                let end = ((start + wanted.len()) * 8).div_ceil(6);
                let expected = &encoded[before.len() + start * 8 / 6..before.len() + end];
                assert_eq!(
                    part(&encoded, wanted).as_deref(),
                    Some(expected),
                    "{encoded}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_text_is_left_out() {
        assert!(layers(&STANDARD.encode([0; 60])).is_empty());
        assert!(layers("22552b96-8783-46a9-b0eb-075ddfa8893e").is_empty());
        assert!(layers("plain words only").is_empty());
    }
}
