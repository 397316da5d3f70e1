//! A folder on a web server.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::https::Https;
use super::signed::is_archive;
use crate::harness::Json;

/// Serves its folder over HTTPS; dropping it ends the server.
pub(crate) struct Site {
    folder: TempDir,
    https: Https,
    _runtime: Runtime,
}

impl Site {
    /// Starts one with an empty folder.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(listener).unwrap();
        let https = Https::before(&format!("http://{}", listener.local_addr().unwrap()));
        let root = folder.path().to_owned();
        let files = Router::new().fallback(async move |uri: Uri| answer(&root, &uri));
        runtime.spawn(async { axum::serve(listener, files).await });
        Self {
            folder,
            https,
            _runtime: runtime,
        }
    }

    /// Its URL, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        self.https.endpoint()
    }

    /// Its host and port.
    pub(crate) fn host(&self) -> String {
        self.url().trim_start_matches("https://").to_owned()
    }

    /// The certificate of its CA, as PEM.
    pub(crate) fn ca(&self) -> String {
        self.https.ca()
    }

    /// Where a file of it is kept.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file there.
    pub(crate) fn write(&self, name: &str, data: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, data).unwrap();
    }

    /// Puts a JSON document there.
    pub(crate) fn write_json(&self, name: &str, document: &Json) {
        self.write(name, document.to_string());
    }
}

/// A file as Terraform wants it: what is no release file is JSON.
fn answer(root: &Path, uri: &Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    let Ok(data) = fs::read(root.join(name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_json = !is_archive(name) && !name.contains("SHA256SUMS");
    let content_type = if is_json {
        "application/json"
    } else {
        "application/octet-stream"
    };
    ([(header::CONTENT_TYPE, content_type)], data).into_response()
}
