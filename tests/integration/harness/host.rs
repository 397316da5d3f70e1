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
use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

use super::generated::plugin::grpc_controller_client::GrpcControllerClient;
use super::generated::tfplugin5::provider_client::ProviderClient;
use super::generated::tfplugin5::{self as wire, Diagnostic};
use super::tenant;
use super::values::{from_wire, to_wire};

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

/// One connection to a provider.
pub(crate) struct Client {
    /// Calls of the provider's protocol.
    pub(crate) provider: ProviderClient<Channel>,
    /// The settings of the last `Configure`.
    settings: Json,
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

/// What a call said.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The state that it carries; null for none.
    pub(crate) state: Json,
    /// The private data that it carries.
    pub(crate) private: Vec<u8>,
    /// What it told the user.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The paths that replace the object.
    pub(crate) requires_replace: Vec<String>,
    /// The identity that it carries; null for none.
    pub(crate) identity: Json,
}

impl Host {
    /// Starts the provider as Terraform does, with mutual TLS.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same, with more in the environment.
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

impl Client {
    fn new(channel: Channel) -> Self {
        Self {
            provider: ProviderClient::new(channel)
                .max_decoding_message_size(usize::MAX)
                .max_encoding_message_size(usize::MAX),
            settings: Json::Null,
        }
    }

    /// Configures the provider for that endpoint.
    pub(crate) async fn configure(&mut self, endpoint: &str) -> Vec<Diagnostic> {
        self.configure_with(
            &json!({"endpoint": endpoint, "retry_min_wait": "10ms", "retry_max_wait": "20ms"}),
        )
        .await
    }

    /// Configures the provider with these settings, the others null.
    pub(crate) async fn configure_with(&mut self, settings: &Json) -> Vec<Diagnostic> {
        self.settings = settings.clone();
        let request = wire::configure::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(to_wire(&provider_block(settings))),
            client_capabilities: None,
        };
        self.provider
            .configure(request)
            .await
            .unwrap()
            .into_inner()
            .diagnostics
    }

    /// Begins another plan or apply: Terraform configures the provider anew for each.
    pub(crate) async fn begin_walk(&mut self) {
        let settings = self.settings.clone();
        let problems = self.configure_with(&settings).await;
        assert_eq!(problems, []);
    }

    /// Validates the provider block with these settings, the others null.
    pub(crate) async fn validate_settings(&mut self, settings: &Json) -> Vec<Diagnostic> {
        let request = wire::prepare_provider_config::Request {
            config: Some(to_wire(&provider_block(settings))),
        };
        self.provider
            .prepare_provider_config(request)
            .await
            .unwrap()
            .into_inner()
            .diagnostics
    }

    /// Validates a tenant, as a Terraform that knows write-only arguments.
    pub(crate) async fn validate(&mut self, config: &Json) -> Vec<Diagnostic> {
        self.validate_as(config, true).await
    }

    /// Validates a tenant, as a Terraform that knows write-only arguments or doesn't.
    pub(crate) async fn validate_as(&mut self, config: &Json, write_only: bool) -> Vec<Diagnostic> {
        self.validate_bytes(to_wire(config), write_only).await
    }

    /// Validates a tenant as the wire has it.
    pub(crate) async fn validate_bytes(
        &mut self,
        config: wire::DynamicValue,
        write_only: bool,
    ) -> Vec<Diagnostic> {
        let request = wire::validate_resource_type_config::Request {
            type_name: "iwd_tenant".to_owned(),
            config: Some(config),
            client_capabilities: Some(wire::ClientCapabilities {
                deferral_allowed: false,
                write_only_attributes_allowed: write_only,
            }),
        };
        self.provider
            .validate_resource_type_config(request)
            .await
            .unwrap()
            .into_inner()
            .diagnostics
    }

