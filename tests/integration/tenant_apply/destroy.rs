//! What a destroy sends, and when it sends nothing.

use super::*;

#[tokio::test]
async fn destroy_does_what_the_state_says() {
    for (mode, services, query) in [
        ("delete_tenant", Json::Null, Some("deleteTenant=true")),
        ("delete_services", Json::Null, Some("service=iWD,iWDEmail")),
        (
            "delete_services",
            json!(["GAPI", "iWD"]),
            Some("service=GAPI,iWD"),
        ),
        ("keep", Json::Null, None),
    ] {
        let api = Api::start().await;
        let mut host = Host::configured_for(api.url()).await;
        let config = with(
            &with(&plain(), "/on_destroy", mode),
            "/destroy_services",
            services,
        );
        let created = host.change(&Json::Null, &config, &[]).await;
        created.expect_no_error();
        let destroyed = destroy(&mut host, &created.state, &created.private).await;
        destroyed.expect_no_error();
        assert_eq!(destroyed.state, Json::Null);
        let told = match query {
            Some(_) => vec![],
            None => vec!["Tenant was not deleted"],
        };
        assert_eq!(destroyed.warnings(), told, "{mode}");
        let deletes: Vec<_> = api
            .requests()
            .await
            .into_iter()
            .filter(|request| request["method"] == "DELETE")
            .collect();
        let queries: Vec<_> = deletes
            .iter()
            .map(|request| request["query"].as_str().unwrap())
            .collect();
        assert_eq!(queries, query.into_iter().collect::<Vec<_>>(), "{mode}");
    }
}

#[tokio::test]
async fn a_tenant_that_is_gone_is_destroyed() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    destroy(&mut host, &created.state, &created.private)
        .await
        .expect_no_error();
    destroy(&mut host, &created.state, &created.private)
        .await
        .expect_no_error();
    // But a page is no answer of IWD's.
    api.fault(
        json!({"status": 404, "content_type": "text/html", "body": "<html>default backend</html>"}),
    )
    .await;
    let destroyed = destroy(&mut host, &created.state, &created.private).await;
    assert_eq!(destroyed.state, created.state);
    assert_ne!(destroyed.diagnostics, []);
}

#[tokio::test]
async fn a_protected_or_unknown_way_of_destroying_is_refused_at_apply_too() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let protected = with(&plain(), "/deletion_protection", true);
    let created = host.change(&Json::Null, &protected, &[]).await;
    // Terraform before 1.3 makes no destroy plan.
    let refused = host
        .apply(&created.state, &Json::Null, &Json::Null, &created.private)
        .await;
    let error = refused.expect_error("Tenant is protected from deletion");
    // A tainted object comes here too, and an apply would only try to replace it again.
    assert!(error.detail.contains(CCID) && error.detail.contains("`terraform untaint`"));
    assert_eq!(refused.state, created.state);
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn a_destroy_after_a_newer_create_sends_nothing_and_warns() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let protected = with(&plain(), "/deletion_protection", true);
    let old = host.change(&Json::Null, &protected, &[]).await;
    // create_before_destroy: the new object of the same ccid comes first.
    host.begin_walk().await;
    let new = host
        .apply(
            &Json::Null,
            &with(&old.state, "/revision", 1),
            &plain(),
            &[],
        )
        .await;
    new.expect_no_error();
    let destroyed = destroy(&mut host, &old.state, &old.private).await;
    assert_eq!(destroyed.warnings(), ["Tenant was not deleted"]);
    assert_eq!(destroyed.state, Json::Null);
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn a_put_counts_as_a_newer_create_too() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let old = host.change(&Json::Null, &plain(), &[]).await;
    let imported = host.import(CCID).await;
    host.change(&imported.state, &plain(), &imported.private)
        .await
        .expect_no_error();
    host.configure(api.url()).await;
    let destroyed = destroy(&mut host, &old.state, &old.private).await;
    assert_eq!(destroyed.warnings(), ["Tenant was not deleted"]);
    assert_eq!(api.tenants().await, [CCID]);
}

#[tokio::test]
async fn a_destroy_beside_a_create_that_may_have_arrived_keeps_the_object() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let old = host.change(&Json::Null, &plain(), &[]).await;
    host.begin_walk().await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    api.fault(json!({"method": "POST", "times": 3, "status": 500}))
        .await;
    host.apply(&Json::Null, &plan.state, &plain(), &plan.private)
        .await
        .expect_error("Error creating tenant: internal server error");
    let kept = host
        .apply(&old.state, &Json::Null, &Json::Null, &old.private)
        .await;
    kept.expect_error("Tenant was not deleted");
    assert_eq!(kept.state, old.state);
    assert_eq!(api.methods().await, ["POST"; 4]);

    host.begin_walk().await;
    destroy(&mut host, &kept.state, &kept.private)
        .await
        .expect_no_error();
    assert_eq!(api.tenants().await, [""; 0]);
}
