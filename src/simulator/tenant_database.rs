//! Logging in to a tenant's database, as IWD has to before it can use it.
//!
//! All of it is the simulator's own: the documentation says neither when IWD logs in nor what it answers
//! where that fails. With `iwd.db.ssl` the server's certificate has to come from a CA that this system trusts.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore, crypto};
use serde_json::Value;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::rules::Provisioning;

/// How long a log-in may take.
const LIMIT: Duration = Duration::from_secs(5);

/// A database that doesn't take the tenant's credentials. It holds no password.
#[derive(Debug, thiserror::Error)]
#[error("iwd.db: no log-in to the database {database:?} at {host}:{port} as {user:?}: {reason}")]
pub(super) struct NoLogIn {
    database: String,
    host: String,
    port: String,
    user: String,
    reason: String,
}

/// Logs in with the tenant's credentials, and out again.
pub(super) async fn log_in(provisioning: &Provisioning) -> Result<(), NoLogIn> {
    let attempt = timeout(LIMIT, attempt(provisioning)).await;
    let reason = match attempt {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(reason)) => reason,
        Err(_) => format!("no answer in {} seconds", LIMIT.as_secs()),
    };
    let text = |name: &str| provisioning.text(&format!("iwd.db.{name}")).to_owned();
    Err(NoLogIn {
        database: text("database"),
        host: text("host"),
        port: port(provisioning).to_string(),
        user: text("user"),
        reason,
    })
}

async fn attempt(provisioning: &Provisioning) -> Result<(), String> {
    let number = port(provisioning).as_u64();
    let port = number.and_then(|number| u16::try_from(number).ok());
    let text = |name: &str| provisioning.text(&format!("iwd.db.{name}"));
    let mut config = Config::new();
    config
        .host(text("host"))
        .port(port.ok_or("this is no port")?)
        .dbname(text("database"))
        .user(text("user"))
        .password(text("password"));
    let result = if provisioning.get("iwd.db.ssl") == Some(&Value::Bool(true)) {
        config.ssl_mode(SslMode::Require);
        in_and_out(&config, MakeRustlsConnect::new(tls()?)).await
    } else {
        config.ssl_mode(SslMode::Disable);
        in_and_out(&config, NoTls).await
    };
    result.map_err(|error| reason(&error))
}

async fn in_and_out<T>(config: &Config, tls: T) -> Result<(), tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Unpin,
{
    let (client, connection) = config.connect(tls).await?;
    drop(client);
    connection.await
}

fn port(provisioning: &Provisioning) -> &Value {
    provisioning.get("iwd.db.port").unwrap_or(&Value::Null)
}

/// TLS that trusts what this system trusts.
fn tls() -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// What went wrong, with all causes: the first alone says little.
fn reason(error: &tokio_postgres::Error) -> String {
    if let Some(refused) = error.as_db_error() {
        return format!("{} ({})", refused.message(), refused.code().code());
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    text
}
