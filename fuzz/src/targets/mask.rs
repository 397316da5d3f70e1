//! Text of a server: encodings on the first line, a secret on the second one, then the text, in which `{}` is the secret.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use terraform_provider_iwd::iwd::mask::{MASK, Masker};
use url::form_urlencoded;

/// How often a text is encoded at most.
const MOST_ENCODINGS: usize = 3;

/// The longest text that is tried; of a longer one, less is searched.
const LONGEST: usize = 16 << 10;

/// Keys whose values are secrets.
const KEYS: [&str; 4] = ["password", "token", "apiKey", "client_secret"];

/// A secret is not in what is shown, however it is encoded, and neither is the value of a telling key.
pub fn mask(bytes: &[u8]) {
    let mut lines = super::lines(bytes);
    let (Some(letters), Some(secret)) = (lines.next(), lines.next()) else {
        return;
    };
    let text = lines.collect::<Vec<_>>().join("\n");
    let encodings: Option<Vec<_>> = letters.chars().map(Encoding::of).collect();
    let Some(encodings) = encodings.filter(|encodings| encodings.len() <= MOST_ENCODINGS) else {
        return;
    };
    let is_plain = |c: char| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric();
    let is_secret = secret.trim().chars().count() >= 6 && secret.chars().all(is_plain);
    if !is_secret || text.len() > LONGEST {
        return;
    }
    let secret = secret.trim();

    let (before, after) = text.split_once("{}").unwrap_or((&text, ""));
    let parts = encodings.iter().fold(
        [before, secret, after].map(str::to_owned),
        |parts, encoding| encoding.apply(&parts),
    );
    is_masked(&Masker::new([secret.into()], []), &parts);

    // What an attacker puts beside it must not hide the value of a key; one encoding more, and it is a guess.
    let is_told = text.contains(secret) || encodings.iter().any(Encoding::is_base64);
    if let ([] | [_], false) = (&encodings[..], is_told) {
        let key = KEYS[secret.len() % KEYS.len()];
        let whole = json!({"a": text, key: secret}).to_string();
        let written = json!(secret).to_string();
        let written = &written[1..written.len() - 1];
        let (before, after) = whole.split_once(&json!(key).to_string()).expect("the key");
        let (between, after) = after.split_once(written).expect("the value");
        let parts = [
            format!("{before}{}{between}", json!(key)),
            written.to_owned(),
            after.to_owned(),
        ];
        let parts = encodings
            .iter()
            .fold(parts, |parts, encoding| encoding.apply(&parts));
        is_masked(&Masker::default(), &parts);
    }
}

/// The text of these parts, the second of which is secret, is shown without it.
fn is_masked(masker: &Masker, parts: &[String; 3]) {
    let text = parts.concat();
    if text.len() > LONGEST {
        return;
    }
    for shown in [masker.mask(&text), masker.show(&text)] {
        let pieces = || shown.split(MASK);
        assert!(
            pieces().all(|piece| !piece.contains(&parts[1])),
            "{text}\nis shown as\n{shown}"
        );
    }
}

enum Encoding {
    Json,
    JsonEscapes,
    Percent,
    Form,
    Html,
    HtmlNumbers,
    Base64,
    Base64Url,
}

impl Encoding {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'j' => Self::Json,
            'u' => Self::JsonEscapes,
            'p' => Self::Percent,
            'f' => Self::Form,
            'h' => Self::Html,
            'n' => Self::HtmlNumbers,
            'b' => Self::Base64,
            'B' => Self::Base64Url,
            _ => return None,
        })
    }

    fn is_base64(&self) -> bool {
        matches!(self, Self::Base64 | Self::Base64Url)
    }

    /// The parts of the encoded text.
    fn apply(&self, parts: &[String; 3]) -> [String; 3] {
        let engine = match self {
            Self::Base64 => STANDARD,
            Self::Base64Url => URL_SAFE_NO_PAD,
            _ => return parts.each_ref().map(|part| self.text(part)),
        };
        let text = engine.encode(parts.concat());
        // Six bits are a character.
        let start = parts[0].len() * 8 / 6;
        let end = ((parts[0].len() + parts[1].len()) * 8).div_ceil(6);
        [&text[..start], &text[start..end], &text[end..]].map(str::to_owned)
    }

    fn text(&self, text: &str) -> String {
        match self {
            Self::Json => {
                let quoted = json!(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
            Self::JsonEscapes => text.encode_utf16().fold(String::new(), |mut out, unit| {
                write!(out, "\\u{unit:04x}").expect("memory takes everything");
                out
            }),
            Self::Percent => utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
            Self::Form => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            Self::Html => html_escape::encode_quoted_attribute(text).into_owned(),
            Self::HtmlNumbers => text.chars().fold(String::new(), |mut out, c| {
                write!(out, "&#{};", u32::from(c)).expect("memory takes everything");
                out
            }),
            Self::Base64 | Self::Base64Url => text.to_owned(),
        }
    }
}
