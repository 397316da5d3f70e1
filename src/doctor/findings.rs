//! What each step's outcome means, as values: nothing here contacts anybody.

use std::net::{IpAddr, SocketAddr};

use jiff::{SignedDuration, Timestamp};
use reqwest::{StatusCode, Url};

use super::certificate::Certificate;
use super::report::Check;
use crate::iwd::client::ProbeError;
use crate::iwd::error::{Error, ReplyBody, Way};
use crate::provider::explain;

/// A certificate that ends sooner is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

const PASSWORD_IS_KEPT: &str = "Nothing, if they are right: this command sends no secret, so it can't look further. An apply sends them.";

const HEADERS_ARE_KEPT: &str = "Nothing, if a gateway wants the headers that are set with `headers`: this command sends no secret, and an \
                                apply sends them.";

/// What is set, and sent by an apply alone.
#[derive(Clone, Copy, Default)]
pub(super) struct Unsent {
    /// Further headers.
    pub(super) headers: bool,
    /// A user name or a password for the proxy.
    pub(super) proxy_password: bool,
}

/// What an apply advises where the first connection, to the proxy if there is one, fails so.
fn advice(error: Error, url: &Url, way: &Way) -> String {
    let error = match way.proxy {
        Some(_) => Error::AtProxy(Box::new(error)),
        None => error,
    };
    explain(&error, url, way).1
}

/// The addresses of the first host on the way to that URL.
pub(super) fn names(
    url: &Url,
    way: &Way,
    host: &str,
    found: &Result<Vec<IpAddr>, ProbeError>,
) -> Check {
    const CHECK: &str = "name";
    match found {
        Ok(addresses) if addresses.is_empty() => {
            let advice = advice(Error::Dns, url, way);
            Check::failed(CHECK, format!("{host} has no address"), advice)
        }
        Ok(addresses) => {
            let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            Check::ok(CHECK, format!("{host} has {}", addresses.join(", ")))
        }
        Err(error) => {
            let cause = match error {
                ProbeError::NoNameServer => Error::NoNameServer,
                _ => Error::Dns,
            };
            Check::failed(CHECK, format!("{host}: {error}"), advice(cause, url, way))
        }
    }
}

/// The connections to the addresses of a host, up to the first that came about.
pub(super) fn tcp(url: &Url, way: &Way, tried: &[(SocketAddr, Result<(), ProbeError>)]) -> Check {
    const CHECK: &str = "tcp";
    let told = |(address, outcome): &(SocketAddr, Result<(), ProbeError>)| match outcome {
        Ok(()) => format!("{address} accepts connections"),
        Err(error) => format!("{address}: {error}"),
    };
    match tried.split_last() {
        Some((last @ (_, Ok(())), [])) => Check::ok(CHECK, told(last)),
        Some((last @ (_, Ok(())), before)) => Check::warning(
            CHECK,
            told(last),
            "Another address of the host doesn't, and is tried each time.",
        )
        .details(before.iter().map(told).collect()),
        _ => {
            let advice = advice(Error::Refused, url, way);
            Check::failed(CHECK, "no connection came about", advice)
                .details(tried.iter().map(told).collect())
        }
    }
}

pub(super) fn tunnel(proxy: &str, has_password: bool, outcome: &Result<(), ProbeError>) -> Check {
    const CHECK: &str = "proxy";
    let Err(error) = outcome else {
        return Check::ok(
            CHECK,
            format!("{proxy} answered 200 and connects to the endpoint"),
        );
    };
    let found = format!("{proxy}: {error}");
    match error {
        ProbeError::Tunnel(StatusCode::PROXY_AUTHENTICATION_REQUIRED) if has_password => {
            Check::warning(
                CHECK,
                format!("{found}: it wants the user name and the password that are set for it"),
                PASSWORD_IS_KEPT,
            )
        }
        ProbeError::Tunnel(StatusCode::PROXY_AUTHENTICATION_REQUIRED) => Check::failed(
            CHECK,
            found,
            "Give user name and password in the proxy's URL (`proxy_url`, or the variable that names the proxy).",
        ),
        _ => Check::failed(
            CHECK,
            found,
            "Check the proxy's URL, and that it may connect to IWD. List the host in NO_PROXY, or set `proxy_url` to \
             \"\", where no proxy is wanted.",
        ),
    }
}

