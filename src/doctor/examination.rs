//! Takes the steps to IWD one after the other, until one fails: what comes after it could say nothing.

use std::net::SocketAddr;

use jiff::Timestamp;
use reqwest::Url;
use tokio::net::TcpStream;

use super::certificate::Certificate;
use super::report::{Check, GET, Status};
use super::{Environment, findings};
use crate::clock;
use crate::iwd::client::{ClientSettings, Probe};
use crate::iwd::error::Error;
use crate::iwd::proxy::{self, Proxy, ProxySource, ProxyVariables};
use crate::provider;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::value::Value;

/// What was looked at, in order.
pub(super) async fn examine(block: &Value, environment: Environment<'_>) -> Vec<Check> {
    let (settings, warnings) = match provider::client_settings(block, environment) {
        Ok(settings) => settings,
        Err(problems) => return problems.into_iter().map(failed).collect(),
    };
    let mut checks = vec![Check::ok(
        "settings",
        format!("the endpoint is {}", settings.endpoint),
    )];
    let of = |warning: Diagnostic| Check::warning("settings", warning.summary, warning.detail);
    checks.extend(warnings.into_iter().map(of));
    match Probe::new(&settings) {
        Ok(probe) => {
            Examination {
                probe,
                unused_proxy: ProxyVariables::read(environment).variable_name(&settings.endpoint),
                settings,
                checks,
            }
            .finish()
            .await
        }
        Err(error) => {
            checks.push(failed(provider::invalid_settings(&error)));
            checks
        }
    }
}

fn failed(problem: Diagnostic) -> Check {
    Check::failed("settings", problem.summary, problem.detail)
}

struct Examination {
    probe: Probe,
    settings: ClientSettings,
    /// The variable that names a proxy for endpoints like this one.
    unused_proxy: Option<&'static str>,
    checks: Vec<Check>,
}

/// How far the way was followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reach {
    /// A request can be sent.
    Request,
    /// A step failed.
    Failure,
    /// Only who sends the proxy's user name and password gets further.
    ProxyPassword,
}

impl Examination {
    async fn finish(mut self) -> Vec<Check> {
        match self.reach().await {
            Reach::Request => {
                let check = self.get().await;
                self.take(check);
            }
            Reach::Failure => {}
            Reach::ProxyPassword => {
                let steps = if self.is_secure() {
                    &["tls", GET][..]
                } else {
                    &[GET]
                };
                for step in steps {
                    let told = "the proxy has user name and password, which an apply sends and this command doesn't";
                    self.take(Check::skipped(step, told));
                }
            }
        }
        self.checks
    }

    /// Goes up to where a request could be sent.
    async fn reach(&mut self) -> Reach {
        let proxy = self.settings.proxy.as_ref();
        let is_socks = proxy.is_some_and(|proxy| proxy.url.is_socks());
        let next = proxy.map(|proxy| proxy.url.address());
        let way = match (proxy, self.unused_proxy) {
            (Some(Proxy { url, source }), _) => format!("{url}, from {}", named_by(source)),
            (None, None) => "none".to_owned(),
            (None, Some(variable)) => format!(
                "none: {variable} names one, but NO_PROXY, `proxy_url` or a loopback address excludes this endpoint"
            ),
        };
        self.take(Check::ok("proxy", way));
        let next = next.unwrap_or_else(|| self.settings.endpoint.clone());
        let Some(stream) = self.connect(&next).await else {
            return Reach::Failure;
        };
        if is_socks && self.has_proxy_password() {
            // It may not even listen without them.
            return Reach::ProxyPassword;
        }
        let goes_on_by_itself = self.settings.proxy.is_none() || next.scheme() == "http";
        if !self.is_secure() || !goes_on_by_itself {
            // What other kinds of proxies do is the GET's to show.
            return Reach::Request;
        }
        let stream = match self.tunnel(stream).await {
            Ok(stream) => stream,
            Err(reach) => return reach,
        };
        self.secure(stream, &next).await
    }

