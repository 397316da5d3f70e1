//! Keeps secrets out of text that a server supplies.

mod json_keys;
mod spelling;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret was.
pub const MASK: &str = "(masked)";
/// Shorter secrets would mask half of every text, and hardly are any.
const SHORTEST: usize = 6;
/// How much of a server's text is shown, in bytes.
const SHOWN: usize = 1024;
/// What follows a text that was cut.
const CUT: &str = "… (cut)";

/// Knows what must not be shown.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    secrets: Vec<SecretString>,
    visible: BTreeSet<String>,
}

impl Masker {
    /// Masks these secrets, but not those that are also a visible value of the configuration: everyone sees them anyway.
    pub fn new(
        secrets: impl IntoIterator<Item = SecretString>,
        visible: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            secrets: secrets.into_iter().collect(),
            visible: visible.into_iter().collect(),
        }
    }

    /// This one, and more to mask and to let through.
    pub fn with(
        mut self,
        secrets: impl IntoIterator<Item = SecretString>,
        visible: impl IntoIterator<Item = String>,
    ) -> Self {
        self.secrets.extend(secrets);
        self.visible.extend(visible);
        self
    }

    /// The text as it may be shown: secrets masked, then cut at 1 KiB, control characters replaced.
    ///
    /// Masking comes before cutting, or half a secret could stay at the edge.
    pub fn show(&self, text: &str) -> String {
        let masked = self.mask(&json_keys::mask(text), SHOWN);
        let shown = &masked[..masked.floor_char_boundary(SHOWN)];
        let cut = if shown.len() < masked.len() { CUT } else { "" };
        let harmless = |c: char| match c {
            '\n' | '\t' => c,
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        };
        shown.chars().map(harmless).chain(cut.chars()).collect()
    }

    /// The text with every known secret masked, however it is spelled; a bit more than `enough` bytes of it will do.
    fn mask(&self, text: &str, enough: usize) -> String {
        let forms = self.forms();
        let mut masked = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next().filter(|_| masked.len() <= enough) {
            let end = forms
                .iter()
                .find_map(|form| spelling::end_of(form.expose_secret(), rest));
            if let Some(end) = end {
                masked.push_str(MASK);
                rest = &rest[end..];
            } else {
                masked.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        masked
    }

    /// Everything to look for, the longest first, so that no part of a longer secret stays.
    fn forms(&self) -> Vec<SecretString> {
        let mut forms: Vec<SecretString> = self
            .secrets
            .iter()
            .map(ExposeSecret::expose_secret)
            // A server may drop the blanks around a value.
            .map(str::trim)
            .filter(|secret| secret.chars().count() >= SHORTEST && !self.visible.contains(*secret))
            .flat_map(with_json)
            .flat_map(|text| {
                let encoded = base64(text.as_bytes());
                iter::once(text).chain(encoded)
            })
            .map(SecretString::from)
            .collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.expose_secret().len()));
        forms.dedup_by(|a, b| a.expose_secret() == b.expose_secret());
        forms
    }
}

/// A secret, and what stands for it in JSON with and without other letters than ASCII: a server may encode all of a
/// request's body.
fn with_json(secret: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(secret).to_string();
    let json = quoted[1..quoted.len() - 1].to_owned();
    let mut ascii = String::new();
    for c in json.chars() {
        if c.is_ascii() {
            ascii.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // A write to a `String` never fails.
            let _ = write!(ascii, "\\u{unit:04x}");
        }
    }
    let mut forms = vec![secret.to_owned(), json, ascii];
    forms.dedup();
    forms
}

