//! What each step's outcome means, as values: nothing here contacts anybody.

use std::io;
use std::net::{IpAddr, SocketAddr};

use jiff::{SignedDuration, Timestamp};
use reqwest::{StatusCode, Url};

use super::certificate::Certificate;
use super::report::{Check, GET};
use crate::iwd::client::{NoTunnel, connection_error};
use crate::iwd::error::{Error, ReplyBody, Way};
use crate::provider::explain;

/// A certificate that ends sooner is worth a warning.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

const PASSWORD_IS_KEPT: &str = "Nothing, if they are right: this command sends no secret, so it can't look further. An apply sends them.";

const KEY_IS_KEPT: &str = "Nothing, if a gateway wants the API key, or headers that are set with `headers`: this command sends no secret, \
                           and an apply sends them.";

const NO_GET_IS_DOCUMENTED: &str = "IWD documents no GET, so it may be IWD or not";

/// What an apply tells where the first connection, to the proxy if there is one, fails so.
fn explain_first(error: &Error, url: &Url, way: &Way) -> (String, String) {
    match way.proxy {
        Some(_) => explain(&Error::AtProxy(Box::new(error.clone())), url, way),
        None => explain(error, url, way),
    }
}

/// The addresses of the first host on the way to that URL.
pub(super) fn names(url: &Url, way: &Way, host: &str, found: &Result<Vec<IpAddr>, Error>) -> Check {
    const CHECK: &str = "name";
    match found {
        Ok(addresses) => {
            let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            Check::ok(CHECK, format!("{host} has {}", addresses.join(", ")))
        }
        Err(Error::Timeout { limit, .. }) => {
            let (_, advice) = explain_first(&Error::Dns, url, way);
            Check::failed(
                CHECK,
                format!("{host}: no address was found within {limit:?}"),
                advice,
            )
        }
        Err(error) => {
            let (happened, advice) = explain_first(error, url, way);
            Check::failed(CHECK, happened, advice)
        }
    }
}

/// The connections to the addresses of a host, up to the first that came about.
pub(super) fn tcp(url: &Url, way: &Way, tried: &[(SocketAddr, io::Result<()>)]) -> Check {
    const CHECK: &str = "tcp";
    let told = |(address, outcome): &(SocketAddr, io::Result<()>)| match outcome {
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
        last => {
            let error = last.and_then(|((_, outcome), _)| outcome.as_ref().err());
            let error = error.map_or(Error::Refused, connection_error);
            let (_, advice) = explain_first(&error, url, way);
            Check::failed(CHECK, "no connection came about", advice)
                .details(tried.iter().map(told).collect())
        }
    }
}

/// The tunnel of that proxy, unless it made none.
pub(super) fn tunnel(
    url: &Url,
    way: &Way,
    proxy: &str,
    has_password: bool,
    failure: Option<&NoTunnel>,
) -> Check {
    const CHECK: &str = "proxy";
    let Some(NoTunnel { error, status }) = failure else {
        return Check::ok(CHECK, format!("{proxy} connects to the endpoint"));
    };
    if has_password && *status == Some(StatusCode::PROXY_AUTHENTICATION_REQUIRED) {
        return Check::warning(
            CHECK,
            format!("{proxy} wants the user name and the password that are set for it"),
            PASSWORD_IS_KEPT,
        );
    }
    let (happened, advice) = explain(error, url, way);
    let answered = status.map(|status| format!("{proxy} answered {status}"));
    Check::failed(CHECK, happened, advice).details(answered.into_iter().collect())
}

/// The TLS handshake with the host of that URL, and the certificates that it showed.
pub(super) fn tls(
    url: &Url,
    way: &Way,
    handshake: &Result<(), Error>,
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
    let check = match handshake {
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

/// The answer to a GET without key and body. Hardly any shows that an apply would fail, which sends something else, and
/// none is IWD's for certain. What its text says is not told, since it may say anything.
pub(super) fn get(
    url: &Url,
    way: &Way,
    has_proxy_password: bool,
    outcome: &Result<(StatusCode, Option<Error>), Error>,
) -> Check {
    match outcome {
        Ok((status, judged)) => {
            let found = format!("GET {url} answered {status}");
            match judged {
                Some(judged) => answered(url, way, has_proxy_password, &found, *status, judged),
                None => Check::ok(GET, found),
            }
        }
        Err(error) => {
            let (happened, advice) = explain(error, url, way);
            let found = format!("GET {url}: {happened}");
            match error {
                Error::Lost { sent: true } => {
                    Check::warning(GET, found, format!("{KEY_IS_KEPT} {advice}"))
                }
                _ => Check::failed(GET, found, advice),
            }
        }
    }
}

fn answered(
    url: &Url,
    way: &Way,
    has_proxy_password: bool,
    found: &str,
    status: StatusCode,
    judged: &Error,
) -> Check {
    let usual = explain(judged, url, way).1;
    let told = |more: &str| format!("{found}{more}");
    let may_lack_key =
        |more: &str| Check::warning(GET, told(more), format!("{KEY_IS_KEPT} {usual}"));
    match (status.as_u16(), judged) {
        (_, Error::WantsTls(_)) => {
            Check::failed(GET, told(", which means that the port speaks TLS"), usual)
        }
        (407, _) if has_proxy_password => Check::warning(
            GET,
            told(": the proxy wants the user name and the password that are set for it"),
            PASSWORD_IS_KEPT,
        ),
        (407, _) if way.proxy.is_some() => Check::failed(GET, found, usual),
        (
            _,
            Error::Redirect {
                location: Some(location),
                ..
            },
        ) => may_lack_key(&format!(", a redirect to {location}")),
        (_, Error::Redirect { location: None, .. }) => {
            may_lack_key(", which belongs to no request of this kind")
        }
        // The usual advice takes for granted that there was a key.
        (401 | 403, Error::Page(_)) => Check::warning(
            GET,
            told(" with a web page"),
            format!(
                "{KEY_IS_KEPT} Otherwise check the headers that the gateway wants, and that a proxy on the way may connect \
                 to IWD, or use an `endpoint` that leads past the gateway."
            ),
        ),
        (_, Error::Page(_)) => may_lack_key(&format!(" with a web page. {NO_GET_IS_DOCUMENTED}")),
        (_, Error::Unexpected(reply)) if matches!(reply.body, ReplyBody::Unreadable { .. }) => {
            may_lack_key(" with what can't be read")
        }
        (401 | 403, _) => Check::ok(GET, told(": a key is wanted, and none was sent")),
        (404 | 405 | 501, _) => Check::ok(
            GET,
            told(&format!(
                ": something speaks HTTP there. {NO_GET_IS_DOCUMENTED}"
            )),
        ),
        (_, Error::Unavailable(_)) => Check::warning(GET, found, usual),
        (_, Error::Internal(_) | Error::Server(_)) => Check::warning(
            GET,
            told(&format!(
                ": something speaks HTTP there. {NO_GET_IS_DOCUMENTED}"
            )),
            "Nothing, if an apply succeeds. If one fails, check the log of IWD, and the gateway or ingress before it.",
        ),
        _ => Check::ok(GET, found),
    }
}

/// A GET without TLS, to a port that closed the connection and shows certificates to whoever begins with TLS.
pub(super) fn plain_where_tls_is_spoken(url: &Url) -> Check {
    Check::failed(
        GET,
        format!("GET {url}: the connection was closed, and the port speaks TLS"),
        "Begin `endpoint` with https:// instead of http://.",
    )
}

#[cfg(test)]
mod tests;
