//! The IWD client against servers that behave as real ones do on bad days.
#![expect(
    clippy::unwrap_used,
    reason = "what helps a test fails as the test does"
)]

mod answers;
mod failing_proxies;
mod last_answers;
mod log;
mod logged_attempts;
mod long_heads;
mod retries;
mod reused_connections;
pub(crate) mod server;
mod socks;
mod stopping;
mod tls;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{StatusCode, Url};
use secrecy::SecretString;
use serde_json::json;
use terraform_provider_iwd::iwd::client::{
    CallContext, Client, ClientSettings, Deleted, Operation,
};
use terraform_provider_iwd::iwd::error::{Error, Failure, GaveUp, ReplyBody};
use terraform_provider_iwd::iwd::mask::Masker;
use terraform_provider_iwd::iwd::model::{Deletion, Tenant};
use terraform_provider_iwd::iwd::proxy::{Proxy, ProxySource, ProxyUrl};
use terraform_provider_iwd::iwd::retry::Policy;
use terraform_provider_iwd::iwd::tls::Identity;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::log::Log;
use self::server::{Authority, Server, Turn};
use super::harness::time::pass;

const KEY: &str = "canary-header-key";
pub(crate) const CREATED: Turn = Turn::Answer(
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"created\":true}",
);
pub(crate) const UNAVAILABLE: Turn = Turn::Answer("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");

fn settings(endpoint: &str) -> ClientSettings {
    ClientSettings {
        endpoint: Url::parse(endpoint).unwrap(),
        overridden: None,
        headers: BTreeMap::from([("X-Team".to_owned(), "canary-team".into())]),
        ca_certs_pem: None,
        identity: None,
        insecure_skip_verify: false,
        proxy: None,
        request_timeout: Duration::from_mins(1),
        retry: Policy {
            max_retries: None,
            min_wait: Duration::from_millis(1),
            max_wait: Duration::from_millis(5),
        },
        user_agent: "terraform-provider-iwd/test".to_owned(),
        masker: Masker::default(),
    }
}

fn proxy_at(url: &str) -> Proxy {
    Proxy {
        url: ProxyUrl::parse(url).unwrap(),
        source: ProxySource::Configuration,
    }
}

fn context() -> CallContext {
    CallContext {
        began: Instant::now(),
        timeout: Duration::from_mins(5),
        stop: CancellationToken::new(),
        end: CancellationToken::new(),
        masker: masker(),
        parameters: vec!["iwd.db.host"],
        observer: None,
    }
}

/// Knows the secrets of [`tenant`].
fn masker() -> Masker {
    let secrets = [
        "canary-tenant-key",
        "canary-password",
        "canary-customer-key",
    ];
    Masker::default().with(secrets.map(SecretString::from), [])
}

fn tenant() -> Tenant {
    let values = json!({
        "short_id": "100", "name": "t100", "ccid": "9350e2fc", "api_key": "canary-tenant-key",
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "db", "port": 5432, "database": "iwd-100", "user": "iwd-100",
                "password": "canary-password", "ssl": false,
            },
            "api_keys": {"tenant": "canary-customer-key"},
        },
    });
    serde_json::from_value(values).unwrap()
}

async fn create_with(settings: &ClientSettings, context: &CallContext) -> Result<(), Box<Failure>> {
    let client = Client::new(settings).unwrap();
    let key = SecretString::from(KEY);
    client
        .provision(Operation::Create, &tenant(), &key, context)
        .await
}

async fn create(server: &Server) -> Result<(), Box<Failure>> {
    create_with(&settings(&server.url), &context()).await
}

/// Deletes the tenant, or services of it.
async fn delete(endpoint: &str, deletion: &Deletion) -> Result<Deleted, Box<Failure>> {
    let client = Client::new(&settings(endpoint)).unwrap();
    let (ccid, key) = (tenant().ccid, SecretString::from(KEY));
    client
        .delete(Operation::Delete, &ccid, deletion, &key, &context())
        .await
}

/// Fails after the first attempt, so that its error shows.
async fn first_error(endpoint: &str) -> Box<Failure> {
    let mut settings = settings(endpoint);
    settings.retry.max_retries = Some(0);
    create_with(&settings, &context()).await.unwrap_err()
}

#[tokio::test]
async fn a_tenant_is_created_with_key_headers_and_body() {
    let server = Server::start([CREATED]).await;
    create(&server).await.unwrap();
    let [request] = server.requests().try_into().unwrap();
    assert!(
        request.starts_with("POST /iwd/v3/provisioning HTTP/1.1\r\n"),
        "{request}"
    );
    for line in [
        "accept-encoding: identity",
        "x-api-key: canary-header-key",
        "content-type: application/json; charset=utf-8",
        "user-agent: terraform-provider-iwd/test",
        "x-team: canary-team",
    ] {
        assert!(
            request.contains(&format!("\r\n{line}\r\n")),
            "{line} in {request}"
        );
    }
    assert!(
        request.ends_with(r#""iwdEmail":{"url":"N/A"}}"#),
        "{request}"
    );
}

#[tokio::test]
async fn services_are_deleted_by_one_value_with_a_comma() {
    let server = Server::start([Turn::Answer("HTTP/1.1 204 No Content\r\n\r\n")]).await;
    let services = Deletion::Services(vec!["iWD".into(), "iWDEmail".into()]);
    delete(&server.url, &services).await.unwrap();
    let [request] = server.requests().try_into().unwrap();
    let line = "DELETE /iwd/v3/provisioning/9350e2fc?service=iWD,iWDEmail HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
}

#[tokio::test]
async fn a_key_with_a_line_break_is_never_sent() {
    let client = Client::new(&settings("http://127.0.0.1:1")).unwrap();
    let failure = client
        .delete(
            Operation::Delete,
            &tenant().ccid,
            &Deletion::Tenant,
            &"key\n".into(),
            &context(),
        )
        .await
        .unwrap_err();
    assert_eq!((failure.error, failure.attempts), (Error::InvalidKey, 0));
}

#[tokio::test]
async fn a_proxy_gets_the_request_with_its_password() {
    let proxy = Server::start([CREATED]).await;
    let mut settings = settings("http://iwd.invalid:4024");
    let url = proxy.url.replace("http://", "http://user:canary-proxy@");
    settings.proxy = Some(proxy_at(&url));
    create_with(&settings, &context()).await.unwrap();
    let [request] = proxy.requests().try_into().unwrap();
    let line = "POST http://iwd.invalid:4024/iwd/v3/provisioning HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
    assert!(request.contains("proxy-authorization: Basic dXNlcjpjYW5hcnktcHJveHk=\r\n"));
}
