use std::io;

use super::super::report::Verdict;
use super::*;

fn certificate(not_after: &str) -> Certificate {
    Certificate {
        subject: "CN=iwd".to_owned(),
        issuer: "CN=ca".to_owned(),
        names: Vec::new(),
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: not_after.parse().unwrap(),
    }
}

fn refused() -> ProbeError {
    ProbeError::Io(io::ErrorKind::ConnectionRefused.into())
}

#[test]
fn a_host_without_an_address_is_told_what_to_check() {
    let some = names(
        "iwd",
        &Ok(vec![
            "192.0.2.1".parse().unwrap(),
            "2001:db8::1".parse().unwrap(),
        ]),
    );
    assert_eq!(some, Check::ok("name", "iwd has 192.0.2.1, 2001:db8::1"));
    for (outcome, advice) in [
        (Ok(Vec::new()), "Check the host and port"),
        (
            Err(ProbeError::Dns("no such host".to_owned())),
            "a name inside a Kubernetes cluster",
        ),
        (Err(ProbeError::NoNameServer), "/etc/resolv.conf"),
    ] {
        let check = names("iwd", &outcome);
        assert_eq!(check.verdict, Verdict::Failed);
        assert!(check.advice.unwrap().contains(advice));
    }
}

#[test]
fn one_address_that_answers_is_enough_but_the_others_are_told() {
    let [one, two] =
        ["192.0.2.1:80", "[2001:db8::1]:80"].map(|text| text.parse::<SocketAddr>().unwrap());
    assert_eq!(tcp(&[(one, Ok(()))]).verdict, Verdict::Ok);
    let second = tcp(&[(one, Err(refused())), (two, Ok(()))]);
    assert_eq!(second.verdict, Verdict::Warning);
    assert_eq!(second.details, ["192.0.2.1:80: connection refused"]);
    let none = tcp(&[(one, Err(refused())), (two, Err(refused()))]);
    assert_eq!((none.verdict, none.details.len()), (Verdict::Failed, 2));
}

#[test]
fn a_proxy_that_wants_a_password_that_is_set_is_no_failure() {
    let wants = || {
        Err(ProbeError::Tunnel(
            StatusCode::PROXY_AUTHENTICATION_REQUIRED,
        ))
    };
    for (has_password, outcome, verdict) in [
        (false, Ok(()), Verdict::Ok),
        (true, wants(), Verdict::Warning),
        (false, wants(), Verdict::Failed),
        (
            true,
            Err(ProbeError::Tunnel(StatusCode::FORBIDDEN)),
            Verdict::Failed,
        ),
        (true, Err(ProbeError::NotHttp), Verdict::Failed),
    ] {
        let check = tunnel("http://proxy:3128", has_password, &outcome);
        assert_eq!(check.verdict, verdict, "{}", check.found);
        assert!(
            check.found.starts_with("http://proxy:3128"),
            "{}",
            check.found
        );
    }
}

#[test]
fn a_certificate_that_ends_soon_or_is_not_verified_is_worth_a_warning() {
    let now = "2026-11-27T00:00:00Z".parse().unwrap();
    let refused = || {
        Err(ProbeError::Tls(rustls::Error::InvalidCertificate(
            rustls::CertificateError::Expired,
        )))
    };
    for (verdict, not_after, insecure, expected, told) in [
        (
            Ok(()),
            "2027-11-27T00:00:00Z",
            false,
            Verdict::Ok,
            "iwd is trusted",
        ),
        (
            Ok(()),
            "2026-12-10T00:00:00Z",
            false,
            Verdict::Warning,
            "ends at 2026-12-10T00:00:00Z",
        ),
        (
            Ok(()),
            "2027-11-27T00:00:00Z",
            true,
            Verdict::Warning,
            "not verified",
        ),
        (
            refused(),
            "2026-11-26T00:00:00Z",
            false,
            Verdict::Failed,
            "this machine's clock",
        ),
        (
            refused(),
            "2027-11-26T00:00:00Z",
            false,
            Verdict::Failed,
            "`ca_cert_file`",
        ),
    ] {
        let check = tls(
            "iwd",
            &verdict,
            &[Some(certificate(not_after)), None],
            insecure,
            now,
        );
        assert_eq!(check.verdict, expected);
        let text = format!("{} {}", check.found, check.advice.unwrap_or_default());
        assert!(text.contains(told), "{text}");
        assert_eq!(check.details[1], "certificate 2: it can't be read");
    }
}

#[test]
fn an_answer_without_a_key_says_little_but_some_say_that_an_apply_would_fail() {
    let url = Url::parse("http://iwd/iwd/v3/provisioning").unwrap();
    for (status, verdict) in [
        (200, Verdict::Ok),
        (400, Verdict::Ok),
        (401, Verdict::Ok),
        (403, Verdict::Ok),
        (404, Verdict::Ok),
        (405, Verdict::Ok),
        (407, Verdict::Warning),
        (429, Verdict::Failed),
        (500, Verdict::Failed),
        (503, Verdict::Failed),
    ] {
        let check = get(&url, &Ok((StatusCode::from_u16(status).unwrap(), None)));
        assert_eq!(check.verdict, verdict, "{}", check.found);
        assert!(
            check
                .found
                .starts_with("GET http://iwd/iwd/v3/provisioning answered ")
        );
    }
    let lost = get(&url, &Err(ProbeError::Http("connection closed".to_owned())));
    assert_eq!(lost.verdict, Verdict::Failed);
}
