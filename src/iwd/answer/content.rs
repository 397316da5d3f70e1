//! What the body of an answer is, judged by its bytes rather than by its type.

use encoding_rs::{DecoderResult, Encoding, UTF_8};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::de::IgnoredAny;

use super::super::error::Obstacle;
use super::super::mask::{MASK, Masker};

/// First bytes that tell a coding, for servers that don't name it.
const CODINGS: [(&[u8], &str); 2] = [(b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd")];

/// The text of a body, without the blanks around it; or why it can't be read. One that `is_cut` goes on behind its end.
pub(super) fn text(
    headers: &HeaderMap,
    body: &[u8],
    is_cut: bool,
    masker: &Masker,
) -> Result<String, Obstacle> {
    if body.is_empty() {
        return Ok(String::new());
    }
    if let Some(coding) = coding(headers, body) {
        return Err(Obstacle::Encoded(masker.show(&coding)));
    }
    let (encoding, mark) = match Encoding::for_bom(body) {
        Some(marked) => marked,
        None => (charset(headers, masker)?, 0),
    };
    let text = decode(encoding, &body[mark..], is_cut)?;
    let text = text.trim_matches(is_blank);
    if is_cut && (text.is_empty() || text.starts_with('"')) {
        return Err(Obstacle::Endless);
    }
    if text.starts_with('"') && is_json(text) && json_string(text).is_none() {
        // An escape in it stands for half a character.
        return Err(Obstacle::NotText("UTF-16"));
    }
    Ok(text.to_owned())
}

/// The text of a header: in UTF-8, or else in ISO-8859-1, which HTTP began with.
pub(super) fn header_text(value: &HeaderValue) -> String {
    let bytes = value.as_bytes();
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Whether a text is markup, as it is or as a JSON string: so a page for people, and never from IWD.
///
/// A template that puts quotes around a page makes no valid JSON of it.
pub(super) fn is_page(text: &str) -> bool {
    let inner = json_string(text);
    let quoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let inner = inner.as_deref().or(quoted).unwrap_or(text);
    inner.trim_start_matches(is_blank).starts_with('<')
}

/// Whether a text is one JSON object.
pub(super) fn is_json_object(text: &str) -> bool {
    text.starts_with('{') && is_json(text)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

fn json_string(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// What the body is encoded with, by its headers or else by its first bytes.
fn coding(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let values: Vec<_> = values.map(header_text).collect();
    let named = values.join(", ");
    let is_none =
        |coding: &str| matches!(coding.trim().to_ascii_lowercase().as_str(), "" | "identity");
    if !named.split(',').all(is_none) {
        return Some(named);
    }
    let mut codings = CODINGS.iter();
    let (_, name) = codings.find(|(first, _)| body.starts_with(first))?;
    Some((*name).to_owned())
}

/// The charset that the type names, or else the usual one.
fn charset(headers: &HeaderMap, masker: &Masker) -> Result<&'static Encoding, Obstacle> {
    let value = headers.get(CONTENT_TYPE).map(header_text);
    let value = value.unwrap_or_default();
    match charset_label(&value) {
        "" => Ok(UTF_8),
        label => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            // A secret in the value may go on behind the label.
            Obstacle::UnknownCharset(match charset_label(&masker.show(&value)) {
                "" => MASK.to_owned(),
                label => label.to_owned(),
            })
        }),
    }
}

/// The charset that a type names; empty if it names none.
fn charset_label(content_type: &str) -> &str {
    let label = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, label) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| label.trim().trim_matches('"'))
    });
    label.unwrap_or_default()
}

/// The text that the bytes are in that encoding, if they are any. A NUL is in none.
fn decode(encoding: &'static Encoding, body: &[u8], is_cut: bool) -> Result<String, Obstacle> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(body.len());
    let mut text = String::with_capacity(capacity.unwrap_or_default());
    // The cut may fall within a character.
    let (result, _) = decoder.decode_to_string_without_replacement(body, &mut text, !is_cut);
    match result {
        DecoderResult::InputEmpty if !text.contains('\0') => Ok(text),
        _ => Err(Obstacle::NotText(encoding.name())),
    }
}
