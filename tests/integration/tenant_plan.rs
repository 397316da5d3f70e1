//! What a plan of `iwd_tenant` shows, call by call.

use serde_json::{Value as Json, json};

use super::harness::api::Api;
use super::harness::host::Host;
use super::harness::reply::{errors, place};
use super::harness::tenant::{CCID, gws, plain, with, write_only};
use super::harness::values::UNKNOWN;

/// The state and private data of a tenant that was created with that configuration.
async fn created(host: &mut Host, config: &Json) -> (Json, Vec<u8>) {
    let api = Api::start().await;
    host.configure(api.url()).await;
    let created = host.change(&Json::Null, config, &[]).await;
    created.expect_no_error();
    (created.state, created.private)
}

#[tokio::test]
async fn a_create_shows_defaults_the_id_and_the_first_revision() {
    let mut host = Host::start().await;
    host.configure("http://127.0.0.1:9").await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    plan.expect_no_error();
    assert_eq!(plan.at("/id"), CCID);
    assert_eq!(plan.at("/revision"), 1);
    assert_eq!(plan.at("/on_destroy"), "delete_tenant");
    assert_eq!(plan.at("/deletion_protection"), false);
    assert_eq!(plan.at("/iwd/db/port"), 5432);
    assert_eq!(plan.at("/iwd/db/ssl"), false);
    assert_eq!(plan.at("/iwd_email"), &Json::Null);
    assert_eq!(plan.identity, json!({"ccid": CCID}));
    host.begin_walk().await;
    let email = with(&plain(), "/iwd_email", json!({"url": null}));
    let plan = host.plan(&Json::Null, &email, &[]).await;
    assert_eq!(plan.at("/iwd_email/url"), "N/A");
}

#[tokio::test]
async fn an_unchanged_configuration_plans_nothing() {
    let mut host = Host::start().await;
    for config in [plain(), write_only()] {
        let (state, private) = created(&mut host, &config).await;
        let plan = host.plan(&state, &config, &private).await;
        assert_eq!(plan.state, state);
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    }
}

#[tokio::test]
async fn what_is_sent_counts_the_revision_and_what_is_not_does_not() {
    let mut host = Host::start().await;
    let (state, private) = created(&mut host, &plain()).await;
    for (pointer, value) in [
        ("/short_id", json!("101")),
        ("/name", json!("t101")),
        ("/api_key", json!("canary-other-key")),
        ("/gws", gws()),
        ("/iwd/url", json!("http://other:4024")),
        ("/iwd/db/port", json!(5433)),
        ("/iwd/db/ssl", json!(true)),
        ("/iwd/db/password", json!("canary-other")),
        ("/iwd/api_keys/iwddm", json!("canary-iwddm")),
        ("/iwd_email", json!({"url": "http://email"})),
        ("/reprovision_triggers", json!({"a": "1"})),
        ("/secrets_wo_version", json!("1")),
    ] {
        let plan = host
            .plan(&state, &with(&plain(), pointer, value), &private)
            .await;
        plan.expect_no_error();
        assert_eq!(plan.at("/revision"), 2, "{pointer}");
        assert!(plan.requires_replace.is_empty(), "{pointer}");
    }
    for (pointer, value) in [
        ("/on_destroy", json!("keep")),
        ("/deletion_protection", json!(true)),
        (
            "/timeouts",
            json!({"create": "1m", "update": null, "delete": null}),
        ),
    ] {
        let plan = host
            .plan(&state, &with(&plain(), pointer, value), &private)
            .await;
        plan.expect_no_error();
        assert_ne!(plan.state, state, "{pointer}");
        assert_eq!(plan.at("/revision"), 1, "{pointer}");
    }
}

#[tokio::test]
async fn a_value_that_is_not_known_yet_leaves_the_revision_open() {
    let mut host = Host::start().await;
    let (state, private) = created(&mut host, &plain()).await;
    let unknown = with(&plain(), "/iwd/url", UNKNOWN);
    let plan = host.plan(&state, &unknown, &private).await;
    assert_eq!(plan.at("/revision"), UNKNOWN);
    let certain = with(&unknown, "/name", "t101");
    let plan = host.plan(&state, &certain, &private).await;
    assert_eq!(plan.at("/revision"), 2);
}

