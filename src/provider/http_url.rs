//! URLs as people write them into the configuration.

use reqwest::Url;
use url::ParseError;

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

/// Whether it is such a URL, or would be but for a host that [`ends_in_a_number`].
pub(super) fn is_valid(text: &str) -> bool {
    parse(text).is_some() || ends_in_a_number(text).is_some()
}

/// The host of a URL whose last label is a number, such as a namespace `100`. Name servers and other programs have nothing
/// against it, but the URL library takes it for an IPv4 address that went wrong.
pub(super) fn ends_in_a_number(text: &str) -> Option<&str> {
    if Url::parse(text) != Err(ParseError::InvalidIpv4Address) {
        return None;
    }
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let after_credentials = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = after_credentials.split(':').next()?.trim_end_matches('.');
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = !host.split('.').all(is_number);
    // Whatever else is wrong shows with a host that the library takes.
    let at = text.len() - rest.len() + authority.len() - after_credentials.len() + host.len();
    let (before, after) = text.split_at(at);
    let is_well_formed = parse(&format!("{before}.svc{after}")).is_some();
    (is_name && is_well_formed).then_some(host)
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

    #[test]
    fn a_host_may_end_in_a_number_unless_all_of_it_are_numbers() {
        for (text, host) in [
            ("http://iwd.100", Some("iwd.100")),
            ("https://iwd.100:4024/a?b#c", Some("iwd.100")),
            ("http://iwd.100./a", Some("iwd.100")),
            ("http://u:p@iwd.100", Some("iwd.100")),
            ("http://http.100", Some("http.100")),
            ("http://iwd.100:port", None),
            ("http://iwd.100/a b", None),
            ("http://iw d.100", None),
            ("ftp://iwd.100", None),
            ("http://10.0.0.256", None),
            ("http://1.2.3.4.5", None),
            ("http://10.0.0.1", None),
            ("http://iwd.100.svc", None),
        ] {
            assert_eq!(ends_in_a_number(text), host, "{text}");
            if host.is_some() {
                assert!(is_valid(text) && parse(text).is_none(), "{text}");
            }
        }
        assert!(is_valid("http://10.0.0.1") && !is_valid("http://10.0.0.256"));
    }
}
