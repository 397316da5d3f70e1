//! The process as its host sees it: over real sockets, from the handshake line to the end.

mod admission;
mod end;

use std::convert::Infallible;
use std::future;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, stream};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::client::ResolvesClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::NamedService;
use tonic::transport::{Channel, Endpoint as ChannelEndpoint};
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::{Service, service_fn};

use super::*;
use client::grpc_broker_client::GrpcBrokerClient;
use client::grpc_controller_client::GrpcControllerClient;
use client::grpc_stdio_client::GrpcStdioClient;

mod client {
    #![allow(clippy::all, clippy::pedantic, unreachable_pub, unused_qualifications)]
    include!(concat!(env!("OUT_DIR"), "/client/plugin.rs"));
}

const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

const PROGRAM: Program = Program {
    name: "terraform-provider-test",
    provider_type: "test",
    address: "registry.terraform.io/test/test",
    log_target: "terraform_provider_test",
};

/// Longer than anything takes, on a busy machine too; a test that waits for ever tells nobody where.
const HANG: Duration = Duration::from_mins(2);

const BOTH_VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

#[tokio::test]
async fn health_knows_the_plugin_and_the_server_as_a_whole() {
    let host = TerraformCertificate::generate();
    let plugin = Plugin::started_by(&host);
    let mut health = HealthClient::new(plugin.channel(&host).await);
    assert_eq!(
        status(&mut health, "plugin").await,
        Ok(ServingStatus::Serving)
    );
    assert_eq!(status(&mut health, "").await, Ok(ServingStatus::Serving));
    assert_eq!(status(&mut health, "unheard-of").await, Err(Code::NotFound));
}

#[tokio::test]
async fn one_connection_carries_many_calls() {
    let host = TerraformCertificate::generate();
    let plugin = Plugin::started_by(&host);
    let channel = plugin.channel(&host).await;
    let mut open = Vec::new();
    for _ in 0..300 {
        open.push(soon(stdio(&channel)).await);
    }
    let mut health = HealthClient::new(channel);
    assert_eq!(
        status(&mut health, "plugin").await,
        Ok(ServingStatus::Serving)
    );
}

#[test]
fn started_by_hand_it_explains_itself() {
    let Err(error) = Endpoint::for_host(&PROGRAM, |_| None) else {
        panic!("started");
    };
    assert!(matches!(
        error,
        Error::NotStartedByTerraform("terraform-provider-test")
    ));
    assert!(
        error
            .to_string()
            .starts_with("terraform-provider-test is a Terraform provider.")
    );
}

/// A certificate as Terraform makes one for each plugin it starts, with its key.
struct TerraformCertificate {
    certificate: CertificateDer<'static>,
    pem: String,
    key: PrivateKeyDer<'static>,
}

impl TerraformCertificate {
    fn generate() -> Self {
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "localhost");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            certificate: certificate.into(),
            key: key.into(),
        }
    }

    fn key(&self) -> Arc<CertifiedKey> {
        let key = aws_lc_rs::sign::any_supported_type(&self.key).unwrap();
        Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key))
    }
}

/// What the host reads from the handshake line.
struct Line {
    network: String,
    address: String,
    certificate: Option<CertificateDer<'static>>,
}

impl Line {
    fn parse(line: &str) -> Self {
        let fields: Vec<_> = line.strip_suffix('\n').unwrap().split('|').collect();
        let ["1", "5", network, address, "grpc", certificate] = fields[..] else {
            panic!("not a handshake: {line}");
        };
        let certificate =
            (!certificate.is_empty()).then(|| STANDARD_NO_PAD.decode(certificate).unwrap().into());
        Self {
            network: network.to_owned(),
            address: address.to_owned(),
            certificate,
        }
    }
}

/// A plugin that serves in a task of its own.
struct Plugin {
    line: Line,
    open: OpenConnections,
    /// Cancelled when a call has reached the provider.
    called: CancellationToken,
    task: JoinHandle<()>,
}

impl Plugin {
    fn started_by(host: &TerraformCertificate) -> Self {
        Self::started_by_with(host, GracePeriods::default())
    }

    fn started_by_with(host: &TerraformCertificate, grace: GracePeriods) -> Self {
        let environment = [
            ("TF_PLUGIN_MAGIC_COOKIE", COOKIE),
            ("PLUGIN_CLIENT_CERT", &host.pem),
        ];
        Self::start(&environment, grace)
    }

    fn start(environment: &[(&str, &str)], grace: GracePeriods) -> Self {
        let lookup = |asked: &str| {
            let variable = environment.iter().find(|(name, _)| *name == asked);
            variable.map(|(_, value)| value.into())
        };
        let endpoint = Endpoint::for_host(&PROGRAM, lookup).unwrap();
        let line = Line::parse(&endpoint.announcement);
        let (open, called) = (OpenConnections::default(), CancellationToken::new());
        let (counted, calls) = (open.clone(), called.clone());
        let task = tokio::spawn(async move {
            let asked = CancellationToken::new();
            let end = end(Mode::Plugin, asked.clone());
            let routes = move |shutdown| {
                Routes::new(Scripted {
                    called: calls.clone(),
                    shutdown,
                })
            };
            serve_on(endpoint, Mode::Plugin, &counted, asked, grace, routes, end)
                .await
                .unwrap();
        });
        Self {
            line,
            open,
            called,
            task,
        }
    }