#[tokio::test]
async fn only_another_ccid_replaces_and_only_once_it_is_known() {
    let mut host = Host::start().await;
    let (state, private) = created(&mut host, &plain()).await;
    let plan = host
        .plan(&state, &with(&plain(), "/ccid", "other"), &private)
        .await;
    plan.expect_no_error();
    assert_eq!(plan.requires_replace, ["ccid"]);
    assert_eq!(plan.at("/id"), "other");

    let plan = host
        .plan(&state, &with(&plain(), "/ccid", UNKNOWN), &private)
        .await;
    plan.expect_no_error();
    assert!(plan.requires_replace.is_empty());
    assert_eq!(plan.at("/id"), UNKNOWN);
    assert_eq!(plan.at("/revision"), UNKNOWN);
    assert_eq!(plan.identity, json!({"ccid": CCID}));
}

#[tokio::test]
async fn another_letter_case_of_the_ccid_is_an_error() {
    let mut host = Host::start().await;
    let (state, private) = created(&mut host, &plain()).await;
    let shouted = with(&plain(), "/ccid", CCID.to_uppercase());
    let plan = host.plan(&state, &shouted, &private).await;
    let error = plan.expect_error("Contact center id differs in letter case only");
    assert_eq!(place(error), "ccid");
}

#[tokio::test]
async fn changed_write_only_values_are_noticed_and_never_answered() {
    let mut host = Host::start().await;
    let (state, private) = created(&mut host, &write_only()).await;
    let rotated = with(&write_only(), "/iwd/db/password_wo", "canary-rotated");
    let plan = host.plan(&state, &rotated, &private).await;
    assert_eq!(plan.at("/revision"), UNKNOWN);
    assert_eq!(plan.at("/iwd/db/password_wo"), &Json::Null);

    let unknown = with(&write_only(), "/api_key_wo", UNKNOWN);
    let plan = host.plan(&state, &unknown, &private).await;
    assert_eq!(plan.at("/revision"), UNKNOWN);

    // While the hash decides, any update may turn out to send.
    let kept = with(&write_only(), "/on_destroy", "keep");
    let plan = host.plan(&state, &kept, &private).await;
    assert_eq!(plan.at("/revision"), UNKNOWN);
}

#[tokio::test]
async fn a_version_of_the_secrets_decides_alone() {
    let mut host = Host::start().await;
    let versioned = with(&write_only(), "/secrets_wo_version", "1");
    let (state, private) = created(&mut host, &versioned).await;
    assert!(!String::from_utf8(private.clone()).unwrap().contains("hash"));
    let rotated = with(&versioned, "/iwd/db/password_wo", "canary-rotated");
    assert_eq!(host.plan(&state, &rotated, &private).await.state, state);
    let another = with(&versioned, "/iwd/api_keys/iwddm_wo", "canary-iwddm");
    let plan = host.plan(&state, &another, &private).await;
    assert_eq!(plan.state, state);
    assert_eq!(plan.warnings(), ["A write-only secret is not sent"]);
    let next = with(&rotated, "/secrets_wo_version", "2");
    assert_eq!(host.plan(&state, &next, &private).await.at("/revision"), 2);
    let open = with(&rotated, "/secrets_wo_version", UNKNOWN);
    assert_eq!(
        host.plan(&state, &open, &private).await.at("/revision"),
        UNKNOWN
    );
    let unset = with(&rotated, "/secrets_wo_version", Json::Null);
    assert_eq!(
        host.plan(&state, &unset, &private).await.at("/revision"),
        UNKNOWN
    );
}

#[tokio::test]
async fn a_renamed_tenant_and_removed_parts_are_warned_about() {
    let mut host = Host::start().await;
    let full = with(
        &with(&plain(), "/gws", gws()),
        "/iwd/api_keys/iwddm",
        "canary-iwddm",
    );
    let (state, private) = created(&mut host, &full).await;
    let plan = host
        .plan(&state, &with(&full, "/name", "t101"), &private)
        .await;
    assert_eq!(
        plan.warnings(),
        ["API keys under the old name may remain valid"]
    );
    for pointer in ["/gws", "/iwd/api_keys/iwddm"] {
        let plan = host
            .plan(&state, &with(&full, pointer, Json::Null), &private)
            .await;
        assert_eq!(
            plan.warnings(),
            ["Removed settings may remain in Digital Channels"],
            "{pointer}"
        );
    }
}