    /// Plans a change of a tenant, proposing what Terraform would; a null configuration is a destroy.
    pub(crate) async fn plan(&mut self, prior: &Json, config: &Json, private: &[u8]) -> Reply {
        self.plan_type(
            "iwd_tenant",
            prior,
            config,
            &tenant::proposed(prior, config),
            private,
        )
        .await
    }

    /// Plans a change of any resource.
    pub(crate) async fn plan_type(
        &mut self,
        type_name: &str,
        prior: &Json,
        config: &Json,
        proposed: &Json,
        private: &[u8],
    ) -> Reply {
        let request = wire::plan_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: Some(to_wire(prior)),
            proposed_new_state: Some(to_wire(proposed)),
            config: Some(to_wire(config)),
            prior_private: private.to_vec(),
            ..Default::default()
        };
        let reply = self.provider.plan_resource_change(request).await;
        Reply::of_plan(reply.unwrap().into_inner())
    }

    /// Applies a planned change of a tenant.
    pub(crate) async fn apply(
        &mut self,
        prior: &Json,
        planned: &Json,
        config: &Json,
        private: &[u8],
    ) -> Reply {
        self.apply_type("iwd_tenant", prior, planned, config, private)
            .await
    }

    /// Applies a planned change of any resource.
    pub(crate) async fn apply_type(
        &mut self,
        type_name: &str,
        prior: &Json,
        planned: &Json,
        config: &Json,
        private: &[u8],
    ) -> Reply {
        let request = apply_request(type_name, prior, planned, config, private);
        let reply = self.provider.apply_resource_change(request).await;
        Reply::of_apply(reply.unwrap().into_inner())
    }

    /// Begins to apply a planned change of a tenant.
    pub(crate) fn begin_apply(
        &self,
        prior: &Json,
        planned: &Json,
        config: &Json,
        private: &[u8],
    ) -> JoinHandle<Reply> {
        let request = apply_request("iwd_tenant", prior, planned, config, private);
        let mut provider = self.provider.clone();
        tokio::spawn(async move {
            let reply = provider.apply_resource_change(request).await;
            Reply::of_apply(reply.unwrap().into_inner())
        })
    }

    /// Plans and applies; panics where the plan is refused.
    pub(crate) async fn change(&mut self, prior: &Json, config: &Json, private: &[u8]) -> Reply {
        let plan = self.plan(prior, config, private).await;
        plan.expect_no_error();
        self.apply(prior, &plan.state, config, &plan.private).await
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn apply_request(
    type_name: &str,
    prior: &Json,
    planned: &Json,
    config: &Json,
    private: &[u8],
) -> wire::apply_resource_change::Request {
    wire::apply_resource_change::Request {
        type_name: type_name.to_owned(),
        prior_state: Some(to_wire(prior)),
        planned_state: Some(to_wire(planned)),
        config: Some(to_wire(config)),
        planned_private: private.to_vec(),
        ..Default::default()
    }
}

impl Reply {
    pub(super) fn of_plan(reply: wire::plan_resource_change::Response) -> Self {
        assert!(!reply.legacy_type_system && reply.deferred.is_none());
        Self {
            state: from_wire(reply.planned_state.as_ref()),
            private: reply.planned_private,
            diagnostics: reply.diagnostics,
            requires_replace: reply.requires_replace.iter().map(path).collect(),
            identity: identity(reply.planned_identity.as_ref()),
        }
    }

    pub(super) fn of_apply(reply: wire::apply_resource_change::Response) -> Self {
        Self {
            state: from_wire(reply.new_state.as_ref()),
            private: reply.private,
            diagnostics: reply.diagnostics,
            requires_replace: Vec::new(),
            identity: identity(reply.new_identity.as_ref()),
        }
    }

    /// Fails the test if there is an error.
    #[track_caller]
    pub(crate) fn expect_no_error(&self) {
        let errors: Vec<_> = errors(&self.diagnostics).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    /// The only error; fails the test if there is none, or more.
    #[track_caller]
    pub(crate) fn expect_error(&self, summary: &str) -> &Diagnostic {
        only_error(&self.diagnostics, summary)
    }

    /// The value at that place of the state.
    #[track_caller]
    pub(crate) fn at(&self, pointer: &str) -> &Json {
        self.state
            .pointer(pointer)
            .unwrap_or_else(|| panic!("there is no {pointer} in {}", self.state))
    }

    /// The summaries of the warnings.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity() == wire::diagnostic::Severity::Warning)
            .map(|diagnostic| diagnostic.summary.as_str())
            .collect()
    }
}

/// The errors among diagnostics.
pub(crate) fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() == wire::diagnostic::Severity::Error)
}