    /// Connects, and shows `key` where there is one.
    async fn connect(
        &self,
        version: &'static SupportedProtocolVersion,
        key: Option<Arc<CertifiedKey>>,
    ) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.line.certificate.clone().unwrap()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_cert_resolver(Arc::new(Shows(key)));
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(&self.line.address).await?;
        stream.set_nodelay(true)?;
        let name = "localhost".try_into().unwrap();
        soon(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
    }

    /// A client learns of the refusal in the handshake, or under TLS 1.3 when it first reads.
    async fn assert_refuses(
        &self,
        version: &'static SupportedProtocolVersion,
        key: Option<Arc<CertifiedKey>>,
    ) {
        let refusal = match self.connect(version, key).await {
            Ok(mut tls) => tls.read(&mut [0]).await.unwrap_err(),
            Err(error) => error,
        };
        assert!(refusal.to_string().contains("alert"), "{refusal}");
        assert!(self.open.none());
    }

    async fn channel(&self, host: &TerraformCertificate) -> Channel {
        channel(self.connect(&TLS13, Some(host.key())).await.unwrap()).await
    }

    #[cfg(unix)]
    async fn unix_socket(&self) -> tokio::net::UnixStream {
        let socket = tokio::net::UnixStream::connect(&self.line.address);
        socket.await.unwrap()
    }

    #[cfg(unix)]
    async fn unix_channel(&self) -> Channel {
        channel(self.unix_socket().await).await
    }

    async fn ended(self) {
        soon(self.task).await.unwrap();
    }
}

/// A client that shows this key's certificate whatever the server asks for.
#[derive(Debug)]
struct Shows(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// A provider that answers one call with a large response, and no other.
#[derive(Clone)]
struct Scripted {
    called: CancellationToken,
    shutdown: Shutdown,
}

impl Scripted {
    /// More than a client lets a server send before it reads.
    const LARGE: usize = 3 << 20;

    fn large() -> client::StdioData {
        client::StdioData {
            data: vec![0; Self::LARGE],
            ..Default::default()
        }
    }

    async fn change(self, request: http::Request<Body>) -> http::Response<Body> {
        let pending = self.shutdown.pending_response();
        self.called.cancel();
        let respond = service_fn(move |_: Request<client::Empty>| {
            let mut response = Response::new(Self::large());
            response.extensions_mut().insert(pending.clone());
            future::ready(Ok::<_, Status>(response))
        });
        let codec = tonic_prost::ProstCodec::<client::StdioData, client::Empty>::default();
        tonic::server::Grpc::new(codec)
            .unary(respond, request)
            .await
    }

    /// Its work is done before anything of it is read.
    async fn streamed_change(self, request: http::Request<Body>) -> http::Response<Body> {
        let Self { called, shutdown } = self;
        let respond = service_fn(move |_: Request<client::Empty>| {
            let events = |_| stream::iter([Ok::<_, Status>(Self::large())]);
            let response = shutdown.stream_change(future::ready(()), events);
            called.cancel();
            future::ready(Ok::<_, Status>(response))
        });
        let codec = tonic_prost::ProstCodec::<client::StdioData, client::Empty>::default();
        tonic::server::Grpc::new(codec)
            .server_streaming(respond, request)
            .await
    }
}

impl NamedService for Scripted {
    const NAME: &'static str = "test.Provider";
}

impl Service<http::Request<Body>> for Scripted {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match request.uri().path() {
            "/test.Provider/Change" => self.clone().change(request).map(Ok).boxed(),
            "/test.Provider/StreamedChange" => {
                self.clone().streamed_change(request).map(Ok).boxed()
            }
            _ => {
                self.called.cancel();
                future::pending().boxed()
            }
        }
    }
}

/// The last message of a response, which may have but one.
async fn call(channel: Channel, path: &'static str) -> Result<client::StdioData, Status> {
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<client::Empty, client::StdioData>::default();
    let path = http::uri::PathAndQuery::from_static(path);
    let response = client.server_streaming(Request::new(client::Empty {}), path, codec);
    let mut messages = response.await?.into_inner();
    let mut last = client::StdioData::default();
    while let Some(message) = messages.message().await? {
        last = message;
    }
    Ok(last)
}

async fn channel(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Channel {
    let mut io = Some(TokioIo::new(io));
    let connector = service_fn(move |_| {
        future::ready(
            io.take()
                .ok_or_else(|| io::Error::other("one connection only")),
        )
    });
    soon(ChannelEndpoint::from_static("http://unused").connect_with_connector(connector))
        .await
        .unwrap()
}

/// What comes of it, unless it hangs.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(HANG, what).await.expect("it doesn't hang")
}

async fn status(health: &mut HealthClient<Channel>, service: &str) -> Result<ServingStatus, Code> {
    let service = service.to_owned();
    match health.check(HealthCheckRequest { service }).await {
        Ok(answer) if answer.get_ref().status == 1 => Ok(ServingStatus::Serving),
        Ok(_) => Ok(ServingStatus::NotServing),
        Err(status) => Err(status.code()),
    }
}

async fn stdio(channel: &Channel) -> Streaming<client::StdioData> {
    let mut client = GrpcStdioClient::new(channel.clone());
    client.stream_stdio(()).await.unwrap().into_inner()
}

async fn broker(channel: &Channel) -> Streaming<client::ConnInfo> {
    let mut client = GrpcBrokerClient::new(channel.clone());
    client
        .start_stream(stream::pending())
        .await
        .unwrap()
        .into_inner()
}

async fn shut_down(channel: &Channel) {
    let mut client = GrpcControllerClient::new(channel.clone());
    soon(client.shutdown(client::Empty {})).await.unwrap();
}
