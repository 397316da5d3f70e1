//! What a plan warns of, and when it says nothing.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::harness::api::Api;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::Host;
use super::harness::reply::Reply;
use super::harness::tenant::{CCID, plain, with, write_only};
use super::harness::values::{UNKNOWN, to_wire};

const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";
const THIRD_CCID: &str = "5b5e2a4e-2a0f-4f0b-8f3c-3b8b7d5d1c11";

/// An object as Terraform keeps it.
#[derive(Clone)]
struct Object {
    state: Json,
    private: Vec<u8>,
}

impl Object {
    async fn create(host: &mut Host, api: &Api, config: &Json) -> Self {
        host.configure(api.url()).await;
        let created = host.change(&Json::Null, config, &[]).await;
        created.expect_no_error();
        Self::of(created)
    }

    fn of(reply: Reply) -> Self {
        Self {
            state: reply.state,
            private: reply.private,
        }
    }

    async fn plan(&self, host: &mut Host, config: &Json) -> Reply {
        host.plan(&self.state, config, &self.private).await
    }
}

/// Settings that no client can be made of, and what is said of them.
fn unusable(folder: &Path) -> Vec<(Json, &'static str)> {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let [one, other] =
        [(); 2].map(|()| rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap());
    let iwd = "http://127.0.0.1:9";
    let pair = json!({
        "endpoint": iwd,
        "client_cert_file": file("client.crt", &one.cert.pem()),
        "client_key_file": file("client.key", &other.signing_key.serialize_pem()),
    });
    let missing = json!({"endpoint": iwd, "ca_cert_file": folder.join("missing.pem")});
    vec![
        (json!({}), "No IWD endpoint is set"),
        (missing, "Error reading a file of the provider settings"),
        (pair, "Invalid provider settings"),
        (
            json!({"endpoint": "https://iwd.example.com"}),
            "Invalid proxy environment variable",
        ),
    ]
}

/// Asks for all that sends nothing, and fails the test if anything is said.
async fn expect_silence(host: &mut Host, settings: &Json, sent: &Object, kept: &Object) {
    let silent = [
        ("validate", host.validate_settings(settings).await),
        ("configure", host.configure_with(settings).await),
        ("validate a tenant", host.validate(&plain()).await),
        ("refresh", read(host, &sent.state).await),
        ("import", host.import(CCID).await.diagnostics),
        ("no change", sent.plan(host, &plain()).await.diagnostics),
        (
            "a change for the state alone",
            sent.plan(host, &with(&plain(), "/on_destroy", "keep"))
                .await
                .diagnostics,
        ),
        ("keep", kept.plan(host, &Json::Null).await.diagnostics),
        ("iwd_api_key", plan_key(host).await.diagnostics),
    ];
    for (what, told) in silent {
        assert_eq!(told, [], "{what}: {settings}");
    }
}

async fn read(host: &mut Host, state: &Json) -> Vec<wire::Diagnostic> {
    let request = wire::read_resource::Request {
        type_name: "iwd_tenant".to_owned(),
        current_state: Some(to_wire(state)),
        ..Default::default()
    };
    let reply = host.provider.read_resource(request).await;
    reply.unwrap().into_inner().diagnostics
}

async fn plan_key(host: &mut Host) -> Reply {
    let config = json!({"id": null, "key": null, "keepers": null});
    host.plan_type("iwd_api_key", &Json::Null, &config, &config, &[])
        .await
}

