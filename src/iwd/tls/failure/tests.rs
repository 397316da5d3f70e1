//! What the library's errors come to, the library's own verdicts on certificates among them.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose as Usage, IsCa,
    KeyPair, SanType, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};

use super::super::tests::VERSION_1;
use super::*;

/// 2026-11-26 20:33:22 UTC.
const NOW: Duration = Duration::from_secs(1_795_725_202);

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// What is wrong with a certificate of the server `iwd.example`.
fn verdict(trusted: &CertificateDer<'_>, shown: &CertificateDer<'_>) -> TlsFailure {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone().into_owned()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), provider);
    let name = ServerName::try_from("iwd.example").unwrap();
    let error = verifier
        .build()
        .unwrap()
        .verify_server_cert(shown, &[], &name, &[], UnixTime::since_unix_epoch(NOW))
        .unwrap_err();
    of(&error)
}

fn of(error: &Error) -> TlsFailure {
    TlsFailure::of(error, Setup::default(), &Masker::default())
}

#[test]
fn a_certificate_is_judged_by_what_is_wrong_with_it() {
    let ca = authority();
    let verdict_on = |names: &[&str], change: &dyn Fn(&mut CertificateParams)| {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&KeyPair::generate().unwrap(), &ca);
        verdict(ca.der(), certificate.unwrap().der())
    };
    let day = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let now = day(NOW.as_secs());
    let own = ["iwd.example"];

    let expired = verdict_on(&own, &|params| {
        params.not_after = date_time_ymd(2026, 1, 31);
    });
    let not_after = day(1_769_817_600);
    assert_eq!(expired, TlsFailure::Expired { not_after, now });
    let early = verdict_on(&own, &|params| {
        params.not_before = date_time_ymd(2027, 1, 31);
    });
    let not_before = day(1_801_353_600);
    assert_eq!(early, TlsFailure::NotYetValid { not_before, now });

    let names = ["iwd.other", "*.iwd.example", "10.0.0.7", "fd00::7"];
    let other = verdict_on(&names, &|_| {});
    assert_eq!(
        other,
        TlsFailure::OtherNames(names.map(str::to_owned).into())
    );
    assert_eq!(verdict_on(&[], &|_| {}), TlsFailure::OtherNames(Vec::new()));
    let of_nobody = verdict_on(&[], &|params| {
        let mail = SanType::Rfc822Name("iwd@iwd.example".try_into().unwrap());
        let link = SanType::URI("spiffe://iwd.example".try_into().unwrap());
        params.subject_alt_names = vec![mail, link];
    });
    assert_eq!(of_nobody, TlsFailure::OtherNames(Vec::new()));

    let uses = [Usage::ClientAuth, Usage::Other(vec![1, 3, 6, 1])];
    let for_clients = verdict_on(&own, &|params| params.extended_key_usages = uses.to_vec());
    let uses = ["client authentication", "1.3.6.1"].map(str::to_owned);
    assert_eq!(for_clients, TlsFailure::OtherUses(uses.into()));

    let is_ca = verdict_on(&own, &|params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    assert_eq!(is_ca, TlsFailure::IsCa);
}

#[test]
fn a_certificate_that_is_not_of_the_trusted_ca_says_whether_the_ca_has_the_issuers_name() {
    let params = CertificateParams::new(vec!["iwd.example".to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority()).unwrap();
    let of_same_name = authority();
    assert_eq!(
        verdict(of_same_name.der(), certificate.der()),
        TlsFailure::OtherIssuerKey
    );

    let other = rcgen::generate_simple_self_signed(vec!["iwd.example".to_owned()]).unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "CA");
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let untrusted = TlsFailure::UnknownIssuer {
        lacks_system_roots: false,
    };
    assert_eq!(verdict(ca.der(), other.cert.der()), untrusted);

    let version_1 = CertificateDer::from_pem_slice(VERSION_1.as_bytes()).unwrap();
    assert_eq!(verdict(ca.der(), &version_1), TlsFailure::Version1);
}

#[test]
fn a_handshake_that_fails_is_no_matter_of_certificates() {
    let speaks = |problem: &str| TlsFailure::Handshake {
        problem: problem.to_owned(),
        may_want_identity: false,
    };
    for (error, failure) in [
        (
            Error::InvalidMessage(InvalidMessage::InvalidContentType),
            TlsFailure::NotTls,
        ),
        (
            Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13),
            speaks("the server speaks neither TLS 1.2 nor TLS 1.3"),
        ),
        (
            Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon),
            speaks("incompatible: no cipher suites in common"),
        ),
        (
            Error::AlertReceived(Alert::ProtocolVersion),
            speaks("the server ended the handshake: protocol version"),
        ),
        (
            Error::InvalidMessage(InvalidMessage::MessageTooLarge),
            speaks("invalid message: message too large"),
        ),
        (Error::DecryptError, speaks("cannot decrypt peer's message")),
        (
            Error::AlertReceived(Alert::UnrecognisedName),
            TlsFailure::UnknownHost,
        ),
        (
            Error::FailedToGetRandomBytes,
            TlsFailure::Other("failed to get random bytes".to_owned()),
        ),
    ] {
        assert_eq!(of(&error), failure);
    }
}

#[test]
fn a_server_that_refuses_the_client_may_want_a_certificate_or_another_one() {
    for (alert, says) in [
        (Alert::CertificateRequired, "certificate required"),
        (Alert::BadCertificate, "bad certificate"),
        (Alert::UnknownCA, "unknown CA"),
    ] {
        for was_given in [false, true] {
            let setup = Setup {
                has_identity: was_given,
                ..Setup::default()
            };
            let told = TlsFailure::of(&Error::AlertReceived(alert), setup, &Masker::default());
            let alert = says.to_owned();
            assert_eq!(told, TlsFailure::Identity { alert, was_given });
        }
    }
    for has_identity in [false, true] {
        let setup = Setup {
            has_identity,
            ..Setup::default()
        };
        let refused = Error::AlertReceived(Alert::HandshakeFailure);
        let told = TlsFailure::of(&refused, setup, &Masker::default());
        let problem = "the server ended the handshake: handshake failure".to_owned();
        let may_want_identity = !has_identity;
        assert_eq!(
            told,
            TlsFailure::Handshake {
                problem,
                may_want_identity
            }
        );
    }
}

#[test]
fn a_name_in_the_certificate_that_is_a_secret_is_masked() {
    let error = Error::InvalidCertificate(CertificateError::NotValidForNameContext {
        expected: ServerName::try_from("iwd.example").unwrap(),
        presented: vec!["DnsName(\"canary-secret.example\")".to_owned()],
    });
    let masker = Masker::default().with(["canary-secret".into()], []);
    let told = TlsFailure::of(&error, Setup::default(), &masker);
    assert!(!format!("{told:?}").contains("canary"), "{told:?}");
}
