//! Random configurations of a schema, as Terraform could send them.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner};
use serde_json::{Map, Value as Json, json};

use super::conformance::{attribute_type, canonical, type_of};
use super::generated::tfplugin5::schema::nested_block::NestingMode;
use super::generated::tfplugin5::schema::{Attribute, Block, NestedBlock};
use super::values::{TYPE, UNKNOWN, dynamic};

/// Whether a configuration may hold what is not known yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unknowns {
    /// As at plan.
    Some,
    /// As at apply.
    None,
}

/// The seeds of cases that once failed, which every random test tries first. A case that fails is added: commit it with
/// the mend.
const REGRESSIONS: &str = "tests/integration/regressions.txt";

/// Tries that many random cases; a failure is shrunk to a small one. `PROPTEST_RNG_SEED` repeats a run by its seed.
#[expect(
    clippy::print_stdout,
    reason = "the runner shows what a failing test printed"
)]
pub(crate) fn try_cases<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let mut config = Config {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        ..Config::with_cases(cases)
    };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(RandomState::new().build_hasher().finish());
    }
    let seed = config.rng_seed;
    println!("PROPTEST_RNG_SEED={seed}");
    let tried = TestRunner::new(config).run(strategy, |case| {
        test(case);
        Ok(())
    });
    if let Err(error) = tried {
        panic!("PROPTEST_RNG_SEED={seed} (a new case is kept in {REGRESSIONS}): {error}");
    }
}

/// A configuration of that block: required arguments are set, results are not.
pub(crate) fn config(block: &Block, unknowns: Unknowns) -> BoxedStrategy<Json> {
    let ty = type_of(block);
    object(block, unknowns)
        .prop_map(move |config| without_repetition(&ty, &config))
        .boxed()
}

/// The configuration once everything in it is known.
pub(crate) fn known(block: &Block, config: &Json) -> BoxedStrategy<Json> {
    let (ty, config) = (type_of(block), config.clone());
    self::config(block, Unknowns::None)
        .prop_map(move |other| without_repetition(&ty, &fill(&config, &other)))
        .boxed()
}

/// What is unknown in the one, taken from the other, or something known of the same place.
fn fill(config: &Json, other: &Json) -> Json {
    match (config, other) {
        (Json::String(text), other) if text == UNKNOWN => other.clone(),
        // The other may be of another type.
        (Json::Object(entries), _) if entries.contains_key(TYPE) => match &entries[TYPE] {
            ty if ty == "string" => dynamic("string", fill(&entries["value"], &"a".into())),
            ty => dynamic(ty.clone(), fill(&entries["value"], &json!([1, 2, 0]))),
        },
        (Json::Object(entries), _) => entries
            .iter()
            .map(|(name, entry)| (name.clone(), fill(entry, &other[name])))
            .collect::<Map<_, _>>()
            .into(),
        (Json::Array(elements), _) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| fill(element, &other[index]))
            .collect(),
        _ => config.clone(),
    }
}

fn object(block: &Block, unknowns: Unknowns) -> BoxedStrategy<Json> {
    let attributes = block.attributes.iter().map(|attribute| {
        let name = attribute.name.clone();
        argument(attribute, unknowns).prop_map(move |value| (name.clone(), value))
    });
    let attributes: Vec<_> = attributes.map(Strategy::boxed).collect();
    let blocks = block.block_types.iter().map(|block| {
        let name = block.type_name.clone();
        nested(block, unknowns).prop_map(move |value| (name.clone(), value))
    });
    let blocks: Vec<_> = blocks.map(Strategy::boxed).collect();
    (attributes, blocks)
        .prop_map(|(attributes, blocks)| {
            Json::Object(attributes.into_iter().chain(blocks).collect())
        })
        .boxed()
}

fn argument(attribute: &Attribute, unknowns: Unknowns) -> BoxedStrategy<Json> {
    if attribute.computed && !attribute.optional {
        return Just(Json::Null).boxed();
    }
    let set = value(&attribute_type(attribute), unknowns);
    if attribute.required {
        set
    } else {
        prop_oneof![Just(Json::Null), set].boxed()
    }
}