/// The base64 of a secret, and the part of it that stays the same inside the base64 of a longer text.
fn base64(secret: &[u8]) -> Vec<String> {
    let mut forms: Vec<String> = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
        .iter()
        .map(|engine| engine.encode(secret))
        .collect();
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(secret);
            let text = engine.encode(&bytes);
            // Six bits a character: those that a neighbour has a share in are left out.
            let inner = (before * 8).div_ceil(6)..(bytes.len() * 8) / 6;
            forms.push(text[inner].to_owned());
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use serde_json::json;

    use super::*;

    const SECRET: &str = "p\"a ss/wörd\\+1";

    fn masker(secrets: &[&str]) -> Masker {
        Masker::new(secrets.iter().map(|&secret| secret.into()), [])
    }

    fn json(text: &str) -> String {
        serde_json::to_string(text).unwrap()
    }

    #[test]
    fn a_secret_is_masked_in_every_spelling() {
        let percent = SECRET
            .bytes()
            .fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
        let form: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        for spelled in [
            SECRET.to_owned(),
            json(SECRET),
            json(&json(SECRET)),
            json(&json(&json(SECRET))),
            json(SECRET).replace('/', "\\/"),
            json(SECRET).replace('ö', "\\u00F6").replace('a', "\\u0061"),
            percent.to_lowercase(),
            percent.clone(),
            percent.replace('%', "%25"),
            form,
            STANDARD.encode(SECRET),
            URL_SAFE.encode(SECRET),
            STANDARD_NO_PAD.encode(SECRET),
            URL_SAFE_NO_PAD.encode(SECRET),
            json(&STANDARD.encode(SECRET)),
            "p&quot;a ss&#x2F;w&#246;rd\\+1".to_owned(),
        ] {
            let masked = masker(&[SECRET]).mask(&format!("before {spelled} after"), SHOWN);
            let masked = masked.replace(['"', '\\'], "");
            assert_eq!(masked, format!("before {MASK} after"), "{spelled}");
        }
    }

    #[test]
    fn a_secret_inside_a_longer_base64_is_masked() {
        for before in ["", "a", "ab", "user:"] {
            let encoded = STANDARD.encode(format!("{before}correct horse battery, and more"));
            let masked = masker(&["correct horse battery"]).mask(&encoded, SHOWN);
            assert!(masked.contains(MASK), "{encoded}");
            let kept = masked.len() - MASK.len();
            assert!(kept <= encoded.len() - 26, "{masked}");
        }
    }

    #[test]
    fn a_secret_inside_an_encoded_request_is_masked() {
        let body = json!({"db": {"password": SECRET, "port": 5432}}).to_string();
        let ascii = body.replace('ö', "\\u00f6");
        for body in [body, ascii] {
            let percent: String = url::form_urlencoded::byte_serialize(body.as_bytes()).collect();
            for encoded in [STANDARD.encode(&body), URL_SAFE.encode(&body), percent] {
                let masked = masker(&[SECRET]).mask(&encoded, SHOWN);
                assert!(masked.contains(MASK), "{masked}");
            }
        }
    }

    #[test]
    fn the_longest_secret_goes_first() {
        let masker = masker(&["secret", "secret-and-more"]);
        assert_eq!(
            masker.mask("secret-and-more secret", SHOWN),
            format!("{MASK} {MASK}")
        );
    }

    #[test]
    fn short_secrets_and_visible_values_stay() {
        let masker = Masker::new(
            ["short".into(), "iwd-100".into(), "iwd-200".into()],
            ["iwd-100".to_owned()],
        );
        assert_eq!(
            masker.mask("short iwd-100 iwd-200", SHOWN),
            format!("short iwd-100 {MASK}")
        );
    }

    #[test]
    fn values_under_telling_keys_are_masked_even_if_unknown() {
        let shown = Masker::default().show(r#"{"error":"x","password":"unknown"}"#);
        assert_eq!(shown, format!(r#"{{"error":"x","password":"{MASK}"}}"#));
    }

    #[test]
    fn a_secret_at_the_cut_does_not_show_its_beginning() {
        let text = format!("{}{}", "x".repeat(SHOWN - 4), "canary-secret");
        let shown = masker(&["canary-secret"]).show(&text);
        assert!(!shown.contains("cana"), "{shown}");
        assert!(shown.ends_with(CUT));
    }

    #[test]
    fn the_cut_falls_between_characters() {
        let shown = Masker::default().show(&"ö".repeat(SHOWN));
        assert_eq!(shown, format!("{}{CUT}", "ö".repeat(SHOWN / 2)));
        assert_eq!(
            Masker::default().show(&"x".repeat(SHOWN)),
            "x".repeat(SHOWN)
        );
    }

    #[test]
    fn a_server_can_not_steer_the_terminal() {
        assert_eq!(Masker::default().show("a\u{1b}[2Jb\n"), "a\u{fffd}[2Jb\n");
    }

    #[test]
    fn no_answer_takes_long() {
        let masker = masker(&[SECRET, "&canary-secret", "%canary-secret"]);
        let quotes: String = (0..1000)
            .map(|depth| "\\".repeat(2 * depth + 1) + "\"")
            .collect();
        let megabyte = |unit: &str| unit.repeat(1024 * 1024 / unit.len());
        for text in [
            quotes,
            megabyte("\\"),
            megabyte("&"),
            format!("%{}", megabyte("25")),
        ] {
            let began = std::time::Instant::now();
            masker.show(&format!("{text}p\\"));
            // What grows with the square takes an hour.
            assert!(began.elapsed().as_secs() < 120, "{}", &text[..9]);
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", masker(&["canary"])).contains("canary"));
    }

    proptest! {
        #[test]
        fn whatever_surrounds_a_secret_it_is_masked(
            before in r#"[\\"{}:, %&a-c\[\]]{0,30}"#,
            depth in 0..3,
            after in r#"[\\"{}:, %&a-c\[\]]{0,30}"#,
        ) {
            let text = (0..depth).fold(format!("{before}canary-secret{after}"), |text, _| json(&text));
            let shown = masker(&["canary-secret"]).show(&text);
            prop_assert!(!shown.contains("canary"), "{}", shown);
        }

        #[test]
        fn any_text_can_be_shown(text in r#"(\PC|[\\"{}:,%&]|"token":|\\"token\\":){0,60}"#) {
            let shown = masker(&["a\\b%c&\"d", "ööööööö"]).show(&text);
            prop_assert!(shown.len() <= SHOWN + CUT.len());
        }
    }
}
