//! Finds what stands under telling JSON keys, in whole or broken JSON, at any depth of JSON within JSON.

use std::ops::Range;

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

/// A value under a telling key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SecretValue {
    /// Where it stands, its quotes included.
    pub(super) span: Range<usize>,
    /// The quote before its key, with its backslashes.
    pub(super) quote: Range<usize>,
}

/// The values of all telling keys. The text need not be valid JSON, and often is cut off.
pub(super) fn find(text: &str) -> Vec<SecretValue> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some(quote) = text[position..].find('"').map(|start| position + start) {
        position = quote + 1;
        let depth = trailing_backslashes(&text[..quote]);
        if depth > MOST_BACKSLASHES {
            continue;
        }
        let Some(key) = quoted(&text[position..], depth).filter(|key| is_telling(key.inside))
        else {
            continue;
        };
        let Some(value) = value_of(key.after) else {
            continue;
        };
        let quote = quote - depth..position;
        let end = text.len() - after_value(value, &text[quote.clone()]).len();
        let span = text.len() - value.len()..end;
        position = end;
        if !span.is_empty() {
            found.push(SecretValue { span, quote });
        }
    }
    found
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

    fn values(text: &str) -> Vec<&str> {
        let found = find(text).into_iter();
        found.map(|value| &text[value.span]).collect()
    }

    #[test]
    fn the_values_of_telling_keys_are_found() {
        for (text, value) in [
            (r#"{"password":"x","user":"u"}"#, r#""x""#),
            (r#"{"user" : "u", "apiKey" : 12}"#, "12"),
            (r#"{"IWD_APIKEY_TENANT":"x\"y"}"#, r#""x\"y""#),
            (r#"{"x-api-key":"x\\","a":"b"}"#, r#""x\\""#),
            (
                r#"{"secret":{"id":"}","n":[1]},"a":1}"#,
                r#"{"id":"}","n":[1]}"#,
            ),
            (r#"{"tokens":["a","b"],"a":1}"#, r#"["a","b"]"#),
            (r#"got {"client_secret":"cut o"#, r#""cut o"#),
            (r#"{"db_pass":"x"}"#, r#""x""#),
            (r#"{"token": null}"#, "null"),
            (
                r#"say "hi" and {"Authorization":"Basic x"}"#,
                r#""Basic x""#,
            ),
        ] {
            assert_eq!(values(text), [value], "{text}");
        }
    }

    #[test]
    fn other_values_are_not() {
        for text in [
            r#"{"message":"password is \"wrong\""}"#,
            r#"{"message":"token","next":"a"}"#,
            r#"{\\\"id\\\":é}"#,
            "plain",
        ] {
            assert!(values(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn they_are_found_in_json_within_json_too() {
        let inner = r#"{"password":"ca\"na\\ry","user":"u"}"#;
        let middle = serde_json::to_string(inner).unwrap();
        let outer = serde_json::to_string(&middle).unwrap();
        for (text, quote) in [(middle, r#"\""#), (outer, r#"\\\""#)] {
            let text = format!(r#"{{"body":{text},"a":"b"}}"#);
            let [value] = find(&text).try_into().unwrap();
            assert_eq!(&text[value.quote], quote);
            let value = &text[value.span];
            assert!(
                value.starts_with(quote) && value.ends_with(quote),
                "{value}"
            );
            assert!(value.contains("ca") && value.contains("ry") && !value.contains("user"));
        }
    }

    #[test]
    fn a_value_that_is_cut_off_ends_with_the_json_around_it() {
        let text = r#"{"body":"{\"token\":\"cut o","a":"b"}"#;
        assert_eq!(values(text), [r#"\"cut o""#]);
    }

    #[test]
    fn json_is_looked_through_seven_times() {
        let nested = |times| {
            (0..times).fold(r#"{"token":"x"}"#.to_owned(), |text, _| {
                serde_json::to_string(&text).unwrap()
            })
        };
        assert_eq!(find(&nested(7)).len(), 1);
        assert_eq!(find(&nested(8)), []);
    }
}
