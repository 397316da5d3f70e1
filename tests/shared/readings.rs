//! All texts that bytes may stand for: decoded once, twice and further, in whatever order.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use html_escape::decode_html_entities;

/// How often something is decoded that was decoded.
const DEPTH: usize = 4;
/// Fewer symbols hold no piece of a secret.
const SHORTEST_RUN: usize = 12;
/// Fewer bytes hold no piece of a secret.
const SHORTEST_LIST: usize = 8;
/// The longest name of a character in HTML is shorter.
const LONGEST_ENTITY: usize = 40;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Looks at each reading of these bytes.
pub(super) fn each(bytes: &[u8], look: &mut dyn FnMut(&str)) {
    read(&without_nuls(bytes), DEPTH, look);
}

fn read(text: &str, depth: usize, look: &mut dyn FnMut(&str)) {
    look(text);
    if depth == 0 {
        return;
    }
    let decoded = [
        unescaped(text),
        base64(text),
        hexadecimal(text),
        listed(text, hexadecimal_byte),
        listed(text, decimal_byte),
    ];
    for decoded in decoded.into_iter().flatten() {
        read(&decoded, depth - 1, look);
    }
}

/// The text with its escape sequences decoded, unless it has none. What no one sees is left out.
fn unescaped(text: &str) -> Option<String> {
    let mut decoded = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.find(['%', '\\', '&', '\u{200b}']) {
        decoded.extend_from_slice(&rest.as_bytes()[..next]);
        rest = &rest[next..];
        let character = rest.chars().next().unwrap_or_default();
        let (bytes, length) = match character {
            '%' => byte(&rest[1..]).map(|byte| (vec![byte], 3)),
            '\\' => backslash(&rest[1..]).map(|(bytes, length)| (bytes, length + 1)),
            '&' => entity(rest),
            '\u{200b}' => Some((Vec::new(), character.len_utf8())),
            _ => None,
        }
        .unwrap_or_else(|| {
            let length = character.len_utf8();
            (rest.as_bytes()[..length].to_vec(), length)
        });
        decoded.extend(bytes);
        rest = &rest[length..];
    }
    decoded.extend_from_slice(rest.as_bytes());
    let has_escapes = decoded != text.as_bytes();
    has_escapes.then(|| without_nuls(&decoded))
}

/// The text of bytes. In UTF-16, every other byte of what pieces are made of is NUL.
fn without_nuls(bytes: &[u8]) -> String {
    let text: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0).collect();
    String::from_utf8_lossy(&text).into_owned()
}

/// Two hexadecimal digits.
fn byte(digits: &str) -> Option<u8> {
    number(digits.get(..2)?, 16)?.try_into().ok()
}

/// What follows a backslash in JSON and in the literals of programming languages, and its length.
fn backslash(sequence: &str) -> Option<(Vec<u8>, usize)> {
    let first = sequence.chars().next()?;
    let braced = || sequence.strip_prefix("u{")?.split_once('}');
    match first {
        'u' if let Some((digits, _)) = braced() => {
            Some((scalar(digits)?, "u{}".len() + digits.len()))
        }
        'u' => Some((scalar(sequence.get(1..5)?)?, 5)),
        'U' => Some((scalar(sequence.get(1..9)?)?, 9)),
        'x' => Some((vec![byte(&sequence[1..])?], 3)),
        '0'..'4' => Some((vec![number(sequence.get(..3)?, 8)?.try_into().ok()?], 3)),
        'n' | 'r' | 't' => Some((vec![b'\n'], 1)),
        '\\' | '"' | '\'' | '/' => Some((vec![u8::try_from(first).ok()?], 1)),
        _ => None,
    }
}

fn scalar(digits: &str) -> Option<Vec<u8>> {
    let character = char::from_u32(number(digits, 16)?)?;
    Some(character.to_string().into_bytes())
}

fn number(digits: &str, radix: u32) -> Option<u32> {
    u32::from_str_radix(digits, radix).ok()
}

/// The entity that the text begins with, and its length.
fn entity(text: &str) -> Option<(Vec<u8>, usize)> {
    let near = &text[..text.floor_char_boundary(LONGEST_ENTITY)];
    let sequence = &near[..=near.find(';')?];
    let decoded = decode_html_entities(sequence);
    (decoded != sequence).then(|| (decoded.as_bytes().to_vec(), sequence.len()))
}

/// What stands in base64, of either alphabet, wherever it begins and with line breaks in it.
fn base64(text: &str) -> Option<String> {
    let symbol = |byte: u8| match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        _ => Some(byte).filter(u8::is_ascii_alphanumeric),
    };
    decoded_runs(text, symbol, 4, |run| {
        let whole = run.len() - usize::from(run.len() % 4 == 1);
        LENIENT.decode(&run[..whole]).unwrap_or_default()
    })
}

/// What stands in hexadecimal digits.
fn hexadecimal(text: &str) -> Option<String> {
    let symbol = |byte: u8| Some(byte).filter(u8::is_ascii_hexdigit);
    decoded_runs(text, symbol, 2, |run| {
        let pairs = run.chunks_exact(2).map(String::from_utf8_lossy);
        pairs.filter_map(|pair| byte(&pair)).collect()
    })
}

/// Every run of symbols, decoded from each of its first few.
fn decoded_runs(
    text: &str,
    symbol: impl Fn(u8) -> Option<u8>,
    beginnings: usize,
    decode: impl Fn(&[u8]) -> Vec<u8>,
) -> Option<String> {
    let (mut decoded, mut run) = (Vec::new(), Vec::new());
    for byte in text.bytes().chain([b' ']) {
        match symbol(byte) {
            Some(symbol) => run.push(symbol),
            None if matches!(byte, b'\r' | b'\n') => {}
            None => {
                if run.len() >= SHORTEST_RUN {
                    for first in 0..beginnings {
                        decoded.extend(decode(&run[first..]));
                        decoded.push(b'\n');
                    }
                }
                run.clear();
            }
        }
    }
    (!decoded.is_empty()).then(|| without_nuls(&decoded))
}

/// What stands in lists of bytes.
fn listed(text: &str, byte: impl Fn(&str) -> Option<u8>) -> Option<String> {
    let is_between = |c: char| !c.is_ascii_alphanumeric() && c != '-';
    let words = text.split(is_between).filter(|word| !word.is_empty());
    let bytes: Vec<_> = words.map(byte).collect();
    let lists = bytes.split(Option::is_none);
    let lists = lists.filter(|list| list.len() >= SHORTEST_LIST);
    let decoded: Vec<u8> = lists
        .flat_map(|list| list.iter().flatten().chain(b"\n"))
        .copied()
        .collect();
    (!decoded.is_empty()).then(|| without_nuls(&decoded))
}

fn hexadecimal_byte(word: &str) -> Option<u8> {
    let digits = word.strip_prefix("0x").unwrap_or(word);
    byte(digits).filter(|_| digits.len() == 2)
}

/// One that may have a sign.
fn decimal_byte(word: &str) -> Option<u8> {
    let number: i16 = word.parse().ok()?;
    let signed = |_| i8::try_from(number).map(i8::cast_unsigned);
    u8::try_from(number).or_else(signed).ok()
}
