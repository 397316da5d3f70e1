use std::time::Duration;

use super::super::report::Status;
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

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

#[test]
fn a_host_without_an_address_is_told_what_to_check() {
    let names = |way: &Way, found: &_| names(&endpoint(), way, "iwd", found);
    let direct = Way::default();
    let some = ["192.0.2.1", "2001:db8::1"].map(|address| address.parse().unwrap());
    let some = names(&direct, &Ok(some.to_vec()));
    assert_eq!(some, Check::ok("name", "iwd has 192.0.2.1, 2001:db8::1"));
    let timeout = Error::Timeout {
        sent: false,
        limit: Duration::from_secs(1),
    };
    for (error, found, advice) in [
        (
            Error::Dns,
            "No address was found for the host iwd.",
            "a name inside a Kubernetes cluster",
        ),
        (
            Error::NoNameServer,
            "this machine has no",
            "/etc/resolv.conf",
        ),
        (
            timeout,
            "iwd: no address was found within 1s",
            "Check the host in `endpoint`",
        ),
    ] {
        let check = names(&direct, &Err(error));
        assert_eq!(check.status, Status::Failed);
        assert!(check.found.contains(found), "{}", check.found);
        assert!(check.advice.unwrap().contains(advice));
    }
    let proxy = names(&through_a_proxy(), &Err(Error::Dns));
    assert!(proxy.found.contains("host proxy"), "{}", proxy.found);
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
    assert_eq!(tcp(&direct, &[(one, Ok(()))]).status, Status::Ok);
    let second = tcp(&direct, &[(one, Err(refused())), (two, Ok(()))]);
    assert_eq!(second.status, Status::Warning);
    assert_eq!(second.details, ["192.0.2.1:80: connection refused"]);
    for (way, advice) in [
        (&direct, "Check the host and port in `endpoint`"),
        (&through_a_proxy(), "the proxy that HTTP_PROXY names"),
    ] {
        let none = tcp(way, &[(one, Err(refused())), (two, Err(refused()))]);
        assert_eq!((none.status, none.details.len()), (Status::Failed, 2));
        assert!(none.advice.unwrap().contains(advice));
    }
}

#[test]
fn a_proxy_that_wants_a_password_that_is_set_is_no_failure() {
    let refuses = |status: u16| NoTunnel {
        error: Error::Tunnel,
        status: StatusCode::from_u16(status).ok(),
    };
    let breaks = NoTunnel {
        error: Error::AtProxy(Box::new(Error::Lost { sent: false })),
        status: None,
    };
    for (has_password, failure, status, told) in [
        (false, None, Status::Ok, "http://proxy:3128 connects"),
        (
            true,
            Some(refuses(407)),
            Status::Warning,
            "that are set for it",
        ),
        (
            false,
            Some(refuses(407)),
            Status::Failed,
            "http://proxy:3128 answered 407",
        ),
        (
            true,
            Some(refuses(403)),
            Status::Failed,
            "http://proxy:3128 answered 403",
        ),
        (
            true,
            Some(breaks),
            Status::Failed,
            "The proxy failed, so IWD was not reached",
        ),
    ] {
        let check = tunnel(
            &Url::parse("https://iwd").unwrap(),
            &through_a_proxy(),
            "http://proxy:3128",
            has_password,
            failure.as_ref(),
        );
        let text = format!("{} {}", check.found, check.details.concat());
        assert_eq!(check.status, status, "{text}");
        assert!(text.contains(told), "{text}");
        if status == Status::Failed {
            assert!(
                check
                    .advice
                    .unwrap()
                    .contains("the proxy that HTTP_PROXY names")
            );
        }
    }
}

#[test]
fn a_certificate_that_ends_soon_or_is_not_verified_is_worth_a_warning() {
    let now = "2026-11-27T00:00:00Z".parse().unwrap();
    let lacks_system_roots = false;
    let refused = || Err(Error::Tls(TlsFailure::UnknownIssuer { lacks_system_roots }));
    let url = Url::parse("https://iwd:4024").unwrap();
    for (handshake, not_after, insecure, expected, told) in [
        (
            Ok(()),
            "2027-11-27T00:00:00Z",
            false,
            Status::Ok,
            "iwd is trusted",
        ),
        (
            Ok(()),
            "2026-12-10T00:00:00Z",
            false,
            Status::Warning,
            "ends at 2026-12-10T00:00:00Z",
        ),
        (
            Ok(()),
            "2027-11-27T00:00:00Z",
            true,
            Status::Warning,
            "not verified",
        ),
        (
            refused(),
            "2027-11-26T00:00:00Z",
            false,
            Status::Failed,
            "The certificate of iwd:4024 was issued by none of the CAs that are trusted (unknown issuer). If the",
        ),
    ] {
        let check = tls(
            &url,
            &Way::default(),
            &handshake,
            &[Some(certificate(not_after)), None],
            insecure,
            now,
        );
        assert_eq!(check.status, expected);
        let text = format!("{} {}", check.found, check.advice.unwrap_or_default());
        assert!(text.contains(told), "{text}");
        assert_eq!(check.details[1], "certificate 2: it can't be read");
    }
}

