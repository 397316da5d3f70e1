//! Secrets: checked, known for masking, and never shown.

use super::*;

#[test]
fn secrets_are_checked_but_neither_quoted_nor_pointed_at() {
    for block in [
        block([("api_key", "canary\n".into())]),
        block([("api_key", " ".into())]),
        block([("tenant_api_keys", map([("t1", "".into())]))]),
        block([("tenant_api_keys", map([("canary key", "t1".into())]))]),
        block([("proxy_url", "canary:3128".into())]),
        block([("proxy_url", "http://u:canary@proxy\n".into())]),
        block([("ca_cert_file", "-----BEGIN\ncanary".into())]),
        block([
            ("client_key_file", Value::UNKNOWN),
            ("client_cert_pem", Value::UNKNOWN),
            ("proxy_url", "canary".into()),
        ]),
    ] {
        let problem = problem_of(&block);
        assert!(problem.path.is_root(), "{}", problem.detail);
        assert!(!problem.detail.contains("canary"), "{}", problem.detail);
    }
    let (certificate, _) = identity();
    let broken = block([
        ("client_cert_pem", certificate.into()),
        ("client_key_pem", "canary".into()),
    ]);
    let problem = problem_of(&broken);
    assert!(problem.path.is_root());
    assert!(problem.detail.starts_with("`client_key_pem`: "));
}

#[test]
fn what_nobody_sees_in_a_key_or_a_header_is_a_warning_without_the_value() {
    for (argument, value, what) in [
        (
            "api_key",
            "canary ".into(),
            "the key holds a blank at its end.",
        ),
        (
            "tenant_api_keys",
            map([
                ("t1", "can\u{200b}ary".into()),
                ("t2", "can\u{200b}ary".into()),
            ]),
            "a key in it holds a zero-width space (U+200B).",
        ),
        (
            "headers",
            map([("X-Canary", "\u{feff}canary".into())]),
            "a header's value holds a byte order mark (U+FEFF).",
        ),
    ] {
        let told = problem_of(&block([(argument, value)]));
        assert_eq!(told.severity, Severity::Warning);
        assert!(told.path.is_root());
        let begin = format!("`{argument}`: {what}");
        assert!(told.detail.starts_with(&begin), "{}", told.detail);
        assert!(
            !told.detail.to_lowercase().contains("canary"),
            "{}",
            told.detail
        );
    }
    let env = environment([("IWD_API_KEY", "\u{a0}canary")]);
    let [told] = validate(&Value::Null, &env).try_into().unwrap();
    let begin = "environment variable IWD_API_KEY: the key holds a no-break space (U+00A0).";
    assert!(told.detail.starts_with(begin), "{}", told.detail);
}

#[test]
fn no_name_of_a_header_is_quoted_that_may_be_a_value() {
    for headers in [
        map([("canary token", "X-Team".into())]),
        map([("canary", "X-Team\n".into())]),
        map([("canary", "X-Team".into()), ("Canary", "X-Team".into())]),
    ] {
        let told = problem_of(&block([("headers", headers)]));
        assert!(
            !told.detail.to_lowercase().contains("canary"),
            "{}",
            told.detail
        );
    }
    let told = problem_of(&block([("headers", map([("X-API-Key", "canary".into())]))]));
    assert!(
        told.detail.contains("header \"X-API-Key\": the provider"),
        "{}",
        told.detail
    );
}

#[test]
fn every_secret_is_known_for_masking_and_none_is_in_debug() {
    let (certificate, key) = identity();
    let settings = settings_of(&block([
        ("endpoint", "http://visible".into()),
        ("api_key", "canary-1".into()),
        ("tenant_api_keys", map([("t1", "canary-2".into())])),
        (
            "headers",
            map([
                ("X-A", "canary-3".into()),
                ("X-B", "Bearer canary-4".into()),
                ("Authorization", "Basic bWU6Y2FuYXJ5LTU=".into()),
            ]),
        ),
        ("proxy_url", "http://canary-token:can%2Fary+4@proxy".into()),
        ("client_cert_pem", certificate.into()),
        ("client_key_pem", key.as_str().into()),
    ]));
    let secrets = settings.secrets();
    let secrets: Vec<&str> = secrets.iter().map(ExposeSecret::expose_secret).collect();
    for secret in [
        "canary-1",
        "canary-2",
        "canary-3",
        "Bearer canary-4",
        "canary-4",
        "canary-5",
        "canary-token",
        "can%2Fary+4",
        "can/ary+4",
        &key,
    ] {
        assert!(secrets.contains(&secret), "{secret}");
    }
    assert_eq!(settings.visible(), ["http://visible/", "visible"]);

    let shown = format!("{settings:?} {:?}", settings.client_settings(None));
    assert!(shown.contains("visible"));
    for secret in ["canary", "can%2Fary", key.lines().nth(1).unwrap()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
