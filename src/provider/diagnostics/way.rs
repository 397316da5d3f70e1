//! What is told of the way to IWD: the proxy that a request goes through, and the endpoint that doesn't hold.

use reqwest::{StatusCode, Url};

use super::tls;
use crate::iwd::error::{Error, Way};
use crate::iwd::proxy::{ProxyName, ProxySource};

/// What follows the URL of a request.
pub(super) fn through(way: &Way) -> String {
    let proxy = way.proxy.as_ref();
    proxy.map_or_else(String::new, |proxy| {
        let source = named_by(&proxy.source);
        format!(", through the proxy {} ({source})", proxy.address)
    })
}

/// What to do where the proxy has a part in it.
pub(super) fn advice(error: &Error, way: &Way, url: &Url) -> Option<String> {
    let proxy = way.proxy.as_ref()?;
    let source = named_by(&proxy.source);
    let check = match error {
        Error::AtProxy(problem) => at_proxy(problem, proxy),
        Error::Lost { sent: true } | Error::Stale if passes_on(proxy, url) => {
            format!(
                "Check the log of the proxy that {source} names, and that of IWD. If the port of the one or the other speaks \
                 TLS, begin {source} or `endpoint` with https://."
            )
        }
        Error::Page(reply) if is_refusal(reply.status) && passes_on(proxy, url) => format!(
            "It is from the proxy that {source} names, or from a gateway or a login before IWD, so it is not the API key \
             that was refused. Check that the proxy may connect to IWD. If it is a gateway that wants credentials of its \
             own, give the headers that it wants with `headers`, or use an `endpoint` that leads past it."
        ),
        Error::Proxy(_) | Error::Tunnel => format!(
            "Check the proxy that {source} names, its user name and password, and that it may connect to IWD."
        ),
        Error::Refused | Error::Timeout { sent: false, .. } => format!(
            "Check host and port in `endpoint`, that IWD is running, and that the proxy that {source} names can reach it."
        ),
        Error::Rejected(reply) if reply.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            format!("The proxy wants a user name and password; give them in {source}.")
        }
        _ => return None,
    };
    Some(format!("{check} {}", without(&proxy.source)))
}

/// What to do about a proxy that failed.
fn at_proxy(problem: &Error, proxy: &ProxyName) -> String {
    let source = named_by(&proxy.source);
    let url = Url::parse(&proxy.address).ok();
    match (problem, url) {
        (Error::NoNameServer, _) => format!(
            "Give this machine or container an /etc/resolv.conf, list the proxy's host in /etc/hosts, or put an IP \
             address into {source}."
        ),
        (Error::Tls(failure), Some(url)) => tls::what_to_do(failure, &url, source),
        (Error::TlsHangUp, _) => tls::hang_up(source, "the proxy is"),
        (Error::NotHttp, Some(url)) if url.scheme() == "http" => format!(
            "A port that speaks TLS answers so to plain HTTP: then begin {source} with https:// instead of http://. \
             Otherwise check host and port in {source}."
        ),
        _ => format!(
            "Check host and port of the proxy that {source} names, that it is running, and that this machine can reach \
             it."
        ),
    }
}

/// Whether requests to this URL go to the proxy itself, which passes them on.
fn passes_on(proxy: &ProxyName, url: &Url) -> bool {
    url.scheme() == "http" && proxy.address.starts_with("http")
}

fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

/// What is told where the endpoint was not reached and the environment names another one.
pub(super) fn overridden(problem: &Error, way: &Way) -> Option<String> {
    let is_unreached = matches!(
        problem,
        Error::Dns
            | Error::NoNameServer
            | Error::Refused
            | Error::NoConnection(_)
            | Error::Timeout { sent: false, .. }
            | Error::Lost { sent: false }
            | Error::Tls(_)
            | Error::TlsHangUp
            | Error::WantsTls(_)
            | Error::Tunnel
            | Error::NotHttp
    );
    let variable = way.overridden.as_ref().filter(|_| is_unreached)?;
    Some(format!(
        "`endpoint` in the provider block holds; {variable} names another address, which is not used."
    ))
}

/// What is told of an endpoint that the HTTP library can't reach behind a proxy.
pub(super) fn ipv6_behind(proxy: &ProxyName) -> String {
    let source = named_by(&proxy.source);
    format!(
        "`endpoint` is an IPv6 address with https://, and requests go through the proxy {} ({source}). The provider's HTTP \
         library can't do both (reqwest issue 3094). Put a host name into `endpoint`. {}",
        proxy.address,
        without(&proxy.source)
    )
}

/// How to do without a proxy.
fn without(source: &ProxySource) -> &'static str {
    match source {
        ProxySource::Variable(name) if !name.starts_with("IWD_") => {
            "Requests go past the proxy where NO_PROXY lists the host of `endpoint`, or with `proxy_url = \"\"` in the \
             provider block."
        }
        _ => "`proxy_url = \"\"` in the provider block means no proxy.",
    }
}

fn named_by(source: &ProxySource) -> &str {
    match source {
        ProxySource::Configuration => "`proxy_url`",
        ProxySource::Variable(name) => name,
    }
}
