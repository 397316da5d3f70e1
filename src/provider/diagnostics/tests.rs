//! What a person reads for each kind of failure.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;

use super::*;
use crate::iwd::error::{GaveUp, Obstacle, ReplyBody, Way};
use crate::iwd::proxy::{ProxyName, ProxySource};
use crate::iwd::tls::{TlsError, TlsFailure};
use crate::provider::config::Argument;

fn reply(status: u16, text: &str) -> Reply {
    Reply {
        status: StatusCode::from_u16(status).unwrap(),
        body: match text {
            "" => ReplyBody::Empty,
            text => ReplyBody::Text(text.to_owned()),
        },
        retry_after: None,
    }
}

fn unreadable(obstacle: Obstacle) -> Reply {
    Reply {
        body: ReplyBody::Unreadable {
            obstacle,
            length: 312,
            content_type: Some("text/html".to_owned()),
        },
        ..reply(404, "")
    }
}

fn failed(operation: Operation, error: Error) -> Failure {
    Failure {
        may_have_arrived: error.may_have_arrived(),
        error,
        gave_up: GaveUp::NotRetryable,
        operation,
        ccid: "9350e2fc".parse().unwrap(),
        method: operation.method(),
        url: Url::parse("http://iwd.iwd:4024/iwd/v3/provisioning").unwrap(),
        way: Way::default(),
        attempts: 1,
        elapsed: Duration::from_millis(120),
        parameter: None,
    }
}

/// What is told of a failure with a key for all tenants.
fn told_of(failed: &Failure) -> Diagnostic {
    failure(failed, KeySource::ApiKey(Argument::in_block("api_key")))
}

