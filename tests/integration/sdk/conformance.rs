//! Whatever the configuration, Terraform accepts what the SDK plans and what comes of it.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use super::awkward::{AWKWARD, Awkward};
use crate::harness::conformance::{
    apply_problems, canonical, compatible_problems, plan_problems, state_problems, type_of,
};
use crate::harness::generated::tfplugin5::schema::Block;
use crate::harness::in_process::InProcess;
use crate::harness::random::{Unknowns, config, known, try_cases};
use crate::harness::reply::Reply;
use crate::harness::values::{UNKNOWN, dynamic};

/// The life of one object: created, changed to what is partly unknown, known, and gone.
#[test]
fn terraform_accepts_every_plan_and_what_comes_of_it() {
    let runtime = Runtime::new().unwrap();
    let mut host = runtime.block_on(InProcess::serve(Awkward));
    let block = runtime.block_on(host.block(AWKWARD));
    let host = Mutex::new(host);
    let configs = {
        let block = block.clone();
        let first = config(&block, Unknowns::None);
        let second = config(&block, Unknowns::Some);
        (first, second).prop_flat_map(move |(first, second)| {
            (Just(first), Just(second.clone()), known(&block, &second))
        })
    };
    try_cases(120, &configs, |(first, second, then)| {
        runtime.block_on(async {
            let mut life = Life {
                host: &mut *host.lock().await,
                block: &block,
            };
            life.lead(&first, &second, &then).await;
        });
    });
}

struct Life<'a> {
    host: &'a mut InProcess,
    block: &'a Block,
}

impl Life<'_> {
    async fn lead(&mut self, first: &Json, second: &Json, then: &Json) {
        let plan = self.plan(&Json::Null, first).await;
        let state = self.apply(&Json::Null, &plan.state, first).await;
        let again = self.plan(&state, first).await;
        assert!(self.same(&again.state, &state), "not empty: {again:?}");

        let plan = self.plan(&state, second).await;
        let last = self.plan(&state, then).await;
        let kept = compatible_problems(self.block, &plan.state, &last.state);
        assert!(
            kept.is_empty(),
            "the second plan breaks the first: {kept:?}"
        );
        // The key asks for this: it replaces only once it is known.
        if second["key"] != UNKNOWN {
            assert!(!plan.requires_replace.is_empty() || last.requires_replace.is_empty());
        }
        let (prior, last) = if plan.requires_replace.is_empty() {
            (state, last)
        } else {
            (Json::Null, self.plan(&Json::Null, then).await)
        };
        let state = self.apply(&prior, &last.state, then).await;
        let again = self.plan(&state, then).await;
        assert!(self.same(&again.state, &state), "not empty: {again:?}");

        let gone = self.host.plan(AWKWARD, &state, &Json::Null).await;
        assert!(gone.state.is_null());
        let gone = self
            .host
            .apply(AWKWARD, &state, &Json::Null, &Json::Null)
            .await;
        gone.expect_no_error();
        assert!(gone.state.is_null());
    }

    async fn plan(&mut self, prior: &Json, config: &Json) -> Reply {
        let plan = self.host.plan(AWKWARD, prior, config).await;
        plan.expect_no_error();
        let problems = plan_problems(self.block, prior, config, &plan.state);
        assert!(problems.is_empty(), "{problems:#?}\n{}", plan.state);
        let again = self.host.plan(AWKWARD, prior, config).await;
        assert_eq!(plan.state, again.state);
        assert_eq!(plan.requires_replace, again.requires_replace);
        assert!(plan.requires_replace.is_sorted_by(|a, b| a < b));
        plan
    }

    async fn apply(&mut self, prior: &Json, planned: &Json, config: &Json) -> Json {
        let applied = self.host.apply(AWKWARD, prior, planned, config).await;
        applied.expect_no_error();
        let problems = apply_problems(self.block, planned, &applied.state);
        assert!(
            problems.is_empty(),
            "{problems:#?}\n{planned}\n{}",
            applied.state
        );
        let read = self.host.read(AWKWARD, &applied.state).await;
        assert!(self.same(&read.state, &applied.state));
        applied.state
    }

    fn same(&self, a: &Json, b: &Json) -> bool {
        let ty = type_of(self.block);
        canonical(&ty, a) == canonical(&ty, b)
    }
}

