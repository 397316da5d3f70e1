//! The plan that a configuration makes of an object, before the provider has its say.
//!
//! A pure function of schema, prior state and configuration: it gives the same plan in the plan phase and in the
//! apply phase. The rules are those that terraform-plugin-framework follows and that Terraform enforces
//! (`objchange.AssertPlanValid`). Terraform's own proposal is not needed: it is made of the same two values.

mod set;

use std::collections::BTreeSet;

use self::set::PriorElements;
use super::path::{AttributePath, Step};
use super::schema::{Attribute, Block, NestedBlock, Nesting, Presence, RequiresReplace};
use super::value::{NULL, Value};

/// The state that Terraform shows the user and later asks the provider to apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The object as it will be; unknown where only the apply can tell.
    pub state: Value,
    /// The attributes whose change replaces the object.
    pub requires_replace: BTreeSet<AttributePath>,
}

impl Plan {
    /// Plans an object that will exist: `config` is not null, `prior` is null for a new one.
    ///
    /// Defaults stand where nothing is configured, write-only values are null, and if anything differs from the
    /// prior state, what the provider computes is unknown unless the schema says that it stays.
    pub fn of(block: &Block, prior: &Value, config: &Value) -> Self {
        let mut requires_replace = BTreeSet::new();
        let mut state = object(block, prior, config, Results::Stay);
        if &state != prior {
            state = object(block, prior, config, Results::Open);
            if !prior.is_null() {
                replacements(
                    block,
                    &AttributePath::ROOT,
                    prior,
                    &state,
                    &mut requires_replace,
                );
            }
        }
        Self {
            state,
            requires_replace,
        }
    }

    /// Tells whether the object is replaced rather than updated.
    pub fn replaces(&self) -> bool {
        !self.requires_replace.is_empty()
    }
}

/// The values that stand where the provider decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Results {
    /// The prior value.
    Stay,
    /// Unknown, unless the schema says that it stays.
    Open,
}

fn object(block: &Block, prior: &Value, config: &Value, results: Results) -> Value {
    if config.as_map().is_none() {
        return config.clone();
    }
    let attributes = block.attributes.iter().map(|attribute| {
        let name = attribute.name;
        let value = value(attribute, prior.get(name), config.get(name), results);
        (name.to_owned(), value)
    });
    let blocks = block.blocks.iter().map(|nested| {
        let name = nested.name;
        let value = elements(nested, prior.get(name), config.get(name), results);
        (name.to_owned(), value)
    });
    Value::Map(attributes.chain(blocks).collect())
}

fn value(attribute: &Attribute, prior: &Value, config: &Value, results: Results) -> Value {
    if attribute.write_only {
        Value::Null
    } else if is_configured(attribute, config) {
        config.clone()
    } else if let Some(default) = &attribute.default {
        default.clone()
    } else if results == Results::Stay || attribute.use_state_for_unknown && !prior.is_null() {
        prior.clone()
    } else {
        Value::UNKNOWN
    }
}

/// Tells whether the configuration decides the value, and neither a default nor the provider.
fn is_configured(attribute: &Attribute, config: &Value) -> bool {
    match attribute.presence {
        Presence::Required | Presence::Optional => true,
        Presence::OptionalComputed => !config.is_null(),
        Presence::Computed => false,
    }
}

/// A nested block: a list's elements are paired with the prior ones by position, a map's by key, and a set's by what the
/// configuration makes of them.
fn elements(nested: &NestedBlock, prior: &Value, config: &Value, results: Results) -> Value {
    let block = &nested.block;
    match (nested.nesting, config) {
        (_, Value::Null) => nested.left_out(),
        (Nesting::Set { .. }, Value::Set(elements)) => {
            let mut priors = PriorElements::of(block, prior);
            let planned = elements.iter().map(|element| {
                let prior = priors.take(element).unwrap_or(&NULL);
                object(block, prior, element, results)
            });
            Value::set(planned.collect())
        }
        (Nesting::Single { .. } | Nesting::Group, _) => object(block, prior, config, results),
        _ => nested.map_pairs(config, prior, &mut |element, prior| {
            object(block, prior, element, results)
        }),
    }
}

