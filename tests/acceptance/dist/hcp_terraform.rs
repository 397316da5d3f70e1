//! The private registry of HCP Terraform, as far as its documentation shows it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::keyring::key_id_of;
use crate::harness::Json;

/// The organization whose registry it is.
pub(crate) const ORGANIZATION: &str = "acme";
/// The token that it takes.
pub(crate) const TOKEN: &str = "token-of-the-owners";

/// A server with the registry of one organization; dropping it ends it.
pub(crate) struct HcpTerraform {
    address: String,
    state: Arc<Mutex<State>>,
    _runtime: Runtime,
}

#[derive(Default)]
struct State {
    address: String,
    requests: Vec<Request>,
    /// Each object at its own path.
    objects: BTreeMap<String, Json>,
    uploads: usize,
    failing_from: usize,
}

/// What arrived.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl HcpTerraform {
    /// Starts one with an empty registry.
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(listener).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            address: address.clone(),
            failing_from: usize::MAX,
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        let handler = async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let header = |name: &str| Some(headers.get(name)?.to_str().unwrap().to_owned());
            let request = Request {
                method,
                path: uri.path().to_owned(),
                authorization: header("authorization"),
                content_type: header("content-type").unwrap_or_default(),
                body: body.to_vec(),
            };
            let (status, answer) = shared.lock().unwrap().answer(&request);
            (status, answer.to_string())
        };
        let limit = axum::extract::DefaultBodyLimit::disable();
        let server = Router::new().fallback(handler).layer(limit);
        runtime.spawn(async { axum::serve(listener, server).await });
        Self {
            address,
            state,
            _runtime: runtime,
        }
    }

    /// Its URL.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Every request, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    /// The requests that change something.
    pub(crate) fn changes(&self) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|request| request.method != Method::GET);
        requests
    }

    /// Fails the upload of this number, counted from 1, and those after it.
    pub(crate) fn fail_uploads_from(&self, number: usize) {
        self.state.lock().unwrap().failing_from = number;
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> (StatusCode, Json) {
        let path = &request.path;
        if request.method == Method::PUT {
            self.uploads += 1;
            if self.uploads >= self.failing_from {
                return (StatusCode::SERVICE_UNAVAILABLE, json!({}));
            }
        }
        self.requests.push(request.clone());
        match request.method {
            Method::GET => match self.objects.get(path) {
                Some(object) => (StatusCode::OK, json!({"data": object})),
                None => (StatusCode::NOT_FOUND, json!({"errors": []})),
            },
            Method::POST => {
                let (path, object) = self.created(request);
                self.objects.insert(path, object.clone());
                (StatusCode::CREATED, json!({"data": object}))
            }
            Method::PUT => {
                self.uploaded(path);
                (StatusCode::OK, json!({}))
            }
            _ => (StatusCode::METHOD_NOT_ALLOWED, json!({})),
        }
    }

    /// The object that a request creates, with its path.
    fn created(&self, request: &Request) -> (String, Json) {
        let mut object = request.json()["data"].clone();
        let attributes = object["attributes"].clone();
        let text = |name: &str| attributes[name].as_str().unwrap_or_default().to_owned();
        let upload = |link: &str| format!("{}/upload/{link}", self.address);
        let (name, links) = match object["type"].as_str().unwrap() {
            "gpg-keys" => {
                let id = key_id_of(&text("ascii-armor"));
                object["attributes"]["key-id"] = id.clone().into();
                (format!("{ORGANIZATION}/{id}"), json!({}))
            }
            "registry-providers" => {
                let name = format!("private/{}/{}", text("namespace"), text("name"));
                (name, json!({}))
            }
            "registry-provider-versions" => {
                let links =
                    ["shasums-upload", "shasums-sig-upload"].map(|link| (link, upload(link)));
                (text("version"), BTreeMap::from(links).into_iter().collect())
            }
            "registry-provider-version-platforms" => {
                let name = format!("{}/{}", text("os"), text("arch"));
                let url = upload(&format!("provider-binary-upload/{name}"));
                (name, json!({"provider-binary-upload": url}))
            }
            other => panic!("{other} can't be created"),
        };
        object["links"] = links;
        (format!("{}/{name}", request.path), object)
    }

    /// What was uploaded has no link to upload it any more.
    fn uploaded(&mut self, path: &str) {
        let url = format!("{}{path}", self.address);
        for object in self.objects.values_mut() {
            if let Some(links) = object["links"].as_object_mut() {
                links.retain(|_, link| *link != url);
            }
        }
    }
}

impl Request {
    /// Method and path.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Fails the test unless the object to be created has this attribute.
    #[track_caller]
    pub(crate) fn expect_attribute(&self, name: &str, value: impl Into<Json>) {
        assert_eq!(
            self.json()["data"]["attributes"][name],
            value.into(),
            "{name}"
        );
    }

    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }
}
