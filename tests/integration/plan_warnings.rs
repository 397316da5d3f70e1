//! What a plan warns of, and when it says nothing.

use serde_json::{Value as Json, json};

use super::harness::api::Api;
use super::harness::host::{Host, Reply};
use super::harness::tenant::{with, write_only};
use super::harness::values::UNKNOWN;

const OTHER_CCID: &str = "d846c51e-1fe8-4118-bf32-cf0b4ef29032";

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
