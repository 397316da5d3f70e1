//! Why a TLS connection failed, told by what may help.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{
    AlertDescription as Alert, CertificateError, Error, ExtendedKeyPurpose, InvalidMessage,
    PeerIncompatible,
};

use super::Setup;
use crate::iwd::mask::Masker;

/// Why no TLS connection came about. `Display` is for the log; no text in it holds a secret.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsFailure {
    /// What answered speaks no TLS.
    #[error("the answer is not TLS")]
    NotTls,
    /// The two sides have no version or cipher suite in common, or one does not keep to the protocol.
    #[error("{problem}")]
    Handshake {
        /// What the TLS library or the server says.
        problem: String,
        /// Whether a server without the client certificate that it wants says so too.
        may_want_identity: bool,
    },
    /// The server serves no host of this name.
    #[error("the server knows no host of this name")]
    UnknownHost,
    /// The server wants a client certificate, or another one.
    #[error("the server refuses the client: {alert}")]
    Identity {
        /// What the server says.
        alert: String,
        /// Whether there was a client certificate to show.
        was_given: bool,
    },
    /// No trusted CA has the name of the certificate's issuer.
    #[error("the server's certificate is of an unknown issuer")]
    UnknownIssuer {
        /// Whether the system has no CA certificates, so that only those of the settings are trusted.
        lacks_system_roots: bool,
    },
    /// A trusted CA has the issuer's name, but another key has signed.
    #[error("the server's certificate is not signed by the CA of its issuer's name")]
    OtherIssuerKey,
    /// A certificate, the server's or one between it and its CA, is not valid any more.
    #[error("the server's certificate has expired")]
    Expired {
        /// The end of its validity.
        not_after: SystemTime,
        /// This machine's clock.
        now: SystemTime,
    },
    /// A certificate, the server's or one between it and its CA, is not valid yet.
    #[error("the server's certificate is not valid yet")]
    NotYetValid {
        /// The beginning of its validity.
        not_before: SystemTime,
        /// This machine's clock.
        now: SystemTime,
    },
    /// The certificate is for these hosts of its subjectAltName only; for none if it has no such extension.
    #[error("the server's certificate is for other names")]
    OtherNames(Vec<String>),
    /// The certificate is for these uses only (extended key usage).
    #[error("the server's certificate is for another use")]
    OtherUses(Vec<String>),
    /// The certificate is that of a CA.
    #[error("the server's certificate is that of a CA")]
    IsCa,
    /// The certificate is of X.509 version 1, which has no room for names.
    #[error("the server's certificate is of X.509 version 1")]
    Version1,
    /// Anything else about the certificate.
    #[error("the server's certificate is not accepted: {0}")]
    Certificate(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl TlsFailure {
    /// What an error of the TLS library means. The masker knows what must not be told of the server's certificate.
    pub(in crate::iwd) fn of(error: &Error, setup: Setup, masker: &Masker) -> Self {
        match error {
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::NotTls,
            Error::InvalidCertificate(error) => of_certificate(error, setup, masker),
            Error::AlertReceived(alert) => of_alert(*alert, setup),
            Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => handshake("the server speaks neither TLS 1.2 nor TLS 1.3"),
            Error::PeerIncompatible(why) => handshake(format!("incompatible: {}", words(why))),
            Error::PeerMisbehaved(why) => {
                handshake(format!("against the protocol: {}", words(why)))
            }
            Error::InvalidMessage(what) => handshake(format!("invalid message: {}", words(what))),
            Error::InappropriateMessage { .. }
            | Error::InappropriateHandshakeMessage { .. }
            | Error::DecryptError
            | Error::NoApplicationProtocol
            | Error::NoCertificatesPresented
            | Error::PeerSentOversizedRecord => handshake(masker.show(&error.to_string())),
            _ => Self::Other(masker.show(&error.to_string())),
        }
    }
}

fn handshake(problem: impl Into<String>) -> TlsFailure {
    TlsFailure::Handshake {
        problem: problem.into(),
        may_want_identity: false,
    }
}

/// What the server says in a fatal alert.
fn of_alert(alert: Alert, setup: Setup) -> TlsFailure {
    let says = words(&alert);
    match alert {
        Alert::UnrecognisedName => TlsFailure::UnknownHost,
        Alert::CertificateRequired
        | Alert::NoCertificate
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied => TlsFailure::Identity {
            alert: says,
            was_given: setup.has_identity,
        },
        Alert::DecryptError if setup.has_identity => TlsFailure::Identity {
            alert: says,
            was_given: true,
        },
        alert => TlsFailure::Handshake {
            problem: format!("the server ended the handshake: {says}"),
            may_want_identity: alert == Alert::HandshakeFailure && !setup.has_identity,
        },
    }
}

fn of_certificate(error: &CertificateError, setup: Setup, masker: &Masker) -> TlsFailure {
    match error {
        CertificateError::UnknownIssuer => TlsFailure::UnknownIssuer {
            lacks_system_roots: setup.lacks_system_roots,
        },
        CertificateError::BadSignature => TlsFailure::OtherIssuerKey,
        CertificateError::ExpiredContext { time, not_after } => TlsFailure::Expired {
            not_after: moment(*not_after),
            now: moment(*time),
        },
        CertificateError::NotValidYetContext { time, not_before } => TlsFailure::NotYetValid {
            not_before: moment(*not_before),
            now: moment(*time),
        },
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().filter_map(|name| bare(name));
            TlsFailure::OtherNames(names.map(|name| masker.show(name)).collect())
        }
        CertificateError::InvalidPurposeContext { presented, .. } => {
            TlsFailure::OtherUses(presented.iter().map(purpose).collect())
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            TlsFailure::Certificate("unsupported signature algorithm".to_owned())
        }
        CertificateError::Other(other) => match other.0.downcast_ref() {
            Some(webpki::Error::CaUsedAsEndEntity) => TlsFailure::IsCa,
            Some(webpki::Error::UnsupportedCertVersion) => TlsFailure::Version1,
            Some(error) => TlsFailure::Certificate(words(error)),
            None => TlsFailure::Certificate(masker.show(&other.to_string())),
        },
        error => TlsFailure::Certificate(words(error)),
    }
}

fn moment(time: UnixTime) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(time.as_secs())
}

/// The name alone, of `DnsName("iwd.example")` and `IpAddress(10.0.0.7)`; other kinds name no host.
fn bare(name: &str) -> Option<&str> {
    let name = name.strip_suffix(')')?;
    let host = name.strip_prefix("DnsName(");
    let host = host.or_else(|| name.strip_prefix("IpAddress("))?;
    Some(host.trim_matches('"'))
}

fn purpose(purpose: &ExtendedKeyPurpose) -> String {
    match purpose {
        ExtendedKeyPurpose::Other(numbers) => {
            let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
            numbers.join(".")
        }
        named => named.to_string(),
    }
}

/// The name of a variant as people write it: `handshake failure` for `HandshakeFailure`, `unknown CA` for `UnknownCA`.
fn words(variant: &impl Debug) -> String {
    let name: Vec<char> = format!("{variant:?}").chars().collect();
    let mut words = String::new();
    for (place, &letter) in name.iter().enumerate() {
        let before = place.checked_sub(1).map(|before| name[before]);
        if before.is_some_and(char::is_lowercase) && letter.is_uppercase() {
            words.push(' ');
        }
        let after = name.get(place + 1).copied();
        let is_in_acronym = [before, after]
            .into_iter()
            .flatten()
            .any(char::is_uppercase);
        if is_in_acronym {
            words.push(letter);
        } else {
            words.extend(letter.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests;
