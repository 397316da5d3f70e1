//! Connections that fail while TLS is set up, or because it is on one side only.

use std::io;

use rcgen::{CertificateParams, date_time_ymd};
use rustls::crypto::aws_lc_rs::{self, kx_group};
use terraform_provider_iwd::iwd::tls::TlsFailure;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

/// What becomes of the first attempt where all connections are treated so.
struct Listener {
    authority: String,
    task: JoinHandle<io::Result<()>>,
}

impl Listener {
    /// Answers the first bytes of each connection with these, and ends it.
    async fn answering(bytes: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await?;
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(bytes).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { authority, task }
    }

    /// Resets each connection once something has come.
    async fn resetting() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await?;
                stream.readable().await?;
                stream.set_zero_linger()?;
            }
        });
        Self { authority, task }
    }

    async fn first_error(&self, scheme: &str) -> Error {
        first_error(&format!("{scheme}://{}", self.authority))
            .await
            .error
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn error_of(server: rustls::ServerConfig, authority: &Authority) -> Error {
    let server = Server::start_tls(server, [CREATED]).await;
    let mut settings = settings(&server.url);
    settings.ca_certs_pem = Some(authority.pem());
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!((failure.attempts, failure.may_have_arrived), (1, false));
    failure.error
}

#[tokio::test]
async fn a_certificate_that_does_not_serve_says_why() {
    let authority = Authority::new();
    let error = async |names: &[&str], change: &dyn Fn(&mut CertificateParams)| {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let provider = aws_lc_rs::default_provider();
        error_of(authority.server_of(provider, &params, false), &authority).await
    };
    let other = error(&["localhost", "10.0.0.7"], &|_| {}).await;
    let names = ["localhost", "10.0.0.7"].map(str::to_owned);
    assert_eq!(other, Error::Tls(TlsFailure::OtherNames(names.into())));
    let expired = error(&["127.0.0.1"], &|params| {
        params.not_after = date_time_ymd(2020, 1, 31);
    });
    let expired = expired.await;
    assert!(
        matches!(expired, Error::Tls(TlsFailure::Expired { not_after, now }) if now > not_after),
        "{expired:?}"
    );
}

#[tokio::test]
async fn a_server_without_anything_in_common_ends_the_handshake() {
    let authority = Authority::new();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let provider = rustls::crypto::CryptoProvider {
        kx_groups: vec![kx_group::MLKEM1024],
        ..aws_lc_rs::default_provider()
    };
    let error = error_of(authority.server_of(provider, &params, false), &authority).await;
    assert!(
        matches!(&error, Error::Tls(TlsFailure::Handshake { problem, .. }) if problem.contains("handshake failure")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_of_plain_http_is_known_by_its_first_answer() {
    let plain = Listener::answering(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(
        plain.first_error("https").await,
        Error::Tls(TlsFailure::NotTls)
    );
}

#[tokio::test]
async fn a_connection_that_ends_during_the_handshake_is_told_and_tried_again() {
    for server in [Listener::answering(b"").await, Listener::resetting().await] {
        assert_eq!(server.first_error("https").await, Error::TlsHangUp);
        let mut settings = settings(&format!("https://{}", server.authority));
        settings.retry.max_retries = Some(2);
        let failure = create_with(&settings, &context()).await.unwrap_err();
        assert_eq!((failure.attempts, failure.may_have_arrived), (3, false));
    }
    let proxy = Listener::answering(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let mut settings = settings("https://iwd.invalid");
    settings.proxy = Some(proxy_at(&format!("http://{}", proxy.authority)));
    settings.retry.max_retries = Some(0);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::TlsHangUp);
}

#[tokio::test]
async fn a_server_of_tls_is_known_by_its_first_answer_to_plain_http() {
    // The alert "protocol version", as OpenSSL sends it.
    let alert = Listener::answering(b"\x15\x03\x01\x00\x02\x02\x46").await;
    assert_eq!(alert.first_error("http").await, Error::NotHttp);
    let words = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    let told = Listener::answering(words.as_bytes()).await;
    let error = told.first_error("http").await;
    assert!(matches!(error, Error::WantsTls(_)), "{error:?}");
}

#[tokio::test]
async fn an_added_ca_makes_a_server_trusted() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(false), [CREATED]).await;
    let failure = create(&server).await.unwrap_err();
    let unknown = matches!(failure.error, Error::Tls(TlsFailure::UnknownIssuer { .. }));
    assert!(unknown, "{failure:?}");
    assert_eq!((failure.attempts, failure.may_have_arrived), (1, false));

    let server = Server::start_tls(authority.server(false), [CREATED]).await;
    let mut settings = settings(&server.url);
    settings.ca_certs_pem = Some(authority.pem());
    create_with(&settings, &context()).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_no_problem_of_certificates() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(false), [Turn::Garble, CREATED]).await;
    let mut settings = settings(&server.url);
    settings.ca_certs_pem = Some(authority.pem());
    create_with(&settings, &context()).await.unwrap();
    assert_eq!(server.requests().len(), 2);

    let server = Server::start_tls(authority.server(false), [Turn::Garble]).await;
    settings.endpoint = Url::parse(&server.url).unwrap();
    settings.retry.max_retries = Some(0);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::Lost { sent: true });
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn without_verification_any_server_is_trusted() {
    let server = Server::start_tls(Authority::new().server(false), [CREATED]).await;
    let mut settings = settings(&server.url);
    settings.insecure_skip_verify = true;
    create_with(&settings, &context()).await.unwrap();
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_gets_it() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.server(true), [CREATED]).await;
    let mut settings = settings(&server.url);
    settings.ca_certs_pem = Some(authority.pem());
    let (certificate_pem, key_pem) = authority.issue("client");
    settings.identity = Some(Identity {
        certificate_pem,
        key_pem: key_pem.into(),
    });
    create_with(&settings, &context()).await.unwrap();

    let server = Server::start_tls(authority.server(true), [CREATED]).await;
    settings.endpoint = Url::parse(&server.url).unwrap();
    settings.identity = None;
    settings.retry.max_retries = Some(0);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert!(
        matches!(failure.error, Error::Tls { .. } | Error::Lost { .. }),
        "{failure:?}"
    );
}
