//! What a client is made of.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap,
    HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use reqwest::{Url, redirect};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use url::Host;

use super::super::mask::Masker;
use super::super::proxy::{Proxy, ProxyName};
use super::super::request::API_KEY_HEADER;
use super::super::retry::Policy;
use super::super::tls::{self, Identity, Tls, TlsError};
use super::connecting::{self, connect_timeout};
use super::resolver::Resolver;
use super::route::Route;

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

/// No more headers of an answer are read, and of all of them together about 400 KiB.
pub const MAX_HEADERS: usize = 1_024;

/// Whether a request may go out on a connection that another one has used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reuse {
    /// It may.
    Allowed,
    /// It gets a connection of its own.
    Never,
}

/// What a client is made of.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// Base URL, `http` or `https`.
    pub endpoint: Url,
    /// The environment variable that names another one, which doesn't hold.
    pub overridden: Option<String>,
    /// Headers sent with every request.
    pub headers: BTreeMap<String, SecretString>,
    /// CA certificates to trust besides the system's, as PEM.
    pub ca_certs_pem: Option<String>,
    /// Certificate and key for mutual TLS.
    pub identity: Option<Identity>,
    /// Whether any certificate of the server is accepted.
    pub insecure_skip_verify: bool,
    /// The proxy that every request goes through; the environment is not asked for another.
    pub proxy: Option<Proxy>,
    /// How long one attempt may take.
    pub request_timeout: Duration,
    /// How calls are repeated.
    pub retry: Policy,
    /// `User-Agent`.
    pub user_agent: String,
    /// Knows the secrets in all of these settings, and the keys of all tenants.
    pub masker: Masker,
}

/// Why no client can be made of its settings.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SettingsError {
    /// A header can't be sent.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// Certificates or keys are wrong.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The endpoint is an IPv6 address with https, which the HTTP library can't reach behind a proxy: it takes the brackets
    /// for a part of the name in the certificate (<https://github.com/seanmonstar/reqwest/issues/3094>).
    #[error("an IPv6 address with https can't be reached through a proxy")]
    Ipv6BehindProxy(ProxyName),
    /// The HTTP library refuses; the text holds no secret.
    #[error("{0}")]
    Http(String),
}

/// What is wrong with a header. A name that may be a value in the wrong place is not told.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HeaderError {
    /// It is the client's own business.
    #[error("header {0:?}: the provider sets this header itself")]
    Reserved(String),
    /// No header can be named so.
    #[error("header names: one is none that HTTP allows; a name stands before its value")]
    Name,
    /// No header can hold this value.
    #[error("header values: one holds a line break or another control character")]
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

    /// How connections come about.
    pub(super) fn route(&self) -> Route {
        match &self.proxy {
            None => Route::Direct,
            Some(proxy) if proxy.url.is_socks() => Route::Socks,
            Some(_) if self.endpoint.scheme() == "https" => Route::Tunnel,
            Some(_) => Route::Forwarded,
        }
    }

    /// Whether the HTTP library can take the way that the settings name.
    pub(super) fn check_route(&self) -> Result<(), SettingsError> {
        let is_ipv6 = matches!(self.endpoint.host(), Some(Host::Ipv6(_)));
        match &self.proxy {
            Some(proxy) if is_ipv6 && self.endpoint.scheme() == "https" => {
                Err(SettingsError::Ipv6BehindProxy(proxy.into()))
            }
            _ => Ok(()),
        }
    }

    /// The HTTP library's client, with its pool of connections.
    pub(super) fn http_client(
        &self,
        tls: ClientConfig,
        reuse: Reuse,
    ) -> Result<reqwest::Client, SettingsError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Resolver)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(connect_timeout(self.request_timeout))
            .connector_layer(connecting::layer())
            .http1_max_headers(MAX_HEADERS)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .user_agent(&self.user_agent);
        let builder = match reuse {
            Reuse::Allowed => builder,
            Reuse::Never => builder.pool_max_idle_per_host(0),
        };
        let refused = |error: reqwest::Error| SettingsError::Http(error.without_url().to_string());
        // The library would read the environment by rules of its own.
        let mut builder = builder.no_proxy();
        if let Some(proxy) = &self.proxy {
            let url = proxy.url.to(&self.endpoint);
            let proxy = reqwest::Proxy::all(url.expose_secret()).map_err(refused)?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(refused)
    }

    pub(super) fn header_map(&self) -> Result<HeaderMap, SettingsError> {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| header(name, value));
        Ok(headers.collect::<Result<_, _>>()?)
    }
}

/// Whether this header can be sent with every request.
pub fn check_header(name: &str, value: &SecretString) -> Result<(), HeaderError> {
    header(name, value).map(|_| ())
}

fn header(name: &str, value: &SecretString) -> Result<(HeaderName, HeaderValue), HeaderError> {
    let written = name;
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderError::Name)?;
    if RESERVED.contains(&name) {
        return Err(HeaderError::Reserved(written.to_owned()));
    }
    let mut value = HeaderValue::from_bytes(value.expose_secret().as_bytes())
        .map_err(|_| HeaderError::Value)?;
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::super::super::proxy::{ProxySource, ProxyUrl};
    use super::*;

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
            let refused = Err(HeaderError::Reserved(name.to_owned()));
            assert_eq!(check_header(name, &"x".into()), refused);
        }
        assert_eq!(check_header("X-Team", &"a b".into()), Ok(()));
        assert_eq!(check_header("X Team", &"a".into()), Err(HeaderError::Name));
        assert_eq!(check_header("", &"a".into()), Err(HeaderError::Name));
        assert_eq!(check_header("X", &"a\r\nb".into()), Err(HeaderError::Value));
    }

    #[test]
    fn debug_shows_no_secret() {
        let settings = ClientSettings {
            endpoint: Url::parse("http://h").unwrap(),
            overridden: None,
            headers: BTreeMap::from([("X-Team".to_owned(), "canary1".into())]),
            ca_certs_pem: None,
            identity: Some(Identity {
                certificate_pem: String::new(),
                key_pem: "canary2".into(),
            }),
            insecure_skip_verify: false,
            proxy: Some(Proxy {
                url: ProxyUrl::parse("http://u:canary3@proxy").unwrap(),
                source: ProxySource::Configuration,
            }),
            request_timeout: Duration::from_mins(1),
            retry: Policy::default(),
            user_agent: "test".to_owned(),
            masker: Masker::new(["canary4".into()], []),
        };
        let shown = format!(
            "{settings:?} {:?}",
            settings.header_map().unwrap_or_default()
        );
        assert!(
            shown.contains("X-Team") && shown.contains("http://proxy") && !shown.contains("canary"),
            "{shown}"
        );
    }
}