/// A checker that accepts everything would prove nothing.
#[tokio::test]
async fn the_checker_sees_what_terraform_refuses() {
    let mut host = InProcess::serve(Awkward).await;
    let block = host.block(AWKWARD).await;
    let config = full();
    let plan = host.plan(AWKWARD, &Json::Null, &config).await.state;
    let created = host.apply(AWKWARD, &Json::Null, &plan, &config).await.state;
    assert_eq!(plan_problems(&block, &Json::Null, &config, &plan), [""; 0]);
    assert_eq!(apply_problems(&block, &plan, &created), [""; 0]);

    let second = |mut list: Json| {
        let element = list[0].clone();
        list.as_array_mut().unwrap().push(element);
        list
    };
    for (pointer, value) in [
        ("", Json::Null),
        ("/name", "other".into()),
        ("/secret", "s".into()),
        ("/key", UNKNOWN.into()),
        ("/tags", json!(["a"])),
        ("/part", Json::Null),
        ("/part", UNKNOWN.into()),
        ("/part", json!([])),
        ("/part", second(plan["part"].clone())),
        ("/part/0", UNKNOWN.into()),
        ("/part/0/label", "other".into()),
        ("/rule", Json::Null),
        ("/rule/0", UNKNOWN.into()),
        ("/zone", json!({})),
        ("/zone/k/secret", "s".into()),
        ("/limits", Json::Null),
        ("/owner", Json::Null),
        ("/owner", json!({"mail": "a"})),
    ] {
        let planned = at(&plan, pointer, &value);
        let refused = plan_problems(&block, &Json::Null, &config, &planned);
        assert!(!refused.is_empty(), "{pointer} = {value}");
    }
    for (pointer, value) in [
        ("", Json::Null),
        ("/name", "other".into()),
        ("/id", UNKNOWN.into()),
        ("/anything", dynamic("string", "other")),
        ("/shape/sides", json!([])),
        ("/part", json!([])),
        ("/part/0/size", 9.into()),
        ("/rule", second(created["rule"].clone())),
        ("/rule/0/port", 9.into()),
        ("/zone", json!({})),
        ("/limits/secret", "s".into()),
        ("/owner/mail", Json::Null),
    ] {
        let refused = apply_problems(&block, &plan, &at(&created, pointer, &value));
        assert!(!refused.is_empty(), "{pointer} = {value}");
    }
    assert!(!state_problems(&block, &at(&created, "/zone", &Json::Null)).is_empty());
}

fn at(object: &Json, pointer: &str, value: &Json) -> Json {
    let mut object = object.clone();
    *object.pointer_mut(pointer).unwrap() = value.clone();
    object
}

/// A configuration with one of everything.
pub(crate) fn full() -> Json {
    json!({
        "id": null, "serial": null, "name": "a", "key": "k", "size": null, "mode": null, "secret": "canary-secret",
        "old": null, "tags": null, "shape": {"sides": [1, 2]}, "anything": dynamic("string", "x"), "made": null,
        "part": [{
            "label": "l", "size": null, "stamp": null, "secret": "canary-secret",
            "hole": [{"depth": null, "at": "x"}],
        }],
        "rule": [{"port": null, "host": "h", "id": null}],
        "zone": {"k": {"ttl": null, "name": "n", "secret": "canary-secret"}},
        "limits": {"max": null, "note": "n", "secret": "canary-secret"},
        "owner": {"mail": "m", "since": null, "secret": "canary-secret"},
    })
}