    /// A connection to that host.
    async fn connect(&mut self, url: &Url) -> Option<TcpStream> {
        let (host, port) = (url.host()?, proxy::port(url)?);
        let found = self.probe.addresses(host.clone()).await;
        let (endpoint, way) = (self.settings.endpoint.clone(), self.probe.way().clone());
        self.take(findings::names(&endpoint, &way, &host.to_string(), &found));
        let (mut tried, mut connected) = (Vec::new(), None);
        for address in found.ok()? {
            let address = SocketAddr::from((address, port));
            match self.probe.connect(address).await {
                Ok(stream) => {
                    tried.push((address, Ok(())));
                    connected = Some(stream);
                    break;
                }
                Err(error) => tried.push((address, Err(error))),
            }
        }
        self.take(findings::tcp(&endpoint, &way, &tried));
        connected
    }

    /// The connection on which TLS begins.
    async fn tunnel(&mut self, stream: TcpStream) -> Result<TcpStream, Reach> {
        let Some(proxy) = &self.settings.proxy else {
            return Ok(stream);
        };
        let name = proxy.url.to_string();
        let outcome = self.probe.tunnel(stream).await;
        let (endpoint, way) = (&self.settings.endpoint, self.probe.way());
        let check = findings::tunnel(
            endpoint,
            way,
            &name,
            self.has_proxy_password(),
            outcome.as_ref().err(),
        );
        let reach = match check.status {
            Status::Failed => Reach::Failure,
            _ => Reach::ProxyPassword,
        };
        self.take(check);
        outcome.map_err(|_| reach)
    }

    /// TLS with the endpoint.
    async fn secure(&mut self, stream: TcpStream, next: &Url) -> Reach {
        let (handshake, chain) = match self.probe.handshake(stream).await {
            Ok(chain) => (Ok(()), chain),
            Err(error) => match self.connect_again(next).await {
                Some(again) => (Err(error), self.probe.certificates(again).await),
                None => (Err(error), Vec::new()),
            },
        };
        let chain: Vec<_> = chain.iter().map(|der| Certificate::read(der)).collect();
        let (url, way) = (&self.settings.endpoint, self.probe.way());
        let insecure = self.settings.insecure_skip_verify;
        let now = Timestamp::try_from(clock::now()).expect("the clock tells dates");
        let check = findings::tls(url, way, &handshake, &chain, insecure, now);
        self.take(check);
        match handshake {
            Ok(()) => Reach::Request,
            Err(_) => Reach::Failure,
        }
    }

    async fn get(&self) -> Check {
        let answer = self.probe.get().await;
        let (url, way) = (self.probe.url(), self.probe.way());
        let is_plain = !self.is_secure() && self.settings.proxy.is_none();
        if is_plain && answer == Err(Error::Lost { sent: true }) && self.speaks_tls().await {
            return findings::plain_where_tls_is_spoken(&url);
        }
        findings::get(&url, way, self.has_proxy_password(), &answer)
    }

    /// Whether the endpoint shows certificates.
    async fn speaks_tls(&self) -> bool {
        match self.connect_again(&self.settings.endpoint).await {
            Some(stream) => !self.probe.certificates(stream).await.is_empty(),
            None => false,
        }
    }

    /// The same way once more, without a word about it.
    async fn connect_again(&self, next: &Url) -> Option<TcpStream> {
        let port = proxy::port(next)?;
        for address in self.probe.addresses(next.host()?).await.ok()? {
            if let Ok(stream) = self.probe.connect((address, port).into()).await {
                return match self.settings.proxy {
                    Some(_) => self.probe.tunnel(stream).await.ok(),
                    None => Some(stream),
                };
            }
        }
        None
    }

    fn is_secure(&self) -> bool {
        self.settings.endpoint.scheme() == "https"
    }

    /// Whether a user name or a password is set for the proxy, which this command doesn't send.
    fn has_proxy_password(&self) -> bool {
        let proxy = self.settings.proxy.as_ref();
        proxy.is_some_and(|proxy| !proxy.url.credentials().is_empty())
    }

    fn take(&mut self, check: Check) {
        self.checks.push(check);
    }
}

/// Who named a proxy, as people who type a command know it.
fn named_by(source: &ProxySource) -> &str {
    match source {
        ProxySource::Configuration => "--proxy-url",
        ProxySource::Variable(name) => name,
    }
}
