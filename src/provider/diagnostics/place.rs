//! Host and port, as people read them.

use reqwest::Url;

use crate::iwd::proxy::{self, ProxyName};

/// The other end of a connection.
pub(super) struct Place {
    pub(super) host: String,
    /// Host and port.
    pub(super) authority: String,
}

impl Place {
    pub(super) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        let authority = match proxy::port(url) {
            Some(port) => format!("{host}:{port}"),
            None => host.clone(),
        };
        Self { host, authority }
    }

    pub(super) fn of_proxy(proxy: &ProxyName) -> Self {
        match Url::parse(&proxy.address) {
            Ok(url) => Self::of(&url),
            Err(_) => Self {
                host: proxy.address.clone(),
                authority: proxy.address.clone(),
            },
        }
    }
}
