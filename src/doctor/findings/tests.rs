use std::io;

use super::super::report::Verdict;
use super::*;
use crate::iwd::error::{Obstacle, Reply};
use crate::iwd::proxy::{ProxyName, ProxySource};
use crate::iwd::tls::TlsFailure;

fn certificate(not_after: &str) -> Certificate {
    Certificate {
        subject: "CN=iwd".to_owned(),
        issuer: "CN=ca".to_owned(),
        names: Vec::new(),
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: not_after.parse().unwrap(),
    }
}

fn endpoint() -> Url {
    Url::parse("http://iwd").unwrap()
}

fn through_a_proxy() -> Way {
    let proxy = ProxyName {
        address: "http://proxy:3128".to_owned(),
        source: ProxySource::Variable("HTTP_PROXY".to_owned()),
    };
    Way {
        proxy: Some(proxy),
        ..Way::default()
    }
}

fn refused() -> ProbeError {
    ProbeError::Io(io::ErrorKind::ConnectionRefused.into())
}

#[test]
fn a_host_without_an_address_is_told_what_to_check() {
    let names = |way: &Way, found: &_| names(&endpoint(), way, "iwd", found);
    let direct = Way::default();
    let some = names(
        &direct,
        &Ok(vec![
            "192.0.2.1".parse().unwrap(),
            "2001:db8::1".parse().unwrap(),
        ]),
    );
    assert_eq!(some, Check::ok("name", "iwd has 192.0.2.1, 2001:db8::1"));
    for (outcome, advice) in [
        (Ok(Vec::new()), "Check the host in `endpoint`"),
        (
            Err(ProbeError::Dns("no such host".to_owned())),
            "a name inside a Kubernetes cluster",
        ),
        (Err(ProbeError::NoNameServer), "/etc/resolv.conf"),
    ] {
        let check = names(&direct, &outcome);
        assert_eq!(check.verdict, Verdict::Failed);
        assert!(check.advice.unwrap().contains(advice));
    }
    let proxy = names(&through_a_proxy(), &Ok(Vec::new()));
    let advice = proxy.advice.unwrap();
    assert!(
        advice.contains("the proxy that HTTP_PROXY names"),
        "{advice}"
    );
}

