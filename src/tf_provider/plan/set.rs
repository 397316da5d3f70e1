//! Pairing of the elements of a set with the prior ones.

use std::collections::BTreeMap;

use super::{Results, is_configured, object};
use crate::tf_provider::schema::{Attribute, Block};
use crate::tf_provider::value::{NULL, Value};

/// The prior elements of a set that are not paired yet.
///
/// An element is a prior one if that is what its configuration still makes of it. Which attributes the configuration
/// decides depends on the element, so there is an index of the prior elements for each such choice that occurs.
pub(super) struct PriorElements<'a> {
    block: &'a Block,
    unpaired: Vec<Option<&'a Value>>,
    indexes: BTreeMap<Value, Index>,
}

/// Positions of prior elements by the part of them that a configuration decides, the first one last.
type Index = BTreeMap<Value, Vec<usize>>;

impl<'a> PriorElements<'a> {
    pub(super) fn of(block: &'a Block, prior: &'a Value) -> Self {
        let elements = prior.as_elements().unwrap_or_default();
        Self {
            block,
            unpaired: elements.iter().map(Some).collect(),
            indexes: BTreeMap::new(),
        }
    }

    /// The first prior element that this configuration stands for.
    pub(super) fn take(&mut self, config: &Value) -> Option<&'a Value> {
        let (block, unpaired) = (self.block, &mut self.unpaired);
        let index = self
            .indexes
            .entry(choice(block, config))
            .or_insert_with(|| {
                let mut index = Index::new();
                for (position, prior) in unpaired.iter().enumerate().rev() {
                    if let Some(prior) = prior {
                        let decided = decided(block, prior, config);
                        index.entry(decided).or_default().push(position);
                    }
                }
                index
            });
        let planned = object(block, &NULL, config, Results::Stay);
        let positions = index.get_mut(&decided(block, &planned, config))?;
        // Another choice may have taken it, and a set inside is paired only here.
        let found = positions.iter().rposition(|position| {
            unpaired[*position]
                .is_some_and(|prior| object(block, prior, config, Results::Stay) == *prior)
        })?;
        unpaired[positions.remove(found)].take()
    }
}

/// The attributes that the configuration leaves to the provider, as an object of truth values.
fn choice(block: &Block, config: &Value) -> Value {
    block.map(config, &mut |attribute, value| {
        Some(is_left_to_provider(attribute, value).into())
    })
}

/// The object with null where the configuration leaves the value to the provider.
fn decided(block: &Block, object: &Value, config: &Value) -> Value {
    let Value::Map(values) = object else {
        return object.clone();
    };
    let mut values = values.clone();
    for attribute in &block.attributes {
        if is_left_to_provider(attribute, config.get(attribute.name)) {
            values.insert(attribute.name.to_owned(), Value::Null);
        }
    }
    for nested in &block.blocks {
        if let Some(value) = values.get_mut(nested.name) {
            let config = config.get(nested.name);
            *value = nested.map_pairs(value, config, &mut |element, config| {
                decided(&nested.block, element, config)
            });
        }
    }
    Value::Map(values)
}

fn is_left_to_provider(attribute: &Attribute, config: &Value) -> bool {
    let is_decided = attribute.write_only || attribute.default.is_some();
    !is_decided && !is_configured(attribute, config)
}
