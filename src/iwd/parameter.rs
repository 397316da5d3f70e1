//! The API's parameters, by the names its errors use.

/// The first of these parameters that a text names, dotted (`iwd.db.host`) or as a JSON pointer (`/iwd/db/host`).
///
/// The documentation spells some names in two ways, so letter case does not count. The two keys
/// `IWD_APIKEY_…` are told by their last part alone.
pub(super) fn named_in(text: &str, parameters: &[&'static str]) -> Option<&'static str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/')))
        // Every name has one of these, and most words of a long text have none.
        .filter(|word| word.contains(['.', '_', '/']))
        .find_map(|word| of_word(&word.replace('/', "."), parameters))
}

fn of_word(word: &str, parameters: &[&'static str]) -> Option<&'static str> {
    let word = word.trim_matches('.');
    parameters.iter().copied().find(|name| {
        let last = name.rsplit('.').next().unwrap_or_default();
        // A longer path may lead to the name.
        let (before, end) = word.split_at(word.len().saturating_sub(name.len()));
        (end.eq_ignore_ascii_case(name) && (before.is_empty() || before.ends_with('.')))
            || (last.starts_with("IWD_APIKEY_") && word.eq_ignore_ascii_case(last))
    })
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
    fn the_first_of_several_counts() {
        let text = "iwd.db.user and iwd.db.host are required";
        assert_eq!(named_in(text, &PARAMETERS), Some("iwd.db.user"));
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
