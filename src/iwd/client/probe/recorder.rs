//! The certificates that a server shows, whether or not they are trusted.

use std::iter;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

/// Keeps the certificates and ends the handshake.
#[derive(Debug)]
pub(super) struct Recorder {
    schemes: Vec<SignatureScheme>,
    chain: Mutex<Vec<Vec<u8>>>,
}

impl Recorder {
    /// One for a handshake with this configuration.
    pub(super) fn of(config: &ClientConfig) -> Self {
        let algorithms = config.crypto_provider().signature_verification_algorithms;
        Self {
            schemes: algorithms.supported_schemes(),
            chain: Mutex::default(),
        }
    }

    /// What it has kept, the server's own certificate first, in DER.
    pub(super) fn chain(&self) -> Vec<Vec<u8>> {
        self.kept().clone()
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.chain.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seen_enough<T>() -> Result<T, rustls::Error> {
    Err(rustls::Error::General("seen enough".to_owned()))
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let all = iter::once(own).chain(others);
        *self.kept() = all.map(|certificate| certificate.to_vec()).collect();
        seen_enough()
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        seen_enough()
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        seen_enough()
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}
