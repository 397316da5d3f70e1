//! URLs as people write them into the configuration.

use reqwest::Url;

/// An `http` or `https` URL with a host.
///
/// The URL library mends what it gets: it would drop blanks, turn backslashes and put in slashes that aren't there.
pub(super) fn parse(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let is_http = ["http", "https"]
        .iter()
        .any(|http| scheme.eq_ignore_ascii_case(http));
    let is_whole = !rest.starts_with(['/', '?', '#']) && url.has_host();
    let is_clean = !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\');
    (is_http && is_whole && is_clean).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_scheme_and_a_host_and_nothing_that_would_be_mended() {
        for text in ["http://iwd.iwd:4024", "HTTPS://iwd.example.com/a%20b?c#d"] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "iwd.iwd:4024",
            "ftp://iwd",
            "http:iwd.iwd:4024",
            "http:/iwd://",
            "http:///iwd",
            "http://",
            " http://iwd",
            "http://iwd/a b",
            "http://iw\nd",
            "http://iwd\\a",
            "",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
