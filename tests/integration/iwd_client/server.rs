//! A server that does as it is told, request by request, and its certificates.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What the server does with one request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Turn {
    /// Answers, and goes on with the connection.
    Answer(&'static str),
    /// Answers and ends the connection.
    AnswerAndEnd(&'static str),
    /// Ends the connection without an answer.
    End,
    /// Resets the connection without an answer.
    Reset,
    /// Answers with bytes that are none of TLS, and ends the connection.
    Garble,
    /// Never answers.
    Silence,
    /// Answers with the next turn once [`Server::go_on`] is called.
    Pause,
    /// Answers without an end.
    Endless,
}

pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<String>>,
    go_on: Notify,
}

type Script = Arc<Mutex<std::vec::IntoIter<Turn>>>;

impl Server {
    pub(crate) async fn start(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self::launch(None, turns).await
    }

    pub(crate) async fn start_tls(
        config: ServerConfig,
        turns: impl IntoIterator<Item = Turn>,
    ) -> Self {
        Self::launch(Some(TlsAcceptor::from(Arc::new(config))), turns).await
    }

    async fn launch(tls: Option<TlsAcceptor>, turns: impl IntoIterator<Item = Turn>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Seen::default());
        let script = Arc::new(Mutex::new(
            turns.into_iter().collect::<Vec<_>>().into_iter(),
        ));
        let task = tokio::spawn(accept(listener, tls, Arc::clone(&seen), script));
        Self { url, seen, task }
    }

    /// Until that many connections have come.
    pub(crate) async fn connected(&self, count: usize) {
        while self.connections() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// The methods of the requests so far.
    pub(crate) fn methods(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests
            .filter_map(|request| Some(request.split_once(' ')?.0.to_owned()))
            .collect()
    }

    /// Until that many requests have come.
    pub(crate) async fn asked(&self, count: usize) {
        while self.seen.requests.lock().unwrap().len() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) fn go_on(&self) {
        self.seen.go_on.notify_one();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, seen: Arc<Seen>, script: Script) {
    while let Ok((stream, _)) = listener.accept().await {
        seen.connections.fetch_add(1, Ordering::SeqCst);
        // One connection at a time is all that these tests need.
        match &tls {
            None => {
                if let Some(mut stream) = converse(stream, &seen, &script).await {
                    reset(&mut stream);
                }
            }
            Some(tls) => {
                if let Ok(stream) = tls.accept(stream).await
                    && let Some(stream) = converse(stream, &seen, &script).await
                {
                    garble(stream).await;
                }
            }
        }
    }
}

/// Plays its turns until the connection ends; gives it back where it is to be broken.
async fn converse<S>(mut stream: S, seen: &Seen, script: &Script) -> Option<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(request) = read_request(&mut stream).await {
        seen.requests.lock().unwrap().push(request);
        let mut turn = script.lock().unwrap().next()?;
        if let Turn::Pause = turn {
            seen.go_on.notified().await;
            turn = script.lock().unwrap().next()?;
        }
        match turn {
            Turn::Answer(text) => stream.write_all(text.as_bytes()).await.ok()?,
            Turn::AnswerAndEnd(text) => {
                stream.write_all(text.as_bytes()).await.ok()?;
                return None;
            }
            Turn::End | Turn::Pause => return None,
            Turn::Reset | Turn::Garble => return Some(stream),
            Turn::Silence => {
                // Until the client gives up.
                let _ = stream.read(&mut [0]).await;
                return None;
            }
            Turn::Endless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                return None;
            }
        }
    }
    None
}

fn reset(stream: &mut TcpStream) {
    stream.set_zero_linger().unwrap();
}

async fn garble(stream: TlsStream<TcpStream>) {
    let (mut stream, _) = stream.into_inner();
    // Application data that nobody encrypted.
    let mut record = vec![23, 3, 3, 0, 64];
    record.extend([7; 64]);
    let _ = stream.write_all(&record).await;
}

pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut request = Vec::new();
    loop {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            // A TLS handshake has no such end; it is left unanswered.
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            return Some(text.into_owned());
        }
    }
}

/// A certificate authority of this test alone.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate and its key, as PEM.
    pub(crate) fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    /// A server of 127.0.0.1 that may ask its clients for a certificate.
    pub(crate) fn server(&self, asks_for_certificate: bool) -> ServerConfig {
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        self.server_of(aws_lc_rs::default_provider(), &params, asks_for_certificate)
    }

    /// A server with this cryptography and a certificate of these parameters.
    pub(crate) fn server_of(
        &self,
        provider: CryptoProvider,
        params: &CertificateParams,
        asks_for_certificate: bool,
    ) -> ServerConfig {
        let provider = Arc::new(provider);
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if asks_for_certificate {
            let mut roots = RootCertStore::empty();
            roots.add(self.0.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        builder
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }
}
