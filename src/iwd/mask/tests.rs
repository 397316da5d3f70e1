//! What is masked, what stays, and what random texts come to.

mod random;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::json;

use super::*;

const SECRET: &str = "p\"a ss/wörd\\+1";

fn masker(secrets: &[&str]) -> Masker {
    Masker::new(secrets.iter().map(|&secret| secret.into()), [])
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Every byte percent-encoded.
fn percent(text: &str) -> String {
    text.bytes()
        .fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

fn form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[test]
fn a_secret_is_masked_in_every_encoding() {
    for encoded in [
        SECRET.to_owned(),
        json(SECRET),
        json(&json(SECRET)),
        json(&json(&json(SECRET))),
        json(SECRET).replace('/', "\\/"),
        json(SECRET).replace('ö', "\\u00F6").replace('a', "\\u0061"),
        percent(SECRET).to_lowercase(),
        percent(SECRET),
        percent(SECRET).replace('%', "%25"),
        percent(SECRET).replace("%C3%B6", "%F6"),
        form(SECRET),
        STANDARD.encode(SECRET),
        URL_SAFE.encode(SECRET),
        STANDARD_NO_PAD.encode(SECRET),
        URL_SAFE_NO_PAD.encode(SECRET),
        json(&STANDARD.encode(SECRET)),
        STANDARD.encode(form(json(SECRET).trim_matches('"'))),
        STANDARD.encode(STANDARD.encode(SECRET)),
        "p&quot;a ss&#x2F;w&#246;rd\\+1".to_owned(),
        r"p\x22a\x20ss\x2fw\xc3\xb6rd\x5c+1".to_owned(),
        r"p\042a ss/w\303\266rd\134+1".to_owned(),
        r"p\u{22}a ss/w\u{F6}rd\\+1".to_owned(),
        r"p\U00000022a ss/w\U000000f6rd\\+1".to_owned(),
        percent(SECRET).replace('%', ""),
        STANDARD.encode(percent(SECRET).replace('%', "").to_lowercase()),
        "p&quot;a&nbsp;ss&sol;w&ouml;rd&bsol;&plus;1".replace("&nbsp;", "&#32;"),
        percent(&json(SECRET).replace('"', "&quot;")),
        SECRET.to_uppercase().replace('Ö', "ö"),
        SECRET.replace('s', "s\u{200b}"),
    ] {
        let masked = masker(&[SECRET]).mask(&format!("before {encoded} after"));
        let masked = masked.replace(['"', '\\', '='], "");
        let masked = masked.replace("%22", "").replace("%5C", "");
        let masked = masked.replace("%26%71%75%6F%74%3B", "");
        assert_eq!(masked, format!("before {MASK} after"), "{encoded}");
    }
}

#[test]
fn a_secret_that_looks_encoded_itself_is_masked() {
    for secret in [
        "100%25-sure",
        "fish&amp;chips",
        r"C:\new\folder",
        "a%%2525b%41c",
    ] {
        for encoded in [
            secret.to_owned(),
            form(secret),
            form(&form(secret)),
            json(secret),
            json(&json(secret)),
            secret.replace('&', "&amp;"),
            STANDARD.encode(form(secret)),
        ] {
            let masked = masker(&[secret]).mask(&format!("before {encoded} after"));
            let masked = masked.replace(['"', '\\', '='], "");
            assert_eq!(masked, format!("before {MASK} after"), "{encoded}");
        }
    }
}

#[test]
fn what_stands_before_a_secret_does_not_hide_it() {
    for before in ["%", "\\", "&", "%2", "\\u00", "&#", "abc"] {
        for encoded in [
            form("ff/f\"0;é"),
            json("nu\"fa/é"),
            STANDARD.encode("ff/f\"0;é"),
        ] {
            let masked = masker(&["ff/f\"0;é", "nu\"fa/é"]).mask(&format!("{before}{encoded}"));
            assert!(masked.contains(MASK), "{before}{encoded}");
            assert!(masked.len() <= before.len() + MASK.len() + 3, "{masked}");
        }
    }
}

#[test]
fn a_secret_inside_a_longer_base64_is_masked() {
    for before in ["", "a", "ab", "user:"] {
        let encoded = STANDARD.encode(format!("{before}correct horse battery, and more"));
        let masked = masker(&["correct horse battery"]).mask(&encoded);
        assert!(masked.contains(MASK), "{encoded}");
        let kept = masked.len() - MASK.len();
        assert!(kept <= encoded.len() - 26, "{masked}");
    }
}

#[test]
fn base64_is_looked_through_three_times() {
    let encoded = |times| (0..times).fold(SECRET.to_owned(), |text, _| STANDARD.encode(text));
    for times in 0..=DEEPEST_BASE {
        let shown = masker(&[SECRET]).mask(&encoded(times));
        assert!(shown.starts_with(MASK), "{shown}");
    }
    let deeper = encoded(DEEPEST_BASE + 1);
    assert_eq!(masker(&[SECRET]).mask(&deeper), deeper);
}

#[test]
fn a_secret_inside_an_encoded_request_is_masked() {
    let body = json!({"db": {"password": SECRET, "port": 5432}}).to_string();
    let ascii = body.replace('ö', "\\u00f6");
    for body in [body, ascii] {
        for encoded in [STANDARD.encode(&body), URL_SAFE.encode(&body), form(&body)] {
            let masked = masker(&[SECRET]).mask(&encoded);
            assert!(masked.contains(MASK), "{masked}");
        }
    }
}

#[test]
fn all_of_secrets_that_overlap_is_masked() {
    let masker = masker(&["secret", "secret-and-more", "and-more-too", "22552b96-8783"]);
    for (text, masked) in [
        ("secret-and-more secret", "(masked) (masked)"),
        ("a secret-and-more-too", "a (masked)"),
        ("SECRET 22552B96-8783", "(masked) (masked)"),
        ("secret22552b96-8783", "(masked)(masked)"),
        (r#"{"token":22552b96-8783}"#, r#"{"token":"(masked)"}"#),
    ] {
        assert_eq!(masker.mask(text), masked);
    }
}

#[test]
fn short_secrets_and_visible_values_stay() {
    let masker = Masker::new(
        ["short".into(), "iwd-100".into(), "iwd-200".into()],
        ["iwd-100".to_owned()],
    );
    assert_eq!(
        masker.mask("short iwd-100 iwd-200"),
        format!("short iwd-100 {MASK}")
    );
    let of_a_call = masker.with(["call-100".into()], ["iwd-200".to_owned()]);
    assert_eq!(
        of_a_call.mask("iwd-100 iwd-200 call-100"),
        format!("iwd-100 iwd-200 {MASK}")
    );
}

#[test]
fn values_of_telling_keys_are_masked_and_others_stay() {
    for (text, masked) in [
        (
            r#"{"password":"x","user":"u"}"#,
            r#"{"password":"(masked)","user":"u"}"#,
        ),
        (
            r#"{"user" : "u", "apiKey" : 12}"#,
            r#"{"user" : "u", "apiKey" : "(masked)"}"#,
        ),
        (
            r#"{"IWD_APIKEY_TENANT":"x\"y"}"#,
            r#"{"IWD_APIKEY_TENANT":"(masked)"}"#,
        ),
        (
            r#"{"x-api-key":"x\\","a":"b"}"#,
            r#"{"x-api-key":"(masked)","a":"b"}"#,
        ),
        (
            r#"{"secret":{"id":"}","n":[1]},"a":1}"#,
            r#"{"secret":"(masked)","a":1}"#,
        ),
        (
            r#"{"tokens":["a","b"],"a":1}"#,
            r#"{"tokens":"(masked)","a":1}"#,
        ),
        (
            r#"got {"client_secret":"cut o"#,
            r#"got {"client_secret":"(masked)""#,
        ),
        (r#"{"token": null}"#, r#"{"token": "(masked)"}"#),
        (
            r#"{"message":"password is \"wrong\""}"#,
            r#"{"message":"password is \"wrong\""}"#,
        ),
        (
            r#"{"body":"{\"password\":\"x\",\"a\":1}"}"#,
            r#"{"body":"{\"password\":\"(masked)\",\"a\":1}"}"#,
        ),
        (
            "{&quot;password&quot;:&quot;x&quot;,&quot;a&quot;:1}",
            "{&quot;password&quot;:&quot;(masked)&quot;,&quot;a&quot;:1}",
        ),
        (
            "%7B%22password%22:+%22x%22%2c%22a%22:1%7D",
            "%7B%22password%22:+%22(masked)%22%2c%22a%22:1%7D",
        ),
        (
            r#"{"body":"{\u0022password\u0022:\u0022x\\\u0022y\u0022,\u0022a\u0022:1}"}"#,
            r#"{"body":"{\u0022password\u0022:\u0022(masked)\u0022,\u0022a\u0022:1}"}"#,
        ),
        (
            r#"{"body":"{\u0026quot;password\u0026quot;:\u0026quot;x\u0026quot;,"}"#,
            r#"{"body":"{\u0026quot;password\u0026quot;:\u0026quot;(masked)\u0026quot;,"}"#,
        ),
        ("plain", "plain"),
    ] {
        assert_eq!(Masker::default().mask(text), masked);
    }
    let encoded = STANDARD.encode(r#"{"user":"u","password":"unknown-to-us"}"#);
    let masked = Masker::default().mask(&encoded);
    assert!(
        masked.starts_with("eyJ1c2VyIjoidSIsInBhc3N3b3JkIj"),
        "{masked}"
    );
    assert!(masked.len() < 45, "{masked}");
}

#[test]
fn a_telling_key_within_a_secret_hides_no_part_of_it() {
    let secret = r#"{"token":"abc","user":"hunter2-very-secret"}"#;
    for text in [json(secret), secret.to_owned(), json(&json(secret))] {
        let masked = masker(&[secret]).mask(&format!(r#"{{"error":{text}}}"#));
        assert_eq!(masked.replace(['"', '\\'], ""), format!("{{error:{MASK}}}"));
    }
}

#[test]
fn a_secret_that_goes_on_behind_a_telling_keys_value_is_masked_whole() {
    let masker = masker(&["abc,defghij-very-secret"]);
    for text in [
        r#"{"password": abc,defghij-very-secret}"#,
        r#"{"password":"abc,defghij-very-secret"}"#,
    ] {
        let shown = masker.mask(text).replace(['"', ' '], "");
        assert_eq!(shown, format!("{{password:{MASK}}}"));
    }
}

#[test]
fn a_secret_at_the_cut_does_not_show_its_beginning() {
    let text = format!("{}{}", "x".repeat(SHOWN - 4), "canary-secret");
    let shown = masker(&["canary-secret"]).show(&text);
    assert!(!shown.contains("cana"), "{shown}");
    assert!(shown.ends_with(CUT));
}

#[test]
fn a_secret_at_the_end_of_what_is_searched_does_not_show_its_beginning() {
    let hidden = format!(r#"{{"token":"{}"}}"#, "x".repeat(WINDOW - 20));
    let text = format!("{hidden}{}", "canary-secret".repeat(2));
    let shown = masker(&["canary-secret"]).show(&text);
    assert_eq!(shown, format!(r#"{{"token":"{MASK}"{CUT}"#));
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
fn a_long_text_is_shown_as_far_as_a_short_one() {
    let masker = masker(&["canary-secret"]);
    let value = "x".repeat(WINDOW);
    let shown = masker.show(&format!(r#"{{"user":"u","password":"{value}"#));
    let begins = r#"{"user":"u","password":"(masked)""#;
    assert_eq!(shown, format!("{begins}{CUT}"));
    let secrets = "canary-secret ".repeat(WINDOW / 10);
    let shown = masker.show(&secrets);
    assert_eq!(
        shown,
        format!("{}{CUT}", &"(masked) ".repeat(SHOWN)[..SHOWN])
    );
}

#[test]
fn a_server_can_not_steer_the_terminal_or_hide_what_it_says() {
    let shown =
        Masker::default().show("a\u{1b}[2Jb\n\tc\u{202e}d\u{200b}\u{2028}\u{2029}\u{feff}é");
    let replaced = "a\u{fffd}[2Jb\n\tc\u{fffd}d\u{fffd}\u{fffd}\u{fffd}\u{fffd}é";
    assert_eq!(shown, replaced);
}

#[test]
fn no_answer_takes_long() {
    let backslashes = "\\".repeat(40);
    let masker = masker(&[SECRET, "&canary-secret", "%canary-secret", &backslashes]);
    let quotes: String = (0..1000)
        .map(|depth| "\\".repeat(2 * depth + 1) + "\"")
        .collect();
    let megabyte = |unit: &str| unit.repeat(1024 * 1024 / unit.len());
    for text in [
        quotes,
        megabyte("\\"),
        megabyte("\\u005c"),
        megabyte("&"),
        megabyte("&amp;"),
        megabyte("Zm9v"),
        format!("%{}", megabyte("25")),
        format!("&{}", megabyte("amp;")),
    ] {
        let began = std::time::Instant::now();
        masker.show(&format!("{text}p\\"));
        // What grows with the square takes an hour.
        assert!(began.elapsed().as_secs() < 120, "{}", &text[..9]);
    }
}

#[test]
fn a_text_that_can_not_be_searched_is_masked_whole() {
    let masker = masker(&[&"a".repeat(200)]);
    let hard = "a".repeat(2 * WINDOW);
    assert_eq!(masker.show(&hard[..WINDOW]), MASK);
    assert_eq!(masker.show(&hard), format!("{MASK}{CUT}"));
}

#[test]
fn debug_shows_no_secret() {
    let shown = format!("{:?}", masker(&["canary-secret"]));
    assert!(
        shown.contains("Secrets") && !shown.contains("canary"),
        "{shown}"
    );
}

#[test]
fn a_secret_whose_bytes_are_listed_is_masked() {
    let list = |bytes: &[String], between| bytes.join(between);
    let decimal: Vec<_> = SECRET.bytes().map(|byte| byte.to_string()).collect();
    let signed = SECRET.bytes().map(|byte| byte.cast_signed().to_string());
    let signed: Vec<_> = signed.collect();
    let hexadecimal: Vec<_> = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let prefixed: Vec<_> = hexadecimal.iter().map(|byte| format!("0x{byte}")).collect();
    for encoded in [
        list(&decimal, " "),
        list(&decimal, ", "),
        list(&decimal, ","),
        list(&decimal, ",\n  "),
        list(&signed, ", "),
        list(&hexadecimal, " "),
        list(&hexadecimal, ":"),
        list(&hexadecimal, "-").to_uppercase(),
        list(&hexadecimal, "\", \""),
        list(&prefixed, ", "),
    ] {
        for encoded in [
            encoded.clone(),
            json(&json(&encoded)),
            form(&encoded),
            STANDARD.encode(&encoded),
        ] {
            let masked = masker(&[SECRET]).mask(&format!("before [{encoded}] after"));
            let masked = masked.replace(['"', '\\', '='], "");
            assert_eq!(masked, format!("before [{MASK}] after"), "{encoded}");
        }
    }
}

/// Found by random tests.
mod found_at_random {
    use super::*;

    #[test]
    fn a_value_in_base64_that_is_cut_off_ends_with_it() {
        let encoded = STANDARD_NO_PAD.encode(r#"{"user":"u","token":{"id":"unknown-to-us"#);
        // Read from the fourth symbol, this is text too, which ends before the value begins.
        let before = format!("abc{}d", STANDARD.encode("other text, "));
        let masked = Masker::default().mask(&format!("{before}{encoded}"));
        let kept = masked.strip_suffix(MASK).unwrap();
        assert!(
            kept.starts_with(&before) && kept.len() < before.len() + 32,
            "{masked}"
        );
    }

    #[test]
    fn a_key_whose_value_is_cut_off_at_once() {
        for text in ["%22token%22:", "&quot;token&quot;: ", "\"token\":"] {
            assert_eq!(Masker::default().mask(text), text);
        }
    }

    #[test]
    fn a_pair_of_backslashes_in_two_encodings() {
        let encoded = r"\\\u005c\\\u005c\\\u005c\\\u005c%\u005c\\";
        assert_eq!(masker(&[r"\\\\%\"]).mask(encoded), MASK);
    }

    #[test]
    fn escapes_of_escapes_of_escapes() {
        let escapes = |text: String| -> String {
            let escapes: Vec<_> = text.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
            escapes.concat()
        };
        let text = (0..3).fold(r"&uu\\\".to_owned(), |text, _| escapes(text));
        let masked = masker(&[r"&uu\\\"]).mask(&format!("before {text} after"));
        assert_eq!(masked, format!("before {MASK} after"));
    }

    #[test]
    fn base64_in_base64_that_ends_with_a_byte_of_something_else() {
        let secret = r#"\\\\+-2u=\\\\"\\\\"#;
        let inner = URL_SAFE_NO_PAD.encode(format!("\\é\\{}", secret.to_uppercase()));
        let encoded = STANDARD.encode(inner);
        let masked = masker(&[secret]).mask(&encoded);
        assert_eq!(masked, format!("{}{MASK}", &encoded[..5]));
    }

    #[test]
    fn a_cut_off_value_in_base64() {
        let encoded = STANDARD.encode(r#"{"user":"u","password":"cut-off-val"#);
        let masked = Masker::default().mask(&encoded);
        assert!(
            masked.starts_with("eyJ1c2VyIjoidSIsInBhc3N3b3JkIj"),
            "{masked}"
        );
        assert!(!masked.contains("VmZi12YW"), "{masked}");
    }

    #[test]
    fn base64_behind_what_looks_like_a_line_break_with_it() {
        for (secret, before) in [
            (r"u\\\\\\\\", "%0"),
            ("very-secret", "x\\n"),
            ("u-secret", "x%0"),
        ] {
            let encoded = STANDARD.encode(secret);
            let masked = masker(&[secret]).mask(&format!("{before}{encoded}"));
            assert_eq!(masked.trim_end_matches('='), format!("{before}{MASK}"));
        }
    }
}