fn replacements(
    block: &Block,
    path: &AttributePath,
    prior: &Value,
    planned: &Value,
    found: &mut BTreeSet<AttributePath>,
) {
    for attribute in &block.attributes {
        let (before, after) = (prior.get(attribute.name), planned.get(attribute.name));
        if replaces(attribute.requires_replace, before, after) {
            found.insert(path.attribute(attribute.name));
        }
    }
    for nested in &block.blocks {
        let path = path.attribute(nested.name);
        let (before, after) = (prior.get(nested.name), planned.get(nested.name));
        let mut pair = |path: &AttributePath, before, after| {
            replacements(&nested.block, path, before, after, found);
        };
        match nested.nesting {
            Nesting::Single { .. } | Nesting::Group => pair(&path, before, after),
            Nesting::List { .. } if !after.is_unknown() => {
                let count = |list: &Value| list.as_elements().map_or(0, <[Value]>::len);
                for index in 0..count(before).max(count(after)) {
                    let path = path.then(Step::Index(index));
                    pair(&path, before.element(index), after.element(index));
                }
            }
            Nesting::Map if !after.is_unknown() => {
                let keys = [before, after].into_iter().filter_map(Value::as_map);
                for key in keys.flat_map(|map| map.keys()).collect::<BTreeSet<_>>() {
                    let path = path.then(Step::Key(key.clone()));
                    pair(&path, before.get(key), after.get(key));
                }
            }
            // Without pairs, the block as a whole is what replaces the object.
            Nesting::List { .. } | Nesting::Map | Nesting::Set { .. } => {
                if replaces_as_a_whole(nested, before, after) {
                    found.insert(path);
                }
            }
        }
    }
}

fn replaces(meaning: RequiresReplace, before: &Value, after: &Value) -> bool {
    match meaning {
        RequiresReplace::Never => false,
        RequiresReplace::Always => before != after,
        RequiresReplace::WhenKnown => before != after && after.is_wholly_known(),
    }
}

