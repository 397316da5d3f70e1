//! Looks at the way to IWD step by step, as a request takes it: names, connections, a proxy's tunnel, TLS, and one GET
//! without key and body. Sends no secret: neither keys nor headers of the settings, nor a proxy's user name and password.

mod recorder;

use std::future::ready;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use reqwest::dns::{Name, Resolve as _};
use reqwest::header::{HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{StatusCode, Url};
use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::io::InspectReader;
use tower::{Service as _, service_fn};
use url::Host;

use self::recorder::Recorder;
use super::super::answer::Answer;
use super::super::error::{Error, Way};
use super::super::model::Operation;
use super::super::proxy::Proxy;
use super::super::request;
use super::super::tls::TlsFailure;
use super::cause::find;
use super::connecting::connect_timeout;
use super::resolver::Resolver;
use super::{Client, ClientSettings, SettingsError, attempt, cause};
use crate::clock;

/// Why a proxy makes no tunnel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoTunnel {
    /// As an attempt has it.
    pub error: Error,
    /// What it answered, which an attempt isn't told.
    pub status: Option<StatusCode>,
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
            *url = url.without_credentials();
        }
        Ok(Self {
            client: Client::new(&settings)?,
            settings,
        })
    }

    /// The addresses of a host, at least one.
    pub async fn addresses(&self, host: Host<&str>) -> Result<Vec<IpAddr>, Error> {
        let name = match host {
            Host::Ipv4(address) => return Ok(vec![address.into()]),
            Host::Ipv6(address) => return Ok(vec![address.into()]),
            Host::Domain(name) => name.parse::<Name>(),
        };
        let name = name.map_err(|_| Error::Dns)?;
        let found = self.within(Resolver.resolve(name)).await?;
        let found = found.map_err(|error| find(&*error).map_or(Error::Dns, cause::of_lookup))?;
        let addresses: Vec<_> = found.map(|address| address.ip()).collect();
        if addresses.is_empty() {
            return Err(Error::Dns);
        }
        Ok(addresses)
    }

    /// A connection to that address. Why there is none, the system's own words tell best: whether somebody refuses it, or
    /// no network leads there.
    pub async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let limit = self.limit();
        let connected = timeout(limit, TcpStream::connect(address)).await;
        connected.unwrap_or_else(|_| {
            let told = format!("no connection came about within {limit:?}");
            Err(io::Error::new(io::ErrorKind::TimedOut, told))
        })
    }

    /// Has the proxy at the other end of the connection connect to the endpoint, by the HTTP library's own code.
    pub async fn tunnel(&self, stream: TcpStream) -> Result<TcpStream, NoTunnel> {
        let unanswered = |error| NoTunnel {
            error,
            status: None,
        };
        let refused = |error: &dyn ToString| unanswered(Error::NoConnection(error.to_string()));
        let endpoint = self.settings.endpoint.as_str().parse::<Uri>();
        let endpoint = endpoint.map_err(|error| refused(&error))?;
        let user_agent = HeaderValue::from_str(&self.settings.user_agent);
        let user_agent = user_agent.map_err(|error| refused(&error))?;

        let answer = Arc::new(Mutex::new(Vec::new()));
        let copy = Arc::clone(&answer);
        let overheard = InspectReader::new(stream, move |bytes: &[u8]| {
            let mut copy = copy.lock().unwrap_or_else(PoisonError::into_inner);
            copy.extend_from_slice(bytes);
        });
        let mut made = Some(TokioIo::new(overheard));
        let connector = service_fn(move |_: Uri| {
            let made = made.take().ok_or(io::ErrorKind::NotConnected);
            ready(made.map_err(io::Error::from))
        });
        let mut tunnel = Tunnel::new(endpoint.clone(), connector)
            .with_headers(HeaderMap::from_iter([(USER_AGENT, user_agent)]));
        let tunnelled = self.within(tunnel.call(endpoint)).await;
        let stream = tunnelled.map_err(unanswered)?.map_err(|error| NoTunnel {
            error: cause::of_tunnel(&error),
            status: status_of(&answer.lock().unwrap_or_else(PoisonError::into_inner)),
        })?;
        Ok(stream.into_inner().into_inner())
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
        let shaken = self.within(connector.connect(name, stream)).await?;
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

    async fn within<T>(&self, step: impl Future<Output = T>) -> Result<T, Error> {
        let limit = self.limit();
        let done = timeout(limit, step).await;
        done.map_err(|_| Error::Timeout { sent: false, limit })
    }

    /// How long a step may take.
    fn limit(&self) -> Duration {
        connect_timeout(self.settings.request_timeout)
    }
}

/// The status of an answer that begins so.
fn status_of(head: &[u8]) -> Option<StatusCode> {
    let line = head.strip_prefix(b"HTTP/1.")?;
    StatusCode::from_bytes(line.get(2..5)?).ok()
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
