//! What the schema alone decides in a plan.

use serde_json::{Value as Json, json};

use super::awkward::{AWKWARD, Awkward};
use super::conformance::full;
use crate::harness::in_process::InProcess;
use crate::harness::reply::{Reply, only_error, place};
use crate::harness::tenant::with;
use crate::harness::values::UNKNOWN;

/// The state of an object that was created with [`full`].
async fn created(host: &mut InProcess) -> Json {
    let plan = host.plan(AWKWARD, &Json::Null, &full()).await;
    let created = host.apply(AWKWARD, &Json::Null, &plan.state, &full()).await;
    created.expect_no_error();
    created.state
}

async fn changed(host: &mut InProcess, pointer: &str, value: impl Into<Json>) -> Reply {
    let state = created(host).await;
    let plan = host
        .plan(AWKWARD, &state, &with(&full(), pointer, value))
        .await;
    plan.expect_no_error();
    plan
}

#[tokio::test]
async fn defaults_and_unknown_results_stand_in_every_kind_of_block() {
    let mut host = InProcess::serve(Awkward).await;
    let plan = host.plan(AWKWARD, &Json::Null, &full()).await;
    for (pointer, expected) in [
        ("/size", json!(1)),
        ("/part/0/size", json!(1)),
        ("/part/0/hole/0/depth", json!(1)),
        ("/rule/0/port", json!(80)),
        ("/zone/k/ttl", json!(60)),
        ("/limits/max", json!(10)),
        ("/id", json!(UNKNOWN)),
        ("/serial", json!(UNKNOWN)),
        ("/mode", json!(UNKNOWN)),
        ("/made", json!(UNKNOWN)),
        ("/part/0/stamp", json!(UNKNOWN)),
        ("/rule/0/id", json!(UNKNOWN)),
        ("/owner/since", json!(UNKNOWN)),
        ("/old", Json::Null),
        ("/anything/value", json!("x")),
    ] {
        assert_eq!(plan.at(pointer), &expected, "{pointer}");
    }
    let bare = with(
        &full(),
        "/limits",
        json!({"max": null, "note": null, "secret": null}),
    );
    let plan = host.plan(AWKWARD, &Json::Null, &bare).await;
    assert_eq!(plan.at("/limits/max"), 10);
}

#[tokio::test]
async fn results_open_when_anything_changes_unless_they_stay_for_life() {
    let mut host = InProcess::serve(Awkward).await;
    let plan = changed(&mut host, "/shape/sides", json!([3])).await;
    for open in ["/serial", "/mode", "/made", "/part/0/stamp"] {
        assert_eq!(plan.at(open), UNKNOWN, "{open}");
    }
    for stays in ["/id", "/rule/0/id", "/owner/since"] {
        assert_eq!(plan.at(stays), "made", "{stays}");
    }
}

#[tokio::test]
async fn a_set_keeps_the_results_of_the_elements_that_stay() {
    let mut host = InProcess::serve(Awkward).await;
    let rule = |port: Json, host: &str| json!({"port": port, "host": host, "id": null});
    let rules = json!([
        rule(Json::Null, "h"),
        rule(81.into(), "h"),
        rule(Json::Null, "i")
    ]);
    let plan = changed(&mut host, "/rule", rules).await;
    let mut rules = plan.at("/rule").as_array().unwrap().clone();
    rules.sort_by_key(|rule| rule["id"] == UNKNOWN);
    assert_eq!(rules[0], json!({"port": 80, "host": "h", "id": "made"}));
    assert_eq!(rules.len(), 3);
    assert!(rules[1..].iter().all(|rule| rule["id"] == UNKNOWN));

    // A removed argument goes back to its default, in a set as elsewhere.
    let config = with(&full(), "/rule", json!([rule(81.into(), "h")]));
    let plan = host.plan(AWKWARD, &Json::Null, &config).await;
    let state = host
        .apply(AWKWARD, &Json::Null, &plan.state, &config)
        .await
        .state;
    let plan = host.plan(AWKWARD, &state, &full()).await;
    assert_eq!(plan.at("/rule/0/port"), 80);
}

