//! Takes the steps to IWD one after the other, until one fails: what comes after it could say nothing.

use std::net::SocketAddr;

use jiff::Timestamp;
use reqwest::Url;
use tokio::net::TcpStream;

use super::certificate::Certificate;
use super::findings::Unsent;
use super::report::{Check, Verdict};
use super::{Environment, findings};
use crate::clock;
use crate::iwd::client::{ClientSettings, Probe};
use crate::iwd::proxy::{Proxy, ProxySource};
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
                unused_proxy: proxy_variable(&settings.endpoint, environment),
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

impl Examination {
    async fn finish(mut self) -> Vec<Check> {
        if !self.reach().await {
            return self.checks;
        }
        if self.is_socks_with_credentials() {
            let told = "the proxy has user name and password, which an apply sends and this command doesn't";
            self.take(Check::skipped("get", told));
        } else {
            let answer = self.probe.get().await;
            let (url, way) = (self.probe.url(), self.probe.way());
            let unsent = Unsent {
                headers: !self.settings.headers.is_empty(),
                proxy_password: self.has_proxy_password(),
            };
            let check = findings::get(&url, way, unsent, &answer);
            self.take(check);
        }
        self.checks
    }

    /// Goes up to where a request could be sent; whether that was reached.
    async fn reach(&mut self) -> bool {
        let proxy = self.settings.proxy.as_ref().map(way_of);
        let way = match (&proxy, self.unused_proxy) {
            (Some((url, source)), _) => format!("{url}, from {source}"),
            (None, None) => "none".to_owned(),
            (None, Some(variable)) => format!(
                "none: {variable} names one, but NO_PROXY, `proxy_url` or a loopback address excludes this endpoint"
            ),
        };
        self.checks.push(Check::ok("proxy", way));
        let next = proxy.map_or_else(|| self.settings.endpoint.clone(), |(url, _)| url);
        let Some(stream) = self.connect(&next).await else {
            return false;
        };
        if self.settings.endpoint.scheme() != "https" {
            return true;
        }
        self.secure(stream, &next).await
    }

    /// A connection to that host.
    async fn connect(&mut self, url: &Url) -> Option<TcpStream> {
        let host = url.host()?;
        let port = url.port_or_known_default().unwrap_or(SOCKS_PORT);
        let found = self.probe.addresses(host.clone()).await;
        let (endpoint, way) = (self.settings.endpoint.clone(), self.probe.way().clone());
        if self.take(findings::names(&endpoint, &way, &host.to_string(), &found)) {
            return None;
        }
        let (mut tried, mut connected) = (Vec::new(), None);
        for address in found.unwrap_or_default() {
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

    /// The tunnel through a proxy, and TLS; whether both came about, or nothing is known of them.
    async fn secure(&mut self, stream: TcpStream, next: &Url) -> bool {
        let Some(stream) = self.tunnel(stream, next).await else {
            // TLS through this kind of proxy is the GET's to show.
            return self
                .checks
                .last()
                .is_some_and(|check| check.verdict == Verdict::Skipped);
        };
        let (verdict, chain) = match self.probe.handshake(stream).await {
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
        let check = findings::tls(url, way, &verdict, &chain, insecure, now);
        !self.take(check)
    }

    /// The connection on which TLS begins.
    async fn tunnel(&mut self, mut stream: TcpStream, next: &Url) -> Option<TcpStream> {
        if self.settings.proxy.is_none() {
            return Some(stream);
        }
        if next.scheme() != "http" {
            let kind = next.scheme().to_owned();
            let told = format!(
                "not looked at by itself through a proxy of the kind {kind}; the GET shows whether it works"
            );
            self.take(Check::skipped("tls", told));
            return None;
        }
        let has_password = self.has_proxy_password();
        let outcome = self.probe.tunnel(&mut stream).await;
        let is_open = outcome.is_ok();
        self.take(findings::tunnel(
            next.as_str().trim_end_matches('/'),
            has_password,
            &outcome,
        ));
        is_open.then_some(stream)
    }

    /// The same way once more, without a word about it.
    async fn connect_again(&self, next: &Url) -> Option<TcpStream> {
        let port = next.port_or_known_default().unwrap_or(SOCKS_PORT);
        for address in self.probe.addresses(next.host()?).await.ok()? {
            if let Ok(mut stream) = self.probe.connect((address, port).into()).await {
                if self.settings.proxy.is_some() {
                    self.probe.tunnel(&mut stream).await.ok()?;
                }
                return Some(stream);
            }
        }
        None
    }

    /// Whether the way leads through a proxy that may not even listen without credentials.
    fn is_socks_with_credentials(&self) -> bool {
        let proxy = self.settings.proxy.as_ref();
        self.has_proxy_password() && proxy.is_some_and(|proxy| proxy.url.is_socks())
    }

    /// Whether a user name or a password is set for the proxy, which this command doesn't send.
    fn has_proxy_password(&self) -> bool {
        let proxy = self.settings.proxy.as_ref();
        proxy.is_some_and(|proxy| !proxy.url.credentials().is_empty())
    }

    /// Takes a finding down; whether it says that an apply would fail there.
    fn take(&mut self, check: Check) -> bool {
        let failed = check.verdict == Verdict::Failed;
        self.checks.push(check);
        failed
    }
}

/// The variable that names the proxy for endpoints of this scheme, whether or not it is used for this one.
fn proxy_variable(endpoint: &Url, environment: Environment<'_>) -> Option<&'static str> {
    let names = if endpoint.scheme() == "https" {
        ["HTTPS_PROXY", "https_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy"]
    };
    let is_set = |name: &&str| environment(name).is_some_and(|value| !value.is_empty());
    names.into_iter().find(is_set)
}

/// Where SOCKS proxies listen, unless their URL says otherwise.
const SOCKS_PORT: u16 = 1080;

/// A proxy's URL without user name and password, and who named it.
fn way_of(proxy: &Proxy) -> (Url, String) {
    let url = Url::parse(&proxy.url.to_string()).expect("a proxy's address is a URL");
    let source = match &proxy.source {
        ProxySource::Configuration => "--proxy-url".to_owned(),
        ProxySource::Variable(name) => name.clone(),
    };
    (url, source)
}