fn replaces_as_a_whole(nested: &NestedBlock, before: &Value, after: &Value) -> bool {
    let block = &nested.block;
    [RequiresReplace::Always, RequiresReplace::WhenKnown]
        .into_iter()
        .filter(|meaning| block.any_attribute(&|attribute| attribute.requires_replace == *meaning))
        .any(|meaning| {
            let relevant = |value| {
                nested.map_elements(value, &mut |element| {
                    block.map(element, &mut |attribute, _| {
                        (attribute.requires_replace != meaning).then_some(Value::Null)
                    })
                })
            };
            replaces(meaning, &relevant(before), &relevant(after))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::value_type::ValueType;

    fn thing() -> Block {
        Block {
            attributes: vec![
                Attribute::computed("id", ValueType::String).use_state_for_unknown(),
                Attribute::computed("count", ValueType::Number),
                Attribute::required("name", ValueType::String)
                    .requires_replace(RequiresReplace::Always),
                Attribute::required("key", ValueType::String)
                    .requires_replace(RequiresReplace::WhenKnown),
                Attribute::defaulted("port", ValueType::Number, 80),
                Attribute::optional("secret", ValueType::String).write_only(),
            ],
            blocks: vec![NestedBlock {
                name: "part",
                nesting: Nesting::List { min: 0, max: 0 },
                block: Block {
                    attributes: vec![Attribute::defaulted("size", ValueType::Number, 1)],
                    ..Block::default()
                },
            }],
            ..Block::default()
        }
    }

    fn object(id: Value, count: Value, name: &str, key: Value, port: Value) -> Value {
        Value::object([
            ("id", id),
            ("count", count),
            ("name", name.into()),
            ("key", key),
            ("port", port),
            ("secret", Value::Null),
            ("part", Value::List(vec![])),
        ])
    }

    fn config(name: &str, key: Value) -> Value {
        let mut config = object(Value::Null, Value::Null, name, key, Value::Null);
        config.set_attribute("secret", "canary".into());
        config
    }

    fn prior() -> Value {
        object("1".into(), 7.into(), "a", "k".into(), 80.into())
    }

    #[test]
    fn a_new_object_has_defaults_unknown_results_and_no_write_only_value() {
        let config = config("a", "k".into());
        let plan = Plan::of(&thing(), &Value::Null, &config);
        let unknown = Value::UNKNOWN;
        assert_eq!(
            plan.state,
            object(unknown.clone(), unknown, "a", "k".into(), 80.into())
        );
        assert!(!plan.replaces());
    }

    #[test]
    fn an_unchanged_configuration_plans_the_prior_state() {
        let plan = Plan::of(&thing(), &prior(), &config("a", "k".into()));
        assert_eq!(plan.state, prior());
    }

    #[test]
    fn a_removed_argument_goes_back_to_its_default_and_results_open_unless_they_stay() {
        let prior = object("1".into(), 7.into(), "a", "k".into(), 8080.into());
        let plan = Plan::of(&thing(), &prior, &config("a", "k".into()));
        assert_eq!(
            plan.state,
            object("1".into(), Value::UNKNOWN, "a", "k".into(), 80.into())
        );
    }

    #[test]
    fn replacement_waits_for_a_known_value_only_where_the_schema_says_so() {
        let replaced =
            |name, key: Value| Plan::of(&thing(), &prior(), &config(name, key)).requires_replace;
        let only = |name| BTreeSet::from([AttributePath::of(&[name])]);
        assert_eq!(replaced("b", "k".into()), only("name"));
        assert_eq!(replaced("a", "l".into()), only("key"));
        assert_eq!(replaced("a", Value::UNKNOWN), BTreeSet::new());
    }

    /// Comparing each with each would be 25 million comparisons.
    #[test]
    fn each_element_of_a_large_set_keeps_what_was_computed_for_it() {
        let block = Block {
            blocks: vec![NestedBlock::set(
                "rule",
                Block {
                    attributes: vec![
                        Attribute::required("port", ValueType::Number),
                        Attribute::optional_computed("mode", ValueType::String),
                        Attribute::computed("id", ValueType::Number),
                    ],
                    ..Block::default()
                },
            )],
            ..Block::default()
        };
        let rule = |port: i64, mode: Value, id: Value| {
            Value::object([("port", port.into()), ("mode", mode), ("id", id)])
        };
        let rules = |rule: &dyn Fn(i64) -> Value| {
            Value::object([("rule", Value::set((0..5_000).map(rule).collect()))])
        };
        let mode = |port: i64| {
            if port % 2 == 0 {
                Value::Null
            } else {
                "m".into()
            }
        };
        let prior = rules(&|port| rule(port, "m".into(), (-port).into()));
        let config = rules(&|port| rule(port, mode(port), Value::Null));
        assert_eq!(Plan::of(&block, &prior, &config).state, prior);

        let moved = rules(&|port| rule(port + 5_000, mode(port), Value::Null));
        let plan = Plan::of(&block, &prior, &moved).state;
        let ids = plan.get("rule").as_elements().unwrap().iter();
        assert!(ids.map(|rule| rule.get("id")).all(Value::is_unknown));
    }

    #[test]
    fn blocks_get_their_defaults_one_by_one_and_an_unknown_block_is_echoed() {
        let mut with_parts = config("a", "k".into());
        with_parts.set_attribute(
            "part",
            Value::List(vec![
                Value::object([("size", Value::Null)]),
                Value::object([("size", 5.into())]),
            ]),
        );
        let plan = Plan::of(&thing(), &Value::Null, &with_parts);
        assert_eq!(
            plan.state.get("part"),
            &Value::List(vec![
                Value::object([("size", 1.into())]),
                Value::object([("size", 5.into())]),
            ])
        );
        let mut unknown = config("a", "k".into());
        unknown.set_attribute("part", Value::UNKNOWN);
        let plan = Plan::of(&thing(), &Value::Null, &unknown);
        assert!(plan.state.get("part").is_unknown());
    }
}