#[tokio::test]
async fn a_key_that_will_not_be_there_at_destroy_is_warned_about() {
    let mut host = Host::configured_for("http://127.0.0.1:9").await;
    let plan = host.plan(&Json::Null, &write_only(), &[]).await;
    assert_eq!(plan.warnings(), ["No API key for a later destroy"]);
    let anonymous = with(&write_only(), "/ccid", UNKNOWN);
    let plan = host.plan(&Json::Null, &anonymous, &[]).await;
    assert_eq!(plan.warnings(), ["No API key for a later destroy"]);
    for settings in [
        json!({"endpoint": UNKNOWN, "api_key": "canary-key"}),
        json!({"endpoint": UNKNOWN, "tenant_api_keys": {(CCID): "canary-key"}}),
        json!({"endpoint": UNKNOWN, "api_key": UNKNOWN}),
    ] {
        host.configure_with(&settings).await;
        for config in [&write_only(), &anonymous] {
            let plan = host.plan(&Json::Null, config, &[]).await;
            assert_eq!(plan.warnings(), [""; 0], "{settings}");
        }
    }
}

#[tokio::test]
async fn secrets_that_ignore_changes_hides_are_missed_only_where_they_must_be_sent() {
    let mut host = Host::start().await;
    for version in [Json::Null, json!("1")] {
        let config = with(&write_only(), "/secrets_wo_version", version);
        let (state, private) = created(&mut host, &config).await;
        // With `ignore_changes = all`, the configuration is the prior state, and that has no write-only values.
        let plan = host.plan(&state, &state, &private).await;
        assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
        assert_eq!(plan.state, state);
        let kept = with(&state, "/on_destroy", "keep");
        let plan = host.plan(&state, &kept, &private).await;
        plan.expect_no_error();
        assert_eq!(plan.at("/revision"), 1);
        let applied = host.apply(&state, &plan.state, &kept, &plan.private).await;
        applied.expect_no_error();
        assert_eq!(applied.state, plan.state);
        let renamed = with(&state, "/name", "t101");
        let plan = host.plan(&state, &renamed, &private).await;
        let missing = errors(&plan.diagnostics).collect::<Vec<_>>();
        assert_eq!(missing.len(), 3, "{missing:?}");
        for error in missing {
            assert_eq!(error.summary, "Missing secret");
            assert!(error.detail.contains("`ignore_changes`"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn one_hash_does_not_tell_of_some_secrets_while_others_are_hidden() {
    let mut host = Host::start().await;
    for (version, errors_expected) in [(Json::Null, 1), (json!("1"), 0)] {
        let config = with(&write_only(), "/secrets_wo_version", version);
        let (state, private) = created(&mut host, &config).await;
        let partly = with(&config, "/api_key_wo", Json::Null);
        let rotated = with(&partly, "/iwd/db/password_wo", "canary-rotated");
        let plan = host.plan(&state, &rotated, &private).await;
        let errors = errors(&plan.diagnostics).count();
        assert_eq!(errors, errors_expected, "{:?}", plan.diagnostics);
    }
}

#[tokio::test]
async fn an_unknown_block_is_echoed() {
    let mut host = Host::start().await;
    let config = with(&plain(), "/gws", UNKNOWN);
    let plan = host.plan(&Json::Null, &config, &[]).await;
    plan.expect_no_error();
    assert_eq!(plan.at("/gws"), UNKNOWN);
}

#[tokio::test]
async fn a_protected_tenant_is_neither_destroyed_nor_replaced_at_plan() {
    let mut host = Host::start().await;
    let protected = with(&plain(), "/deletion_protection", true);
    let (state, private) = created(&mut host, &protected).await;
    let summary = "Tenant is protected from deletion";
    host.plan(&state, &Json::Null, &private)
        .await
        .expect_error(summary);
    let other = with(&protected, "/ccid", "other");
    host.plan(&state, &other, &private)
        .await
        .expect_error(summary);
    // `-replace`: Terraform plans an update and then, with what it left, a create.
    let update = host.plan(&state, &protected, &private).await;
    update.expect_no_error();
    host.plan(&Json::Null, &protected, &update.private)
        .await
        .expect_error(summary);
}

#[tokio::test]
async fn one_plan_does_not_destroy_what_another_keeps() {
    let mut host = Host::start().await;
    let (old, old_private) = created(&mut host, &plain()).await;
    host.configure("http://127.0.0.1:9").await;
    // The new object has an id of its own only after its create.
    host.plan(&Json::Null, &plain(), &[])
        .await
        .expect_no_error();
    let destroy = host.plan(&old, &Json::Null, &old_private).await;
    let error = destroy.expect_error("One tenant, two resources");
    assert!(error.detail.contains("`moved`") && error.detail.contains("state rm"));
}

#[tokio::test]
async fn one_plan_does_not_replace_what_another_object_keeps() {
    let mut host = Host::start().await;
    let (one, one_private) = created(&mut host, &plain()).await;
    let (two, two_private) = created(&mut host, &plain()).await;
    host.configure("http://127.0.0.1:9").await;
    host.plan(&two, &plain(), &two_private)
        .await
        .expect_no_error();
    let update = host.plan(&one, &plain(), &one_private).await;
    update.expect_no_error();
    host.plan(&Json::Null, &plain(), &update.private)
        .await
        .expect_error("One tenant, two resources");
}

#[tokio::test]
async fn a_second_object_of_a_ccid_is_refused_at_plan() {
    let mut host = Host::start().await;
    let (state, private) = created(&mut host, &plain()).await;
    let copied = with(&plain(), "/ccid", CCID.to_uppercase());
    for existing_first in [true, false] {
        host.begin_walk().await;
        let (first, second) = if existing_first {
            let first = host.plan(&state, &plain(), &private).await;
            (first, host.plan(&Json::Null, &copied, &[]).await)
        } else {
            let first = host.plan(&Json::Null, &copied, &[]).await;
            (first, host.plan(&state, &plain(), &private).await)
        };
        first.expect_no_error();
        let error = second.expect_error("One tenant, two resources");
        assert_eq!(place(error), "ccid");
        for way_out in ["`moved`", "state rm", "destroy -refresh=false", "copied"] {
            assert!(error.detail.contains(way_out), "{}", error.detail);
        }
    }
}

#[tokio::test]
async fn two_objects_of_one_ccid_that_both_stand_in_the_state_are_warned_about() {
    let mut host = Host::start().await;
    let (one, one_private) = created(&mut host, &plain()).await;
    let (two, two_private) = created(&mut host, &plain()).await;
    host.begin_walk().await;
    let first = host.plan(&one, &plain(), &one_private).await;
    assert!(first.diagnostics.is_empty(), "{:?}", first.diagnostics);
    let second = host.plan(&two, &plain(), &two_private).await;
    assert_eq!(second.warnings(), ["One tenant, two resources"]);
    assert_eq!(second.state, two);
    // Both may go.
    host.begin_walk().await;
    for (state, private) in [(&one, &one_private), (&two, &two_private)] {
        host.plan(state, &Json::Null, private)
            .await
            .expect_no_error();
    }
}

#[tokio::test]
async fn both_plans_of_a_replacement_are_one_object_even_if_it_has_lost_its_private_data() {
    let mut host = Host::start().await;
    let (state, private) = created(&mut host, &plain()).await;
    for private in [private, Vec::new()] {
        host.begin_walk().await;
        let update = host.plan(&state, &plain(), &private).await;
        update.expect_no_error();
        let create = host.plan(&Json::Null, &plain(), &update.private).await;
        assert!(create.diagnostics.is_empty(), "{:?}", create.diagnostics);
    }
}

#[tokio::test]
async fn a_destroy_that_sends_nothing_conflicts_with_nothing() {
    let mut host = Host::start().await;
    let kept = with(&plain(), "/on_destroy", "keep");
    let (old, private) = created(&mut host, &kept).await;
    for destroy_first in [true, false] {
        host.begin_walk().await;
        for destroys in [destroy_first, !destroy_first] {
            let planned = if destroys {
                host.plan(&old, &Json::Null, &private).await
            } else {
                host.plan(&Json::Null, &plain(), &[]).await
            };
            assert!(planned.diagnostics.is_empty(), "{:?}", planned.diagnostics);
        }
    }
    // As long as it is to exist, it counts like any other.
    host.begin_walk().await;
    host.plan(&old, &kept, &private).await.expect_no_error();
    host.plan(&Json::Null, &plain(), &[])
        .await
        .expect_error("One tenant, two resources");
    // What the configuration says counts only once it is applied.
    let (state, private) = created(&mut host, &plain()).await;
    host.begin_walk().await;
    host.plan(&Json::Null, &kept, &[]).await.expect_no_error();
    host.plan(&state, &Json::Null, &private)
        .await
        .expect_error("One tenant, two resources");
    let protected = with(&kept, "/deletion_protection", true);
    let (state, private) = created(&mut host, &protected).await;
    host.plan(&state, &Json::Null, &private)
        .await
        .expect_error("Tenant is protected from deletion");
}
