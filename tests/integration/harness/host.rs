//! A host of the plugin process: starts it, authenticates, calls, and ends it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use serde_json::Value as Json;
use tonic::transport::{Channel, Endpoint};

use super::client::Client;
use super::generated::plugin::grpc_controller_client::GrpcControllerClient;

/// Terraform's magic cookie.
pub(crate) const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// Longer than any call or process takes, on a busy machine too, so that only what hangs fails by it.
pub(crate) const HANG: Duration = Duration::from_mins(10);

/// A running provider and the connection to it.
pub(crate) struct Host {
    child: Child,
    channel: Channel,
    client: Client,
    /// What the process printed on stderr so far.
    stderr: Arc<Mutex<String>>,
    /// The handshake line.
    pub(crate) handshake: String,
}

impl Deref for Host {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Host {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Host {
    /// Starts the provider as Terraform does, with mutual TLS.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same, configured for that endpoint.
    pub(crate) async fn configured_for(endpoint: &str) -> Self {
        let mut host = Self::start().await;
        assert_eq!(host.configure(endpoint).await, []);
        host
    }

    /// Starts the provider as Terraform does, with more in the environment.
    pub(crate) async fn start_with(environment: &[(&str, &str)]) -> Self {
        Self::start_by(program(), environment).await
    }

    /// The same, by a command that becomes the provider.
    pub(crate) async fn start_by(program: Command, environment: &[(&str, &str)]) -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let mut parameters = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap();
        let pem = certificate.pem();
        let mut all = vec![("PLUGIN_CLIENT_CERT", pem.as_str())];
        all.extend(environment);
        let (child, stderr, handshake) = spawn(program, &all);
        let fields: Vec<&str> = handshake.split('|').collect();
        let address: SocketAddr = fields[3].parse().expect("an address");
        let server =
            CertificateDer::from(STANDARD_NO_PAD.decode(fields[5]).expect("unpadded base64"));
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let tls = client_tls(server, certificate.der().clone(), key);
        let connect = tower::service_fn(move |_| {
            let tls = tls.clone();
            async move {
                let tcp = tokio::net::TcpStream::connect(address).await?;
                // As Terraform's own does; without it, each call waits for an acknowledgement.
                tcp.set_nodelay(true)?;
                let name = ServerName::try_from("localhost").unwrap();
                let stream = tls.connect(name, tcp).await?;
                Ok::<_, std::io::Error>(TokioIo::new(stream))
            }
        });
        let channel = Endpoint::from_static("http://localhost")
            .timeout(HANG)
            .connect_with_connector(connect)
            .await
            .expect("the provider accepts its host");
        Self::over(child, stderr, handshake, channel)
    }

    /// Starts the provider without TLS, as with `TF_DISABLE_PLUGIN_TLS`.
    pub(crate) async fn start_without_tls() -> Self {
        Self::start_without_tls_by(program()).await
    }

    /// The same, by a command that becomes the provider.
    pub(crate) async fn start_without_tls_by(program: Command) -> Self {
        let (child, stderr, handshake) = spawn(program, &[]);
        let path = handshake.split('|').nth(3).expect("an address").to_owned();
        let channel = over_socket(&path).await;
        Self::over(child, stderr, handshake, channel)
    }

    fn over(child: Child, stderr: Arc<Mutex<String>>, handshake: String, channel: Channel) -> Self {
        Self {
            child,
            client: Client::new(channel.clone()),
            channel,
            stderr,
            handshake,
        }
    }

    /// The same, with a standard error that holds 4 KiB and that nobody reads.
    #[cfg(target_os = "linux")]
    pub(crate) async fn start_unread() -> (Self, OwnedFd) {
        let (unread, stderr) = nix::unistd::pipe().unwrap();
        nix::fcntl::fcntl(&stderr, nix::fcntl::FcntlArg::F_SETPIPE_SZ(4096)).unwrap();
        let (child, handshake) = spawn_with(program(), &[], stderr.into());
        let path = handshake.split('|').nth(3).expect("an address").to_owned();
        let channel = over_socket(&path).await;
        let host = Self::over(child, Arc::default(), handshake, channel);
        (host, unread)
    }

    /// The connection, for other services than the provider's.
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// The id of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that the process had so far, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.expect("a peak").trim().trim_end_matches(" kB");
        peak.parse().unwrap()
    }

    /// What the process printed on stderr so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// The lines of the log up to the first one with that message.
    pub(crate) async fn log_until(&self, message: &str) -> Vec<Json> {
        let entries = || {
            let log = self.stderr();
            let lines = log
                .lines()
                .map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
            lines.collect::<Vec<_>>()
        };
        let told = async {
            while !entries().iter().any(|entry| entry["@message"] == message) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(HANG, told)
            .await
            .expect("it is logged");
        entries()
    }

    /// Ends the process, as Terraform does; all that it printed on stderr.
    pub(crate) async fn ended(self) -> String {
        let stderr = Arc::clone(&self.stderr);
        self.shutdown().await;
        // Whoever reads the pipe lets go of it at its end.
        while Arc::strong_count(&stderr) > 1 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let stderr = stderr.lock().unwrap();
        stderr.clone()
    }

    /// Asks the process to end, as Terraform does, and waits for it.
    pub(crate) async fn shutdown(mut self) -> ExitStatus {
        let mut controller = GrpcControllerClient::new(self.channel.clone());
        // The connection may end before the answer comes, as with Go plugins.
        let _ = controller
            .shutdown(super::generated::plugin::Empty {})
            .await;
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let ended = tokio::time::timeout(HANG, ended).await;
        ended.expect("the process ends")
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) async fn over_socket(path: &str) -> Channel {
    let path = path.to_owned();
    let connect = tower::service_fn(move |_| {
        let path = path.clone();
        async move {
            let stream = tokio::net::UnixStream::connect(path).await?;
            Ok::<_, std::io::Error>(TokioIo::new(stream))
        }
    });
    Endpoint::from_static("http://localhost")
        .timeout(HANG)
        .connect_with_connector(connect)
        .await
        .expect("the provider accepts its host")
}

/// The provider's program with nothing in its environment, but for where `make coverage` wants the counts.
pub(crate) fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_terraform-provider-iwd"));
    let counts = std::env::var("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file));
    program.env_clear().envs(counts);
    program
}

fn spawn(program: Command, environment: &[(&str, &str)]) -> (Child, Arc<Mutex<String>>, String) {
    let (mut child, handshake) = spawn_with(program, environment, Stdio::piped());
    let stderr = Arc::new(Mutex::new(String::new()));
    let (pipe, text) = (child.stderr.take().unwrap(), Arc::clone(&stderr));
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut text = text.lock().unwrap();
            text.push_str(&line);
            text.push('\n');
        }
    });
    (child, stderr, handshake)
}

/// Starts the provider, and reads its handshake line.
fn spawn_with(
    mut program: Command,
    environment: &[(&str, &str)],
    stderr: Stdio,
) -> (Child, String) {
    let mut child = program
        .env(COOKIE.0, COOKIE.1)
        .env("PLUGIN_PROTOCOL_VERSIONS", "6,5")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .expect("the provider starts");
    let mut handshake = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut handshake).unwrap();
    // Later prints would find a closed pipe: the host drains it.
    std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
    (child, handshake.trim_end().to_owned())
}

fn client_tls(
    server: CertificateDer<'static>,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> tokio_rustls::TlsConnector {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(server).unwrap();
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    tokio_rustls::TlsConnector::from(Arc::new(config))
}
