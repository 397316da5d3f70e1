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
