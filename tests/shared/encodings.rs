//! The ways in which a server, a gateway or a page may write what it got.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// A way to write a text, by its name.
pub type Encoding = (&'static str, fn(&str) -> Vec<u8>);

/// As it is.
pub const PLAIN: Encoding = ("plain", |text| text.into());

/// All of them.
#[rustfmt::skip]
pub const ENCODINGS: &[Encoding] = &[
    PLAIN,
    ("upper case", |text| text.to_ascii_uppercase().into()),
    ("lower case", |text| text.to_ascii_lowercase().into()),
    ("mixed case", |text| mixed_case(text).into()),
    ("with what nobody sees", |text| each(text, |c| format!("{c}\u{200b}")).into()),
    ("JSON", |text| json(text).into()),
    ("JSON in ASCII", |text| in_ascii(&json(text)).into()),
    ("JSON with escaped slashes", |text| json(text).replace('/', "\\/").into()),
    ("JSON in JSON", |text| json(&json(text)).into()),
    ("JSON of nothing but escapes", |text| each(text, |c| mixed_case(&utf16(c))).into()),
    ("percent", |text| percent(text).into()),
    ("percent in lower case", |text| percent(text).to_lowercase().into()),
    ("percent in mixed case", |text| mixed_case(&percent(text)).into()),
    ("percent twice", |text| percent(text).replace('%', "%25").into()),
    ("percent of ISO-8859-1", |text| percent(text).replace("%C3%A4", "%E4").into()),
    ("form", |text| form(text).into()),
    ("base64", |text| STANDARD.encode(text).into()),
    ("base64 without padding", |text| STANDARD_NO_PAD.encode(text).into()),
    ("base64 for URLs", |text| URL_SAFE.encode(text).into()),
    ("base64 for URLs without padding", |text| URL_SAFE_NO_PAD.encode(text).into()),
    ("base64 in lines", |text| in_lines(&STANDARD.encode(text)).into()),
    ("base64 of JSON", |text| STANDARD.encode(json(text)).into()),
    ("base64 of a form", |text| URL_SAFE.encode(form(text)).into()),
    ("base64 of base64", |text| STANDARD.encode(STANDARD.encode(text)).into()),
    ("percent of base64", |text| percent(&STANDARD.encode(text)).into()),
    ("HTML by names", |text| html(text).into()),
    ("HTML by decimal numbers", |text| each(text, |c| format!("&#{};", u32::from(c))).into()),
    ("HTML by hexadecimal numbers", |text| each(text, |c| mixed_case(&format!("&#x{:x};", u32::from(c)))).into()),
    ("JSON of HTML", |text| html(&json(text)).replace('&', "\\u0026").into()),
    ("HTML of percent", |text| html(&percent(text)).into()),
    ("bytes with a backslash", |text| bytes(text, |byte| format!("\\x{byte:02x}")).into()),
    ("nothing but bytes with a backslash", |text| text.bytes().fold(String::new(), |text, byte| format!("{text}\\x{byte:02X}")).into()),
    ("octal bytes", |text| bytes(text, |byte| format!("\\{byte:03o}")).into()),
    ("code points in braces", |text| each(text, |c| if c.is_ascii_alphanumeric() { c.into() } else { format!("\\u{{{:x}}}", u32::from(c)) }).into()),
    ("code points of eight digits", |text| each(text, |c| format!("\\U{:08x}", u32::from(c))).into()),
    ("hexadecimal", |text| hexadecimal(text).into()),
    ("hexadecimal bytes with blanks", |text| listed(text, " ", |byte| format!("{byte:02X}"))),
    ("hexadecimal bytes with a prefix", |text| listed(text, ", ", |byte| format!("0x{byte:02x}"))),
    ("decimal bytes with blanks", |text| listed(text, " ", |byte| byte.to_string())),
    ("signed bytes with commas", |text| listed(text, ", ", |byte| byte.cast_signed().to_string())),
    ("UTF-16 with the lower byte first", |text| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()),
    ("UTF-16 with the upper byte first", |text| [vec![0xfe, 0xff], text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat()),
    // A block that is stored, not compressed.
    ("gzip", |text| [&b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01"[..], text.as_bytes()].concat()),
    ("bytes that are no text", |text| [b"\xff\x00", text.as_bytes()].concat()),
];

fn each(text: &str, encode: impl Fn(char) -> String) -> String {
    text.chars().map(encode).collect()
}

/// Every other character in upper case, but for the `u` and the `x` of escape sequences.
fn mixed_case(text: &str) -> String {
    let characters = text.chars().enumerate();
    characters
        .map(|(index, c)| match c {
            'u' | 'x' => c,
            c if index % 2 == 0 => c.to_ascii_uppercase(),
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

/// A JSON string without its quotes.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text is JSON");
    quoted[1..quoted.len() - 1].to_owned()
}

fn in_ascii(text: &str) -> String {
    each(text, |c| if c.is_ascii() { c.into() } else { utf16(c) })
}

fn utf16(character: char) -> String {
    let units = character.encode_utf16(&mut [0; 2]).to_vec();
    let escapes: Vec<_> = units.iter().map(|it| format!("\\u{it:04x}")).collect();
    escapes.concat()
}

fn percent(text: &str) -> String {
    bytes(text, |byte| format!("%{byte:02X}"))
}

fn form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn html(text: &str) -> String {
    each(text, |c| match c {
        '&' => "&amp;".into(),
        '<' => "&lt;".into(),
        '"' => "&quot;".into(),
        '\'' => "&#39;".into(),
        '/' => "&sol;".into(),
        '%' => "&percnt;".into(),
        '+' => "&plus;".into(),
        '\\' => "&bsol;".into(),
        '\u{e4}' => "&auml;".into(),
        c => c.into(),
    })
}

/// The bytes of a text, those but letters and digits in another way.
fn bytes(text: &str, encode: impl Fn(u8) -> String) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&encode(byte));
        }
        encoded
    })
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        write!(encoded, "{byte:02x}").expect("memory takes everything");
        encoded
    })
}

fn in_lines(text: &str) -> String {
    let lines = text.as_bytes().chunks(76).map(String::from_utf8_lossy);
    lines.collect::<Vec<_>>().join("\r\n")
}

/// A list of the bytes, as a program prints it.
fn listed(text: &str, between: &str, write: impl Fn(u8) -> String) -> Vec<u8> {
    let bytes: Vec<_> = text.bytes().map(write).collect();
    format!("[{}]", bytes.join(between)).into()
}
