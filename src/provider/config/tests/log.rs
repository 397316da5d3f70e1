//! What the log tells of the settings.

use super::*;

/// The source and the value that are logged of each setting.
fn logged<const N: usize>(
    arguments: [(&str, Value); N],
    variables: [(&str, &str); 7],
) -> BTreeMap<&'static str, (String, Option<String>)> {
    let env = environment(variables);
    let settings = resolve(&block(arguments), &env).expect("no problem");
    let logged = settings
        .logged()
        .map(|(name, origin, value)| (name, (origin.to_string(), value)));
    let logged = logged.collect();
    let shown = format!("{logged:?}");
    assert!(!shown.contains("canary"), "{shown}");
    logged
}

#[test]
fn each_setting_has_its_source_and_no_secret_a_value() {
    let (certificate, key) = identity();
    let headers = map([("x-gateway", "canary-header".into())]);
    let logged = logged(
        [
            ("endpoint", "https://iwd".into()),
            ("headers", headers),
            ("proxy_url", "http://me:canary@proxy:3128".into()),
            ("max_retries", Value::UNKNOWN),
            ("client_cert_pem", certificate.as_str().into()),
            ("client_key_pem", key.as_str().into()),
            ("retry_min_wait", "1s".into()),
        ],
        [
            ("IWD_ENDPOINT", "https://canary"),
            ("IWD_API_KEY", "canary-key"),
            ("IWD_TENANT_API_KEYS", r#"{"a": "canary-of-a"}"#),
            ("IWD_CA_CERT_FILE", "/etc/ca.pem"),
            ("IWD_CLIENT_KEY_FILE", "/etc/canary.key"),
            ("IWD_INSECURE_SKIP_VERIFY", "false"),
            ("IWD_REQUEST_TIMEOUT", "90s"),
        ],
    );
    let expected = [
        ("api_key", "environment variable IWD_API_KEY", None),
        (
            "ca_cert_file",
            "environment variable IWD_CA_CERT_FILE",
            Some("/etc/ca.pem"),
        ),
        ("ca_cert_pem", "default", None),
        ("client_cert_pem", "provider block", None),
        ("client_key_pem", "provider block", None),
        ("endpoint", "provider block", Some("https://iwd/")),
        ("headers", "provider block", None),
        (
            "insecure_skip_verify",
            "environment variable IWD_INSECURE_SKIP_VERIFY",
            Some("false"),
        ),
        ("max_retries", "provider block", Some("not known yet")),
        ("proxy_url", "provider block", Some("http://proxy:3128")),
        (
            "request_timeout",
            "environment variable IWD_REQUEST_TIMEOUT",
            Some("1m30s"),
        ),
        ("retry_max_wait", "default", None),
        ("retry_min_wait", "provider block", Some("1s")),
        (
            "tenant_api_keys",
            "environment variable IWD_TENANT_API_KEYS",
            None,
        ),
    ];
    let expected =
        expected.map(|(name, source, value)| (name, (source.to_owned(), value.map(str::to_owned))));
    // The block has one form of certificate and key, so nobody asks for the other.
    assert_eq!(logged, BTreeMap::from_iter(expected));
}