#[test]
fn one_address_that_answers_is_enough_but_the_others_are_told() {
    let [one, two] =
        ["192.0.2.1:80", "[2001:db8::1]:80"].map(|text| text.parse::<SocketAddr>().unwrap());
    let tcp = |way, tried: &[_]| tcp(&endpoint(), way, tried);
    let direct = Way::default();
    assert_eq!(tcp(&direct, &[(one, Ok(()))]).verdict, Verdict::Ok);
    let second = tcp(&direct, &[(one, Err(refused())), (two, Ok(()))]);
    assert_eq!(second.verdict, Verdict::Warning);
    assert_eq!(second.details, ["192.0.2.1:80: connection refused"]);
    for (way, advice) in [
        (&direct, "Check the host and port in `endpoint`"),
        (&through_a_proxy(), "the proxy that HTTP_PROXY names"),
    ] {
        let none = tcp(way, &[(one, Err(refused())), (two, Err(refused()))]);
        assert_eq!((none.verdict, none.details.len()), (Verdict::Failed, 2));
        assert!(none.advice.unwrap().contains(advice));
    }
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
    let lacks_system_roots = false;
    let refused = || Err(Error::Tls(TlsFailure::UnknownIssuer { lacks_system_roots }));
    let url = Url::parse("https://iwd:4024").unwrap();
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
            "2027-11-26T00:00:00Z",
            false,
            Verdict::Failed,
            "The certificate of iwd:4024 was issued by none of the CAs that are trusted (unknown issuer). If the",
        ),
    ] {
        let check = tls(
            &url,
            &Way::default(),
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

/// What is found where this answer to the GET is judged so.
fn answered(status: u16, judged: Option<Error>, unsent: Unsent) -> Check {
    let url = Url::parse("http://iwd/iwd/v3/provisioning").unwrap();
    let status = StatusCode::from_u16(status).unwrap();
    let outcome = Ok((status, judged));
    let check = get(&url, &Way::default(), unsent, &outcome);
    let told = "GET http://iwd/iwd/v3/provisioning answered ";
    assert!(check.found.starts_with(told), "{}", check.found);
    assert!(!check.found.contains("canary"), "{}", check.found);
    check
}

fn reply(status: u16) -> Reply {
    Reply {
        status: StatusCode::from_u16(status).unwrap(),
        body: ReplyBody::Text("canary".to_owned()),
        retry_after: None,
    }
}

#[test]
fn an_answer_without_a_key_says_little_but_some_say_that_an_apply_would_fail() {
    let unreadable = Reply {
        body: ReplyBody::Unreadable {
            obstacle: Obstacle::Encoded("gzip".to_owned()),
            length: 3,
            content_type: None,
        },
        ..reply(200)
    };
    for (status, judged, verdict, told) in [
        (200, Error::Unexpected(reply(200)), Verdict::Ok, ""),
        (200, Error::NotCreated(reply(200)), Verdict::Ok, ""),
        (
            200,
            Error::Unexpected(unreadable),
            Verdict::Failed,
            "compresses its answers",
        ),
        (
            200,
            Error::Page(reply(200)),
            Verdict::Failed,
            "an ingress without IWD behind it",
        ),
        (400, Error::Rejected(reply(400)), Verdict::Ok, ""),
        (
            400,
            Error::WantsTls(reply(400)),
            Verdict::Failed,
            "with https://",
        ),
        (
            401,
            Error::Unauthorized(reply(401)),
            Verdict::Ok,
            "a key is wanted",
        ),
        (
            403,
            Error::Page(reply(403)),
            Verdict::Warning,
            "wants credentials of its own",
        ),
        (404, Error::Rejected(reply(404)), Verdict::Ok, "IWD or not"),
        (
            404,
            Error::Page(reply(404)),
            Verdict::Warning,
            "an ingress without IWD behind it",
        ),
        (407, Error::Rejected(reply(407)), Verdict::Failed, ""),
        (
            429,
            Error::Unavailable(reply(429)),
            Verdict::Failed,
            "running and well",
        ),
        (
            500,
            Error::Internal(reply(500)),
            Verdict::Failed,
            "the log of IWD",
        ),
        (501, Error::Server(reply(501)), Verdict::Ok, "IWD or not"),
        (
            503,
            Error::Unavailable(reply(503)),
            Verdict::Failed,
            "running and well",
        ),
        (
            999,
            Error::Server(reply(999)),
            Verdict::Failed,
            "the log of IWD",
        ),
    ] {
        let check = answered(status, Some(judged), Unsent::default());
        let text = format!("{} {}", check.found, check.advice.unwrap_or_default());
        assert_eq!(check.verdict, verdict, "{text}");
        assert!(text.contains(told), "{text}");
    }
    assert_eq!(answered(200, None, Unsent::default()).verdict, Verdict::Ok);
    let unsent = Unsent {
        proxy_password: true,
        ..Unsent::default()
    };
    let wants_password = answered(407, Some(Error::Rejected(reply(407))), unsent);
    assert_eq!(wants_password.verdict, Verdict::Warning);
}

#[test]
fn a_get_without_an_answer_is_told_as_an_apply_tells_it() {
    let url = Url::parse("http://iwd/iwd/v3/provisioning").unwrap();
    let check = get(
        &url,
        &Way::default(),
        Unsent::default(),
        &Err(Error::NotHttp),
    );
    assert_eq!(check.verdict, Verdict::Failed);
    assert_eq!(
        check.found,
        format!("GET {url}: What iwd:80 answered is not HTTP.")
    );
    let advice = check.advice.unwrap();
    assert!(
        advice.contains("begin `endpoint` with https://"),
        "{advice}"
    );
}

#[test]
fn a_redirect_is_told_with_where_it_leads() {
    for (location, told) in [
        (Some("https://login"), "a redirect to https://login"),
        (None, "which belongs to no request of this kind"),
    ] {
        let redirect = Error::Redirect {
            reply: reply(302),
            location: location.map(str::to_owned),
        };
        let check = answered(302, Some(redirect), Unsent::default());
        assert_eq!(check.verdict, Verdict::Failed);
        assert!(check.found.ends_with(told), "{}", check.found);
    }
}

#[test]
fn a_gateway_that_may_want_the_headers_that_are_set_is_no_failure() {
    let redirect = |location: Option<&str>| Error::Redirect {
        reply: reply(302),
        location: location.map(str::to_owned),
    };
    let unsent = Unsent {
        headers: true,
        ..Unsent::default()
    };
    for (status, judged, rest) in [
        (200, Error::Page(reply(200)), "an ingress without IWD"),
        (401, Error::Page(reply(401)), "Otherwise check them"),
        (403, Error::Page(reply(403)), "Otherwise check them"),
        (404, Error::Page(reply(404)), "an ingress without IWD"),
        (302, redirect(Some("https://login")), "use that address"),
        (302, redirect(None), "Check that `endpoint` leads to IWD"),
    ] {
        let check = answered(status, Some(judged), unsent);
        assert_eq!(check.verdict, Verdict::Warning, "{}", check.found);
        let advice = check.advice.unwrap();
        assert!(
            advice.starts_with("Nothing, if a gateway wants the headers that are set")
                && advice.contains(rest)
                && !advice.contains("Give the headers"),
            "{advice}"
        );
    }
    let unavailable = answered(503, Some(Error::Unavailable(reply(503))), unsent);
    assert_eq!(unavailable.verdict, Verdict::Failed);
}
