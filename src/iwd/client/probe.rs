//! Looks at the way to IWD step by step, as a request takes it: names, connections, a proxy's tunnel, TLS, and one GET
//! without key and body. Sends no secret: neither keys nor headers of the settings, nor a proxy's user name and password.

mod recorder;

use std::error::Error as StdError;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Name, Resolve as _};
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Host;

use self::recorder::Recorder;
use super::super::answer::Answer;
use super::super::error::{Error, Way};
use super::super::model::Operation;
use super::super::proxy::{Proxy, ProxyUrl};
use super::super::request;
use super::super::tls::TlsFailure;
use super::cause::{NoNameServer, chain, find};
use super::connecting::connect_timeout;
use super::resolver::Resolver;
use super::{Client, ClientSettings, SettingsError, attempt, cause};
use crate::clock;

/// No more of a proxy's answer to CONNECT is read.
const MAX_HEAD: usize = 8 * 1024;

/// Why a step before TLS was not taken. What fails from there on is an [`Error`], as of an attempt.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The host's name has no address.
    #[error("no address was found: {0}")]
    Dns(String),
    /// There is nobody to ask for addresses.
    #[error("{}", NoNameServer)]
    NoNameServer,
    /// It took too long.
    #[error("nothing came within {0:?}")]
    Timeout(Duration),
    /// The system or the other side refused.
    #[error("{0}")]
    Io(io::Error),
    /// The proxy answered something else than that there is a tunnel.
    #[error("the proxy answered {0}")]
    Tunnel(StatusCode),
    /// What came back is no HTTP.
    #[error("the answer is not HTTP")]
    NotHttp,
}

/// Looks, with the settings of a client.
pub struct Probe {
    client: Client,
    settings: ClientSettings,
}

impl Probe {
    /// A probe that has no secret of these settings but the key of a client certificate, which is never sent.
    pub fn new(settings: &ClientSettings) -> Result<Self, SettingsError> {
        let mut settings = settings.clone();
        settings.headers.clear();
        if let Some(Proxy { url, .. }) = &mut settings.proxy {
            // What is shown of it is the URL without credentials.
            *url = ProxyUrl::parse(&url.to_string()).unwrap_or_else(|_| url.clone());
        }
        Ok(Self {
            client: Client::new(&settings)?,
            settings,
        })
    }

    /// The addresses of a host.
    pub async fn addresses(&self, host: Host<&str>) -> Result<Vec<IpAddr>, ProbeError> {
        let name = match host {
            Host::Ipv4(address) => return Ok(vec![address.into()]),
            Host::Ipv6(address) => return Ok(vec![address.into()]),
            Host::Domain(name) => name.parse::<Name>(),
        };
        let name = name.map_err(|_| ProbeError::Dns("this is no name of a host".to_owned()))?;
        match self.within(Resolver.resolve(name)).await? {
            Ok(found) => Ok(found.map(|address| address.ip()).collect()),
            Err(error) => Err(match find::<NoNameServer>(&*error) {
                Some(_) => ProbeError::NoNameServer,
                None => ProbeError::Dns(innermost(&*error)),
            }),
        }
    }

    /// A connection to that address.
    pub async fn connect(&self, address: SocketAddr) -> Result<TcpStream, ProbeError> {
        let connected = self.within(TcpStream::connect(address)).await?;
        connected.map_err(ProbeError::Io)
    }

