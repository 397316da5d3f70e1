//! The life of a plugin process: started, authenticated and stopped by Terraform.
//!
//! Terraform starts the provider with a magic word in its environment, reads one line from its standard
//! output, and connects to the address in it. From then on everything is gRPC, until a call ends the process.
//! The contract is that of [go-plugin](https://github.com/hashicorp/go-plugin).
//!
//! | module | its one job |
//! |---|---|
//! | `environment` | what the host asks for |
//! | `handshake` | the line that answers it |
//! | `mtls`, `handshakes` | who may connect |
//! | `listener`, `socket_directory`, `connection` | where, and the connections themselves |
//! | `server`, `grace` | the gRPC server and its end |
//! | `responses` | responses on their way out |
//! | `controller`, `stdio`, `broker` | the services beside the provider's |
//! | `process` | signals, and the host's death |
//! | `reattach` | the text for a person who debugs |
//! | `log` | hclog's JSON on standard error |

mod broker;
mod connection;
mod controller;
mod environment;
mod generated;
mod grace;
mod handshake;
mod handshakes;
mod listener;
mod log;
mod mtls;
mod process;
mod reattach;
mod responses;
mod server;
#[cfg(unix)]
mod socket_directory;
mod stdio;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::num::NonZero;
use std::sync::{Arc, mpsc};
use std::thread;

use rustls::ServerConfig;
use tokio::runtime::{self, Runtime};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tracing::{debug, warn};

use connection::OpenConnections;
use environment::{Environment, EnvironmentError, SocketPlace};
use grace::GracePeriods;
use listener::Listener;
use mtls::Identity;
pub use mtls::MtlsError;
use process::{Host, Watch};
use server::PluginServices;

use super::panic;
use super::shutdown::Shutdown;

/// The files that a process needs to serve: the runtime's, the host's connections, and some for what the calls do.
const FILES: usize = 32;

/// The program that serves a provider.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The binary's name, for the texts people read.
    pub name: &'static str,
    /// The provider's type, as in `provider "iwd"`.
    pub provider_type: &'static str,
    /// The provider's address, as in `registry.terraform.io/iwd/iwd`.
    pub address: &'static str,
    /// The crate's name with underscores; nothing else is logged.
    pub log_target: &'static str,
}

/// The hosts that are to connect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// The Terraform that started the process, with which it ends.
    Plugin,
    /// Any Terraform run by the person who started the process, until they end it.
    Debug,
}

