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

use super::super::mask::Masker;
use super::super::proxy::Proxy;
use super::super::request::API_KEY_HEADER;
use super::super::retry::Policy;
use super::super::tls::{self, Identity, Tls, TlsError};
use super::connecting;
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
    #[error("header {name:?}: {error}")]
    Header {
        /// Its name as written.
        name: String,
        /// What is wrong with it.
        error: HeaderError,
    },
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

    /// The HTTP library's client, with its pool of connections.
    pub(super) fn http_client(&self, tls: ClientConfig) -> Result<reqwest::Client, SettingsError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Resolver)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(connect_timeout(self.request_timeout))
            .connector_layer(connecting::layer())
            .user_agent(&self.user_agent);
        let refused = |error: reqwest::Error| SettingsError::Http(error.without_url().to_string());
        // The library would read the environment by rules of its own.
        let mut builder = builder.no_proxy();
        if let Some(proxy) = &self.proxy {
            let proxy = reqwest::Proxy::all(proxy.url.expose_secret()).map_err(refused)?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(refused)
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
            assert_eq!(check_header(name, &"x".into()), Err(HeaderError::Reserved));
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
