//! Certificates, keys and whom to trust.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use secrecy::{ExposeSecret, SecretString};

/// A certificate with its key, for mutual TLS.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate, and those that lead from it to its root, as PEM.
    pub certificate_pem: String,
    /// The key, unencrypted, as PEM (PKCS #8, PKCS #1 or SEC 1).
    pub key_pem: SecretString,
}

/// What is wrong with the settings for TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsError {
    /// The CA certificates are not PEM certificates.
    #[error("the CA certificates hold no certificate in PEM form, or a broken one")]
    CaCertificates,
    /// The client certificate is not a PEM certificate.
    #[error("the client certificate holds no certificate in PEM form, or a broken one")]
    ClientCertificate,
    /// The client key is not an unencrypted PEM key.
    #[error("the client key holds no unencrypted private key in PEM form")]
    ClientKey,
    /// The key is of a kind that is not supported, or not the certificate's.
    #[error(
        "the client key does not belong to the client certificate, or is of an unsupported kind"
    )]
    Mismatch,
}

/// How to connect.
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    /// Whether the system has no CA certificates where they would be needed.
    pub(super) lacks_system_roots: bool,
}

/// How to connect: the system's roots and `ca_pem` are trusted, `identity` is shown to who asks for one.
///
/// A machine without any roots is no error here; its `https` connections then fail unless `ca_pem` vouches for them.
pub(super) fn connecting(
    ca_pem: Option<&str>,
    identity: Option<&Identity>,
    insecure: bool,
) -> Result<Tls, TlsError> {
    let mut lacks_system_roots = false;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider has cipher suites for TLS 1.2 and 1.3");
    let builder = if insecure {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(TrustAnyone(provider)))
    } else {
        let mut roots = system_roots();
        lacks_system_roots = roots.is_empty();
        if let Some(pem) = ca_pem {
            add(&mut roots, pem)?;
        }
        builder.with_root_certificates(roots)
    };
    let config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let key = certified_key(identity)?;
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key)))
        }
    };
    Ok(Tls {
        config,
        lacks_system_roots,
    })
}

fn certified_key(identity: &Identity) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(&identity.certificate_pem).ok_or(TlsError::ClientCertificate)?;
    let key = private_key(&identity.key_pem).ok_or(TlsError::ClientKey)?;
    let key = aws_lc_rs::sign::any_supported_type(&key).map_err(|_| TlsError::Mismatch)?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::Mismatch),
        // A certificate of version 1, as `openssl x509 -req` makes, is shown unread.
        _ => Ok(certified),
    }
}

/// Whether this certificate and this key can be shown to a server.
pub fn check_identity(identity: &Identity) -> Result<(), TlsError> {
    certified_key(identity).map(|_| ())
}

/// Whether this is what `ca_cert_pem` wants.
pub fn check_ca_certificates(pem: &str) -> Result<(), TlsError> {
    add(&mut RootCertStore::empty(), pem)
}

/// Whether this is what `client_cert_pem` wants.
pub fn check_client_certificate(pem: &str) -> Result<(), TlsError> {
    certificates(pem)
        .map(|_| ())
        .ok_or(TlsError::ClientCertificate)
}

/// Whether this is what `client_key_pem` wants.
pub fn check_client_key(pem: &SecretString) -> Result<(), TlsError> {
    private_key(pem).map(|_| ()).ok_or(TlsError::ClientKey)
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::debug!(%error, "could not read some of the system's CA certificates");
    }
    roots.add_parsable_certificates(system.certs);
    if roots.is_empty() {
        tracing::warn!(
            "this system has no CA certificates: only those of the settings are trusted"
        );
    }
    roots
}

fn add(roots: &mut RootCertStore, pem: &str) -> Result<(), TlsError> {
    for certificate in certificates(pem).ok_or(TlsError::CaCertificates)? {
        roots
            .add(certificate)
            .map_err(|_| TlsError::CaCertificates)?;
    }
    Ok(())
}

/// All certificates in a text; `None` if there is none, or a broken one. One of a version that the TLS library doesn't
/// read may serve all the same.
fn certificates(pem: &str) -> Option<Vec<CertificateDer<'static>>> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .ok()?;
    let is_broken = |certificate| {
        let read = rustls::server::ParsedCertificate::try_from(certificate);
        let broken = rustls::Error::InvalidCertificate(CertificateError::BadEncoding);
        read.is_err_and(|error| error == broken)
    };
    (!certificates.is_empty() && !certificates.iter().any(is_broken)).then_some(certificates)
}

fn private_key(pem: &SecretString) -> Option<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).ok()
}

/// `insecure_skip_verify`: whoever answers is taken for the server, if only it has the key of its certificate.
#[derive(Debug)]
struct TrustAnyone(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `openssl x509 -req` makes them unless it is told otherwise.
    const VERSION_1: &str = "\
-----BEGIN CERTIFICATE-----
MIIBHjCBxQIUR+CxhlyzNOwrL+sm5zgDFQe/78cwCgYIKoZIzj0EAwIwETEPMA0G
A1UEAwwGY2xpZW50MCAXDTI2MTEyNDIxMzczNVoYDzIxMjYxMDMxMjEzNzM1WjAR
MQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASq69uL
DCY7SohDhJRoF+W4aOGHvIYlgtPorL9rSqkxTEOr2W0xAjhufegL8g17nXQIjT2Q
MLOtzToYqKhylSyeMAoGCCqGSM49BAMCA0gAMEUCIFBHU9RPAsHDXPwVxfSTtOgA
JIOmS6QP7/980NbP0+96AiEA06wl2r3MEeO9RBiMIL1JEf+/6zp40bvK4yB42Qo8
sbc=
-----END CERTIFICATE-----
";

    fn identity() -> Identity {
        let made = rcgen::generate_simple_self_signed(vec!["client".to_owned()]).unwrap();
        Identity {
            certificate_pem: made.cert.pem(),
            key_pem: made.signing_key.serialize_pem().into(),
        }
    }

    #[test]
    fn certificates_and_keys_are_told_from_other_text() {
        let Identity {
            certificate_pem,
            key_pem,
        } = identity();
        assert_eq!(check_ca_certificates(&certificate_pem), Ok(()));
        assert_eq!(check_client_certificate(&certificate_pem), Ok(()));
        assert_eq!(check_client_key(&key_pem), Ok(()));

        assert_eq!(check_client_certificate(VERSION_1), Ok(()));

        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let other = broken.replace("AAAA", "MAAA");
        let cut = VERSION_1.replace("sbc=\n", "");
        for text in ["", "no PEM", key_pem.expose_secret(), broken, &other, &cut] {
            assert_eq!(check_ca_certificates(text), Err(TlsError::CaCertificates));
            assert_eq!(
                check_client_certificate(text),
                Err(TlsError::ClientCertificate)
            );
        }
        for text in ["", certificate_pem.as_str()] {
            assert_eq!(check_client_key(&text.into()), Err(TlsError::ClientKey));
        }
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let mixed = Identity {
            key_pem: identity().key_pem,
            ..identity()
        };
        assert!(connecting(None, Some(&identity()), false).is_ok());
        let refused = connecting(None, Some(&mixed), true).map(|_| ());
        assert_eq!(refused, Err(TlsError::Mismatch));
    }
}
