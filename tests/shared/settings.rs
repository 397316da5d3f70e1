//! Settings of the provider in which every secret is a canary.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Map, Value as Json, json};
use terraform_provider_iwd::provider::variable;

use super::{canary, secrets_of, word};

/// The place of the canary that never leaves the machine.
pub const PRIVATE_KEY: &str = "provider.client_key_pem";

/// The places of the canaries that stand in the environment beside a proxy that is used.
pub const UNUSED: [&str; 4] = [
    "HTTP_PROXY user",
    "HTTP_PROXY password",
    "https_proxy user",
    "https_proxy password",
];

/// Settings or arguments, and the canaries in them, each with its place.
pub struct Planted {
    /// The object.
    pub config: Json,
    /// Place and value of each secret.
    pub secrets: Vec<(String, String)>,
}

impl Planted {
    /// The canaries that a server may know.
    pub fn known(&self) -> impl Iterator<Item = String> {
        let known = self
            .secrets
            .iter()
            .filter(|(place, _)| place != PRIVATE_KEY);
        known.map(|(_, value)| value.clone())
    }
}

/// Settings for an endpoint that lies behind the proxy at that address, with all secrets in use for these tenants.
pub fn settings(endpoint: &str, proxy: &str, ccids: &[&str]) -> Planted {
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec!["client".to_owned()]).expect("a name");
    let certificate = parameters.self_signed(&key).expect("a certificate");
    let mut config = json!({"endpoint": endpoint, "client_cert_pem": certificate.pem()});
    let mut secrets = Vec::new();
    for setting in secrets_of("provider") {
        let mut plant = |part: &str, value: String| {
            secrets.push((format!("provider.{}{part}", setting.path), value.clone()));
            value
        };
        let of = |part: &str| canary(&format!("provider.{}{part}", setting.path));
        config[&setting.path] = match &*setting.path {
            "api_key" => plant("", of("")).into(),
            "tenant_api_keys" => {
                let own = plant(" own", of(" own"));
                let mut keys: Map<_, _> = ccids
                    .iter()
                    .map(|ccid| ((*ccid).to_owned(), own.clone().into()))
                    .collect();
                keys.insert("another".to_owned(), plant(" other", of(" other")).into());
                keys.into()
            }
            "headers" => {
                let gateway = plant(" gateway", of(" gateway"));
                let token = plant(" token", word("token"));
                let [user, password] = [" user", " password"].map(|part| plant(part, of(part)));
                let basic = STANDARD.encode(format!("{user}:{password}"));
                json!({
                    "X-Gateway": gateway,
                    "X-Token": format!("Bearer {token}"),
                    "Authorization": format!("Basic {basic}"),
                })
            }
            "client_key_pem" => {
                let key = key.serialize_pem();
                plant("", private_part(&key));
                key.into()
            }
            "proxy_url" => {
                let [user, password] = [" user", " password"].map(|part| plant(part, of(part)));
                with_credentials(proxy, &user, &password).into()
            }
            other => panic!("no canary for the setting {other}: plant one"),
        };
    }
    Planted { config, secrets }
}

/// The variables that stand for these settings, and some for other proxies, whose canaries are added.
pub fn environment(settings: &mut Planted) -> Vec<(String, String)> {
    let text = |value: &Json| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let block = settings.config.as_object().expect("an object").iter();
    let mut variables: Vec<_> = block
        .map(|(name, value)| (variable(name), text(value)))
        .collect();
    for name in ["HTTP_PROXY", "https_proxy"] {
        let [user, password] = ["user", "password"].map(|part| {
            let place = format!("{name} {part}");
            let value = canary(&place);
            settings.secrets.push((place, value.clone()));
            value
        });
        let url = with_credentials("proxy.example:3128", &user, &password);
        variables.push((name.to_owned(), url));
    }
    variables
}

fn with_credentials(proxy: &str, user: &str, password: &str) -> String {
    let [user, password] = [user, password].map(|it| utf8_percent_encode(it, NON_ALPHANUMERIC));
    format!("http://{user}:{password}@{proxy}")
}

/// A part of a key in PEM that stands in no certificate: the last of its private number.
fn private_part(key: &str) -> String {
    let line = key.lines().nth(2).expect("a key has two lines");
    line[..26].to_owned()
}
