//! What each step's outcome means, as values: nothing here contacts anybody.

use std::net::{IpAddr, SocketAddr};

use jiff::{SignedDuration, Timestamp};
use reqwest::{StatusCode, Url};

use super::certificate::Certificate;
use super::report::Check;
use crate::iwd::client::ProbeError;
use crate::iwd::error::Error;

/// A certificate that ends sooner is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

const REACH: &str = "Check the host and port, that something listens there, and that this machine can reach it: inside a \
                     Kubernetes cluster that may take a VPN, a port-forward or an ingress.";

pub(super) fn names(host: &str, found: &Result<Vec<IpAddr>, ProbeError>) -> Check {
    const CHECK: &str = "name";
    match found {
        Ok(addresses) if addresses.is_empty() => {
            Check::failed(CHECK, format!("{host} has no address"), REACH)
        }
        Ok(addresses) => {
            let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            Check::ok(CHECK, format!("{host} has {}", addresses.join(", ")))
        }
        Err(error) => Check::failed(
            CHECK,
            format!("{host}: {error}"),
            match error {
                ProbeError::NoNameServer => {
                    "Give this machine or container an /etc/resolv.conf, list the host in /etc/hosts, or use an IP \
                     address."
                }
                _ => {
                    "Check the host, and that this machine can resolve it: a name inside a Kubernetes cluster has an \
                     address only there."
                }
            },
        ),
    }
}

/// The connections to the addresses of a host, up to the first that came about.
pub(super) fn tcp(tried: &[(SocketAddr, Result<(), ProbeError>)]) -> Check {
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
        _ => Check::failed(CHECK, "no connection came about", REACH)
            .details(tried.iter().map(told).collect()),
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
                "Nothing, if they are right: this command sends no secret, so it can't look further. An apply sends them.",
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

/// The TLS handshake with that host, and the certificates that it showed.
pub(super) fn tls(
    host: &str,
    verdict: &Result<(), ProbeError>,
    chain: &[Option<Certificate>],
    insecure: bool,
    now: Timestamp,
) -> Check {
    const CHECK: &str = "tls";
    let shown = chain
        .iter()
        .enumerate()
        .map(|(position, certificate)| match certificate {
            Some(certificate) => format!("certificate {}: {certificate}", position + 1),
            None => format!("certificate {}: it can't be read", position + 1),
        });
    let details = shown.collect();
    let ended = chain
        .iter()
        .flatten()
        .any(|certificate| !certificate.is_valid_at(now));
    let check = match verdict {
        Err(error) => {
            let advice = if ended {
                "A certificate is not valid now: have the server's renewed, and check this machine's clock."
            } else {
                "If the server's certificate is from a CA of your own, give that CA with `ca_cert_file`. If it is for \
                 another name, use that name in `endpoint`. If the server asks for a certificate, set `client_cert_file` \
                 and `client_key_file`. If the server speaks plain HTTP, begin `endpoint` with http://."
            };
            Check::failed(CHECK, format!("{host}: {error}"), advice)
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

/// The answer to a GET without key and body. IWD documents no GET, so hardly any answer is IWD's for certain.
pub(super) fn get(url: &Url, outcome: &Result<(StatusCode, Option<Error>), ProbeError>) -> Check {
    const CHECK: &str = "get";
    let (status, judged) = match outcome {
        Ok(answer) => answer,
        Err(error) => {
            return Check::failed(
                CHECK,
                format!("GET {url}: {error}"),
                "Check the steps above, and the log of IWD or of what is before it.",
            );
        }
    };
    let found = format!("GET {url} answered {status}");
    match (status.as_u16(), judged) {
        (300..=399, Some(Error::Redirect { location, .. })) => {
            let location = location.as_deref().unwrap_or("nowhere");
            Check::failed(
                CHECK,
                format!("{found}, a redirect to {location}"),
                "Redirects are not followed. If it points to IWD itself, use that address in `endpoint`; if to a login \
                 page, reach IWD past it.",
            )
        }
        (200..=299, Some(Error::Page(_))) => Check::failed(
            CHECK,
            format!("{found} with a web page"),
            "It looks like a login page, a gateway, or an ingress without IWD behind it. Check that `endpoint` leads to \
             IWD, its path prefix included.",
        ),
        (401 | 403, _) => Check::ok(
            CHECK,
            format!("{found}: a key is wanted, and none was sent"),
        ),
        (407, _) => Check::warning(
            CHECK,
            format!("{found}: the proxy wants user name and password, and none were sent"),
            "Give them in the proxy's URL, if they aren't there. An apply sends them.",
        ),
        (404 | 405 | 501, _) => Check::ok(
            CHECK,
            format!(
                "{found}: something speaks HTTP there. IWD documents no GET, so it may be IWD or not"
            ),
        ),
        (408 | 425 | 429 | 500..=599, _) => Check::failed(
            CHECK,
            found,
            "Check that IWD is running and well, and the gateway or ingress before it.",
        ),
        _ => Check::ok(CHECK, found),
    }
}

#[cfg(test)]
mod tests;
