//! What a configuration makes of an object, before the provider has its say.
//!
//! A pure function of schema, prior state, configuration and Terraform's proposal: it gives the same plan in the
//! plan phase and in the apply phase. The rules are those that terraform-plugin-framework follows and that
//! Terraform enforces (`objchange.AssertPlanValid`).

use super::path::AttributePath;
use super::schema::{Attribute, Block, NestedBlock, Nesting, OnChange, Presence};
use super::value::Value;

/// What Terraform shows the user and later asks the provider to apply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The object as it will be; unknown where only the apply can tell.
    pub state: Value,
    /// The attributes whose change replaces the object.
    pub requires_replace: Vec<AttributePath>,
}

impl Plan {
    /// Plans an object that will exist: `config` and `proposed` are not null, `prior` is null for a new one.
    ///
    /// Defaults stand where nothing is configured, write-only values are null, and if anything differs from the
    /// prior state, what the provider computes is unknown unless the schema says that it stays.
    pub fn of(block: &Block, prior: &Value, config: &Value, proposed: &Value) -> Self {
        let settled = settle(block, config, proposed);
        if &settled == prior {
            return Self {
                state: settled,
                requires_replace: Vec::new(),
            };
        }
        let state = open(block, prior, config, &settled);
        let mut requires_replace = Vec::new();
        if !prior.is_null() {
            replacements(
                block,
                &AttributePath::ROOT,
                prior,
                &state,
                &mut requires_replace,
            );
        }
        Self {
            state,
            requires_replace,
        }
    }

    /// Whether the object is replaced rather than updated.
    pub fn replaces(&self) -> bool {
        !self.requires_replace.is_empty()
    }
}

/// The proposal with defaults where nothing is configured and without write-only values.
fn settle(block: &Block, config: &Value, proposed: &Value) -> Value {
    each(block, [config], proposed, &|attribute, [config], value| {
        if attribute.write_only {
            return Value::Null;
        }
        match &attribute.default {
            Some(default) if config.is_null() => default.clone(),
            _ => value.clone(),
        }
    })
}

/// The settled proposal with unknowns where the provider decides.
fn open(block: &Block, prior: &Value, config: &Value, settled: &Value) -> Value {
    each(
        block,
        [prior, config],
        settled,
        &|attribute, [prior, config], value| {
            let decided_here = attribute.is_computed()
                && attribute.default.is_none()
                && (attribute.presence == Presence::Computed || config.is_null());
            if !decided_here {
                value.clone()
            } else if attribute.keeps_prior && !prior.is_null() {
                prior.clone()
            } else {
                Value::UNKNOWN
            }
        },
    )
}

/// What becomes of one attribute, given its values beside the object's own.
type Change<'a, const N: usize> = &'a dyn Fn(&Attribute, [&Value; N], &Value) -> Value;

/// Changes each attribute of an object in step with the same attribute of `beside`.
fn each<const N: usize>(
    block: &Block,
    beside: [&Value; N],
    object: &Value,
    change: Change<'_, N>,
) -> Value {
    let Value::Map(values) = object else {
        return object.clone();
    };
    let mut values = values.clone();
    for attribute in &block.attributes {
        let value = values.get(attribute.name).unwrap_or(&Value::Null);
        let changed = change(
            attribute,
            beside.map(|object| object.get(attribute.name)),
            value,
        );
        values.insert(attribute.name.to_owned(), changed);
    }
    for nested in &block.blocks {
        if let Some(value) = values.get(nested.name) {
            let beside = beside.map(|object| object.get(nested.name));
            let changed = each_nested(nested, beside, value, change);
            values.insert(nested.name.to_owned(), changed);
        }
    }
    Value::Map(values)
}

