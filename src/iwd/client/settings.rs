//! What a client is made of.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap,
    HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use reqwest::{Proxy, Url, redirect};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use tower::util::MapResponseLayer;

use super::super::request::API_KEY_HEADER;
use super::super::retry::Policy;
use super::super::tls::{self, Identity, Tls, TlsError};
use super::resolver::Resolver;

/// Connecting may take half of an attempt's time, at most this long, so that an answer has time left.
const LONGEST_CONNECT: Duration = Duration::from_secs(30);

/// Headers that are the client's own business.
const RESERVED: [HeaderName; 8] = [
    API_KEY_HEADER,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    HOST,
    CONNECTION,
    TRANSFER_ENCODING,
    ACCEPT_ENCODING,
    CONTENT_ENCODING,
];

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// Base URL, `http` or `https`.
    pub endpoint: Url,
    /// Headers sent with every request.
    pub headers: BTreeMap<String, SecretString>,
    /// CA certificates to trust besides the system's, as PEM.
    pub ca_certs_pem: Option<String>,
    /// Certificate and key for mutual TLS.
    pub identity: Option<Identity>,
    /// Whether any certificate of the server is accepted.
    pub insecure_skip_verify: bool,
    /// Whether and which proxy is used.
    pub proxy: ProxySetting,
    /// How long one attempt may take.
    pub request_timeout: Duration,
    /// How calls are repeated.
    pub retry: Policy,
    /// `User-Agent`.
    pub user_agent: String,
}

/// Whether and which proxy is used.
#[derive(Clone, Debug, Default)]
pub enum ProxySetting {
    /// As the environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
    #[default]
    System,
    /// None, whatever the environment says.
    None,
    /// This one for everything: `http`, `https`, `socks5` or `socks5h`, possibly with a password.
    Url(SecretString),
}

/// Why no client can be made of its settings.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingsError {
    /// A header can't be sent.
    #[error("header {name:?}: {error}")]
    Header {
        /// Its name as written.
        name: String,
        /// What is wrong with it.
        error: HeaderError,
    },
    /// The proxy's URL has no supported scheme or no host.
    #[error(
        "the proxy's URL must begin with http://, https://, socks5:// or socks5h:// and name a host"
    )]
    Proxy,
    /// Certificates or keys are wrong.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The HTTP library refuses; the text holds no secret.
    #[error("{0}")]
    Http(String),
}

/// What is wrong with a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HeaderError {
    /// It is the client's own business.
    #[error("the provider sets this header itself")]
    Reserved,
    /// No header can be named so.
    #[error("this is not a header's name")]
    Name,
    /// No header can hold this value.
    #[error("the value holds a line break or another control character")]
    Value,
}

impl ClientSettings {
    /// Reads the system's CA certificates.
    pub(super) fn tls(&self) -> Result<Tls, TlsError> {
        tls::connecting(
            self.ca_certs_pem.as_deref(),
            self.identity.as_ref(),
            self.insecure_skip_verify,
        )
    }

    /// `connected` is set once a connection, TLS and tunnel included, has come about.
    pub(super) fn http_client(
        &self,
        tls: ClientConfig,
        connected: Arc<AtomicBool>,
    ) -> Result<reqwest::Client, SettingsError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Resolver)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(connect_timeout(self.request_timeout))
            .connector_layer(MapResponseLayer::new(move |connection| {
                connected.store(true, Ordering::Relaxed);
                connection
            }))
            .user_agent(&self.user_agent);
        let builder = match &self.proxy {
            ProxySetting::System if excluded(&no_proxy(), &self.endpoint) => builder.no_proxy(),
            ProxySetting::System => builder,
            ProxySetting::None => builder.no_proxy(),
            ProxySetting::Url(url) => builder.proxy(proxy(url)?),
        };
        builder
            .build()
            .map_err(|error| SettingsError::Http(error.without_url().to_string()))
    }

    pub(super) fn header_map(&self) -> Result<HeaderMap, SettingsError> {
        let header = |(name, value): (&String, &SecretString)| {
            header(name, value).map_err(|error| SettingsError::Header {
                name: name.clone(),
                error,
            })
        };
        self.headers.iter().map(header).collect()
    }
}

/// How much of an attempt's time connecting may take.
pub(super) fn connect_timeout(request_timeout: Duration) -> Duration {
    (request_timeout / 2).min(LONGEST_CONNECT)
}

/// Whether this header can be sent with every request.
pub fn check_header(name: &str, value: &SecretString) -> Result<(), HeaderError> {
    header(name, value).map(|_| ())
}

/// Whether this is the URL of a proxy.
pub fn check_proxy(url: &SecretString) -> Result<(), SettingsError> {
    proxy(url).map(|_| ())
}

