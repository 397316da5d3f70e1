//! The one line on standard output that tells the host where to connect.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;

use super::listener::Address;

/// Version of the line itself, of which there is one.
const CORE_PROTOCOL: u32 = 1;

/// Major version of the provider protocol, the only one spoken here.
pub(super) const PROTOCOL_VERSION: u32 = 5;

/// The line, its end included.
///
/// A host that `asks_for_multiplexing` reads a seventh field; an older one would take it for a part of the
/// certificate. The certificate is base64 without padding, since hosts refuse the padding.
pub(super) fn line(
    address: &Address,
    certificate: Option<&CertificateDer<'_>>,
    asks_for_multiplexing: bool,
) -> String {
    let network = address.network();
    let certificate = certificate.map_or_else(String::new, |der| STANDARD_NO_PAD.encode(der));
    let multiplexing = if asks_for_multiplexing { "|false" } else { "" };
    format!(
        "{CORE_PROTOCOL}|{PROTOCOL_VERSION}|{network}|{address}|grpc|{certificate}{multiplexing}\n"
    )
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn port_1234() -> Address {
        Address::Tcp((Ipv4Addr::LOCALHOST, 1234).into())
    }

    #[test]
    fn the_last_field_is_empty_without_tls() {
        assert_eq!(
            line(&port_1234(), None, false),
            "1|5|tcp|127.0.0.1:1234|grpc|\n"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_unix_socket_is_named_by_its_path() {
        let address = Address::Unix("/tmp/plugin-1/socket".to_owned());
        assert_eq!(
            line(&address, None, false),
            "1|5|unix|/tmp/plugin-1/socket|grpc|\n"
        );
    }

    #[test]
    fn the_certificate_has_no_padding_whatever_its_length() {
        for (der, base64) in [
            (&b"\xff\xfe\xfd"[..], "//79"),
            (b"\xff\xfe\xfd\xfc", "//79/A"),
            (b"\xff\xfe\xfd\xfc\xfb", "//79/Ps"),
        ] {
            let line = line(&port_1234(), Some(&CertificateDer::from(der)), false);
            assert_eq!(line, format!("1|5|tcp|127.0.0.1:1234|grpc|{base64}\n"));
        }
    }

    #[test]
    fn multiplexing_is_declined_only_when_asked_for() {
        let certificate = CertificateDer::from(&b"\0\0\0"[..]);
        assert_eq!(
            line(&port_1234(), Some(&certificate), true),
            "1|5|tcp|127.0.0.1:1234|grpc|AAAA|false\n"
        );
    }
}
