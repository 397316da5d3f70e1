//! Which way requests go: straight to the endpoint, or through the proxy that the environment or the settings name.

use std::net::SocketAddr;

use serde_json::{Value as Json, json};
use tokio::net::TcpListener;

use super::harness::api::Api;
use super::harness::host::Host;
use super::harness::reply::Reply;
use super::harness::tenant::plain;

/// An endpoint and a proxy.
struct Ways {
    endpoint: Api,
    proxy: Api,
}

impl Ways {
    async fn start() -> Self {
        Self {
            endpoint: Api::start().await,
            proxy: Api::start().await,
        }
    }

    /// The endpoint by an address that reaches this machine and is none of loopback.
    fn endpoint_elsewhere(&self) -> String {
        self.endpoint.url().replace("127.0.0.1", "0.0.0.0")
    }

    /// Creates a tenant at that address; what came of it, and how many requests the endpoint and the proxy got.
    async fn create(
        &self,
        address: &str,
        proxy_url: Option<&str>,
        environment: &[(&str, &str)],
    ) -> (Reply, [usize; 2]) {
        let before = self.requests().await;
        let mut host = Host::start_with(environment).await;
        let settings = json!({"endpoint": address, "proxy_url": proxy_url, "max_retries": 0});
        assert_eq!(host.configure_with(&settings).await, []);
        let created = host.change(&Json::Null, &plain(), &[]).await;
        let after = self.requests().await;
        (created, [after[0] - before[0], after[1] - before[1]])
    }

    async fn requests(&self) -> [usize; 2] {
        [
            self.endpoint.methods().await.len(),
            self.proxy.methods().await.len(),
        ]
    }
}

/// Where nobody listens.
async fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

const DIRECT: [usize; 2] = [1, 0];
const THROUGH_THE_PROXY: [usize; 2] = [0, 1];

#[tokio::test]
async fn requests_go_through_the_proxy_of_the_environment_unless_it_or_their_endpoint_forbids() {
    let ways = Ways::start().await;
    let (local, elsewhere) = (ways.endpoint.url(), ways.endpoint_elsewhere());
    let proxy = ways.proxy.url();
    let without_scheme = proxy.trim_start_matches("http://");
    let cases: [(&str, &[(&str, &str)], _); 9] = [
        (local, &[("HTTP_PROXY", proxy)], DIRECT),
        (&elsewhere, &[("HTTP_PROXY", proxy)], THROUGH_THE_PROXY),
        (
            &elsewhere,
            &[("http_proxy", without_scheme)],
            THROUGH_THE_PROXY,
        ),
        (
            &elsewhere,
            &[("HTTP_PROXY", ""), ("http_proxy", proxy)],
            THROUGH_THE_PROXY,
        ),
        (&elsewhere, &[("HTTPS_PROXY", proxy)], DIRECT),
        (
            &elsewhere,
            &[("ALL_PROXY", proxy), ("all_proxy", proxy)],
            DIRECT,
        ),
        (
            &elsewhere,
            &[("HTTP_PROXY", proxy), ("NO_PROXY", "*.iwd, 0.0.0.0/32")],
            DIRECT,
        ),
        (
            &elsewhere,
            &[
                ("HTTP_PROXY", proxy),
                ("NO_PROXY", ""),
                ("no_proxy", "0.0.0.0"),
            ],
            DIRECT,
        ),
        (
            "http://iwd.cluster.invalid",
            &[("HTTP_PROXY", proxy), ("NO_PROXY", "cluster.local")],
            THROUGH_THE_PROXY,
        ),
    ];
    for (address, environment, way) in cases {
        let (created, went) = ways.create(address, None, environment).await;
        created.expect_no_error();
        assert_eq!(went, way, "{address} {environment:?}");
    }
}

#[tokio::test]
async fn requests_go_as_proxy_url_says_whatever_the_environment_says() {
    let ways = Ways::start().await;
    let (local, elsewhere) = (ways.endpoint.url(), ways.endpoint_elsewhere());
    let proxy = ways.proxy.url();
    let broken = [("HTTP_PROXY", "ftp://proxy"), ("NO_PROXY", "*")];
    for (address, proxy_url, way) in [
        (local, proxy, THROUGH_THE_PROXY),
        (&elsewhere, proxy, THROUGH_THE_PROXY),
        (&elsewhere, "", DIRECT),
    ] {
        let (created, went) = ways.create(address, Some(proxy_url), &broken).await;
        created.expect_no_error();
        assert_eq!(went, way, "{address} {proxy_url:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_where_the_proxys_variable_can_not_be_used() {
    let ways = Ways::start().await;
    let elsewhere = ways.endpoint_elsewhere();
    let at = ways.proxy.url().trim_start_matches("http://");
    for value in [
        format!("http://me:canary@{at} "),
        format!("http://me:canary@{at}\r"),
        format!("\"http://me:canary@{at}\""),
        format!("ftp://me:canary@{at}"),
        format!("http://me:canary word@{at}"),
        format!("http://me:canary-ä@{at}"),
        "http://me:canary@[::1".to_owned(),
    ] {
        let environment = [("HTTP_PROXY", ""), ("http_proxy", value.as_str())];
        let (created, went) = ways.create(&elsewhere, None, &environment).await;
        assert_eq!((&created.state, went), (&Json::Null, [0, 0]), "{value}");
        let told = created.expect_error("Invalid proxy environment variable");
        let start = "environment variable http_proxy: must ";
        assert!(told.detail.starts_with(start), "{}", told.detail);
        assert!(!told.detail.contains("canary"), "{}", told.detail);
    }
}

#[tokio::test]
async fn a_proxy_that_is_down_is_named_with_who_named_it_and_without_its_password() {
    let ways = Ways::start().await;
    let elsewhere = ways.endpoint_elsewhere();
    let down = closed().await;
    for (proxy_url, variable, source) in [
        (Some(format!("http://me:canary@{down}")), "", "`proxy_url`"),
        (None, &*format!("http://me:canary@{down}"), "http_proxy"),
    ] {
        let environment = [("http_proxy", variable)];
        let (created, went) = ways
            .create(&elsewhere, proxy_url.as_deref(), &environment)
            .await;
        assert_eq!(went, [0, 0]);
        let told = created.expect_error("Error creating tenant: proxy connection failed");
        for part in [
            format!("through the proxy http://{down} ({source})"),
            format!("{down} does not accept connections."),
            "Nothing was provisioned.".to_owned(),
        ] {
            assert!(told.detail.contains(&part), "{}", told.detail);
        }
        assert!(!told.detail.contains("canary"), "{}", told.detail);
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_reached_is_told_from_the_one_that_it_overrides() {
    let ways = Ways::start().await;
    let (down, other) = (closed().await, ways.endpoint.url());
    let (created, went) = ways
        .create(&format!("http://{down}"), None, &[("IWD_ENDPOINT", other)])
        .await;
    assert_eq!(went, [0, 0]);
    let told = created.expect_error("Error creating tenant: connection refused");
    for part in [
        format!("{down} does not accept connections."),
        "`endpoint` in the provider block holds; IWD_ENDPOINT names another address".to_owned(),
    ] {
        assert!(told.detail.contains(&part), "{}", told.detail);
    }
    assert!(!told.detail.contains("proxy"), "{}", told.detail);
}