/// The error, the end of its summary, what it says happened, what it says to do.
type Kind = (Error, &'static str, &'static str, &'static str);

fn without_an_answer() -> Vec<Kind> {
    let stopped = Error::Stopped {
        after: Some(Box::new(Error::Refused)),
    };
    let minute = Duration::from_mins(1);
    vec![
        (
            Error::InvalidKey,
            "invalid API key",
            "no header can carry it",
            "trimspace()",
        ),
        (
            Error::Dns,
            "host not found",
            "No address was found for the host iwd.iwd.",
            "can resolve it",
        ),
        (
            Error::NoNameServer,
            "host not found",
            "this machine has no /etc/resolv.conf",
            "an IP address",
        ),
        (
            Error::Refused,
            "connection refused",
            "iwd.iwd:4024 does not accept connections.",
            "port-forward",
        ),
        (
            Error::System("Too many open files (os error 24)".to_owned()),
            "no connection from this machine",
            "This machine gives no connection to iwd.iwd:4024: Too many open files (os error 24).",
            "`ulimit -n`",
        ),
        (
            Error::NoConnection("invalid peer".to_owned()),
            "connection failed",
            "No connection to iwd.iwd:4024 came about: invalid peer.",
            "this machine can reach it",
        ),
        (
            Error::Timeout {
                sent: false,
                limit: minute,
            },
            "request timed out",
            "No connection to iwd.iwd:4024 came about within 1m.",
            "this machine can reach it",
        ),
        (
            Error::Timeout {
                sent: true,
                limit: minute,
            },
            "request timed out",
            "no complete answer came within 1m.",
            "`request_timeout`",
        ),
        (
            Error::Lost { sent: false },
            "connection lost",
            "while it was being set up",
            "this machine can reach it",
        ),
        (
            Error::Lost { sent: true },
            "connection lost",
            "before the answer was complete",
            "load balancer",
        ),
        (
            Error::Stale,
            "connection lost",
            "which had served an earlier request, without an answer",
            "load balancer",
        ),
        (
            Error::HeadTooLarge,
            "response headers too large",
            "begins with more headers than are read: 1024, and of all together about 400 KiB.",
            "what on the way adds headers",
        ),
        (
            Error::NotHttp,
            "response is not HTTP",
            "What iwd.iwd:4024 answered is not HTTP.",
            "https://",
        ),
        (
            stopped,
            "stopped",
            "The last one had failed: iwd.iwd:4024",
            "Applying again is safe",
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn during_the_tls_handshake() -> Vec<Kind> {
    let day = |count: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(count * 24 * 3600);
    let handshake = |may_want_identity| TlsFailure::Handshake {
        problem: "the server ended the handshake: handshake failure".to_owned(),
        may_want_identity,
    };
    let identity = |was_given| TlsFailure::Identity {
        alert: "unknown CA".to_owned(),
        was_given,
    };
    let failures = vec![
        (
            TlsFailure::NotTls,
            "iwd.iwd:4024 does not speak TLS",
            "begin `endpoint` with http://",
        ),
        (
            handshake(false),
            "The TLS handshake with iwd.iwd:4024 failed: the server ended the handshake: handshake failure.",
            "TLS 1.3 and TLS 1.2, with the cipher suites",
        ),
        (handshake(true), "handshake failure", "`client_cert_pem`"),
        (
            TlsFailure::UnknownHost,
            "it serves no host of the name iwd.iwd",
            "a name in `endpoint`",
        ),
        (
            identity(false),
            "refuses a TLS connection without a client certificate: unknown CA.",
            "Set `client_cert_pem` and `client_key_pem`",
        ),
        (
            identity(true),
            "does not accept the client certificate: unknown CA.",
            "from a CA that the server trusts",
        ),
        (
            TlsFailure::UnknownIssuer {
                lacks_system_roots: false,
            },
            "issued by none of the CAs that are trusted",
            "`ca_cert_pem`",
        ),
        (
            TlsFailure::UnknownIssuer {
                lacks_system_roots: true,
            },
            "No CA certificates were found on this machine",
            "`ca_cert_file`",
        ),
        (
            TlsFailure::OtherIssuerKey,
            "not signed with that CA's key",
            "made anew under its old name",
        ),
        (
            TlsFailure::Expired {
                not_after: day(20_484),
                now: day(20_783),
            },
            "valid until 2026-01-31 00:00:00 UTC, and this machine's clock says 2026-11-26 00:00:00 UTC.",
            "Renew",
        ),
        (
            TlsFailure::NotYetValid {
                not_before: day(20_849),
                now: day(20_783),
            },
            "from 2027-01-31 00:00:00 UTC on, and this machine's clock says 2026-11-26 00:00:00 UTC.",
            "If the clock is wrong, correct it.",
        ),
        (
            TlsFailure::OtherNames(vec!["iwd.example".to_owned(), "10.0.0.7".to_owned()]),
            "is not for iwd.iwd, only for iwd.example, 10.0.0.7.",
            "the DNS name iwd.iwd in its subjectAltName",
        ),
        (
            TlsFailure::OtherNames(Vec::new()),
            "names no host in a subjectAltName",
            "the DNS name iwd.iwd in its subjectAltName",
        ),
        (
            TlsFailure::OtherUses(vec!["client authentication".to_owned()]),
            "its extended key usage allows nothing but client authentication.",
            "serverAuth",
        ),
        (
            TlsFailure::IsCa,
            "CA:TRUE",
            "issue a certificate to the server",
        ),
        (TlsFailure::Version1, "X.509 version 1", "-extfile"),
        (
            TlsFailure::Certificate("revoked".to_owned()),
            "is not accepted: revoked.",
            "another certificate",
        ),
        (
            TlsFailure::Other("failed to get random bytes".to_owned()),
            "The TLS connection failed: failed to get random bytes.",
            "TLS settings",
        ),
    ];
    let kind = |(failure, happened, to_do)| {
        (
            Error::Tls(failure),
            "TLS connection failed",
            happened,
            to_do,
        )
    };
    let hang_up = (
        Error::TlsHangUp,
        "TLS connection failed",
        "iwd.iwd:4024 closed the connection during the TLS handshake.",
        "begin `endpoint` with http://",
    );
    failures.into_iter().map(kind).chain([hang_up]).collect()
}

fn with_an_answer() -> Vec<Kind> {
    let redirect = Error::Redirect {
        reply: reply(302, ""),
        location: Some("https://sso.example/login?…".to_owned()),
    };
    vec![
        (
            Error::Unauthorized(reply(401, "bad key")),
            "API key not accepted",
            "401 Unauthorized:\n\nbad key",
            "was `api_key` of the provider block.",
        ),
        (
            Error::Rejected(reply(400, "")),
            "request rejected",
            "400 Bad Request, and had no text.",
            "complains about",
        ),
        (
            Error::Rejected(reply(404, "")),
            "request rejected",
            "404 Not Found",
            "adds /iwd/v3/provisioning",
        ),
        (
            Error::Rejected(reply(407, "")),
            "request rejected",
            "407 Proxy",
            "complains about",
        ),
        (
            Error::Unavailable(reply(503, "")),
            "IWD is unavailable",
            "503 Service Unavailable",
            "running and well",
        ),
        (
            Error::Internal(reply(500, "oops")),
            "internal server error",
            "500 Internal Server Error:\n\noops",
            "tenant's database",
        ),
        (
            Error::Server(reply(501, "")),
            "server error",
            "501 Not Implemented",
            "log of IWD",
        ),
        (
            Error::Redirect {
                reply: reply(304, ""),
                location: None,
            },
            "unexpected redirect",
            "304 Not Modified, which belongs to no request of this kind",
            "`endpoint`",
        ),
        (
            redirect,
            "unexpected redirect",
            "a redirect to https://sso.example/login?…. Redirects are not followed",
            "login page",
        ),
        (
            Error::Page(reply(200, "<html>")),
            "response is a web page",
            "200 OK with a web page, which is never from IWD:\n\n<html>",
            "ingress without IWD",
        ),
        (
            Error::Page(reply(403, "<html>")),
            "response is a web page",
            "403 Forbidden with a web page, which is never from IWD:\n\n<html>",
            "not the API key",
        ),
        (
            Error::WantsTls(reply(
                400,
                "Client sent an HTTP request to an HTTPS server.",
            )),
            "https is required",
            "which means that the port speaks TLS:",
            "https:// instead of http://",
        ),
        (
            Error::NotCreated(reply(200, "{}")),
            "IWD did not confirm it",
            "does not say that the tenant was created:\n\n{}",
            "log of IWD",
        ),
        (
            Error::Unexpected(reply(200, "OK")),
            "unexpected response",
            "not with the JSON that IWD answers:\n\nOK",
            "path prefix",
        ),
    ]
}

/// The error, the end of its summary, what it says happened, what it says to do, through a proxy of `HTTPS_PROXY`.
fn behind_a_proxy() -> Vec<Kind> {
    let minute = Duration::from_mins(1);
    let sent = false;
    let at_proxy = |error| Error::AtProxy(Box::new(error));
    let tls = Error::Tls(TlsFailure::UnknownIssuer {
        lacks_system_roots: false,
    });
    let failed = "proxy connection failed";
    vec![
        (
            at_proxy(Error::Dns),
            failed,
            "so IWD was not reached. No address was found for the host proxy.example.",
            "Check host and port of the proxy that HTTPS_PROXY names",
        ),
        (
            at_proxy(Error::NoNameServer),
            failed,
            "for the host proxy.example: this machine has no /etc/resolv.conf",
            "put an IP address into HTTPS_PROXY",
        ),
        (
            at_proxy(Error::Refused),
            failed,
            "proxy.example:3128 does not accept connections.",
            "NO_PROXY lists the host of `endpoint`",
        ),
        (
            at_proxy(Error::Timeout {
                sent,
                limit: minute,
            }),
            failed,
            "No connection to proxy.example:3128 came about within 1m.",
            "this machine can reach it",
        ),
        (
            at_proxy(Error::Lost { sent }),
            failed,
            "The connection was closed while it was being set up.",
            "that it is running",
        ),
        (
            at_proxy(Error::NoConnection("SOCKS error: what?".to_owned())),
            failed,
            "No connection to proxy.example:3128 came about: SOCKS error: what?.",
            "that it is running",
        ),
        (
            at_proxy(tls),
            failed,
            "so IWD was not reached. The certificate of proxy.example:3128 was issued by none of the CAs",
            "give that CA's certificate with `ca_cert_pem`",
        ),
        (
            Error::Proxy("credentials not accepted".into()),
            failed,
            "to iwd.iwd:4024: credentials not accepted.",
            "its user name and password",
        ),
        (
            Error::Tunnel,
            failed,
            "refused to connect to iwd.iwd:4024, and its reason is not known.",
            "that it may connect to IWD",
        ),
        (
            Error::Refused,
            "connection refused",
            "The proxy could not connect to iwd.iwd:4024",
            "that the proxy that HTTPS_PROXY names can reach it",
        ),
        (
            Error::Timeout {
                sent,
                limit: minute,
            },
            "request timed out",
            "within 1m: the proxy did not answer, or did not get through.",
            "that the proxy that HTTPS_PROXY names can reach it",
        ),
    ]
}

/// The same where it passes requests on, and so may have answered.
fn from_a_proxy_that_passes_requests_on() -> Vec<Kind> {
    vec![
        (
            Error::AtProxy(Box::new(Error::NotHttp)),
            "proxy connection failed",
            "The proxy failed. What proxy.example:3128 answered is not HTTP.",
            "then begin HTTPS_PROXY with https:// instead of http://",
        ),
        (
            Error::Lost { sent: true },
            "connection lost",
            "The connection was closed before the answer was complete.",
            "the log of the proxy that HTTPS_PROXY names",
        ),
        (
            Error::Page(reply(403, "<html>denied</html>")),
            "response is a web page",
            "403 Forbidden with a web page, which is never from IWD",
            "It is from the proxy that HTTPS_PROXY names, or from a gateway",
        ),
        (
            Error::Rejected(reply(407, "")),
            "request rejected",
            "407 Proxy",
            "give them in HTTPS_PROXY",
        ),
    ]
}

fn through(address: &str, source: ProxySource) -> Way {
    Way {
        proxy: Some(ProxyName {
            address: address.to_owned(),
            source,
        }),
        overridden: None,
    }
}

fn failed_behind_a_proxy(error: Error) -> Failure {
    let source = ProxySource::Variable("HTTPS_PROXY".to_owned());
    Failure {
        way: through("http://proxy.example:3128", source),
        ..failed(Operation::Update, error)
    }
}

fn with_an_answer_that_can_not_be_read() -> Vec<Kind> {
    vec![
        (
            Error::Unexpected(unreadable(Obstacle::Encoded("br".to_owned()))),
            "unexpected response",
            "can't be shown (312 bytes, text/html): it is encoded with br,",
            "compresses",
        ),
        (
            Error::Rejected(unreadable(Obstacle::NotText("UTF-8"))),
            "request rejected",
            "can't be shown (312 bytes, text/html): it is not valid in the charset UTF-8.",
            "adds /iwd/v3/provisioning",
        ),
        (
            Error::Rejected(unreadable(Obstacle::UnknownCharset("utf-7".to_owned()))),
            "request rejected",
            "its charset utf-7 is not known.",
            "adds /iwd/v3/provisioning",
        ),
        (
            Error::Unexpected(unreadable(Obstacle::Endless)),
            "unexpected response",
            "longer than what is read",
            "path prefix",
        ),
    ]
}

#[test]
fn each_kind_says_what_happened_and_what_to_do() {
    let kinds = [
        without_an_answer(),
        during_the_tls_handshake(),
        with_an_answer(),
        with_an_answer_that_can_not_be_read(),
    ];
    for (error, problem, happened, to_do) in kinds.concat() {
        for operation in [Operation::Create, Operation::Update] {
            let told = told_of(&failed(operation, error.clone()));
            assert_eq!(
                told.summary,
                format!("Error {} tenant: {problem}", operation.in_progress())
            );
            for part in [
                "Tenant 9350e2fc, P",
                "http://iwd.iwd:4024/iwd/v3/provisioning",
                happened,
                to_do,
            ] {
                assert!(
                    told.detail.contains(part),
                    "{part}\nis missing in\n{}",
                    told.detail
                );
            }
            assert!(told.is_error() && told.path.is_root());
            assert!(!told.detail.contains("proxy"), "{}", told.detail);
        }
    }
}

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

#[test]
fn of_a_certificate_for_many_hosts_the_first_ones_are_named() {
    let told_of = |count: usize| {
        let names = (1..=count).map(|number| format!("h{number}.example"));
        let failure = TlsFailure::OtherNames(names.collect());
        told_of(&failed(Operation::Create, Error::Tls(failure))).detail
    };
    let ten = told_of(10);
    assert!(ten.contains("h9.example, h10.example.\n"), "{ten}");
    let many = told_of(4_000);
    let end = "h9.example, h10.example and 3990 others.\n";
    assert!(
        many.contains(end) && !many.contains("h11.example"),
        "{many}"
    );
}

#[test]
fn where_iwd_is_not_reached_an_endpoint_that_does_not_hold_is_told() {
    let told_of = |error| {
        let mut failed = failed(Operation::Create, error);
        failed.way.overridden = Some("IWD_ENDPOINT".to_owned());
        told_of(&failed).detail
    };
    let part = "`endpoint` in the provider block holds; IWD_ENDPOINT names another address";
    for error in [Error::Dns, Error::Refused, Error::Lost { sent: false }] {
        let told = told_of(error);
        assert!(told.contains(part), "{told}");
    }
    for error in [
        Error::Rejected(reply(400, "")),
        Error::Lost { sent: true },
        Error::AtProxy(Box::new(Error::Dns)),
    ] {
        let told = told_of(error);
        assert!(!told.contains("IWD_ENDPOINT"), "{told}");
    }
}

#[test]
fn an_answer_before_the_end_of_the_operation_is_told_with_what_came_after() {
    let told = told_of(&Failure {
        gave_up: GaveUp::CutShort {
            timeout: Duration::from_millis(3_500),
            limit: Duration::from_millis(420),
            told: Some(3),
        },
        attempts: 4,
        elapsed: Duration::from_millis(3_500),
        parameter: Some("iwd.db.host"),
        ..failed(
            Operation::Create,
            Error::Unavailable(reply(503, "iwd.db.host does not answer")),
        )
    });
    assert_eq!(told.summary, "Error creating tenant: IWD is unavailable");
    assert_eq!(told.path.to_string(), "iwd.db.host");
    for part in [
        "The answer was 503 Service Unavailable:\n\niwd.db.host does not answer",
        "4 attempts in 3.5s; the timeout of 3.5s for the whole operation left the last one only 420ms, in which no \
         complete answer came. What is told above came of attempt 3.",
        "names the parameter iwd.db.host",
    ] {
        assert!(
            told.detail.contains(part),
            "{part}\nis missing in\n{}",
            told.detail
        );
    }
}

#[test]
fn a_detail_reads_from_what_to_why_to_what_next() {
    let told = told_of(&Failure {
        gave_up: GaveUp::OutOfTime {
            timeout: Duration::from_mins(5),
        },
        attempts: 12,
        elapsed: Duration::from_secs(290),
        ..failed(
            Operation::Create,
            Error::Unavailable(reply(503, "no healthy upstream")),
        )
    });
    assert_eq!(told.summary, "Error creating tenant: IWD is unavailable");
    assert_eq!(
        told.detail,
        "Tenant 9350e2fc, POST http://iwd.iwd:4024/iwd/v3/provisioning\n\n\
         The answer was 503 Service Unavailable:\n\n\
         no healthy upstream\n\n\
         12 attempts in 4m50s; the timeout of 5m for the whole operation leaves no time for another.\n\n\
         The tenant may have been provisioned all the same; it is not in the state. Applying again is safe: the API \
         treats a repeated create as an update.\n\n\
         Check that IWD is running and well, and the gateway or ingress before it. If it only needs longer, raise the \
         resource's `timeouts`."
    );
}

#[test]
fn it_says_why_there_was_no_further_attempt() {
    let hour = Duration::from_hours(1);
    let minute = Duration::from_mins(1);
    for (gave_up, text) in [
        (GaveUp::NotRetryable, "1 attempt in 120ms."),
        (
            GaveUp::RetriesUsed,
            "1 attempt in 120ms; `max_retries` of the provider allows no more.",
        ),
        (
            GaveUp::LimitedRetriesUsed,
            "after such an answer there are two more",
        ),
        (
            GaveUp::AskedToWait {
                wait: hour,
                left: minute,
            },
            "the server asks to wait 1h (Retry-After), and 1m are left",
        ),
        (
            GaveUp::OutOfTime { timeout: minute },
            "the timeout of 1m for the whole operation",
        ),
        (
            GaveUp::CutShort {
                timeout: minute,
                limit: Duration::from_secs(2),
                told: None,
            },
            "; the timeout of 1m for the whole operation left the last one only 2s.",
        ),
    ] {
        let told = told_of(&Failure {
            gave_up,
            ..failed(Operation::Update, Error::Refused)
        });
        assert!(told.detail.contains(text), "{}", told.detail);
    }
    let unsent = Failure {
        attempts: 0,
        ..failed(Operation::Update, Error::InvalidKey)
    };
    assert!(told_of(&unsent).detail.contains("Nothing was sent."));
}

#[test]
fn it_says_whether_the_tenant_may_exist_or_have_changed() {
    for (operation, may, text) in [
        (
            Operation::Create,
            true,
            "The tenant may have been provisioned all the same",
        ),
        (Operation::Create, false, "Nothing was provisioned."),
        (
            Operation::Update,
            true,
            "The change may have taken effect all the same",
        ),
        (Operation::Update, false, "The tenant was not changed."),
        (
            Operation::Delete,
            true,
            "It may have been deleted all the same",
        ),
        (Operation::Delete, false, "Nothing was deleted."),
    ] {
        let told = told_of(&Failure {
            may_have_arrived: may,
            ..failed(operation, Error::Dns)
        });
        assert!(told.detail.contains(text), "{}", told.detail);
        assert!(told.detail.contains("again is safe"), "{}", told.detail);
    }
}

#[test]
fn a_parameter_that_the_answer_names_is_pointed_at() {
    let rejected = |operation, parameter| {
        let error = Error::Rejected(reply(400, "iwd.db.host is required"));
        told_of(&Failure {
            parameter: Some(parameter),
            ..failed(operation, error)
        })
    };
    let told = rejected(Operation::Create, "iwd.db.host");
    assert_eq!(told.path.to_string(), "iwd.db.host");
    assert!(
        told.detail
            .contains("names the parameter iwd.db.host, which is `iwd.db.host`.")
    );
    let told = rejected(Operation::Update, "tenant.id");
    assert_eq!(told.path.to_string(), "short_id");
    let told = rejected(Operation::Update, "iwd.db.password");
    assert_eq!(told.path.to_string(), "iwd");
    assert!(
        told.detail
            .contains("`iwd.db.password` or `iwd.db.password_wo`")
    );
    assert!(rejected(Operation::Delete, "tenant.ccid").path.is_root());
}

#[test]
fn a_refused_key_says_where_it_was_found() {
    let block = Argument::in_block;
    let env = Argument::in_environment;
    for (source, found) in [
        (
            KeySource::TenantApiKeys(block("tenant_api_keys")),
            "the entry for this ccid in `tenant_api_keys` of the provider block. Check it",
        ),
        (
            KeySource::TenantApiKeys(env("tenant_api_keys")),
            "the entry for this ccid in the environment variable IWD_TENANT_API_KEYS.",
        ),
        (
            KeySource::ApiKey(block("api_key")),
            "`api_key` of the provider block. Check it",
        ),
        (
            KeySource::ApiKey(env("api_key")),
            "the environment variable IWD_API_KEY. Check it",
        ),
        (
            KeySource::Tenant("api_key_wo"),
            "the tenant's own `api_key_wo`. Check it",
        ),
    ] {
        let refused = failed(Operation::Update, Error::Unauthorized(reply(403, "no")));
        let told = failure(&refused, source);
        let found_there = format!("The key in the x-api-key header was {found}");
        assert!(told.detail.contains(&found_there), "{}", told.detail);
        let page = failed(Operation::Update, Error::Page(reply(403, "<html>")));
        assert!(!failure(&page, source).detail.contains("x-api-key"));
        let invalid = failed(Operation::Update, Error::InvalidKey);
        let told = failure(&invalid, source);
        let found_there = format!("The key is {}", found.trim_end_matches(" Check it"));
        assert!(told.detail.contains(&found_there), "{}", told.detail);
    }
}

#[test]
fn a_missing_key_says_what_to_set() {
    let ccid = "9350e2fc".parse().unwrap();
    let told = no_key(Operation::Delete, &ccid);
    assert_eq!(told.summary, "Error deleting tenant: no API key");
    for part in [
        "9350e2fc",
        "`tenant_api_keys`",
        "`api_key`",
        "IWD_API_KEY",
        "`api_key_wo`",
    ] {
        assert!(told.detail.contains(part), "{}", told.detail);
    }
    assert!(
        no_key(Operation::Create, &ccid)
            .detail
            .contains("serves too")
    );
    let told = unknown_key(Operation::Create, &ccid);
    assert!(
        told.detail
            .contains("depends on something that is not applied yet")
    );
}

#[test]
fn a_tenant_that_was_not_there_says_who_answered_and_what_to_check() {
    let ccid = "9350e2fc".parse().unwrap();
    let url = Url::parse("http://h/iwd/v3/provisioning/9350e2fc?deleteTenant=true").unwrap();
    let told = not_there(&ccid, &url, &reply(404, "default backend - 404"));
    assert!(!told.is_error());
    assert_eq!(told.summary, "The tenant to delete was not there");
    assert_eq!(
        told.detail,
        "Tenant 9350e2fc, DELETE http://h/iwd/v3/provisioning/9350e2fc?deleteTenant=true\n\n\
         The answer was 404 Not Found, but not with the JSON that IWD answers:\n\n\
         default backend - 404\n\n\
         Such an answer counts as deleted, so Terraform has forgotten the tenant. But another server may answer so \
         too, and then the tenant lives on. Check that `endpoint` leads to IWD, its path prefix included, and whether \
         Digital Channels still has the tenant. If it does, correct `endpoint`, apply the tenant's configuration again \
         (a create of what is there is an update), and destroy it again."
    );
}

#[test]
fn settings_that_make_no_client_are_told() {
    let told = settings(&SettingsError::Tls(TlsError::Mismatch));
    assert!(
        told.detail
            .starts_with("the client key does not belong to the client certificate")
    );
}

/// All that a user can read of a call that failed, as one text; a change of it is seen in review.
#[test]
fn every_failure_reads_so() {
    let kinds = [
        without_an_answer(),
        during_the_tls_handshake(),
        with_an_answer(),
        with_an_answer_that_can_not_be_read(),
    ];
    let failures = kinds.into_iter().flatten().map(|(error, ..)| error);
    let told = failures.map(|error| told_of(&failed(Operation::Update, error)));
    let ccid = &"9350e2fc".parse().unwrap();
    let url = &Url::parse("https://iwd.example/iwd/v3/provisioning/9350e2fc").unwrap();
    let others = [
        no_key(Operation::Create, ccid),
        no_key(Operation::Delete, ccid),
        unknown_key(Operation::Create, ccid),
        ambiguous_key(Operation::Create, ccid),
        not_there(ccid, url, &reply(404, "no such page")),
        settings(&SettingsError::Http("builder error".to_owned())),
        settings(&SettingsError::Ipv6BehindProxy(ProxyName {
            address: "http://proxy.example:3128".to_owned(),
            source: ProxySource::Configuration,
        })),
        NoRandomness.into(),
    ];
    let proxied = [behind_a_proxy(), from_a_proxy_that_passes_requests_on()].concat();
    let proxied = proxied.into_iter();
    let proxied = proxied.map(|(error, ..)| told_of(&failed_behind_a_proxy(error)));
    insta::assert_snapshot!(pages(told.chain(proxied).chain(others)));
}

/// Diagnostics as Terraform shows them, one below the other.
pub(in crate::provider) fn pages(diagnostics: impl Iterator<Item = Diagnostic>) -> String {
    let page = |diagnostic: Diagnostic| {
        let Diagnostic {
            severity,
            summary,
            detail,
            path,
        } = diagnostic;
        format!("{severity:?}: {summary}\nat: {path}\n\n{detail}\n")
    };
    let rule = format!("\n{}\n", "-".repeat(40));
    diagnostics.map(page).collect::<Vec<_>>().join(&rule)
}
