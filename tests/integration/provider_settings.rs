//! What is wrong with the provider block, and where Terraform shows it.

use serde_json::{Value as Json, json};

use super::harness::host::Host;
use super::harness::reply::{errors, place};
use super::harness::tenant::plain;
use super::harness::values::UNKNOWN;

#[tokio::test]
async fn correct_settings_say_nothing_and_neither_do_unknown_ones() {
    let mut host = Host::start().await;
    for settings in [
        json!({}),
        json!({"endpoint": "https://gateway.example.com/genesys/iwd/v3/", "max_retries": 0, "request_timeout": "1h30m"}),
        json!({"endpoint": UNKNOWN, "api_key": UNKNOWN, "headers": UNKNOWN, "tenant_api_keys": {"a": UNKNOWN}}),
        json!({"headers": {"x-gateway": "canary"}, "proxy_url": ""}),
    ] {
        assert_eq!(host.validate_settings(&settings).await, [], "{settings}");
        assert_eq!(host.configure_with(&settings).await, [], "{settings}");
    }
}

#[tokio::test]
async fn each_mistake_is_an_error_at_its_place() {
    let mut host = Host::start().await;
    let cases: &[(Json, &str)] = &[
        (json!({"endpoint": "iwd.iwd:4024"}), "endpoint"),
        (json!({"max_retries": 1.5}), "max_retries"),
        // Secrets have no place of their own: the provider block has no parent to show instead.
        (json!({"headers": {"X-Api-Key": "canary"}}), ""),
    ];
    for (settings, at) in cases {
        let diagnostics = host.validate_settings(settings).await;
        let places: Vec<_> = errors(&diagnostics).map(place).collect();
        assert_eq!(places, [*at], "{settings}: {diagnostics:?}");
        assert!(
            diagnostics
                .iter()
                .all(|problem| !problem.detail.contains("canary")),
            "{diagnostics:?}"
        );
        assert_ne!(host.configure_with(settings).await, [], "{settings}");
    }
}

#[tokio::test]
async fn a_client_certificate_with_another_ones_key_is_an_error_at_once_or_once_the_files_are_read()
{
    let (one, other) = (certified(), certified());
    let (certificate, key) = (one.cert.pem(), other.signing_key.serialize_pem());
    let mut host = Host::start().await;
    let inline = json!({"client_cert_pem": certificate, "client_key_pem": key});
    let told = host.validate_settings(&inline).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].summary, "Invalid client certificate");

    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = json!({
        "endpoint": "http://127.0.0.1:9",
        "client_cert_file": file("client.crt", &certificate),
        "client_key_file": file("client.key", &key),
    });
    assert_eq!(host.configure_with(&files).await, []);
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let told = created.expect_error("Invalid provider settings");
    assert!(told.detail.contains("does not belong"), "{}", told.detail);
    assert!(told.detail.contains("Nothing was sent."), "{}", told.detail);

    let own_key =
        json!({"client_cert_pem": certificate, "client_key_pem": one.signing_key.serialize_pem()});
    assert_eq!(host.validate_settings(&own_key).await, []);
}

fn certified() -> rcgen::CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}
