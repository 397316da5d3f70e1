//! The HTTP clients of the harness.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::blocking::{Client, ClientBuilder};

use super::process::LIMIT;

/// The client for loopback, which no proxy setting of the machine diverts.
pub fn local() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let builder = builder().no_proxy().timeout(LIMIT);
        builder.build().expect("an HTTP client")
    })
}

/// The client for downloads, which follows the machine's proxy settings.
pub fn remote() -> Client {
    let builder = builder().timeout(Duration::from_mins(5));
    builder.build().expect("an HTTP client")
}

fn builder() -> ClientBuilder {
    // An error says that another thread has installed it.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    Client::builder()
}
