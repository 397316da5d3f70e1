//! What is wrong with a configuration, and where Terraform shows it.

use serde_json::{Value as Json, json};

use super::harness::generated::tfplugin5::diagnostic::Severity;
use super::harness::host::Host;
use super::harness::reply::{errors, place};
use super::harness::tenant::{gws, plain, with, write_only};
use super::harness::values::UNKNOWN;

fn full() -> Json {
    with(
        &with(
            &with(&plain(), "/gws", gws()),
            "/iwd_email",
            json!({"url": null}),
        ),
        "/timeouts",
        json!({"create": null, "update": null, "delete": null}),
    )
}

#[tokio::test]
async fn a_correct_configuration_says_nothing() {
    let mut host = Host::start().await;
    let mut numbered_namespace = plain();
    numbered_namespace["iwd"]["url"] = json!("http://iwd.100:4024");
    for config in [plain(), write_only(), full(), numbered_namespace] {
        assert_eq!(host.validate(&config).await, []);
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one list of all mistakes")]
async fn each_mistake_is_one_error_at_its_place() {
    let mut host = Host::start().await;
    let blank = "Empty argument";
    let control = "Control character in an argument";
    let cases: &[(&str, Json, &str, &str)] = &[
        ("/ccid", json!(".."), "Invalid contact center id", "ccid"),
        ("/ccid", json!(""), "Invalid contact center id", "ccid"),
        ("/ccid", json!("a/b"), "Invalid contact center id", "ccid"),
        ("/ccid", Json::Null, "Missing required argument", "ccid"),
        ("/short_id", json!(" "), blank, "short_id"),
        ("/name", json!("t\n"), control, "name"),
        ("/iwd/db/host", json!(""), blank, "iwd.db.host"),
        ("/iwd/db/user", json!("a\u{7f}"), control, "iwd.db.user"),
        ("/gws/username", json!("\t"), blank, "gws.username"),
        ("/iwd/url", json!("iwd.iwd:4024"), "Invalid URL", "iwd.url"),
        ("/iwd/url", json!("ftp://iwd"), "Invalid URL", "iwd.url"),
        ("/iwd/url", json!("http:iwd:4024"), "Invalid URL", "iwd.url"),
        ("/iwd/url", json!(" http://iwd"), "Invalid URL", "iwd.url"),
        (
            "/iwd/url",
            json!("http://10.0.0.256"),
            "Invalid URL",
            "iwd.url",
        ),
        ("/gws/url", json!("http://"), "Invalid URL", "gws.url"),
        (
            "/gws/auth_url",
            json!("/path"),
            "Invalid URL",
            "gws.auth_url",
        ),
        (
            "/gws/auth_redirect_url",
            json!("x"),
            "Invalid URL",
            "gws.auth_redirect_url",
        ),
        ("/iwd/db/port", json!(0), "Invalid port", "iwd.db.port"),
        ("/iwd/db/port", json!(65536), "Invalid port", "iwd.db.port"),
        ("/iwd/db/port", json!(54.32), "Invalid port", "iwd.db.port"),
        (
            "/on_destroy",
            json!("delete"),
            "Invalid on_destroy",
            "on_destroy",
        ),
        (
            "/timeouts/create",
            json!("5"),
            "Invalid duration",
            "timeouts.create",
        ),
        (
            "/timeouts/update",
            json!("0s"),
            "Invalid duration",
            "timeouts.update",
        ),
        (
            "/timeouts/delete",
            json!("-1m"),
            "Invalid duration",
            "timeouts.delete",
        ),
        (
            "/destroy_services",
            json!(["iWD"]),
            "destroy_services without its mode",
            "destroy_services",
        ),
        ("/iwd", Json::Null, "Missing required block", ""),
        ("/iwd/db", Json::Null, "Missing required block", "iwd"),
        ("/iwd/api_keys", Json::Null, "Missing required block", "iwd"),
        ("/id", json!("x"), "Argument can't be set", "id"),
        ("/revision", json!(3), "Argument can't be set", "revision"),
        // Secrets: at the parent of the enclosing block, so that no line with a secret is printed.
        ("/api_key", Json::Null, "Missing secret", ""),
        ("/api_key_wo", json!("canary"), "Secret set twice", ""),
        ("/api_key", json!(""), blank, ""),
        ("/gws/token", Json::Null, "Missing secret", ""),
        (
            "/gws/client_secret_wo",
            json!("canary"),
            "Secret set twice",
            "",
        ),
        ("/gws/client_secret", json!("canary\n"), control, ""),
        ("/iwd/db/password", Json::Null, "Missing secret", "iwd"),
        ("/iwd/db/password", json!(" "), blank, "iwd"),
        (
            "/iwd/api_keys/tenant_wo",
            json!("canary"),
            "Secret set twice",
            "iwd",
        ),
    ];
    for (pointer, value, summary, at) in cases {
        let diagnostics = host.validate(&with(&full(), pointer, value.clone())).await;
        let errors: Vec<_> = errors(&diagnostics)
            .map(|error| (error.summary.as_str(), place(error)))
            .collect();
        assert_eq!(
            errors,
            [(*summary, (*at).to_owned())],
            "{pointer} = {value}"
        );
        assert!(
            diagnostics
                .iter()
                .all(|diagnostic| !diagnostic.detail.contains("canary"))
        );
    }
}

#[tokio::test]
async fn the_optional_secrets_may_be_missing_but_not_twice() {
    let mut host = Host::start().await;
    for (block, plain, twin, at) in [
        ("/gws", "api_key", "api_key_wo", ""),
        ("/iwd/api_keys", "iwddm", "iwddm_wo", "iwd"),
    ] {
        let one = with(&full(), &format!("{block}/{plain}"), "canary");
        assert_eq!(host.validate(&one).await, []);
        let both = with(&one, &format!("{block}/{twin}"), "canary");
        let diagnostics = host.validate(&both).await;
        assert_eq!(
            (diagnostics[0].summary.as_str(), place(&diagnostics[0])),
            ("Secret set twice", at.to_owned())
        );
    }
}

#[tokio::test]
async fn the_services_to_destroy_are_checked_one_by_one() {
    let mut host = Host::start().await;
    let mode = with(&full(), "/on_destroy", "delete_services");
    for services in [
        json!([]),
        json!([""]),
        json!(["iWD,iWDEmail"]),
        json!([null]),
        json!(["iWD", "iWD "]),
    ] {
        let diagnostics = host
            .validate(&with(&mode, "/destroy_services", services.clone()))
            .await;
        let errors: Vec<_> = errors(&diagnostics).collect();
        assert_eq!(errors.len(), 1, "{services}: {errors:?}");
        assert_eq!(
            (errors[0].summary.as_str(), place(errors[0])),
            ("Invalid destroy_services", "destroy_services".to_owned())
        );
    }
    assert_eq!(
        host.validate(&with(&mode, "/destroy_services", json!(["iWD", "GAPI"])))
            .await,
        []
    );
}

#[tokio::test]
async fn of_too_many_problems_the_first_are_told_and_the_others_counted() {
    let mut host = Host::start().await;
    let names: Vec<_> = (0..20_000)
        .map(|number| format!("service-{number}"))
        .collect();
    let config = with(&plain(), "/on_destroy", "delete_services");
    let config = with(&config, "/destroy_services", json!(names));
    let told = host.validate(&config).await;
    assert_eq!(told.len(), 101);
    assert_eq!(told[100].summary, "More problems than are shown");
    assert!(
        told[100].detail.contains("19900 more warnings"),
        "{:?}",
        told[100]
    );
    let long = with(&plain(), "/on_destroy", "x".repeat(1 << 20));
    let told = host.validate(&long).await;
    assert!(told.iter().all(|problem| problem.detail.len() < 9000));
}

#[tokio::test]
async fn what_is_only_unusual_is_a_warning() {
    let mut host = Host::start().await;
    let mode = with(&full(), "/on_destroy", "delete_services");
    for (config, summary, at) in [
        (
            with(&full(), "/ccid", "9350e2fc-a1dd-4c65-"),
            "Contact center id is not a UUID",
            "ccid",
        ),
        (
            with(&full(), "/iwd_email/url", "http://email"),
            "Unusual URL of the email service",
            "iwd_email.url",
        ),
        (
            with(&mode, "/destroy_services", json!(["Chat"])),
            "Unknown service in destroy_services",
            "destroy_services",
        ),
    ] {
        let diagnostics = host.validate(&config).await;
        let [warning] = diagnostics.as_slice() else {
            panic!("one warning: {diagnostics:?}")
        };
        assert_eq!(warning.severity(), Severity::Warning);
        assert_eq!(
            (warning.summary.as_str(), place(warning)),
            (summary, at.to_owned())
        );
    }
}

#[tokio::test]
async fn what_nobody_sees_in_a_key_is_a_warning_outside_of_its_block_and_without_its_value() {
    let mut host = Host::start().await;
    for (base, pointer, argument, at) in [
        (plain(), "/api_key", "`api_key`", ""),
        (write_only(), "/api_key_wo", "`api_key_wo`", ""),
        (full(), "/gws/api_key", "`gws.api_key`", ""),
        (
            plain(),
            "/iwd/api_keys/tenant",
            "`iwd.api_keys.tenant`",
            "iwd",
        ),
        (
            write_only(),
            "/iwd/api_keys/tenant_wo",
            "`iwd.api_keys.tenant_wo`",
            "iwd",
        ),
        (
            plain(),
            "/iwd/api_keys/iwddm_wo",
            "`iwd.api_keys.iwddm_wo`",
            "iwd",
        ),
    ] {
        let config = with(&base, pointer, "canary\u{200b}key ");
        let [told] = host.validate(&config).await.try_into().unwrap();
        assert_eq!(told.severity(), Severity::Warning);
        assert_eq!(told.summary, "Invisible character in a key or header");
        let holds = "holds a zero-width space (U+200B) and a blank at its end.";
        assert!(
            told.detail.starts_with(&format!("{argument} {holds}")),
            "{}",
            told.detail
        );
        assert!(!told.detail.contains("canary"), "{}", told.detail);
        assert_eq!(place(&told), at, "{pointer}");
    }
    // A password may have any character.
    let config = with(&plain(), "/iwd/db/password", "canary ");
    assert_eq!(host.validate(&config).await, []);
}

#[tokio::test]
async fn what_is_not_known_yet_passes() {
    let mut host = Host::start().await;
    for pointer in [
        "/ccid",
        "/short_id",
        "/api_key",
        "/api_key_wo",
        "/on_destroy",
        "/destroy_services",
        "/gws",
        "/gws/token",
        "/gws/url",
        "/iwd",
        "/iwd/db/port",
        "/iwd/db/password",
        "/iwd/db/password_wo",
        "/iwd_email/url",
        "/timeouts/create",
    ] {
        let config = with(&full(), pointer, UNKNOWN);
        assert_eq!(host.validate(&config).await, [], "{pointer}");
    }
}

#[tokio::test]
async fn all_problems_are_reported_in_one_run() {
    let mut host = Host::start().await;
    let mut config = full();
    for (pointer, value) in [
        ("/ccid", json!("..")),
        ("/iwd/db/port", json!(0)),
        ("/iwd/url", json!("x")),
        ("/iwd/db/password", Json::Null),
    ] {
        config = with(&config, pointer, value);
    }
    assert_eq!(errors(&host.validate(&config).await).count(), 4);
}

#[tokio::test]
async fn a_terraform_without_write_only_arguments_is_refused_their_values() {
    let mut host = Host::start().await;
    let diagnostics = host.validate_as(&write_only(), false).await;
    let errors: Vec<_> = errors(&diagnostics).collect();
    assert_eq!(errors.len(), 3);
    assert!(
        errors
            .iter()
            .all(|error| error.summary == "Write-only argument needs Terraform 1.11")
    );
    assert!(errors.iter().all(|error| !error.detail.contains("canary")));
    let places: Vec<_> = errors.iter().map(|error| place(error)).collect();
    assert_eq!(places, ["", "iwd", "iwd"]);
    assert_eq!(host.validate_as(&plain(), false).await, []);
}

#[tokio::test]
async fn a_plan_refuses_what_validation_would_have_refused() {
    let mut host = Host::start().await;
    let plan = host
        .plan(&Json::Null, &with(&full(), "/ccid", ".."), &[])
        .await;
    plan.expect_error("Invalid contact center id");
}
