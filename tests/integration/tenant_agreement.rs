//! What a plan of `iwd_tenant` shows, the plan at apply and the apply itself keep, whatever the unknown values turn out
//! to be.

use serde_json::{Value as Json, json};

use super::harness::api::Api;
use super::harness::host::Host;
use super::harness::reply::Reply;
use super::harness::tenant::{CCID, gws, plain, with, write_only};
use super::harness::values::UNKNOWN;

/// A tenant in state.
struct Existing {
    config: Json,
    state: Json,
    private: Vec<u8>,
}

impl Existing {
    async fn create(host: &mut Host, config: Json) -> Self {
        let created = host.change(&Json::Null, &config, &[]).await;
        created.expect_no_error();
        Self {
            config,
            state: created.state,
            private: created.private,
        }
    }

    /// None yet.
    fn none(config: Json) -> Self {
        Self {
            config,
            state: Json::Null,
            private: Vec::new(),
        }
    }

    /// Plans with one configuration, then plans and applies with another, as Terraform does when unknown values become
    /// known. Fails the test where Terraform would.
    async fn apply_as(&self, host: &mut Host, at_plan: &Json, at_apply: &Json) -> Option<Reply> {
        host.begin_walk().await;
        let first = host.plan(&self.state, at_plan, &self.private).await;
        first.expect_no_error();
        expect_kept(at_plan, &first.state, true, "");
        if first.state == self.state {
            return None;
        }
        host.begin_walk().await;
        let second = host.plan(&self.state, at_apply, &self.private).await;
        second.expect_no_error();
        expect_kept(&first.state, &second.state, false, "");
        if second.state == self.state {
            return None;
        }
        let applied = host
            .apply(&self.state, &second.state, at_apply, &second.private)
            .await;
        applied.expect_no_error();
        expect_kept(&second.state, &applied.state, false, "");
        assert!(!applied.state.to_string().contains(UNKNOWN));
        assert_eq!(applied.identity, json!({"ccid": applied.at("/ccid")}));
        let after = host.plan(&applied.state, at_apply, &applied.private).await;
        assert_eq!(after.state, applied.state, "a second apply has more to do");
        Some(applied)
    }
}

/// Fails the test where a known value became another one; `computed` lets a null become anything and a write-only
/// value null.
#[track_caller]
fn expect_kept(before: &Json, after: &Json, computed: bool, path: &str) {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => {
            assert!(before.keys().eq(after.keys()), "{path}");
            for (name, value) in before {
                expect_kept(value, &after[name], computed, &format!("{path}/{name}"));
            }
        }
        _ if computed && (before.is_null() || path.ends_with("_wo")) => {}
        _ if before == UNKNOWN && !computed => {}
        _ => assert_eq!(before, after, "{path}"),
    }
}

#[tokio::test]
async fn whatever_unknown_values_turn_out_to_be_plan_and_apply_agree() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let (plain, write_only) = (plain(), with(&write_only(), "/ccid", "write-only"));
    let versioned = with(
        &with(&write_only, "/secrets_wo_version", "1"),
        "/ccid",
        "versioned",
    );
    let timeouts = json!({"create": null, "update": "1m", "delete": null});
    let email = json!({"url": "http://email"});
    let mut existing = vec![
        Existing::none(with(&plain, "/ccid", "new")),
        Existing::none(with(&write_only, "/ccid", "new-write-only")),
    ];
    for config in [plain, write_only, versioned] {
        existing.push(Existing::create(&mut host, config).await);
    }
    let mut provisionings = 3;
    for existing in &existing {
        for (pointer, outcomes) in [
            ("/short_id", vec![json!("100"), json!("101")]),
            ("/iwd/url", vec![json!("http://other:4024")]),
            ("/iwd/db/port", vec![json!(null), json!(5432), json!(5433)]),
            ("/iwd/db/ssl", vec![json!(null), json!(true)]),
            ("/on_destroy", vec![json!(null), json!("keep")]),
            ("/deletion_protection", vec![json!(null), json!(true)]),
            ("/timeouts", vec![json!(null), timeouts.clone()]),
            ("/gws", vec![json!(null), gws()]),
            ("/iwd_email", vec![json!(null), email.clone()]),
            (
                "/reprovision_triggers",
                vec![json!(null), json!({"a": "1"})],
            ),
            (
                "/secrets_wo_version",
                vec![json!(null), json!("1"), json!("2")],
            ),
            (
                "/iwd/api_keys/iwddm",
                vec![json!(null), json!("canary-iwddm")],
            ),
            (
                "/iwd/api_keys/iwddm_wo",
                vec![json!(null), json!("canary-iwddm")],
            ),
        ] {
            // The block around it may be unknown as well.
            let block = pointer.rsplit_once('/').map(|(block, _)| block);
            let unknown = [Some(pointer), block.filter(|block| !block.is_empty())];
            for outcome in outcomes {
                for name in ["t100", "t101"] {
                    for unknown in unknown.into_iter().flatten() {
                        let config = with(&existing.config, "/name", name);
                        let at_apply = with(&config, pointer, outcome.clone());
                        let at_plan = with(&config, unknown, UNKNOWN);
                        let applied = existing.apply_as(&mut host, &at_plan, &at_apply).await;
                        let before = existing.state["revision"].as_u64().unwrap_or_default();
                        let after =
                            applied.map_or(before, |reply| reply.at("/revision").as_u64().unwrap());
                        provisionings += after - before;
                    }
                }
            }
        }
    }
    assert_eq!(api.requests().await.len() as u64, provisionings);
}

