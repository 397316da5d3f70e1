//! Masks what stands under telling JSON keys, in whole or broken JSON, at any depth of JSON within JSON.

use super::MASK;

/// What a key that holds a secret has in its name, letters only.
const TELLING: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "credential",
    "cookie",
    "jwt",
    "signature",
];

/// The most backslashes before a key's quote: JSON within JSON, seven deep. Without a limit, a megabyte of quotes that
/// nothing closes would take minutes.
const MOST_BACKSLASHES: usize = 127;

/// The text with the value of every telling key masked. It need not be valid JSON, and often is cut off.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let (before, after_quote) = (&rest[..start], &rest[start + 1..]);
        let depth = trailing_backslashes(before);
        masked.push_str(&rest[..=start]);
        rest = after_quote;
        if depth > MOST_BACKSLASHES {
            continue;
        }
        let Some(key) = quoted(after_quote, depth).filter(|key| is_telling(key.inside)) else {
            continue;
        };
        let Some(value) = value_of(key.after) else {
            continue;
        };
        masked.push_str(&after_quote[..after_quote.len() - value.len()]);
        let quote = format!("{}\"", &before[start - depth..]);
        masked.extend([quote.as_str(), MASK, &quote]);
        rest = after_value(value, &quote);
    }
    masked.push_str(rest);
    masked
}

fn is_telling(key: &str) -> bool {
    let letters: String = key
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    letters.ends_with("pass")
        || letters == "auth"
        || TELLING.iter().any(|word| letters.contains(word))
}

/// What follows the colon and its blanks.
fn value_of(after_key: &str) -> Option<&str> {
    let value = after_key.trim_start().strip_prefix(':')?;
    Some(value.trim_start())
}

/// A text between two quotes of one depth, and what follows them.
struct Quoted<'a> {
    inside: &'a str,
    after: &'a str,
}

/// What a quote with `depth` backslashes before it opened; `None` if nothing closes it.
///
/// JSON within JSON has 0, 1, 3, 7… backslashes before its quotes. A quote with more of them belongs to the text,
/// unless they come in pairs of that depth: then the text ends with backslashes of its own.
fn quoted(text: &str, depth: usize) -> Option<Quoted<'_>> {
    text.match_indices('"').find_map(|(end, _)| {
        let backslashes = trailing_backslashes(&text[..end]);
        let closes = backslashes < depth || backslashes % (2 * (depth + 1)) == depth;
        closes.then(|| Quoted {
            inside: &text[..end - backslashes.min(depth)],
            after: &text[end + 1..],
        })
    })
}

fn trailing_backslashes(text: &str) -> usize {
    text.len() - text.trim_end_matches('\\').len()
}

/// What follows a value; nothing, where it is cut off.
fn after_value<'a>(value: &'a str, quote: &str) -> &'a str {
    let depth = quote.len() - 1;
    if let Some(text) = value.strip_prefix(quote) {
        return quoted(text, depth).map_or("", |quoted| quoted.after);
    }
    if !value.starts_with(['{', '[']) {
        let end = value.find([',', '}', ']', '\n', '"', '\\']);
        return &value[end.unwrap_or(value.len())..];
    }
    let mut open = 0_usize;
    let mut rest = value;
    while let Some(next) = rest.chars().next() {
        if rest.starts_with(quote) {
            rest = after_value(rest, quote);
            continue;
        }
        rest = &rest[next.len_utf8()..];
        match next {
            '{' | '[' => open += 1,
            '}' | ']' => open -= 1,
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (r#"{"db_pass":"x"}"#, r#"{"db_pass":"(masked)"}"#),
            (r#"{"token": null}"#, r#"{"token": "(masked)"}"#),
            (
                r#"{"message":"password is \"wrong\""}"#,
                r#"{"message":"password is \"wrong\""}"#,
            ),
            (
                r#"{"message":"token","next":"a"}"#,
                r#"{"message":"token","next":"a"}"#,
            ),
            (
                r#"say "hi" and {"Authorization":"Basic x"}"#,
                r#"say "hi" and {"Authorization":"(masked)"}"#,
            ),
            ("plain", "plain"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn json_within_json_is_masked_too() {
        let inner = r#"{"password":"ca\"na\\ry","user":"u"}"#;
        let middle = serde_json::to_string(inner).unwrap();
        let outer = serde_json::to_string(&middle).unwrap();
        for text in [middle, outer] {
            let masked = mask(&format!(r#"{{"body":{text},"a":"b"}}"#));
            assert!(!masked.contains("ca") && !masked.contains("ry"), "{masked}");
            assert!(
                masked.contains("user") && masked.ends_with(r#","a":"b"}"#),
                "{masked}"
            );
        }
    }
}
