//! The API's parameters, by the names its errors use.

use std::iter;

/// The one of these parameters that a text names, dotted (`iwd.db.host`) or as a JSON pointer (`/iwd/db/host`); `None` also
/// where it names several.
///
/// The documentation spells some names in two ways, so letter case does not count. The two keys
/// `IWD_APIKEY_…` are told by their last part alone.
pub(super) fn named_in(text: &str, parameters: &[&'static str]) -> Option<&'static str> {
    let mut named = words(text)
        // Every name has one of these, and most words of a long text have none.
        .filter(|(word, _)| word.contains(['.', '_', '/']))
        .filter_map(|(word, after)| of_word(&word.replace('/', "."), after, parameters));
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

/// The words of a text, each with what follows it.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/');
    let mut rest = text;
    iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| !is_part(c));
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some((word, after))
    })
}

fn of_word(word: &str, after: &str, parameters: &[&'static str]) -> Option<&'static str> {
    let word = word.trim_matches('.');
    parameters.iter().copied().find(|name| {
        let last = name.rsplit('.').next().unwrap_or_default();
        // A longer path may lead to the name.
        let (before, end) = word.split_at(word.len().saturating_sub(name.len()));
        (end.eq_ignore_ascii_case(name) && (before.is_empty() || before.ends_with('.')))
            || (last.starts_with("IWD_APIKEY_")
                && word.eq_ignore_ascii_case(last)
                && !is_echo(after))
    })
}

/// Whether what follows a name is a value, as in the request, and nothing that is said about it.
fn is_echo(after: &str) -> bool {
    let Some(value) = after_quote(after).trim_start().strip_prefix([':', '=']) else {
        return false;
    };
    let value = value.trim_start();
    let text = after_quote(value);
    let end = if text.len() < value.len() {
        text.find(['"', '\\', '&'])
    } else {
        text.find([',', ';', '}', '\n', '<'])
    };
    let text = &text[..end.unwrap_or(text.len())];
    !text.contains(char::is_whitespace) && !text.starts_with(['{', '['])
}

/// What follows a quote, also one in JSON within JSON or in HTML.
fn after_quote(text: &str) -> &str {
    let text = text.trim_start_matches('\\');
    let quotes = ["\"", "&quot;", "&#34;"];
    let after = quotes.iter().find_map(|quote| text.strip_prefix(quote));
    after.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: [&str; 7] = [
        "tenant.apiKey",
        "iwd.url",
        "iwd.db.host",
        "iwd.db.port",
        "iwd.db.user",
        "iwd.db",
        "iwd.apiKeys.IWD_APIKEY_TENANT",
    ];

    #[test]
    fn every_parameter_is_found_by_its_name() {
        for parameter in PARAMETERS {
            let text = format!(r#"{{"message":"\"{parameter}\" is required."}}"#);
            assert_eq!(named_in(&text, &PARAMETERS), Some(parameter));
        }
    }

    #[test]
    fn other_spellings_are_understood() {
        for (text, parameter) in [
            ("body.iwd.db.host: must be a string", "iwd.db.host"),
            (r#"{"instancePath":"/iwd/db/port"}"#, "iwd.db.port"),
            ("Missing tenant.apikey.", "tenant.apiKey"),
            ("IWD_APIKEY_TENANT missing", "iwd.apiKeys.IWD_APIKEY_TENANT"),
            ("iwd.db is required", "iwd.db"),
        ] {
            assert_eq!(named_in(text, &PARAMETERS), Some(parameter), "{text}");
        }
    }

    #[test]
    fn several_names_are_none() {
        for (text, parameter) in [
            ("iwd.db.user and iwd.db.host are required", None),
            ("iwd.db.host: iwd.db is incomplete", None),
            (
                "iwd.db.host, /iwd/db/host, IWD.DB.HOST",
                Some("iwd.db.host"),
            ),
        ] {
            assert_eq!(named_in(text, &PARAMETERS), parameter, "{text}");
        }
    }

    #[test]
    fn an_echo_of_the_request_names_none() {
        let body = r#"{"iwd":{"url":"http://iwd.iwd:4024","apiKeys":{"IWD_APIKEY_TENANT":"22552b96-8783"}}}"#;
        let within = serde_json::to_string(body).unwrap();
        let map = "{iwd={apiKeys={IWD_APIKEY_TENANT=22552b96-8783, IWD_APIKEY_IWDDM=d6b68a7b}}}";
        let html = html_escape::encode_quoted_attribute(body);
        let redacted = body.replace("22552b96-8783", "***");
        let cut = &body[..body.len() - 8];
        for echo in [body, &within, map, &html, &redacted, cut] {
            for (said, parameter) in [
                ("Bad Request", None),
                ("iwd.db.host is required", Some("iwd.db.host")),
                (
                    "\"IWD_APIKEY_TENANT\" is too short",
                    Some("iwd.apiKeys.IWD_APIKEY_TENANT"),
                ),
            ] {
                let text = format!("{said}: {echo}");
                assert_eq!(named_in(&text, &PARAMETERS), parameter, "{text}");
            }
        }
    }

    #[test]
    fn what_is_said_about_a_key_is_no_echo() {
        for text in [
            r#"{"errors":{"IWD_APIKEY_TENANT":"is required"}}"#,
            r#"{"errors":{"IWD_APIKEY_TENANT":["is required"]}}"#,
            r#"{"errors":{"IWD_APIKEY_TENANT":{"code":"empty"}}}"#,
            "IWD_APIKEY_TENANT: can't be empty",
            "missing: IWD_APIKEY_TENANT",
        ] {
            let named = named_in(text, &PARAMETERS);
            assert_eq!(named, Some("iwd.apiKeys.IWD_APIKEY_TENANT"), "{text}");
        }
    }

    #[test]
    fn prose_that_only_sounds_alike_names_none() {
        for text in [
            "the iwd service could not reach its db at host pg.infra",
            "see http://iwd.url.example/",
            "myiwd.db.host",
            "",
        ] {
            assert_eq!(named_in(text, &PARAMETERS), None, "{text}");
        }
    }
}
