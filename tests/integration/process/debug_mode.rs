//! Started by hand, for a debugger.

use super::*;
use crate::harness::debugged::Debugged;

#[tokio::test]
async fn in_debug_mode_it_serves_anyone_it_told_until_it_is_interrupted() {
    let debugged = Debugged::start();
    let provider = &debugged.told["registry.terraform.io/iwd/iwd"];
    assert_eq!(
        (&provider["ProtocolVersion"], &provider["Test"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(provider["Pid"], debugged.pid());
    for _ in 0..2 {
        let mut client = debugged.connect().await;
        let schema = client.schema().await;
        assert!(schema.resource_schemas.contains_key("iwd_tenant"));
    }
    let socket = debugged.socket();
    assert_eq!(debugged.interrupt().code(), Some(0));
    assert!(!std::path::Path::new(&socket).exists());
}

/// Each alias, and each walk, has a connection of its own.
#[tokio::test]
async fn in_debug_mode_each_connection_is_a_provider_of_its_own() {
    let debugged = Debugged::start();
    let (north, south) = (Api::start().await, Api::start().await);
    let mut aliases = [debugged.connect().await, debugged.connect().await];
    for (alias, api) in aliases.iter_mut().zip([&north, &south]) {
        assert_eq!(alias.configure(api.url()).await, []);
    }
    // One ccid at two endpoints is two tenants. Both are planned before either is applied.
    let mut plans = Vec::new();
    for alias in &mut aliases {
        plans.push(alias.plan(&Json::Null, &plain(), &[]).await);
    }
    let mut created = Vec::new();
    for (alias, plan) in aliases.iter_mut().zip(&plans) {
        plan.expect_no_error();
        let config = plain();
        let create = alias.apply(&Json::Null, &plan.state, &config, &plan.private);
        created.push(create.await);
    }
    for (alias, created) in aliases.iter_mut().zip(&created) {
        created.expect_no_error();
        let destroyed = alias.change(&created.state, &Json::Null, &created.private);
        destroyed.await.expect_no_error();
    }
    for api in [&north, &south] {
        assert_eq!(api.methods().await, ["POST", "DELETE"]);
    }
    assert!(debugged.interrupt().success());
}
