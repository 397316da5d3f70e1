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

/// The secrets within the value of a header: a token behind `Bearer` or another scheme, user name and password behind
/// `Basic`, the values of cookies and of other `name=value`.
pub(super) fn carried(header: &str) -> Vec<SecretString> {
    let mut carried = Vec::new();
    if let Some((scheme, token)) = header.trim().rsplit_once(' ') {
        if scheme.trim().eq_ignore_ascii_case("basic") {
            carried.extend(user_and_password(token));
        }
        carried.push(token.to_owned());
    }
    let pairs = header.split([';', ',']).filter_map(|it| it.split_once('='));
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
            let carried = carried(header);
            let carried: Vec<_> = carried.iter().map(ExposeSecret::expose_secret).collect();
            assert_eq!(carried, expected, "{header}");
        }
    }
}
