//! Mutual TLS in which each side knows the other's certificate beforehand.
//!
//! The host passes its certificate in the environment and reads ours from the handshake line, so neither
//! needs an authority: a certificate is right when it is the same, byte for byte. The host's is on the curve
//! P-521 and marked as an authority's, which rustls' own verifier refuses in a client.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, date_time_ymd};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    version,
};

/// The reason why no TLS server could be set up.
#[derive(Debug, thiserror::Error)]
pub enum MtlsError {
    /// No certificate could be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate or the versions are not usable.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// A certificate of this process alone, with its key.
pub(super) struct Identity {
    pub(super) certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Makes a key and signs a certificate for `localhost` with it.
    pub(super) fn generate() -> Result<Self, MtlsError> {
        let mut params = CertificateParams::new(["localhost".to_owned()])?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        // The key lives as long as the process, so the dates protect nothing. The host looks at them, and its clock may be wrong.
        params.not_before = date_time_ymd(1970, 1, 1);
        params.not_after = date_time_ymd(9999, 12, 31);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        Ok(Self {
            certificate: params.self_signed(&key)?.into(),
            key: key.into(),
        })
    }
}

/// A server that proves to be `identity` and lets `client` in, nobody else.
pub(super) fn server_config(
    identity: Identity,
    client: CertificateDer<'static>,
) -> Result<ServerConfig, MtlsError> {
    let provider = aws_lc_rs::default_provider();
    let verifier = OnlyClient {
        certificate: client,
        algorithms: provider.signature_verification_algorithms,
    };
    // Terraform 0.12 speaks TLS 1.2.
    let mut config = ServerConfig::builder_with_details(Arc::new(provider), Arc::new(NoClock))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(vec![identity.certificate], identity.key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    // A resumed session would not show its certificate again; the host connects once anyway.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// A clock that stands still: nothing here depends on the time, and the system's may say one that TLS can't.
#[derive(Debug)]
struct NoClock;

impl TimeProvider for NoClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::ZERO))
    }
}

/// Lets in the holder of the key of one certificate.
#[derive(Debug)]
struct OnlyClient {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for OnlyClient {
    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        presented: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *presented == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier as _;

    use super::*;

    #[test]
    fn the_certificate_is_valid_whatever_the_hosts_clock_says() {
        let certificate = Identity::generate().unwrap().certificate;
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let host = WebPkiServerVerifier::builder_with_provider(roots.into(), provider);
        let host = host.build().unwrap();
        let name = "localhost".try_into().unwrap();
        for year in [0, 56, 300, 8_029] {
            let now = UnixTime::since_unix_epoch(Duration::from_hours(year * 8766));
            let judged = host.verify_server_cert(&certificate, &[], &name, &[], now);
            assert!(judged.is_ok(), "{year}: {judged:?}");
        }
    }
}
