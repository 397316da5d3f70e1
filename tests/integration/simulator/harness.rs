//! A simulator inside the test, and the requests a test makes of it.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use terraform_provider_iwd::simulator::{Options, Store, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(super) const PROVISIONING: &str = "/iwd/v3/provisioning";
pub(super) const CCID: &str = "9350e2fc-a1dd-4c65-";

/// The body of the documentation's "Create tenant request".
pub(super) fn documented_body() -> Value {
    json!({
        "tenant": {
            "id": "100",
            "name": "t100",
            "ccid": CCID,
            "apiKey": "049111b4-6cac-4e83-a7bf-37c057b45b0f",
            "gws": {
                "gwsUrl": "http://gws-service-proxy.gws",
                "data": {
                    "authUrl": "http://gauth-auth.gauth",
                    "authredircetUrl": "https://gauth.nlb01-uswest1.gcpe001.gencpe.net"
                },
                "secret": {
                    "clientId": "iwd_client",
                    "clientSecret": "secret",
                    "apikey": "none",
                    "username": "nexus",
                    "token": ":;pYV1lNWh0-"
                }
            }
        },
        "iwd": {
            "url": "http://iwd.iwd:4024",
            "db": {
                "host": "pgdb-dgt-postgresql.infra",
                "port": 5432,
                "database": "iwd-100",
                "user": "iwd-100",
                "password": "iwd-100",
                "ssl": false
            },
            "apiKeys": {
                "IWD_APIKEY_TENANT": "22552b96-8783-46a9-b0eb-075ddfa8893e",
                "IWD_APIKEY_IWDDM": "d6b68a7b-12ed-4c3c-830d-215eecdd1a48"
            }
        },
        "iwdEmail": {"url": "N/A"}
    })
}

/// The path that deletes the documented tenant, with a query.
pub(super) fn tenant_path(query: &str) -> String {
    format!("{PROVISIONING}/{CCID}?{query}")
}

/// An answer with its body as JSON, null where it has none, text where it is none.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// Makes requests of one simulator, each on a connection of its own.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) url: String,
    client: Client,
}

impl Api {
    pub(super) fn new(url: String) -> Self {
        // The client wants a TLS library even where it speaks none; a second installation is refused.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0);
        Self {
            url,
            client: client.build().unwrap(),
        }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(super) async fn answer(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        };
        Answer { status, body }
    }

    /// A request as the documentation's command makes it.
    pub(super) fn prepared(&self, method: Method, path: &str, body: &Value) -> RequestBuilder {
        self.request(method, path)
            .header("content-type", "application/json; charset=utf-8")
            .header("x-api-key", "ed99c91d-dd18-4c96-af8e-86f8e8105bc4")
            .body(body.to_string())
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.answer(self.prepared(method, path, body)).await
    }

    pub(super) async fn put(&self, body: &Value) -> Answer {
        self.send(Method::PUT, PROVISIONING, body).await
    }

    pub(super) async fn delete(&self, query: &str) -> Answer {
        let request = self
            .request(Method::DELETE, &tenant_path(query))
            .header("x-api-key", "ed99c91d-dd18-4c96-af8e-86f8e8105bc4");
        self.answer(request).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.answer(self.request(Method::GET, path)).await
    }

    /// What is held for the documented tenant.
    pub(super) async fn tenant(&self) -> Value {
        let answer = self.get(&format!("/_simulator/tenants/{CCID}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    pub(super) async fn requests(&self) -> Vec<Value> {
        let answer = self.get("/_simulator/requests").await;
        answer.body.as_array().unwrap().clone()
    }

    pub(super) async fn fault(&self, fault: Value) {
        let answer = self.send(Method::POST, "/_simulator/faults", &fault).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// A simulator that ends with the test.
pub(super) struct Simulator {
    api: Api,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl std::ops::Deref for Simulator {
    type Target = Api;

    fn deref(&self) -> &Api {
        &self.api
    }
}

impl Simulator {
    pub(super) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(super) async fn start_accepting(key: &str) -> Self {
        Self::start_with(Options {
            api_keys: vec![key.into()],
            ..Options::default()
        })
        .await
    }

    async fn start_with(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        let store = Store::in_memory().unwrap();
        Self {
            api: Api::new(url),
            stop,
            task: tokio::spawn(serve(listener, store, options, shutdown)),
        }
    }

    /// Asks it to stop, and gives what ends when it has.
    pub(super) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).unwrap();
        self.task
    }
}
