//! Walking an object along its schema.

use std::collections::BTreeMap;

use super::{Attribute, Block, NestedBlock, Nesting};
use crate::tf_provider::path::{AttributePath, Step};
use crate::tf_provider::value::{NULL, SetElements, Value};

impl Block {
    /// An object of this type in which nothing is set; blocks that must be there are objects of nulls.
    pub fn empty_object(&self) -> Value {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.to_owned(), Value::Null));
        let blocks = self.blocks.iter().map(|nested| {
            let value = match nested.nesting {
                Nesting::Single { required: true } => nested.block.empty_object(),
                _ => nested.left_out(),
            };
            (nested.name.to_owned(), value)
        });
        Value::Map(attributes.chain(blocks).collect())
    }

    /// Every attribute of this block and the blocks inside it, with its path and the value that it has in `object`.
    pub fn visit<'a>(
        &'a self,
        object: &'a Value,
        visitor: &mut dyn FnMut(&AttributePath, &'a Attribute, &'a Value),
    ) {
        self.visit_at(&AttributePath::ROOT, object, visitor);
    }

    fn visit_at<'a>(
        &'a self,
        path: &AttributePath,
        object: &'a Value,
        visitor: &mut dyn FnMut(&AttributePath, &'a Attribute, &'a Value),
    ) {
        for attribute in &self.attributes {
            visitor(
                &path.attribute(attribute.name),
                attribute,
                object.get(attribute.name),
            );
        }
        for nested in &self.blocks {
            let path = path.attribute(nested.name);
            for (path, element) in nested.elements(&path, object.get(nested.name)) {
                nested.block.visit_at(&path, element, visitor);
            }
        }
    }

    /// The object with each attribute's value replaced by what `change` makes of it; null and unknown blocks stay.
    pub fn map(
        &self,
        object: &Value,
        change: &mut dyn FnMut(&Attribute, &Value) -> Option<Value>,
    ) -> Value {
        let Value::Map(values) = object else {
            return object.clone();
        };
        let mut values = values.clone();
        for attribute in &self.attributes {
            if let Some(value) = values.get_mut(attribute.name)
                && let Some(changed) = change(attribute, value)
            {
                *value = changed;
            }
        }
        for nested in &self.blocks {
            if let Some(value) = values.get_mut(nested.name) {
                *value =
                    nested.map_elements(value, &mut |element| nested.block.map(element, change));
            }
        }
        Value::Map(values)
    }

    /// The object as every reply to Terraform must have it: write-only values are null, and a repeated block that is
    /// null or missing is empty.
    pub fn storable(&self, object: &Value) -> Value {
        let Value::Map(values) = object else {
            return object.clone();
        };
        let mut values = values.clone();
        for attribute in self.attributes.iter().filter(|it| it.write_only) {
            values.insert(attribute.name.to_owned(), Value::Null);
        }
        for nested in &self.blocks {
            let value = match values.get(nested.name) {
                None | Some(Value::Null) => nested.left_out(),
                Some(value) => {
                    nested.map_elements(value, &mut |element| nested.block.storable(element))
                }
            };
            values.insert(nested.name.to_owned(), value);
        }
        Value::Map(values)
    }

    /// Tells whether this holds for any attribute of this block and the blocks inside it.
    pub(in crate::tf_provider) fn any_attribute(&self, test: &dyn Fn(&Attribute) -> bool) -> bool {
        let inside = |nested: &NestedBlock| nested.block.any_attribute(test);
        self.attributes.iter().any(test) || self.blocks.iter().any(inside)
    }
}

impl NestedBlock {
    /// The value where no such block stands.
    pub(in crate::tf_provider) fn left_out(&self) -> Value {
        match self.nesting {
            Nesting::Single { .. } => Value::Null,
            Nesting::List { .. } => Value::List(Vec::new()),
            Nesting::Set { .. } => Value::Set(SetElements::default()),
            Nesting::Map => Value::Map(BTreeMap::new()),
            Nesting::Group => self.block.empty_object(),
        }
    }

    /// The objects in a value of this block, each with its path.
    pub(in crate::tf_provider) fn elements<'a>(
        &self,
        path: &AttributePath,
        value: &'a Value,
    ) -> Vec<(AttributePath, &'a Value)> {
        match (self.nesting, value) {
            (Nesting::Single { .. } | Nesting::Group, Value::Map(_)) => {
                vec![(path.clone(), value)]
            }
            (Nesting::List { .. }, Value::List(elements)) => elements
                .iter()
                .enumerate()
                .map(|(index, element)| (path.then(Step::Index(index)), element))
                .collect(),
            // The protocol has no step into a set.
            (Nesting::Set { .. }, Value::Set(elements)) => elements
                .iter()
                .map(|element| (path.clone(), element))
                .collect(),
            (Nesting::Map, Value::Map(elements)) => elements
                .iter()
                .map(|(key, element)| (path.then(Step::Key(key.clone())), element))
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(in crate::tf_provider) fn map_elements(
        &self,
        value: &Value,
        change: &mut dyn FnMut(&Value) -> Value,
    ) -> Value {
        self.map_pairs(value, &NULL, &mut |element, _| change(element))
    }

    /// The value with each of its objects replaced by what `change` makes of it and of its counterpart in `other`: the
    /// element at the same position or key, and null in a set, which has neither.
    pub(in crate::tf_provider) fn map_pairs(
        &self,
        value: &Value,
        other: &Value,
        change: &mut dyn FnMut(&Value, &Value) -> Value,
    ) -> Value {
        match (self.nesting, value) {
            (Nesting::Single { .. } | Nesting::Group, Value::Map(_)) => change(value, other),
            (Nesting::List { .. }, Value::List(elements)) => Value::List(
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, element)| change(element, other.element(index)))
                    .collect(),
            ),
            (Nesting::Set { .. }, Value::Set(elements)) => Value::Set(
                elements
                    .iter()
                    .map(|element| change(element, &NULL))
                    .collect(),
            ),
            (Nesting::Map, Value::Map(elements)) => Value::Map(
                elements
                    .iter()
                    .map(|(key, element)| (key.clone(), change(element, other.get(key))))
                    .collect(),
            ),
            _ => value.clone(),
        }
    }
}