fn header(name: &str, value: &SecretString) -> Result<(HeaderName, HeaderValue), HeaderError> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderError::Name)?;
    if RESERVED.contains(&name) {
        return Err(HeaderError::Reserved);
    }
    let mut value = HeaderValue::from_bytes(value.expose_secret().as_bytes())
        .map_err(|_| HeaderError::Value)?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn proxy(url: &SecretString) -> Result<Proxy, SettingsError> {
    let url = Url::parse(url.expose_secret()).map_err(|_| SettingsError::Proxy)?;
    let is_supported = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
    if !is_supported || url.host_str().is_none_or(str::is_empty) {
        return Err(SettingsError::Proxy);
    }
    Proxy::all(url).map_err(|_| SettingsError::Proxy)
}

/// The environment's `NO_PROXY`.
fn no_proxy() -> String {
    let lookup = |name| std::env::var(name).ok();
    lookup("NO_PROXY")
        .or_else(|| lookup("no_proxy"))
        .unwrap_or_default()
}

/// Whether `NO_PROXY` excludes the endpoint in a way that the HTTP library doesn't know: `*` for an address, and names
/// with a port.
fn excluded(no_proxy: &str, endpoint: &Url) -> bool {
    let host = endpoint.host_str().unwrap_or_default().to_ascii_lowercase();
    no_proxy.split(',').map(str::trim).any(|entry| {
        if entry == "*" {
            return true;
        }
        let Some((name, port)) = entry.rsplit_once(':') else {
            return false;
        };
        let name = name.trim_start_matches('*').to_ascii_lowercase();
        let is_inside = || match host.strip_suffix(&name) {
            Some("") => true,
            Some(before) => name.starts_with('.') || before.ends_with('.'),
            None => false,
        };
        port.parse().ok() == endpoint.port_or_known_default() && !name.is_empty() && is_inside()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_may_exclude_everything_or_one_port() {
        let endpoint = Url::parse("http://127.0.0.1:4024").unwrap();
        for entries in ["*", "a, *", "127.0.0.1:4024", "b,127.0.0.1:4024 "] {
            assert!(excluded(entries, &endpoint), "{entries}");
        }
        for entries in [
            "",
            "127.0.0.1:80",
            "*.example.com",
            "27.0.0.1:4024",
            ":4024",
        ] {
            assert!(!excluded(entries, &endpoint), "{entries}");
        }
        let endpoint = Url::parse("https://iwd.Example.com").unwrap();
        for entries in [
            "example.com:443",
            ".example.com:443",
            "*.example.com:443",
            "IWD.example.com:443",
        ] {
            assert!(excluded(entries, &endpoint), "{entries}");
        }
        for entries in ["ample.com:443", "example.com:80", "other.example.com:443"] {
            assert!(!excluded(entries, &endpoint), "{entries}");
        }
    }

    #[test]
    fn headers_that_are_the_clients_own_are_refused_in_any_case() {
        for name in [
            "x-api-key",
            "X-API-Key",
            "content-type",
            "Content-Length",
            "HOST",
            "Connection",
            "transfer-encoding",
            "Accept-Encoding",
            "content-encoding",
        ] {
            assert_eq!(check_header(name, &"x".into()), Err(HeaderError::Reserved));
        }
        assert_eq!(check_header("X-Team", &"a b".into()), Ok(()));
        assert_eq!(check_header("X Team", &"a".into()), Err(HeaderError::Name));
        assert_eq!(check_header("", &"a".into()), Err(HeaderError::Name));
        assert_eq!(check_header("X", &"a\r\nb".into()), Err(HeaderError::Value));
    }

    #[test]
    fn a_proxy_has_a_scheme_and_a_host() {
        for url in [
            "http://proxy:3128",
            "https://u:p@proxy",
            "socks5h://127.0.0.1:1080",
        ] {
            assert_eq!(check_proxy(&url.into()), Ok(()), "{url}");
        }
        for url in [
            "proxy:3128",
            "proxy",
            "ftp://proxy",
            "http://",
            "socks5://",
            "",
        ] {
            assert_eq!(check_proxy(&url.into()), Err(SettingsError::Proxy), "{url}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let settings = ClientSettings {
            endpoint: Url::parse("http://h").unwrap(),
            headers: BTreeMap::from([("X-Team".to_owned(), "canary1".into())]),
            ca_certs_pem: None,
            identity: Some(Identity {
                certificate_pem: String::new(),
                key_pem: "canary2".into(),
            }),
            insecure_skip_verify: false,
            proxy: ProxySetting::Url("http://u:canary3@proxy".into()),
            request_timeout: Duration::from_mins(1),
            retry: Policy::default(),
            user_agent: "test".to_owned(),
        };
        let shown = format!(
            "{settings:?} {:?}",
            settings.header_map().unwrap_or_default()
        );
        assert!(
            shown.contains("X-Team") && !shown.contains("canary"),
            "{shown}"
        );
    }
}
