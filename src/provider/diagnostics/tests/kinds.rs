//! One of each kind of failure, with what its error must say.

use super::*;

/// The error, the end of its summary, what it says happened, what it says to do.
pub(super) type Kind = (Error, &'static str, &'static str, &'static str);

pub(super) fn without_an_answer() -> Vec<Kind> {
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
pub(super) fn during_the_tls_handshake() -> Vec<Kind> {
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

pub(super) fn with_an_answer() -> Vec<Kind> {
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
pub(super) fn behind_a_proxy() -> Vec<Kind> {
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
pub(super) fn from_a_proxy_that_passes_requests_on() -> Vec<Kind> {
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

pub(super) fn with_an_answer_that_can_not_be_read() -> Vec<Kind> {
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
