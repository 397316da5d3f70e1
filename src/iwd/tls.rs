//! Certificates, keys and whom to trust.

mod failure;
mod pem;

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use secrecy::{ExposeSecret, SecretString};

pub use self::failure::TlsFailure;
pub use self::pem::{Der, PemError, decode as decode_pem};
use crate::clock::TlsClock;

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
    #[error("the CA certificates: {0}")]
    CaCertificates(PemError),
    /// The client certificate is not a PEM certificate.
    #[error("the client certificate: {0}")]
    ClientCertificate(PemError),
    /// The client key is not an unencrypted PEM key.
    #[error("the client key, which must not be encrypted: {0}")]
    ClientKey(PemError),
    /// The key is of a kind that is not supported, or not the certificate's.
    #[error(
        "the client key does not belong to the client certificate, or is of an unsupported kind"
    )]
    Mismatch,
}

/// How to connect.
pub(super) struct Tls {
    pub(super) config: ClientConfig,
    pub(super) setup: Setup,
}

/// What this side brings to a handshake, as far as it explains why one fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Setup {
    /// Whether the system has no CA certificates where they would be needed.
    pub(super) lacks_system_roots: bool,
    /// Whether there is a client certificate to show.
    pub(super) has_identity: bool,
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
    let builder = ClientConfig::builder_with_details(Arc::clone(&provider), Arc::new(TlsClock))
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
    let setup = Setup {
        lacks_system_roots,
        has_identity: identity.is_some(),
    };
    Ok(Tls { config, setup })
}

fn certified_key(identity: &Identity) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(&identity.certificate_pem).map_err(TlsError::ClientCertificate)?;
    let key = private_key(&identity.key_pem).map_err(TlsError::ClientKey)?;
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
        .map(drop)
        .map_err(TlsError::ClientCertificate)
}

/// Whether this is what `client_key_pem` wants.
pub fn check_client_key(pem: &SecretString) -> Result<(), TlsError> {
    private_key(pem).map(drop).map_err(TlsError::ClientKey)
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
    for certificate in certificates(pem).map_err(TlsError::CaCertificates)? {
        roots
            .add(certificate)
            .map_err(|_| TlsError::CaCertificates(PemError::Broken))?;
    }
    Ok(())
}

/// All certificates in a text, at least one. One of a version that the TLS library doesn't read may serve all the same.
fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let certificates = pem::all(pem)?;
    let is_broken = |certificate| {
        let read = rustls::server::ParsedCertificate::try_from(certificate);
        let broken = rustls::Error::InvalidCertificate(CertificateError::BadEncoding);
        read.is_err_and(|error| error == broken)
    };
    if certificates.iter().any(is_broken) {
        return Err(PemError::Broken);
    }
    Ok(certificates)
}

/// The first key in a text.
fn private_key(pem: &SecretString) -> Result<PrivateKeyDer<'static>, PemError> {
    let keys = pem::all(pem.expose_secret())?;
    keys.into_iter().next().ok_or(PemError::Missing)
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
    pub(super) const VERSION_1: &str = "\
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
        let (missing, broken_one) = (PemError::Missing, PemError::Broken);
        for (text, error) in [
            ("", missing),
            ("no PEM", missing),
            (key_pem.expose_secret(), missing),
            (broken, broken_one),
            (&other, broken_one),
            (&cut, broken_one),
        ] {
            let (ca, client) = (check_ca_certificates(text), check_client_certificate(text));
            assert_eq!(ca, Err(TlsError::CaCertificates(error)));
            assert_eq!(client, Err(TlsError::ClientCertificate(error)));
        }
        for text in ["", certificate_pem.as_str()] {
            let told = check_client_key(&text.into());
            assert_eq!(told, Err(TlsError::ClientKey(missing)));
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
