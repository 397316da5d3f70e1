//! What another site has a browser do.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::refusal::Refusal;

/// Tells what comes from other sites.
#[derive(Clone, Copy)]
pub(super) struct Sites {
    /// Whether only this machine can ask; no name but its own leads here then.
    is_loopback: bool,
}

impl Sites {
    /// For a simulator that listens on that address.
    pub(super) fn of(listening: IpAddr) -> Self {
        Self {
            is_loopback: listening.is_loopback(),
        }
    }

    /// Why a request is refused, unless it isn't. What is no browser names neither site nor origin.
    fn refusal(self, is_change: bool, headers: &HeaderMap) -> Option<Refusal> {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let host = text(HOST);
        if self.is_loopback && !host.is_none_or(is_this_machine) {
            return Some(Refusal::OtherName);
        }
        let is_other = match (headers.get("sec-fetch-site"), text(ORIGIN)) {
            (Some(site), _) => site != "same-origin" && site != "none",
            // Browsers name no site where neither TLS nor loopback is.
            (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != host,
            (None, None) => false,
        };
        (is_change && is_other).then_some(Refusal::CrossSite)
    }
}

/// Refuses what another site has a browser do here, and any other name for this machine: a site may have its own name
/// lead here, and read what is held.
pub(super) async fn refuse_other_sites(
    State(sites): State<Sites>,
    request: Request,
    next: Next,
) -> Response {
    match sites.refusal(!request.method().is_safe(), request.headers()) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    }
}

/// Whether the value of a `Host` header is an address or a name of the machine itself.
fn is_this_machine(host: &str) -> bool {
    match url::Url::parse(&format!("http://{host}")) {
        Ok(url) => match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            address => address.is_some(),
        },
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn refusal(listening: &str, is_change: bool, headers: &[(&'static str, &str)]) -> String {
        let value = |text: &str| HeaderValue::from_str(text).unwrap();
        let headers = headers
            .iter()
            .map(|(name, text)| (HeaderName::from_static(name), value(text)))
            .collect();
        let refusal = Sites::of(listening.parse().unwrap()).refusal(is_change, &headers);
        refusal.map_or_else(String::new, |refusal| refusal.to_string())
    }

    #[test]
    fn a_change_is_refused_where_a_browser_names_another_site_or_origin() {
        for (headers, is_refused) in [
            (&[][..], false),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "null")],
                false,
            ),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("origin", "http://sim.lan:4024")], false),
            (&[("origin", "http://sim.lan:80")], true),
            (&[("origin", "http://evil.example")], true),
            (&[("origin", "null")], true),
        ] {
            let headers = [&[("host", "sim.lan:4024")], headers].concat();
            let told = refusal("0.0.0.0", true, &headers);
            assert_eq!(!told.is_empty(), is_refused, "{headers:?}: {told}");
            assert_eq!(refusal("0.0.0.0", false, &headers), "");
        }
    }

    #[test]
    fn on_loopback_no_other_name_leads_here() {
        for (host, is_refused) in [
            ("127.0.0.1:4024", false),
            ("[::1]:4024", false),
            ("localhost:4024", false),
            ("iwd.LOCALHOST", false),
            ("evil.example:4024", true),
            ("localhost.evil.example", true),
            ("127.0.0.1.evil.example", true),
            ("", true),
        ] {
            for listening in ["127.0.0.1", "::1"] {
                let told = refusal(listening, false, &[("host", host)]);
                assert_eq!(!told.is_empty(), is_refused, "{host}: {told}");
            }
            assert_eq!(refusal("192.0.2.1", false, &[("host", host)]), "");
        }
    }
}
