//! What may help.

use reqwest::Url;

use super::key::{found, instead};
use super::{timeout_setting, tls, way};
use crate::iwd::error::{Error, Failure, GaveUp, Way};
use crate::provider::config::KeySource;

pub(super) fn what_to_do(failure: &Failure, key: KeySource) -> String {
    match &failure.error {
        Error::InvalidKey => format!(
            "The key is {}. Set it without that character. A key that comes from a file often ends with a line break: \
             trimspace() removes it.",
            found(key)
        ),
        Error::Unauthorized(_) => format!(
            "The key in the x-api-key header was {}. Check it: Digital Channels issues these keys for one tenant each, \
             and the key must be enabled.{}",
            found(key),
            instead(key)
        ),
        error => {
            more_time(failure).unwrap_or_else(|| without_key(error, &failure.url, &failure.way))
        }
    }
}

/// What may help where it isn't the key.
pub(super) fn without_key(error: &Error, url: &Url, way: &Way) -> String {
    if let Some(advice) = way::advice(error, way, url) {
        return advice;
    }
    let is_plain = url.scheme() == "http";
    let advice = match error {
        Error::Dns => {
            "Check the host in `endpoint`, and that this machine can resolve it: a name inside a Kubernetes cluster \
             has an address only there."
        }
        Error::Refused
        | Error::NoConnection(_)
        | Error::AtProxy(_)
        | Error::Proxy(_)
        | Error::Tunnel
        | Error::Lost { sent: false }
        | Error::Timeout { sent: false, .. } => {
            "Check the host and port in `endpoint`, that IWD is running, and that this machine can reach it: inside \
             a Kubernetes cluster that may take a VPN, a port-forward or an ingress."
        }
        Error::NoNameServer => {
            "Give this machine or container an /etc/resolv.conf, list the host in /etc/hosts, or put an IP address into \
             `endpoint`."
        }
        Error::System(_) => {
            "Check the limits of this process (`ulimit -n` for open files), and what on this machine may forbid it to \
             connect, such as a firewall. A smaller `-parallelism` of Terraform needs fewer connections at once."
        }
        Error::Tls(reason) => return tls::what_to_do(reason, url, "`endpoint`"),
        Error::TlsHangUp => {
            return tls::hang_up("`endpoint`", "IWD and the gateway or ingress before it are");
        }
        Error::WantsTls(_) => "Begin `endpoint` with https:// instead of http://.",
        Error::Timeout { sent: true, .. } => {
            "Check that IWD and the tenant's database are well. If they only need longer, raise `request_timeout` of \
             the provider."
        }
        Error::Lost { sent: true } | Error::Stale if is_plain => {
            "Check the log of IWD, and whether a gateway or load balancer on the way cuts connections off. If the port \
             speaks TLS, begin `endpoint` with https:// instead of http://."
        }
        Error::Lost { sent: true } | Error::Stale => {
            "Check the log of IWD, and whether a gateway or load balancer on the way cuts connections off."
        }
        Error::NotHttp if is_plain => {
            "A port that speaks TLS answers so to plain HTTP: then begin `endpoint` with https:// instead of http://. \
             Otherwise check the port in `endpoint`."
        }
        Error::NotHttp => "Check the port in `endpoint`.",
        Error::HeadTooLarge => {
            "Check that `endpoint` leads to IWD, and what on the way adds headers to its answers."
        }
        error => of_answer(error),
    };
    advice.to_owned()
}

/// What may help where something answered, but not as it should.
fn of_answer(error: &Error) -> &'static str {
    match error {
        Error::Rejected(reply) => match reply.status.as_u16() {
            404 | 405 => {
                "Check that `endpoint` leads to IWD: the provider adds /iwd/v3/provisioning to it. A path before that \
                 belongs into `endpoint`."
            }
            _ => "Correct what the answer complains about.",
        },
        Error::Internal(_) | Error::Server(_) => {
            "Check the log of IWD. A wrong host, name, user or password of the tenant's database may look so, and so \
             may Digital Channels that IWD can't reach."
        }
        Error::Redirect {
            location: Some(_), ..
        } => {
            "If it points to IWD itself (with https://, another host or path), use that address in `endpoint`. If it \
             points to a login page, reach IWD past it."
        }
        Error::Page(reply) if matches!(reply.status.as_u16(), 401 | 403) => {
            "It is from a gateway or a login before IWD that wants credentials of its own, so it is not the API key \
             that was refused. Give the headers that it wants with `headers`, or use an `endpoint` that leads past it."
        }
        Error::Page(_) => {
            "It looks like a login page, a gateway, or an ingress without IWD behind it. Check that `endpoint` leads to \
             IWD, its path prefix included."
        }
        Error::NotCreated(_) => "Check the log of IWD.",
        Error::Unavailable(_) => {
            "Check that IWD is running and well, and the gateway or ingress before it."
        }
        Error::Unexpected(_) | Error::Redirect { location: None, .. } => {
            "Check that `endpoint` leads to IWD, its path prefix included, and that no gateway on the way \
             changes or compresses its answers."
        }
        _ => "",
    }
}

/// What to do where more time may help.
fn more_time(failure: &Failure) -> Option<String> {
    let timeouts = timeout_setting(failure.operation);
    match (&failure.error, failure.gave_up) {
        (Error::Timeout { sent: true, .. }, GaveUp::OutOfTime { .. } | GaveUp::CutShort { .. }) => {
            Some(format!(
                "Check that IWD and the tenant's database are well. If they only need longer, raise {timeouts}, and \
                 `request_timeout` of the provider for a single attempt."
            ))
        }
        (error @ Error::Unavailable(_), _) => {
            let advice = of_answer(error);
            Some(format!(
                "{advice} If it only needs longer, raise {timeouts}."
            ))
        }
        _ => None,
    }
}
