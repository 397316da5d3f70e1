//! Secrets that are written wrongly, or stand where they should not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};

use super::life::{Findings, told};
use super::places::{self, Form};
use crate::canaries::{Search, canary, secrets_of};
use crate::harness::generated::tfplugin5::Diagnostic;
use crate::harness::host::Host;
use crate::harness::reply::errors;
use crate::harness::tenant::{CCID, with, write_only};
use crate::state::{move_from, stored, upgrade};

const NOWHERE: &str = "http://127.0.0.1:9";

fn search(secret: &str) -> Search {
    Search::over([("the secret".to_owned(), secret.to_owned())])
}

fn texts(diagnostics: &[Diagnostic]) -> String {
    let texts = diagnostics
        .iter()
        .map(|it| format!("{}\n{}\n{:?}\n", it.summary, it.detail, it.attribute));
    texts.collect()
}

/// A URL with the secret as its password, as it is and percent-encoded.
fn url(scheme: &str, secret: &str, host: &str) -> [String; 2] {
    let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    [secret, &encoded].map(|password| format!("{scheme}://user:{password}@{host}"))
}

fn pem(label: &str, secret: &str) -> String {
    let body = STANDARD.encode(secret);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

#[tokio::test]
async fn a_setting_that_is_wrong_is_not_told() {
    let secret = canary("a wrong setting");
    let mut settings = vec![
        json!({"api_key": format!("{secret}\n")}),
        json!({"api_key": format!("\u{200b}{secret} ")}),
        json!({"tenant_api_keys": {"": secret, (CCID): format!("{secret}\n")}}),
        json!({"tenant_api_keys": {(CCID): secret, (CCID.to_uppercase()): secret}}),
        json!({"headers": {"x-api-key": secret, "no name": secret, (secret.clone()): "1"}}),
        json!({"headers": {"X-Gateway": format!("{secret}\r\nX-Other: 1")}}),
        json!({"client_key_pem": secret, "client_cert_pem": secret}),
        json!({"client_key_pem": pem("PRIVATE KEY", &secret), "client_cert_pem": pem("CERTIFICATE", &secret)}),
        json!({"client_key_file": pem("PRIVATE KEY", &secret), "client_cert_file": pem("CERTIFICATE", &secret)}),
    ];
    for [url, encoded] in [
        url("http", &secret, "proxy:port"),
        url("ftp", &secret, "proxy"),
        url("\"http", &secret, "proxy\""),
        url("socks5", &secret, "bücher.example"),
    ] {
        settings.extend([url, encoded].map(|url| json!({"proxy_url": url})));
    }
    settings.extend(url("http", &secret, "iwd").map(|url| json!({"endpoint": url})));
    let mut host = Host::start().await;
    let (search, mut findings) = (search(&secret), Findings::default());
    for mut setting in settings {
        let name = setting.as_object().unwrap().keys().next().unwrap().clone();
        if setting["endpoint"].is_null() {
            setting["endpoint"] = NOWHERE.into();
        }
        setting["max_retries"] = 0.into();
        let problems = [
            host.validate_settings(&setting).await,
            host.configure_with(&setting).await,
        ];
        findings.look(&search, &name, &texts(&problems.concat()));
        let plan = host.plan(&Json::Null, &write_only(), &[]).await;
        let reply = host
            .apply(&Json::Null, &plan.state, &write_only(), &plan.private)
            .await;
        assert!(errors(&reply.diagnostics).count() > 0, "{name}");
        findings.look(&search, &name, &(told(&plan) + &told(&reply)));
    }
    findings.look(&search, "in the log", &host.ended().await);
    findings.expect_none();
}

#[tokio::test]
async fn a_variable_that_is_wrong_is_not_told() {
    let secret = canary("a wrong variable");
    let (search, mut findings) = (search(&secret), Findings::default());
    let [raw, encoded] = url("http", &secret, "proxy:port");
    for (name, value) in [
        ("IWD_API_KEY", format!("{secret}\n")),
        ("IWD_HEADERS", format!("{{\"X-Gateway\": {secret:?}")),
        ("IWD_HEADERS", json!([secret]).to_string()),
        ("IWD_TENANT_API_KEYS", secret.clone()),
        ("IWD_CLIENT_KEY_PEM", pem("EC PRIVATE KEY", &secret)),
        ("IWD_PROXY_URL", raw.clone()),
        ("HTTP_PROXY", raw),
        ("http_proxy", encoded),
    ] {
        let mut host = Host::start_with(&[(name, &value)]).await;
        let settings = json!({"endpoint": "http://iwd.invalid", "max_retries": 0});
        let problems = [
            host.validate_settings(&settings).await,
            host.configure_with(&settings).await,
        ];
        let plan = host.plan(&Json::Null, &write_only(), &[]).await;
        let reply = host
            .apply(&Json::Null, &plan.state, &write_only(), &plan.private)
            .await;
        let all = texts(&problems.concat()) + &told(&plan) + &told(&reply) + &host.ended().await;
        findings.look(&search, name, &all);
    }
    findings.expect_none();
}

#[tokio::test]
async fn an_argument_that_is_wrong_is_not_told() {
    let secret = canary("a wrong argument");
    let (search, mut findings) = (search(&secret), Findings::default());
    let mut host = Host::configured_for(NOWHERE).await;
    let usual = places::arguments("iwd_tenant", Form::WriteOnly, 1).config;
    let search_for = |path: &str| format!("/{}", path.replace('.', "/"));
    for argument in secrets_of("iwd_tenant") {
        for wrong in [
            json!(format!("{secret}\n")),
            json!(format!(" {secret}\u{200b}")),
            json!([secret]),
        ] {
            let config = with(&usual, &search_for(&argument.path), wrong.clone());
            if wrong.is_string() {
                let problems = host.validate(&config).await;
                findings.look(&search, &argument.path, &texts(&problems));
                let plan = host.plan(&Json::Null, &config, &[]).await;
                findings.look(&search, &argument.path, &told(&plan));
            }
            let upgraded = upgrade(&mut host, 0, stored(&config)).await;
            findings.look(&search, &argument.path, &texts(&upgraded.diagnostics));
        }
    }
    for body in [
        secret.clone(),
        json!({"tenant": {"ccid": [secret]}}).to_string(),
        json!({"tenant": {"apiKey": secret}}).to_string(),
    ] {
        for (source, state) in [
            ("restapi_object", json!({"data": body})),
            (
                "terracurl_request",
                json!({"request_body": body, "headers": {"x-api-key": secret}}),
            ),
            (
                "terraform_data",
                json!({"input": {"type": "string", "value": body}}),
            ),
        ] {
            let moved = move_from(&mut host, source, &state).await;
            assert!(!moved.diagnostics.is_empty());
            findings.look(&search, source, &texts(&moved.diagnostics));
        }
    }
    findings.look(&search, "in the log", &host.ended().await);
    findings.expect_none();
}