/// What is found where this answer to the GET is judged so.
fn answered(status: u16, judged: Option<Error>, has_proxy_password: bool) -> Check {
    let url = Url::parse("http://iwd/iwd/v3/provisioning").unwrap();
    let status = StatusCode::from_u16(status).unwrap();
    let check = get(
        &url,
        &through_a_proxy(),
        has_proxy_password,
        &Ok((status, judged)),
    );
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
fn an_answer_shows_that_somebody_is_there_and_seldom_that_an_apply_would_fail() {
    let unreadable = Reply {
        body: ReplyBody::Unreadable {
            obstacle: Obstacle::Encoded("gzip".to_owned()),
            length: 3,
            content_type: None,
        },
        ..reply(200)
    };
    for (status, judged, expected, told) in [
        (200, Error::Unexpected(reply(200)), Status::Ok, ""),
        (200, Error::NotCreated(reply(200)), Status::Ok, ""),
        (
            200,
            Error::Unexpected(unreadable),
            Status::Warning,
            "compresses its answers",
        ),
        (400, Error::Rejected(reply(400)), Status::Ok, ""),
        (
            400,
            Error::WantsTls(reply(400)),
            Status::Failed,
            "with https://",
        ),
        (
            401,
            Error::Unauthorized(reply(401)),
            Status::Ok,
            "a key is wanted",
        ),
        (404, Error::Rejected(reply(404)), Status::Ok, "IWD or not"),
        (
            407,
            Error::Rejected(reply(407)),
            Status::Failed,
            "give them in HTTP_PROXY",
        ),
        (
            429,
            Error::Unavailable(reply(429)),
            Status::Warning,
            "running and well",
        ),
        (
            500,
            Error::Internal(reply(500)),
            Status::Warning,
            "Nothing, if an apply succeeds.",
        ),
        (501, Error::Server(reply(501)), Status::Ok, "IWD or not"),
        (
            503,
            Error::Unavailable(reply(503)),
            Status::Warning,
            "running and well",
        ),
        (
            505,
            Error::Server(reply(505)),
            Status::Warning,
            "Nothing, if an apply succeeds.",
        ),
    ] {
        let check = answered(status, Some(judged), false);
        let text = format!("{} {}", check.found, check.advice.unwrap_or_default());
        assert_eq!(check.status, expected, "{text}");
        assert!(text.contains(told), "{text}");
        assert!(
            !text.contains("password of the tenant's database"),
            "{text}"
        );
    }
    assert_eq!(answered(200, None, false).status, Status::Ok);
    let wants_password = answered(407, Some(Error::Rejected(reply(407))), true);
    assert_eq!(wants_password.status, Status::Warning);
}

#[test]
fn a_gateway_that_may_want_the_key_is_no_failure() {
    let redirect = |location: Option<&str>| Error::Redirect {
        reply: reply(302),
        location: location.map(str::to_owned),
    };
    for (status, judged, told) in [
        (200, Error::Page(reply(200)), "an ingress without IWD"),
        (
            302,
            redirect(Some("https://login")),
            "a redirect to https://login",
        ),
        (
            302,
            redirect(None),
            "which belongs to no request of this kind",
        ),
        (401, Error::Page(reply(401)), "Otherwise check the headers"),
        (403, Error::Page(reply(403)), "Otherwise check the headers"),
        (404, Error::Page(reply(404)), "an ingress without IWD"),
    ] {
        let check = answered(status, Some(judged), false);
        let advice = check.advice.unwrap();
        assert_eq!(check.status, Status::Warning, "{}", check.found);
        assert!(
            format!("{} {advice}", check.found).contains(told),
            "{advice}"
        );
        let key = "Nothing, if a gateway wants the API key, or headers that are set";
        assert!(advice.starts_with(key), "{advice}");
    }
}

#[test]
fn a_get_without_an_answer_is_told_as_an_apply_tells_it() {
    let url = Url::parse("http://iwd/iwd/v3/provisioning").unwrap();
    for (error, status, found, advice) in [
        (
            Error::NotHttp,
            Status::Failed,
            "What iwd:80 answered is not HTTP.",
            "A port that speaks TLS",
        ),
        // A gateway may close the connection to whoever sends no key.
        (
            Error::Lost { sent: true },
            Status::Warning,
            "The connection was closed before the answer was complete.",
            "Nothing, if a gateway wants the API key",
        ),
    ] {
        let check = get(&url, &Way::default(), false, &Err(error));
        assert_eq!(check.status, status);
        assert_eq!(check.found, format!("GET {url}: {found}"));
        let told = check.advice.unwrap();
        assert!(
            told.starts_with(advice) && told.contains("begin `endpoint` with https://"),
            "{told}"
        );
    }
}
