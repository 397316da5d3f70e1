//! What a header's value carries that a server may speak of by itself.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::SecretString;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Headers that carry no credentials by their standards (RFC 9110, 9111 and 7240), but words such as `charset=utf-8` and
/// `representation`, which messages have too. Any other may be a gateway's own for credentials, so it counts as one.
const HARMLESS: [&str; 6] = [
    "accept",
    "accept-charset",
    "accept-language",
    "cache-control",
    "pragma",
    "prefer",
];

/// The secrets within the value of a header, which is one itself: a token behind `Bearer` or another scheme, user name and
/// password behind `Basic`, the values of cookies and of other `name=value`.
pub(super) fn carried(name: &str, value: &str) -> Vec<SecretString> {
    if HARMLESS
        .iter()
        .any(|harmless| name.eq_ignore_ascii_case(harmless))
    {
        return Vec::new();
    }
    let mut carried = Vec::new();
    if let Some((scheme, token)) = value.trim().rsplit_once(' ') {
        if scheme.trim().eq_ignore_ascii_case("basic") {
            carried.extend(user_and_password(token));
        }
        carried.push(token.to_owned());
    }
    let pairs = value.split([';', ',']).filter_map(|it| it.split_once('='));
    carried.extend(pairs.map(|(_, value)| value.trim().trim_matches('"').to_owned()));
    carried.retain(|secret| !secret.is_empty());
    carried.into_iter().map(SecretString::from).collect()
}

/// In UTF-8, or else in ISO-8859-1, as RFC 7617 leaves open.
fn user_and_password(token: &str) -> Vec<String> {
    let bytes = LENIENT.decode(token).unwrap_or_default();
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect());
    let (user, password) = text.split_once(':').unwrap_or((&text, ""));
    vec![user.to_owned(), password.to_owned()]
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn carried_by(name: &str, value: &str) -> Vec<String> {
        let carried = carried(name, value).into_iter();
        carried
            .map(|secret| secret.expose_secret().to_owned())
            .collect()
    }

    #[test]
    fn what_a_header_carries_is_told_apart() {
        for (header, expected) in [
            ("token", &[][..]),
            ("Bearer token ", &["token"]),
            ("Basic bWU6cGE6w6Q=", &["me", "pa:\u{e4}", "bWU6cGE6w6Q="]),
            ("basic bWU6cGE65A", &["me", "pa:\u{e4}", "bWU6cGE65A"]),
            ("Basic !", &["!"]),
            ("SESSION=a=b; lang=en", &["lang=en", "a=b", "en"]),
            (
                "Digest user=\"me\", nonce=\"n\"",
                &["nonce=\"n\"", "me", "n"],
            ),
        ] {
            assert_eq!(carried_by("X-Gateway", header), expected, "{header}");
        }
    }

    #[test]
    fn words_of_negotiation_and_caching_are_no_secrets() {
        for (name, value) in [
            ("Accept", "text/html;q=0.9, application/json; charset=utf-8"),
            ("accept-charset", "iso-8859-1;q=0.123"),
            ("Accept-Language", "de-DE-1996, en;q=0.123"),
            ("CACHE-CONTROL", "no-cache, max-age=31536000"),
            ("Pragma", "no-cache, x=no-store"),
            ("Prefer", "return=representation, wait=100"),
        ] {
            assert_eq!(carried_by(name, value), [""; 0], "{name}");
            assert_ne!(carried_by(&format!("X-{name}"), value), [""; 0], "{name}");
        }
    }
}