#[tokio::test]
async fn what_was_not_there_before_is_sent_for_certain_even_if_not_all_of_it_is_known() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let triggers = with(&plain(), "/reprovision_triggers", json!({"a": "1"}));
    let existing = Existing::create(&mut host, triggers).await;
    for (pointer, value) in [
        ("/gws", with(&gws(), "/url", UNKNOWN)),
        ("/reprovision_triggers", json!({"a": "1", "b": UNKNOWN})),
        ("/reprovision_triggers", json!({"b": UNKNOWN})),
    ] {
        let config = with(&existing.config, pointer, value);
        let plan = host.plan(&existing.state, &config, &existing.private).await;
        assert_eq!(plan.at("/revision"), 2, "{pointer}");
    }
}

#[tokio::test]
async fn a_destroy_that_may_have_happened_is_made_good_if_the_tenant_stays() {
    for (status, revision) in [(504, 2), (403, 1)] {
        let api = Api::start().await;
        let mut host = Host::start().await;
        host.configure_with(&json!({"endpoint": api.url(), "max_retries": 0}))
            .await;
        let existing = Existing::create(&mut host, plain()).await;
        let plan = host
            .plan(&existing.state, &Json::Null, &existing.private)
            .await;
        api.fault(json!({"status": status, "apply": status == 504}))
            .await;
        let failed = host
            .apply(&existing.state, &Json::Null, &Json::Null, &plan.private)
            .await;
        assert_eq!(failed.state, existing.state);
        let kept = host.change(&failed.state, &plain(), &failed.private).await;
        kept.expect_no_error();
        assert_eq!(kept.at("/revision"), revision, "{status}");
        assert_eq!(api.tenants().await, [CCID]);
    }
}

#[tokio::test]
async fn a_secret_that_is_being_replaced_is_not_shown_either() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let existing = Existing::create(&mut host, plain()).await;
    let rotated = with(&plain(), "/iwd/db/password", "canary-rotated");
    api.fault(json!({"status": 400, "body": "canary-password is not canary-rotated"}))
        .await;
    let failed = host
        .change(&existing.state, &rotated, &existing.private)
        .await;
    let detail = &failed.diagnostics[0].detail;
    assert!(detail.contains("(masked) is not (masked)"), "{detail}");
}

#[tokio::test]
async fn a_tenant_that_was_replaced_can_be_destroyed_by_the_same_process() {
    for ccid in ["other", CCID] {
        let api = Api::start().await;
        let mut host = Host::configured_for(api.url()).await;
        let old = Existing::create(&mut host, plain()).await;
        let config = with(&plain(), "/ccid", ccid);
        // Terraform plans an update, and then, with what that left, a create.
        let update = host.plan(&old.state, &config, &old.private).await;
        update.expect_no_error();
        let create = host.plan(&Json::Null, &config, &update.private).await;
        create.expect_no_error();
        host.begin_walk().await;
        host.apply(&old.state, &Json::Null, &Json::Null, &old.private)
            .await
            .expect_no_error();
        let new = host.change(&Json::Null, &config, &[]).await;
        new.expect_no_error();
        let destroy = host.plan(&new.state, &Json::Null, &new.private).await;
        destroy.expect_no_error();
        host.apply(&new.state, &Json::Null, &Json::Null, &destroy.private)
            .await
            .expect_no_error();
        assert_eq!(api.tenants().await, [""; 0]);
    }
}

#[tokio::test]
async fn a_tenant_whose_private_data_was_lost_can_be_changed_and_destroyed_by_one_process() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let state = Existing::create(&mut host, plain()).await.state;
    for config in [
        with(&plain(), "/name", "t101"),
        with(&plain(), "/on_destroy", "delete_tenant"),
        with(&plain(), "/deletion_protection", false),
    ] {
        let mut host = Host::configured_for(api.url()).await;
        let state = with(&state, "/deletion_protection", Json::Null);
        let changed = host.change(&state, &config, &[]).await;
        changed.expect_no_error();
        host.plan(&changed.state, &Json::Null, &changed.private)
            .await
            .expect_no_error();
    }
}
