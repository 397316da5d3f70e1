//! TLS before the simulator, which speaks plain HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

/// A server of `localhost` that hands on what it is sent; dropping it ends it.
pub(crate) struct Https {
    address: SocketAddr,
    authority: CertifiedIssuer<'static, KeyPair>,
    _runtime: Runtime,
}

impl Https {
    /// Starts one before the server at `backend`, such as `http://127.0.0.1:4024`.
    pub(crate) fn before(backend: &str) -> Self {
        let backend = backend.trim_start_matches("http://").to_owned();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config(&authority)));
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, backend) = (acceptor.clone(), backend.clone());
                tokio::spawn(async move {
                    let mut tls = acceptor.accept(stream).await?;
                    let mut plain = TcpStream::connect(backend).await?;
                    copy_bidirectional(&mut tls, &mut plain).await
                });
            }
        });
        Self {
            address,
            authority,
            _runtime: runtime,
        }
    }

    /// Its URL, by name.
    pub(crate) fn endpoint(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// The certificate of its CA, as PEM.
    pub(crate) fn ca(&self) -> String {
        self.authority.pem()
    }
}

fn config(authority: &CertifiedIssuer<'_, KeyPair>) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap()
}
