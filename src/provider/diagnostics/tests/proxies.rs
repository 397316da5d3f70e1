//! What is said of a proxy.

use super::*;

#[test]
fn each_kind_names_the_proxy_and_who_named_it() {
    for (error, problem, happened, to_do) in
        [behind_a_proxy(), from_a_proxy_that_passes_requests_on()].concat()
    {
        let told = told_of(&failed_behind_a_proxy(error));
        assert_eq!(told.summary, format!("Error updating tenant: {problem}"));
        let through = ", through the proxy http://proxy.example:3128 (HTTPS_PROXY)\n";
        for part in [through, happened, to_do] {
            assert!(
                told.detail.contains(part),
                "{part}\nis missing in\n{}",
                told.detail
            );
        }
    }
    for (source, name) in [
        (ProxySource::Configuration, "`proxy_url`"),
        (
            ProxySource::Variable("IWD_PROXY_URL".to_owned()),
            "IWD_PROXY_URL",
        ),
    ] {
        let told = told_of(&Failure {
            way: through("socks5://proxy.example", source),
            ..failed(Operation::Update, Error::AtProxy(Box::new(Error::Refused)))
        });
        for part in [
            format!("through the proxy socks5://proxy.example ({name})"),
            "proxy.example:1080 does not accept".to_owned(),
            format!("the proxy that {name} names"),
            "`proxy_url = \"\"` in the provider block means no proxy.".to_owned(),
        ] {
            assert!(told.detail.contains(&part), "{}", told.detail);
        }
        assert!(!told.detail.contains("NO_PROXY"), "{}", told.detail);
    }
}

#[test]
fn what_is_wrong_with_the_tls_of_a_proxy_is_told_as_that_of_a_server() {
    let handshake = TlsFailure::Handshake {
        problem: "the server ended the handshake: protocol version".to_owned(),
        may_want_identity: false,
    };
    let expired = TlsFailure::Expired {
        not_after: SystemTime::UNIX_EPOCH,
        now: SystemTime::UNIX_EPOCH + Duration::from_hours(1),
    };
    let wanted = TlsFailure::Identity {
        alert: "certificate required".to_owned(),
        was_given: false,
    };
    let unknown_issuer = TlsFailure::UnknownIssuer {
        lacks_system_roots: false,
    };
    for (failure, to_do) in [
        (
            TlsFailure::NotTls,
            "then begin HTTPS_PROXY with http://. Otherwise check the port in HTTPS_PROXY.",
        ),
        (handshake, "The provider speaks TLS 1.3 and TLS 1.2"),
        (expired, "Renew the server's certificate."),
        (wanted, "Set `client_cert_pem` and `client_key_pem`"),
        (
            unknown_issuer,
            "If the certificate is from a CA of your own",
        ),
        (
            TlsFailure::OtherNames(vec!["other.example".to_owned()]),
            "Use a name in HTTPS_PROXY that the certificate is for. For proxy.example, the server needs",
        ),
    ] {
        let error = Error::AtProxy(Box::new(Error::Tls(failure)));
        let told = told_of(&failed_behind_a_proxy(error)).detail;
        for part in [
            to_do,
            "proxy.example:3128",
            "with `proxy_url = \"\"` in the",
        ] {
            assert!(told.contains(part), "{part}\nis missing in\n{told}");
        }
        let is_about_ca = to_do.contains("CA of your own");
        assert_eq!(told.contains("CA of your own"), is_about_ca, "{told}");
    }
    let error = Error::AtProxy(Box::new(Error::TlsHangUp));
    let told = told_of(&failed_behind_a_proxy(error)).detail;
    for part in [
        "begin HTTPS_PROXY with http://",
        "the proxy is running. The provider speaks TLS 1.3",
    ] {
        assert!(told.contains(part), "{part}\nis missing in\n{told}");
    }
}
