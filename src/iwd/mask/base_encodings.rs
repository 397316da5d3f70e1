//! Decodes whatever may be base64 or base16, which is hexadecimal digits, in a text (RFC 4648).

use std::iter;
use std::mem;
use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::lattice::Lattice;
use super::layer::Layer;

/// Fewer symbols hold no secret.
const SHORTEST_RUN: usize = 8;
/// Fewer characters hold no secret.
const SHORTEST_TEXT: usize = 6;

/// One of the encodings.
struct Base {
    /// How many bits a symbol stands for.
    bits: usize,
    /// After how many symbols a byte begins with one again.
    group: usize,
    decode: fn(&[u8]) -> Vec<u8>,
}

const BASE64: Base = Base {
    bits: 6,
    group: 4,
    decode: base64,
};

const BASE16: Base = Base {
    bits: 4,
    group: 2,
    decode: base16,
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
    let of_base64 = runs(lattice).into_iter().map(|run| (BASE64, run));
    let of_base16 = digits(lattice.text()).into_iter().map(|run| (BASE16, run));
    let mut layers = Vec::new();
    for (base, run) in of_base64.chain(of_base16) {
        let beginnings = (0..base.group).map(|first| &run[first..]);
        layers.extend(beginnings.flat_map(|symbols| decode(symbols, &base)));
    }
    layers
}

/// The longest sequences of symbols, whatever their encoding and with line breaks between them.
fn runs(lattice: &Lattice<'_>) -> Vec<Vec<Symbol>> {
    let mut runs = Vec::new();
    let mut run = Vec::new();
    let mut position = 0;
    while let Some(itself) = lattice.edges(position).next() {
        if let Some(symbol) = symbol_at(lattice, position) {
            position = symbol.origin.end;
            run.push(symbol);
            continue;
        }
        let mut edges = lattice.edges(position);
        let line_break = edges.find(|edge| matches!(edge.character, '\r' | '\n'));
        if let Some(line_break) = line_break.filter(|_| !run.is_empty()) {
            if line_break.end > itself.end {
                // What looks like an escape sequence may be a stray character and the first symbols of a run.
                let first = symbol_at(lattice, itself.end);
                let next = |symbol: &Symbol| symbol_at(lattice, symbol.origin.end);
                runs.push(iter::successors(first, next).collect());
            }
            position = line_break.end;
        } else {
            runs.push(mem::take(&mut run));
            position = itself.end;
        }
    }
    runs.push(run);
    runs.retain(|run| run.len() >= SHORTEST_RUN);
    runs
}

fn symbol_at(lattice: &Lattice<'_>, position: usize) -> Option<Symbol> {
    let mut edges = lattice.edges(position);
    edges.find_map(|edge| {
        Some(Symbol {
            symbol: symbol(edge.character)?,
            origin: position..edge.end,
        })
    })
}

/// The same symbol in the standard alphabet, if it is one of that or of the one for URLs.
fn symbol(character: char) -> Option<u8> {
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

/// The longest sequences of hexadecimal digits, with line breaks between them. No encoding writes them otherwise.
fn digits(text: &str) -> Vec<Vec<Symbol>> {
    let mut runs = vec![Vec::new()];
    for (position, character) in text.char_indices() {
        match character.to_digit(16) {
            Some(digit) => runs.last_mut().expect("there is one").push(Symbol {
                symbol: u8::try_from(digit).expect("a digit is less than 16"),
                origin: position..position + 1,
            }),
            None if matches!(character, '\r' | '\n') => {}
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| run.len() >= SHORTEST_RUN);
    runs
}

fn base16(symbols: &[u8]) -> Vec<u8> {
    let (pairs, _) = symbols.as_chunks();
    pairs
        .iter()
        .map(|[upper, lower]| upper << 4 | lower)
        .collect()
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
                let text = format!("0x{joined}{encoded}");
                assert_eq!(part(&text, "wörds").as_deref(), Some(&encoded[..12]));
            }
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
