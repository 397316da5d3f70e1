//! An IWD API inside the test: the simulator, in memory.

use std::time::Duration;

use serde_json::Value as Json;
use terraform_provider_iwd::simulator::{self, Options, Store};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The simulator on a port of the system's choice, for as long as this lives.
pub(crate) struct Api {
    url: String,
    http: reqwest::Client,
    _end: DropGuard,
}

impl Api {
    /// Starts it with nothing in it.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let end = CancellationToken::new();
        let ended = end.clone().cancelled_owned();
        let store = Store::in_memory().unwrap();
        tokio::spawn(simulator::serve(listener, store, Options::default(), ended));
        // The crate's TLS is of no use here, but a client can't be made without one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Self {
            url,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            _end: end.drop_guard(),
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The ccids of the tenants that it holds.
    pub(crate) async fn tenants(&self) -> Vec<String> {
        serde_json::from_value(self.get("/_simulator/tenants").await).unwrap()
    }

    /// The body with which a tenant was last provisioned; null for an unknown tenant.
    pub(crate) async fn body(&self, ccid: &str) -> Json {
        self.get(&format!("/_simulator/tenants/{ccid}")).await["body"].clone()
    }

    /// The methods of the provisioning requests so far.
    pub(crate) async fn methods(&self) -> Vec<String> {
        let requests = self.requests().await;
        let methods = requests
            .iter()
            .map(|request| request["method"].as_str().unwrap().to_owned());
        methods.collect()
    }

    /// The provisioning requests so far.
    pub(crate) async fn requests(&self) -> Vec<Json> {
        self.get("/_simulator/requests")
            .await
            .as_array()
            .cloned()
            .unwrap()
    }

    /// Waits for the first provisioning request after those.
    pub(crate) async fn asked_after(&self, requests: usize) {
        while self.requests().await.len() <= requests {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Makes the next request end otherwise.
    pub(crate) async fn fault(&self, fault: Json) {
        let answer = self
            .http
            .post(format!("{}/_simulator/faults", self.url))
            .header("content-type", "application/json")
            .body(fault.to_string())
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    async fn get(&self, path: &str) -> Json {
        let answer = self
            .http
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}