#[tokio::test]
async fn replacement_looks_into_blocks_and_takes_what_has_no_pairs_as_a_whole() {
    let mut host = InProcess::serve(Awkward).await;
    let part = |label: Json| {
        let mut part = full()["part"][0].clone();
        part["label"] = label;
        part
    };
    let rule = |port: i64, host: &str| json!({"port": port, "host": host, "id": null});
    let zone = |name: &str| json!({"ttl": null, "name": name, "secret": null});
    for (pointer, value, expected) in [
        ("/name", json!("b"), &["name"][..]),
        ("/name", json!(UNKNOWN), &["name"]),
        ("/key", json!("l"), &["key"]),
        ("/key", json!(UNKNOWN), &[]),
        ("/size", json!(2), &[]),
        ("/part", json!([part("m".into())]), &["part.0.label"]),
        ("/part", json!([part(UNKNOWN.into())]), &["part.0.label"]),
        (
            "/part",
            json!([part("l".into()), part("m".into())]),
            &["part.1.label"],
        ),
        ("/part", json!([]), &["part.0.label"]),
        ("/part", json!(UNKNOWN), &["part"]),
        ("/rule", json!([rule(80, "i")]), &["rule"]),
        ("/rule", json!([]), &["rule"]),
        ("/rule", json!([rule(81, "h")]), &[]),
        ("/zone", json!({"k": zone("m")}), &["zone.k.name"]),
        (
            "/zone",
            json!({"l": zone("n")}),
            &["zone.k.name", "zone.l.name"],
        ),
        ("/zone", json!(UNKNOWN), &["zone"]),
        ("/limits", json!(UNKNOWN), &[]),
        ("/owner", Json::Null, &[]),
    ] {
        let plan = changed(&mut host, pointer, value.clone()).await;
        assert_eq!(plan.requires_replace, expected, "{pointer} = {value}");
    }
    let mut all = full();
    for (name, value) in [
        ("key", json!("l")),
        ("name", json!("b")),
        ("part", json!([])),
    ] {
        all[name] = value;
    }
    let state = created(&mut host).await;
    let plan = host.plan(AWKWARD, &state, &all).await;
    assert_eq!(plan.requires_replace, ["key", "name", "part.0.label"]);
}

#[tokio::test]
async fn an_empty_block_that_is_not_known_yet_may_replace() {
    let mut host = InProcess::serve(Awkward).await;
    let none = with(&full(), "/rule", json!([]));
    let plan = host.plan(AWKWARD, &Json::Null, &none).await;
    let state = host
        .apply(AWKWARD, &Json::Null, &plan.state, &none)
        .await
        .state;
    let plan = host
        .plan(AWKWARD, &state, &with(&none, "/rule", UNKNOWN))
        .await;
    assert_eq!(plan.requires_replace, ["rule"]);
}

#[tokio::test]
async fn unknown_blocks_are_echoed() {
    let mut host = InProcess::serve(Awkward).await;
    for block in ["/part", "/rule", "/zone", "/limits", "/owner"] {
        let plan = changed(&mut host, block, UNKNOWN).await;
        assert_eq!(plan.at(block), UNKNOWN, "{block}");
    }
}

#[tokio::test]
async fn a_planned_identity_is_null_or_wholly_known() {
    let mut host = InProcess::serve(Awkward).await;
    let unknown = with(&full(), "/key", UNKNOWN);
    let plan = host.plan(AWKWARD, &Json::Null, &unknown).await;
    assert_eq!(plan.identity, Json::Null);
    let plan = host.plan(AWKWARD, &Json::Null, &full()).await;
    assert_eq!(plan.identity, json!({"key": "k"}));
    let plan = changed(&mut host, "/key", UNKNOWN).await;
    assert_eq!(plan.identity, json!({"key": "k"}));
    let mut replaced = unknown;
    replaced["name"] = "b".into();
    let state = created(&mut host).await;
    let plan = host.plan(AWKWARD, &state, &replaced).await;
    assert_eq!(plan.identity, Json::Null);
    let plan = host.plan(AWKWARD, &state, &Json::Null).await;
    assert_eq!(plan.identity, json!({"key": "k"}));
}

#[tokio::test]
async fn a_group_that_is_left_out_requires_nothing() {
    let mut host = InProcess::serve(Awkward).await;
    let limits = |max: Json| json!({"max": max, "note": null, "secret": null});
    let left_out = with(&full(), "/limits", limits(Json::Null));
    let problems = host.validate(AWKWARD, &left_out).await;
    assert!(problems.is_empty(), "{problems:?}");
    let problems = host
        .validate(AWKWARD, &with(&full(), "/limits", limits(5.into())))
        .await;
    assert_eq!(
        place(only_error(&problems, "Missing required argument")),
        "limits.note"
    );
}

#[tokio::test]
async fn a_deprecated_argument_is_announced_and_told_to_whoever_sets_it() {
    let mut host = InProcess::serve(Awkward).await;
    let block = host.block(AWKWARD).await;
    let old = block.attributes.iter().find(|it| it.name == "old").unwrap();
    assert!(old.deprecated && old.deprecation_message == "Use `name`.");
    let problems = host.validate(AWKWARD, &with(&full(), "/old", "x")).await;
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].summary, "Deprecated argument");
    assert_eq!(place(&problems[0]), "old");
    assert!(problems[0].detail.contains("Use `name`."));
}