#[tokio::test]
async fn what_an_apply_will_fail_with_is_told_once_at_the_first_plan_that_sends() {
    let folder = tempfile::tempdir().unwrap();
    let api = Api::start().await;
    let mut host = Host::start_with(&[("HTTPS_PROXY", "ftp://proxy")]).await;
    let sent = Object::create(&mut host, &api, &plain()).await;
    let kept = with(&with(&plain(), "/ccid", OTHER_CCID), "/on_destroy", "keep");
    let kept = Object::create(&mut host, &api, &kept).await;
    let new = Object {
        state: Json::Null,
        private: Vec::new(),
    };
    let third = with(&plain(), "/ccid", THIRD_CCID);
    let sending = [
        ("create", &new, third.clone()),
        ("update", &sent, with(&plain(), "/name", "t101")),
        (
            "perhaps an update",
            &sent,
            with(&plain(), "/iwd/url", UNKNOWN),
        ),
        ("replacement", &sent, third),
        ("destroy", &sent, Json::Null),
    ];
    for (settings, summary) in unusable(folder.path()) {
        for (what, object, config) in &sending {
            expect_silence(&mut host, &settings, &sent, &kept).await;
            let plan = object.plan(&mut host, config).await;
            plan.expect_no_error();
            let warnings = plan.warnings();
            let told = warnings.iter().filter(|told| **told == summary).count();
            assert_eq!(told, 1, "{what}: {settings}: {warnings:?}");
            let again = object.plan(&mut host, config).await;
            assert!(!again.warnings().contains(&summary), "{what}: {settings}");
        }
        let (_, object, config) = &sending[0];
        host.begin_walk().await;
        let applied = host.change(&object.state, config, &object.private).await;
        let error = applied.expect_error(summary);
        host.begin_walk().await;
        let warning = object.plan(&mut host, config).await.diagnostics.remove(0);
        assert!(warning.detail.starts_with(&error.detail), "{settings}");
    }
}

#[tokio::test]
async fn what_is_not_known_yet_or_a_plan_that_is_refused_is_no_reason_to_warn() {
    let mut host = Host::start_with(&[("HTTPS_PROXY", "ftp://proxy")]).await;
    let unknown = json!({"endpoint": UNKNOWN, "ca_cert_file": UNKNOWN});
    host.configure_with(&unknown).await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    assert_eq!(plan.warnings(), [""; 0]);
    host.configure_with(&json!({})).await;
    let refused = host
        .plan(&Json::Null, &with(&plain(), "/name", ""), &[])
        .await;
    assert_eq!(refused.warnings(), [""; 0]);
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    assert_eq!(plan.warnings(), ["No IWD endpoint is set"]);
}

#[tokio::test]
async fn a_plan_whose_only_change_is_the_revision_says_why() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    let rotated = with(&write_only(), "/iwd/db/password_wo", "canary-rotated");
    let unknown = with(&write_only(), "/api_key_wo", UNKNOWN);
    let config = with(&write_only(), "/ccid", OTHER_CCID);
    let object = Object::create(&mut host, &api, &config).await;
    let damaged = Object {
        private: b"damaged".to_vec(),
        ..object.clone()
    };
    let failed = {
        api.fault(json!({"status": 500, "times": 3})).await;
        let renamed = with(&config, "/name", "t101");
        let failed = host.change(&object.state, &renamed, &object.private).await;
        assert!(!failed.diagnostics.is_empty());
        Object::of(failed)
    };
    let with_key = json!({"endpoint": api.url(), "api_key": "canary-key"});
    for (object, config, reason) in [
        (&object, &config, None),
        (
            &object,
            &with(&rotated, "/ccid", OTHER_CCID),
            Some("Write-only secrets have changed"),
        ),
        (
            &object,
            &with(&unknown, "/ccid", OTHER_CCID),
            Some("Write-only secrets are not known yet"),
        ),
        (
            &failed,
            &config,
            Some("An earlier request may not have arrived"),
        ),
        (
            &damaged,
            &config,
            Some("Private data of the tenant can't be read"),
        ),
    ] {
        host.configure_with(&with_key).await;
        let plan = object.plan(&mut host, config).await;
        plan.expect_no_error();
        let told: Vec<_> = plan.warnings();
        assert_eq!(told, Vec::from_iter(reason));
        let more = with(config, "/on_destroy", "keep");
        let plan = object.plan(&mut host, &more).await;
        assert_eq!(plan.warnings(), [""; 0], "{reason:?}");
    }
}