fn nested(nested: &NestedBlock, unknowns: Unknowns) -> BoxedStrategy<Json> {
    let block = nested.block.as_ref().expect("a block");
    let one = object(block, unknowns);
    let some = match nested.nesting() {
        NestingMode::List | NestingMode::Set => proptest::collection::vec(one, 0..4)
            .prop_map(Json::from)
            .boxed(),
        NestingMode::Map => map(one),
        NestingMode::Group => prop_oneof![Just(nulls(block)), one].boxed(),
        _ => prop_oneof![Just(Json::Null), one].boxed(),
    };
    perhaps_unknown(some, unknowns)
}

fn nulls(block: &Block) -> Json {
    let attributes = block
        .attributes
        .iter()
        .map(|it| (it.name.clone(), Json::Null));
    Json::Object(attributes.collect())
}

/// A value of that type; few different ones, so that equal ones meet.
fn value(ty: &Json, unknowns: Unknowns) -> BoxedStrategy<Json> {
    let kind = ty.get(0).unwrap_or(ty).as_str().expect("a type");
    let some =
        match kind {
            "string" => prop_oneof![Just("a"), Just("b"), Just("c")]
                .prop_map(Json::from)
                .boxed(),
            "number" => prop_oneof![
                (0..3i64).prop_map(Json::from),
                Just(serde_json::from_str("0.1").expect("a number")),
                Just(serde_json::from_str("12345678901234567890").expect("a number")),
            ]
            .boxed(),
            "bool" => any::<bool>().prop_map(Json::from).boxed(),
            "list" | "set" => proptest::collection::vec(value(&ty[1], unknowns), 0..3)
                .prop_map(Json::from)
                .boxed(),
            "map" => map(value(&ty[1], unknowns)),
            "object" => {
                let attributes = ty[1].as_object().expect("attributes").iter();
                let attributes: Vec<_> = attributes
                    .map(|(name, ty)| {
                        let name = name.clone();
                        value(ty, unknowns).prop_map(move |value| (name.clone(), value))
                    })
                    .collect();
                attributes
                    .prop_map(|attributes| Json::Object(attributes.into_iter().collect()))
                    .boxed()
            }
            "dynamic" => {
                let types = [json!("string"), json!(["list", "number"])];
                Union::new(types.map(|ty| {
                    value(&ty, unknowns).prop_map(move |value| dynamic(ty.clone(), value))
                }))
                .boxed()
            }
            other => panic!("no values of {other}"),
        };
    perhaps_unknown(some, unknowns)
}

fn map(element: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    let key = prop_oneof![Just("k"), Just("l")].prop_map(str::to_owned);
    proptest::collection::btree_map(key, element, 0..3)
        .prop_map(|entries| Json::Object(entries.into_iter().collect()))
        .boxed()
}

fn perhaps_unknown(some: BoxedStrategy<Json>, unknowns: Unknowns) -> BoxedStrategy<Json> {
    match unknowns {
        Unknowns::None => some,
        Unknowns::Some => prop_oneof![1 => Just(UNKNOWN.into()), 9 => some].boxed(),
    }
}

/// The value as Terraform has it: nothing stands twice in a set.
fn without_repetition(ty: &Json, value: &Json) -> Json {
    let inside = |value| without_repetition(&ty[1], value);
    match (ty[0].as_str(), value) {
        (Some("set"), Json::Array(elements)) => {
            let mut kept: Vec<Json> = Vec::new();
            for element in elements.iter().map(inside) {
                let same = |other| canonical(&ty[1], other) == canonical(&ty[1], &element);
                if !kept.iter().any(same) {
                    kept.push(element);
                }
            }
            kept.into()
        }
        (Some("list"), Json::Array(elements)) => elements.iter().map(inside).collect(),
        (Some("map"), Json::Object(entries)) => entries
            .iter()
            .map(|(key, entry)| (key.clone(), inside(entry)))
            .collect::<Map<_, _>>()
            .into(),
        (Some("object"), Json::Object(entries)) if !entries.contains_key(TYPE) => entries
            .iter()
            .map(|(name, entry)| (name.clone(), without_repetition(&ty[1][name], entry)))
            .collect::<Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}