/// The only error among diagnostics; fails the test if there is none, or another.
#[track_caller]
pub(crate) fn only_error<'a>(diagnostics: &'a [Diagnostic], summary: &str) -> &'a Diagnostic {
    let errors: Vec<_> = errors(diagnostics).collect();
    match errors.as_slice() {
        [error] if error.summary == summary => error,
        _ => panic!("expected only {summary:?}, got {errors:#?}"),
    }
}

/// Where a diagnostic points, as written in HCL; empty for the whole block.
pub(crate) fn place(diagnostic: &Diagnostic) -> String {
    diagnostic.attribute.as_ref().map(path).unwrap_or_default()
}

/// A path with dots.
pub(crate) fn path(path: &wire::AttributePath) -> String {
    use wire::attribute_path::step::Selector;
    let steps = path
        .steps
        .iter()
        .map(|step| match step.selector.as_ref().expect("a step") {
            Selector::AttributeName(name) | Selector::ElementKeyString(name) => name.clone(),
            Selector::ElementKeyInt(index) => index.to_string(),
        });
    steps.collect::<Vec<_>>().join(".")
}

/// An identity; null where there is none.
pub(crate) fn identity(identity: Option<&wire::ResourceIdentityData>) -> Json {
    from_wire(identity.and_then(|identity| identity.identity_data.as_ref()))
}

fn provider_block(settings: &Json) -> Json {
    let mut block = json!({
        "endpoint": null, "api_key": null, "tenant_api_keys": null, "headers": null,
        "ca_cert_pem": null, "ca_cert_file": null, "client_cert_pem": null, "client_cert_file": null,
        "client_key_pem": null, "client_key_file": null, "insecure_skip_verify": null, "proxy_url": null,
        "request_timeout": null, "max_retries": null, "retry_min_wait": null, "retry_max_wait": null,
    });
    for (name, value) in settings.as_object().expect("an object") {
        block[name] = value.clone();
    }
    block
}

/// A provider that someone started by hand with `--debug`.
pub(crate) struct Debugged {
    child: Child,
    /// The value of `TF_REATTACH_PROVIDERS` that it printed.
    pub(crate) told: Json,
}

impl Debugged {
    /// Starts it, and reads what it prints.
    pub(crate) fn start() -> Self {
        let mut child = program()
            .arg("--debug")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let told = output.lines().map_while(Result::ok).find_map(|line| {
            let (_, value) = line.split_once("TF_REATTACH_PROVIDERS='")?;
            serde_json::from_str(value.trim_end_matches('\'')).ok()
        });
        Self {
            child,
            told: told.expect("how to attach"),
        }
    }

    /// The id of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its unix socket.
    pub(crate) fn socket(&self) -> String {
        let provider = &self.told["registry.terraform.io/iwd/iwd"];
        provider["Addr"]["String"].as_str().unwrap().to_owned()
    }

    /// Connects to it once more.
    pub(crate) async fn connect(&self) -> Client {
        Client::new(over_socket(&self.socket()).await)
    }

    /// Presses Ctrl-C, and waits for the end.
    #[cfg(unix)]
    pub(crate) fn interrupt(mut self) -> ExitStatus {
        let pid = nix::unistd::Pid::from_raw(self.child.id().try_into().unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn over_socket(path: &str) -> Channel {
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
