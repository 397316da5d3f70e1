//! Files with certificates and keys.

use secrecy::SecretString;
use terraform_provider_iwd::iwd::tls::{self, Identity, TlsError};

/// A file is read or refused, whatever its line ends.
pub fn pem(bytes: &[u8]) {
    let Ok(text) = tls::decode_pem(bytes) else {
        return;
    };
    let verdict = verdict(&text);
    if !text.contains('\r') {
        assert_eq!(self::verdict(&text.replace('\n', "\r\n")), verdict);
    }
}

/// What a file is as each of the settings.
fn verdict(text: &str) -> [Result<(), TlsError>; 4] {
    let key = SecretString::from(text);
    let identity = Identity {
        certificate_pem: text.to_owned(),
        key_pem: key.clone(),
    };
    [
        tls::check_ca_certificates(text),
        tls::check_client_certificate(text),
        tls::check_client_key(&key),
        tls::check_identity(&identity),
    ]
}