/// The reason why the provider did not serve.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Someone started the plugin by hand.
    #[error(
        "{0} is a Terraform provider. Terraform or OpenTofu starts it: name it under `required_providers` in a \
         configuration, then run `terraform init` and `terraform plan`.\n\
         What it does by hand, `{0} --help` says."
    )]
    NotStartedByTerraform(&'static str),
    /// Nobody could be let in.
    #[error(
        "the environment variable PLUGIN_CLIENT_CERT holds no X.509 certificate in PEM form, so nobody could be let in. \
         Terraform sets it when it starts a provider; start the provider through Terraform or with --debug."
    )]
    ClientCertificate,
    /// TLS could not be set up.
    #[error(transparent)]
    Mtls(#[from] MtlsError),
    /// There is no socket to listen on.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// The process may not open the files that it will need.
    #[error(
        "cannot open {FILES} files more: {0}. Raise the limit of open files, which `ulimit -n` shows"
    )]
    Files(#[source] io::Error),
    /// Standard output is closed: whoever started the process is gone.
    #[error("cannot tell where to connect: {0}")]
    Announce(#[source] io::Error),
    /// The system gives no threads or timers.
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    /// The server came to no end, though its host is gone, or it panicked.
    #[error("the server was given up: it panicked, or its host is gone and it did not respond")]
    Stuck,
    /// The server broke down.
    #[error("the server failed: {0}")]
    Serve(#[from] tonic::transport::Error),
}

/// Serves a provider until its host, or in [`Mode::Debug`] its user, ends it.
///
/// `routes` makes the provider's service for each connection, on the runtime that will serve it. A host has one
/// connection to a process that it started. While debugging, each alias of the provider and each walk comes with its own
/// and configures it, so what belongs to one configuration is made there. The service sets its limits for messages:
/// Terraform sends states of any size, and other providers take 256 MiB in both directions.
///
/// Changes in progress have a short moment to answer in after the end; other calls are given up. The caller prints an
/// error to standard error and exits with 1.
pub fn serve(
    program: &Program,
    mode: Mode,
    routes: impl Fn(Shutdown) -> Routes + Send + Sync + 'static,
) -> Result<(), Error> {
    // The host waits for the line, so what comes before it is only what the line needs.
    let host = Host::current();
    panic::install_hook(program.name);
    let lookup = |name: &str| std::env::var_os(name);
    let endpoint = match mode {
        Mode::Plugin => {
            process::ignore_interrupts();
            Endpoint::for_host(program, lookup)?
        }
        Mode::Debug => Endpoint::for_debugging(program, lookup)?,
    };
    endpoint.listener.reserve(FILES).map_err(Error::Files)?;
    announce(&endpoint.announcement).map_err(Error::Announce)?;

    let log = log::install(program.log_target, program.provider_type, lookup);
    let runtime = runtime().map_err(Error::Runtime)?;
    let open = OpenConnections::default();
    let asked_to_end = CancellationToken::new();
    let (ended, outcome) = mpsc::sync_channel(1);
    let serving = {
        let (handle, open, asked_to_end) =
            (runtime.handle().clone(), open.clone(), asked_to_end.clone());
        move || {
            let end = end(mode, asked_to_end.clone());
            let grace = GracePeriods::default();
            let serving = serve_on(endpoint, mode, &open, asked_to_end, grace, routes, end);
            ended.send(handle.block_on(serving))
        }
    };
    let builder = thread::Builder::new().name("serve".to_owned());
    builder.spawn(serving).map_err(Error::Runtime)?;
    let host = (mode == Mode::Plugin).then_some(host);
    let outcome = Watch::default().over(host, runtime.handle(), &open, &asked_to_end, &outcome);
    // Not waited for: a thread that still computes would keep the host waiting.
    runtime.shutdown_background();
    log.flush();
    outcome.unwrap_or(Err(Error::Stuck))
}

async fn serve_on(
    endpoint: Endpoint,
    mode: Mode,
    open: &OpenConnections,
    asked_to_end: CancellationToken,
    grace: GracePeriods,
    routes: impl Fn(Shutdown) -> Routes + Send + Sync + 'static,
    end: impl Future<Output = ()>,
) -> Result<(), Error> {
    let shutdown = Shutdown::default();
    // Whoever attaches for debugging is a guest among others.
    let told = (mode == Mode::Plugin).then(|| shutdown.clone());
    let plugin = Arc::new(PluginServices::new(asked_to_end, told, grace).await);
    let beside = Arc::clone(&plugin);
    let routes = move || beside.beside(routes(shutdown.clone()));
    let connections = connection::connections(&endpoint.listener, endpoint.tls, open, routes)
        .map_err(Error::Listen)?;
    server::run(&plugin, connections, end).await?;
    Ok(())
}

/// A bound socket, and what is printed about it.
struct Endpoint {
    listener: Listener,
    tls: Option<Arc<ServerConfig>>,
    announcement: String,
}

impl Endpoint {
    fn for_host(
        program: &Program,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Error> {
        let environment = Environment::read(&lookup).map_err(|error| match error {
            EnvironmentError::NotStartedByTerraform => Error::NotStartedByTerraform(program.name),
            EnvironmentError::ClientCertificate => Error::ClientCertificate,
        })?;
        let multiplexing = environment.asks_for_multiplexing;
        let Some(client) = environment.client_certificate else {
            let listener = Listener::private(&SocketPlace::read(lookup)).map_err(Error::Listen)?;
            let address = listener.address().map_err(Error::Listen)?;
            return Ok(Self {
                listener,
                tls: None,
                announcement: handshake::line(&address, None, multiplexing),
            });
        };
        let listener = Listener::tcp().map_err(Error::Listen)?;
        let address = listener.address().map_err(Error::Listen)?;
        let identity = Identity::generate()?;
        Ok(Self {
            listener,
            announcement: handshake::line(&address, Some(&identity.certificate), multiplexing),
            tls: Some(Arc::new(mtls::server_config(identity, client)?)),
        })
    }

    fn for_debugging(
        program: &Program,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Error> {
        let listener = Listener::private(&SocketPlace::read(lookup)).map_err(Error::Listen)?;
        let address = listener.address().map_err(Error::Listen)?;
        Ok(Self {
            listener,
            tls: None,
            announcement: reattach::instructions(program.address, std::process::id(), &address),
        })
    }
}

/// Prints to standard output, which nothing else does.
fn announce(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

fn runtime() -> io::Result<Runtime> {
    // A provider waits more than it computes; on a large machine the threads alone would take milliseconds.
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    runtime::Builder::new_multi_thread()
        .worker_threads(threads.min(4))
        .enable_all()
        .build()
}

/// Waits for what ends a process in this mode.
async fn end(mode: Mode, asked_to_end: CancellationToken) {
    match mode {
        Mode::Plugin => {
            asked_to_end.cancelled().await;
            debug!("asked to end");
        }
        // Whoever attaches is a guest and ends nothing.
        Mode::Debug => {
            if let Err(error) = process::interrupted().await {
                warn!(%error, "cannot wait for Ctrl-C");
            }
        }
    }
}
