//! What a failed request leaves, and what is sent again after it.

use super::*;

#[tokio::test]
async fn a_create_that_fails_leaves_nothing_in_state() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    for fault in [
        json!({"status": 400, "body": "{\"message\": \"no\"}"}),
        json!({"status": 501, "apply": true}),
        json!({"body": "{\"created\": false}", "status": 200}),
    ] {
        api.fault(fault).await;
        let created = host.change(&Json::Null, &plain(), &[]).await;
        assert_eq!(created.state, Json::Null);
        let [error] = created.diagnostics.as_slice() else {
            panic!("one error: {created:?}")
        };
        assert!(error.detail.contains(CCID), "{}", error.detail);
    }
}

#[tokio::test]
async fn an_update_that_certainly_did_not_arrive_leaves_no_doubt() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"status": 400, "body": "{}"})).await;
    let failed = host
        .change(
            &created.state,
            &with(&plain(), "/name", "t101"),
            &created.private,
        )
        .await;
    assert_eq!(failed.state, created.state);
    host.expect_empty_plan(&failed, &plain()).await;
}

#[tokio::test]
async fn an_update_that_may_have_arrived_is_sent_again_even_with_the_old_values() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"status": 501, "apply": true})).await;
    let failed = host
        .change(
            &created.state,
            &with(&plain(), "/name", "t101"),
            &created.private,
        )
        .await;
    assert_eq!(failed.state, created.state);
    let plan = host.plan(&failed.state, &plain(), &failed.private).await;
    assert_eq!(plan.at("/revision"), 2);
    // The doubt outlives another failure that says nothing.
    api.fault(json!({"status": 400, "body": "{}"})).await;
    let failed = host
        .apply(&failed.state, &plan.state, &plain(), &plan.private)
        .await;
    let mended = host.change(&failed.state, &plain(), &failed.private).await;
    mended.expect_no_error();
    assert_eq!(api.body(CCID).await["tenant"]["name"], "t100");
    host.expect_empty_plan(&mended, &plain()).await;
}

#[tokio::test]
async fn a_tenant_that_is_kept_after_a_destroy_that_may_have_arrived_is_sent_again() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    for (fault, revision) in [
        (json!({"status": 400, "body": "{}"}), 1),
        (json!({"status": 501, "apply": true}), 2),
    ] {
        api.fault(fault).await;
        let failed = host
            .apply(&created.state, &Json::Null, &Json::Null, &created.private)
            .await;
        assert_eq!(failed.state, created.state);
        // The walk that follows plans to keep it.
        host.configure(api.url()).await;
        let mended = host.change(&failed.state, &plain(), &failed.private).await;
        mended.expect_no_error();
        assert_eq!(mended.at("/revision"), revision);
    }
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn a_failed_rotation_is_noticed_again() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &write_only(), &[]).await;
    let rotated = with(&write_only(), "/iwd/db/password_wo", "canary-rotated");
    api.fault(json!({"status": 400, "body": "{}"})).await;
    let failed = host
        .change(&created.state, &rotated, &created.private)
        .await;
    assert_eq!(failed.state, created.state);
    let sent = host.change(&failed.state, &rotated, &failed.private).await;
    sent.expect_no_error();
    assert_eq!(
        api.body(CCID).await["iwd"]["db"]["password"],
        "canary-rotated"
    );
    host.expect_empty_plan(&sent, &rotated).await;
}
