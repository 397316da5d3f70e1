//! `--verify-db`: a tenant is provisioned only where its database takes its credentials.

use std::net::TcpListener;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::harness::{Postgres, Simulator, Tenant, Workspace, quickstart, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 5] = [
        (
            "a_tenant_whose_database_takes_its_credentials_is_provisioned",
            takes_its_credentials,
        ),
        (
            "a_tenant_whose_database_refuses_is_refused",
            each_refusal_says_why,
        ),
        (
            "a_database_that_is_silent_is_given_up",
            a_silent_database_is_given_up,
        ),
        (
            "tls_is_used_and_its_certificate_checked",
            tls_is_used_and_checked,
        ),
        ("an_apply_shows_why_the_log_in_failed", an_apply_shows_why),
    ];
    let trials = tests.into_iter();
    trials
        .map(|(name, run)| trial(format!("verify_db::{name}"), Postgres::obstacle, run))
        .collect()
}

const PASSWORD: &str = "pw of iwd-100";

fn takes_its_credentials() {
    let postgres = with_a_database();
    let simulator = Simulator::start_with(&["--verify-db"]);
    let body = body(&postgres);
    assert_eq!(simulator.put(&body), (200, json!({"created": true})));
    assert_eq!(simulator.tenants(), [quickstart::CCID]);
}

fn each_refusal_says_why() {
    let postgres = with_a_database();
    let simulator = Simulator::start_with(&["--verify-db"]);
    for (argument, value, reason) in [
        (
            "password",
            json!("wrong"),
            "password authentication failed for user \"iwd-100\" (28P01)",
        ),
        (
            "user",
            json!("iwd-101"),
            "password authentication failed for user \"iwd-101\" (28P01)",
        ),
        (
            "database",
            json!("iwd-101"),
            "database \"iwd-101\" does not exist (3D000)",
        ),
        ("port", json!(1), "Connection refused"),
        ("port", json!(65536), "this is no port"),
    ] {
        let mut body = body(&postgres);
        body["iwd"]["db"][argument] = value;
        let (status, answer) = simulator.put(&body);
        assert_eq!(status, 500, "{argument}");
        let message = answer["error"]["message"].as_str().expect("a text");
        assert!(message.contains(reason), "{message}");
        assert!(
            message.starts_with("iwd.db: no log-in to the database"),
            "{message}"
        );
        assert!(
            !message.contains(PASSWORD) && !message.contains("wrong"),
            "{message}"
        );
    }
    assert_eq!(simulator.tenants(), [""; 0]);
}

fn a_silent_database_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let simulator = Simulator::start_with(&["--verify-db"]);
    let mut body = quickstart::documented_body();
    body["iwd"]["db"]["host"] = "127.0.0.1".into();
    body["iwd"]["db"]["port"] = silent.local_addr().expect("its address").port().into();
    let (status, answer) = simulator.put(&body);
    assert_eq!(status, 500);
    let message = answer["error"]["message"].as_str().expect("a text");
    assert!(message.ends_with("no answer in 5 seconds"), "{message}");
}

fn tls_is_used_and_checked() {
    let postgres = with_a_database();
    let mut body = body(&postgres);
    body["iwd"]["db"]["ssl"] = true.into();
    let trusting = Simulator::start_trusting(postgres.certificate(), &["--verify-db"]);
    assert_eq!(trusting.put(&body).0, 200);
    let log = postgres.log();
    assert!(
        log.contains("user=iwd-100 database=iwd-100 SSL enabled"),
        "{log}"
    );

    let doubting = Simulator::start_with(&["--verify-db"]);
    let (status, answer) = doubting.put(&body);
    assert_eq!(status, 500);
    let message = answer["error"]["message"].as_str().expect("a text");
    assert!(message.contains("invalid peer certificate"), "{message}");
}

fn an_apply_shows_why() {
    let postgres = with_a_database();
    let simulator = Simulator::start_with(&["--verify-db"]);
    let tenant = Tenant::new()
        .text("iwd.db.host", "127.0.0.1")
        .set("iwd.db.port", &postgres.port().to_string());
    let workspace = Workspace::with_settings(&simulator, &[("max_retries", "0")], &tenant);
    workspace
        .apply_fails()
        .expect_text("password authentication failed for user \\\"iwd-100\\\"");
    workspace.set_config(tenant.text("iwd.db.password", PASSWORD));
    workspace.apply().expect_created(1);
    workspace.finish();
}

/// A server with the role and the database of the documented tenant.
fn with_a_database() -> Postgres {
    let postgres = Postgres::start();
    postgres.sql(&format!(
        "CREATE ROLE \"iwd-100\" LOGIN PASSWORD '{PASSWORD}'"
    ));
    postgres.sql("CREATE DATABASE \"iwd-100\" OWNER \"iwd-100\"");
    postgres
}

/// The documented body with the tenant's database on `postgres`.
fn body(postgres: &Postgres) -> Value {
    let mut body = quickstart::documented_body();
    let db = &mut body["iwd"]["db"];
    db["host"] = "127.0.0.1".into();
    db["port"] = postgres.port().into();
    db["password"] = PASSWORD.into();
    body
}