fn each_nested<const N: usize>(
    nested: &NestedBlock,
    beside: [&Value; N],
    value: &Value,
    change: Change<'_, N>,
) -> Value {
    static NOTHING: Value = Value::Null;
    let block = &nested.block;
    match (nested.nesting, value) {
        (Nesting::Single { .. } | Nesting::Group, Value::Map(_)) => {
            each(block, beside, value, change)
        }
        (Nesting::List { .. }, Value::List(elements)) => {
            let element_at = |list: &'_ Value, index: usize| -> Value {
                match list {
                    Value::Unknown(_) => list.clone(),
                    _ => list
                        .as_elements()
                        .and_then(|elements| elements.get(index))
                        .cloned()
                        .unwrap_or(Value::Null),
                }
            };
            Value::List(
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, element)| {
                        let beside = beside.map(|list| element_at(list, index));
                        each(block, beside.each_ref(), element, change)
                    })
                    .collect(),
            )
        }
        (Nesting::Map, Value::Map(elements)) => Value::Map(
            elements
                .iter()
                .map(|(key, element)| {
                    let beside = beside.map(|map| map.get(key));
                    (key.clone(), each(block, beside, element, change))
                })
                .collect(),
        ),
        // Elements of a set can't be paired with those beside it: each is taken as it was configured.
        (Nesting::Set { .. }, Value::Set(elements)) => Value::set(
            elements
                .iter()
                .map(|element| {
                    let beside = [(); N].map(|()| if N == 1 { element } else { &NOTHING });
                    each(block, beside, element, change)
                })
                .collect(),
        ),
        _ => value.clone(),
    }
}

fn replacements(
    block: &Block,
    path: &AttributePath,
    prior: &Value,
    planned: &Value,
    found: &mut Vec<AttributePath>,
) {
    for attribute in &block.attributes {
        let before = prior.get(attribute.name);
        let after = planned.get(attribute.name);
        let replaces = match attribute.on_change {
            OnChange::Update => false,
            OnChange::Replace => before != after,
            OnChange::ReplaceWhenKnown => before != after && after.is_wholly_known(),
        };
        if replaces {
            found.push(path.attribute(attribute.name));
        }
    }
    for nested in &block.blocks {
        let (before, after) = (prior.get(nested.name), planned.get(nested.name));
        if matches!(nested.nesting, Nesting::Single { .. } | Nesting::Group) && !after.is_unknown()
        {
            let path = path.attribute(nested.name);
            replacements(&nested.block, &path, before, after, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::value_type::ValueType;

    fn thing() -> Block {
        Block {
            attributes: vec![
                Attribute::computed("id", ValueType::String).keeps_prior(),
                Attribute::computed("count", ValueType::Number),
                Attribute::required("name", ValueType::String).on_change(OnChange::Replace),
                Attribute::required("key", ValueType::String).on_change(OnChange::ReplaceWhenKnown),
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
        let plan = Plan::of(&thing(), &Value::Null, &config, &config);
        let unknown = Value::UNKNOWN;
        assert_eq!(
            plan.state,
            object(unknown.clone(), unknown, "a", "k".into(), 80.into())
        );
        assert!(!plan.replaces());
    }

    #[test]
    fn an_unchanged_configuration_plans_the_prior_state() {
        let plan = Plan::of(&thing(), &prior(), &config("a", "k".into()), &prior());
        assert_eq!(plan.state, prior());
    }

    #[test]
    fn a_removed_argument_goes_back_to_its_default_and_results_open_unless_they_stay() {
        let prior = object("1".into(), 7.into(), "a", "k".into(), 8080.into());
        // Terraform proposes the prior value where nothing is configured.
        let plan = Plan::of(&thing(), &prior, &config("a", "k".into()), &prior);
        assert_eq!(
            plan.state,
            object("1".into(), Value::UNKNOWN, "a", "k".into(), 80.into())
        );
    }

    #[test]
    fn replacement_waits_for_a_known_value_only_where_the_schema_says_so() {
        let replaced = |name, key: Value| {
            let config = config(name, key.clone());
            let proposed = object("1".into(), 7.into(), name, key, 80.into());
            Plan::of(&thing(), &prior(), &config, &proposed).requires_replace
        };
        assert_eq!(replaced("b", "k".into()), [AttributePath::of(&["name"])]);
        assert_eq!(replaced("a", "l".into()), [AttributePath::of(&["key"])]);
        assert_eq!(replaced("a", Value::UNKNOWN), []);
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
        let plan = Plan::of(&thing(), &Value::Null, &with_parts, &with_parts);
        assert_eq!(
            plan.state.get("part"),
            &Value::List(vec![
                Value::object([("size", 1.into())]),
                Value::object([("size", 5.into())]),
            ])
        );
        let mut unknown = config("a", "k".into());
        unknown.set_attribute("part", Value::UNKNOWN);
        let plan = Plan::of(&thing(), &Value::Null, &unknown, &unknown);
        assert!(plan.state.get("part").is_unknown());
    }
}