    /// Has the proxy at the other end of the connection connect to the endpoint.
    pub async fn tunnel(&self, stream: &mut TcpStream) -> Result<(), ProbeError> {
        let endpoint = &self.settings.endpoint;
        let host = endpoint.host_str().unwrap_or_default();
        let port = endpoint.port_or_known_default().unwrap_or_default();
        let request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
        let exchange = async {
            stream.write_all(request.as_bytes()).await?;
            let mut head = Vec::new();
            while head.len() < MAX_HEAD && !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await?);
            }
            Ok(head)
        };
        let head = self.within(exchange).await?.map_err(ProbeError::Io)?;
        match status_of(&head) {
            Some(status) if status.is_success() => Ok(()),
            Some(status) => Err(ProbeError::Tunnel(status)),
            None => Err(ProbeError::NotHttp),
        }
    }

    /// A handshake with the endpoint, as a request has it; the certificates that it showed, its own first, in DER.
    pub async fn handshake(&self, stream: TcpStream) -> Result<Vec<Vec<u8>>, Error> {
        let tls = self.settings.tls();
        let tls = tls.map_err(|error| Error::NoConnection(error.to_string()))?;
        self.shake(tls.config, stream).await
    }

    /// The certificates that the endpoint shows, whether or not they are trusted; the handshake ends after them.
    pub async fn certificates(&self, stream: TcpStream) -> Vec<Vec<u8>> {
        let Ok(tls) = self.settings.tls() else {
            return Vec::new();
        };
        let mut config = tls.config;
        let recorder = Arc::new(Recorder::of(&config));
        let verifier = Arc::clone(&recorder) as Arc<dyn ServerCertVerifier>;
        config.dangerous().set_certificate_verifier(verifier);
        // It always fails, at the latest once there are certificates.
        let _ = self.shake(config, stream).await;
        recorder.chain()
    }

    async fn shake(&self, config: ClientConfig, stream: TcpStream) -> Result<Vec<Vec<u8>>, Error> {
        let name = match self.settings.endpoint.host() {
            Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).ok(),
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address).into()),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address).into()),
            None => None,
        };
        let unnamed = || Error::NoConnection("no certificate can name this host".to_owned());
        let name = name.ok_or_else(unnamed)?;
        let connector = TlsConnector::from(Arc::new(config));
        let limit = connect_timeout(self.settings.request_timeout);
        let shaken = timeout(limit, connector.connect(name, stream)).await;
        let shaken = shaken.map_err(|_| Error::Timeout { sent: false, limit })?;
        let stream = shaken.map_err(|error| match find::<rustls::Error>(&error) {
            Some(tls) => Error::Tls(TlsFailure::of(tls, self.client.tls, &self.settings.masker)),
            None => Error::TlsHangUp,
        })?;
        let (_, connection) = stream.get_ref();
        let chain = connection.peer_certificates().unwrap_or_default();
        Ok(chain
            .iter()
            .map(|certificate| certificate.to_vec())
            .collect())
    }

    /// The way that [`Self::get`] takes.
    pub fn way(&self) -> &Way {
        &self.client.way
    }

    /// Where [`Self::get`] goes.
    pub fn url(&self) -> Url {
        request::provisioning_url(&self.settings.endpoint)
    }

    /// The answer to one GET without key and body: its status, and what an operation would make of it.
    pub async fn get(&self) -> Result<(StatusCode, Option<Error>), Error> {
        let (url, masker) = (self.url(), &self.settings.masker);
        let watch = self.client.freed.watch();
        let exchange = async {
            let request = self.client.http.get(url.clone());
            let request = request.headers(request::headers(&HeaderMap::new()));
            let mut response = request.send().await?;
            let body = attempt::body(&mut response, |_| {}).await?;
            Ok((response.status(), response.headers().clone(), body))
        };
        let limit = self.settings.request_timeout;
        let answered = timeout(limit, watch.over(exchange)).await;
        let answered = answered.map_err(|_| {
            let sent = watch.may_have_sent();
            self.client.route.blame(Error::Timeout { sent, limit })
        })?;
        let (status, headers, body) = answered
            .map_err(|error: reqwest::Error| cause::of(&error, &watch, &self.client, masker))?;
        let answer = Answer {
            status,
            headers,
            body,
        };
        let now = clock::now();
        let judged = answer.judge(Operation::Update, &url, masker, &[], now);
        Ok((status, judged.err().map(|verdict| verdict.0)))
    }

    async fn within<T>(&self, step: impl Future<Output = T>) -> Result<T, ProbeError> {
        let limit = connect_timeout(self.settings.request_timeout);
        timeout(limit, step)
            .await
            .map_err(|_| ProbeError::Timeout(limit))
    }
}

/// The status of an answer that begins so.
fn status_of(head: &[u8]) -> Option<StatusCode> {
    let line = head.strip_prefix(b"HTTP/1.")?;
    StatusCode::from_bytes(line.get(2..5)?).ok()
}

/// The error that caused all others.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_a_proxys_answer_is_read_from_its_first_line() {
        for (head, status) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", Some(200)),
            ("HTTP/1.0 407 \r\n", Some(407)),
            ("HTTP/2 200\r\n", None),
            ("SSH-2.0-OpenSSH\r\n", None),
            ("HTTP/1.1 2", None),
            ("", None),
        ] {
            assert_eq!(
                status_of(head.as_bytes()).map(|status| status.as_u16()),
                status,
                "{head}"
            );
        }
    }
}