/// The TLS handshake with the host of that URL, and the certificates that it showed.
pub(super) fn tls(
    url: &Url,
    way: &Way,
    verdict: &Result<(), Error>,
    chain: &[Option<Certificate>],
    insecure: bool,
    now: Timestamp,
) -> Check {
    const CHECK: &str = "tls";
    let host = url.host_str().unwrap_or_default();
    let shown = chain
        .iter()
        .enumerate()
        .map(|(position, certificate)| match certificate {
            Some(certificate) => format!("certificate {}: {certificate}", position + 1),
            None => format!("certificate {}: it can't be read", position + 1),
        });
    let details = shown.collect();
    let check = match verdict {
        Err(error) => {
            let (happened, advice) = explain(error, url, way);
            Check::failed(CHECK, happened, advice)
        }
        Ok(()) if insecure => Check::warning(
            CHECK,
            format!("{host} is not verified (`insecure_skip_verify`)"),
            "Give the server's CA with `ca_cert_file` instead: anyone in between can read every secret.",
        ),
        Ok(()) => {
            let own = chain.first().and_then(Option::as_ref);
            match own.filter(|own| own.not_after.duration_since(now) < SOON) {
                Some(own) => Check::warning(
                    CHECK,
                    format!(
                        "{host} is trusted, but its certificate ends at {}",
                        own.not_after
                    ),
                    "Have it renewed.",
                ),
                None => Check::ok(CHECK, format!("{host} is trusted")),
            }
        }
    };
    check.details(details)
}

/// The answer to a GET without key and body. IWD documents no GET, so hardly any answer is IWD's for certain; what its text
/// says is not told, since it may say anything.
pub(super) fn get(
    url: &Url,
    way: &Way,
    unsent: Unsent,
    outcome: &Result<(StatusCode, Option<Error>), Error>,
) -> Check {
    const CHECK: &str = "get";
    let (status, judged) = match outcome {
        Ok((status, None)) => return Check::ok(CHECK, format!("GET {url} answered {status}")),
        Ok((status, Some(error))) => (status, error),
        Err(error) => {
            let (happened, advice) = explain(error, url, way);
            return Check::failed(CHECK, format!("GET {url}: {happened}"), advice);
        }
    };
    let found = format!("GET {url} answered {status}");
    let told = |more: &str| format!("{found}{more}");
    let may_lack_headers =
        unsent.headers && matches!(judged, Error::Page(_) | Error::Redirect { .. });
    let usual = || explain(judged, url, way).1;
    let warning = |more: &str| {
        let advice = match status.as_u16() {
            _ if !may_lack_headers => usual(),
            // The usual one would be to set them.
            401 | 403 => format!(
                "{HEADERS_ARE_KEPT} Otherwise check them, and that a proxy on the way may connect to IWD, or use an \
                 `endpoint` that leads past the gateway."
            ),
            _ => format!("{HEADERS_ARE_KEPT} {}", usual()),
        };
        Check::warning(CHECK, told(more), advice)
    };
    let failed = |more: &str| {
        if may_lack_headers {
            warning(more)
        } else {
            Check::failed(CHECK, told(more), usual())
        }
    };
    match (status.as_u16(), judged) {
        (
            _,
            Error::Redirect {
                location: Some(location),
                ..
            },
        ) => failed(&format!(", a redirect to {location}")),
        (_, Error::Redirect { location: None, .. }) => {
            failed(", which belongs to no request of this kind")
        }
        (_, Error::WantsTls(_)) => failed(", which means that the port speaks TLS"),
        (200..=299, Error::Page(_)) => failed(" with a web page"),
        (_, Error::Unexpected(reply)) if matches!(reply.body, ReplyBody::Unreadable { .. }) => {
            failed(" with what can't be read")
        }
        (404, Error::Page(_)) => {
            warning(" with a web page. IWD documents no GET, so it may be IWD or not")
        }
        (_, Error::Page(_)) => warning(" with a web page"),
        (401 | 403, _) => Check::ok(CHECK, told(": a key is wanted, and none was sent")),
        (407, _) if unsent.proxy_password => Check::warning(
            CHECK,
            told(": the proxy wants the user name and the password that are set for it"),
            PASSWORD_IS_KEPT,
        ),
        (404 | 405 | 501, _) => Check::ok(
            CHECK,
            told(": something speaks HTTP there. IWD documents no GET, so it may be IWD or not"),
        ),
        (407, _) | (_, Error::Unavailable(_) | Error::Internal(_) | Error::Server(_)) => failed(""),
        _ => Check::ok(CHECK, found),
    }
}

#[cfg(test)]
mod tests;
