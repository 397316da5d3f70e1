//! What a configuration block may hold, and what a change of each part means.
//!
//! One definition gives the schema that Terraform sees, the defaults, the replacement rules, the masking of
//! write-only values and the documentation.

use std::collections::BTreeMap;

use super::path::AttributePath;
use super::value::Value;
use super::value_type::ValueType;

/// The schema of a provider, resource or ephemeral resource.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Which layout of the state this is; counts up with each incompatible change.
    pub version: i64,
    /// What the block holds.
    pub block: Block,
}

/// What a block holds.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What it is for, in Markdown.
    pub description: &'static str,
    /// Its arguments and results.
    pub attributes: Vec<Attribute>,
    /// The blocks inside it.
    pub blocks: Vec<NestedBlock>,
}

/// Who sets an attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// The user must.
    Required,
    /// The user may.
    Optional,
    /// The provider does.
    Computed,
    /// The user may, and the provider does otherwise.
    OptionalComputed,
}

/// What a change of an attribute's value means for the object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnChange {
    /// The object is updated.
    Update,
    /// The object is replaced, also where the new value is not known yet.
    Replace,
    /// The object is replaced once the new value is known to differ.
    ReplaceWhenKnown,
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name in the configuration.
    pub name: &'static str,
    /// The type of its value.
    pub ty: ValueType,
    /// Who sets it.
    pub presence: Presence,
    /// Whether Terraform hides its value.
    pub sensitive: bool,
    /// Whether its value is only ever sent by Terraform and never stored.
    pub write_only: bool,
    /// What it is, in Markdown: unit, default, what happens on change.
    pub description: &'static str,
    /// What stands in the plan where the user sets nothing; only with [`Presence::OptionalComputed`].
    pub default: Option<Value>,
    /// What a change means.
    pub on_change: OnChange,
    /// Whether a computed value, once known, stays for the object's life.
    pub keeps_prior: bool,
}

/// How often a nested block may stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nesting {
    /// At most once, or exactly once.
    Single {
        /// Whether it must be there.
        required: bool,
    },
    /// In order; `max` of 0 is no limit.
    List {
        /// The least number.
        min: i64,
        /// The greatest number.
        max: i64,
    },
    /// Without order; `max` of 0 is no limit.
    Set {
        /// The least number.
        min: i64,
        /// The greatest number.
        max: i64,
    },
    /// By label.
    Map,
    /// Once, and where it is left out it is an object of nulls.
    Group,
}

/// A block inside a block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Its name in the configuration.
    pub name: &'static str,
    /// How often it may stand.
    pub nesting: Nesting,
    /// What it holds.
    pub block: Block,
}

/// What tells one object of a resource from all others (protocol 5.9).
#[derive(Clone, Debug)]
pub struct IdentitySchema {
    /// Which layout this is.
    pub version: i64,
    /// Its parts, all of them needed for an import.
    pub attributes: Vec<IdentityAttribute>,
}

/// One part of an identity.
#[derive(Clone, Debug)]
pub struct IdentityAttribute {
    /// Its name.
    pub name: &'static str,
    /// The type of its value; neither a map, a set nor an object.
    pub ty: ValueType,
    /// What it is, in Markdown.
    pub description: &'static str,
}

impl Attribute {
    fn new(name: &'static str, ty: ValueType, presence: Presence) -> Self {
        Self {
            name,
            ty,
            presence,
            sensitive: false,
            write_only: false,
            description: "",
            default: None,
            on_change: OnChange::Update,
            keeps_prior: false,
        }
    }

    /// An argument that the user must set.
    pub fn required(name: &'static str, ty: ValueType) -> Self {
        Self::new(name, ty, Presence::Required)
    }

    /// An argument that the user may set.
    pub fn optional(name: &'static str, ty: ValueType) -> Self {
        Self::new(name, ty, Presence::Optional)
    }

    /// A result.
    pub fn computed(name: &'static str, ty: ValueType) -> Self {
        Self::new(name, ty, Presence::Computed)
    }

    /// An argument that the plan fills with this value where the user sets none.
    pub fn defaulted(name: &'static str, ty: ValueType, default: impl Into<Value>) -> Self {
        Self {
            default: Some(default.into()),
            ..Self::new(name, ty, Presence::OptionalComputed)
        }
    }

    /// The same, with what it is in Markdown.
    pub fn describe(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    /// The same, hidden in Terraform's output.
    pub fn sensitive(self) -> Self {
        Self {
            sensitive: true,
            ..self
        }
    }

    /// The same, hidden and never stored (Terraform 1.11).
    pub fn write_only(self) -> Self {
        Self {
            write_only: true,
            ..self.sensitive()
        }
    }

    /// The same, with what a change means.
    pub fn on_change(self, on_change: OnChange) -> Self {
        Self { on_change, ..self }
    }

    /// The same, known for the object's life once it is known.
    pub fn keeps_prior(self) -> Self {
        Self {
            keeps_prior: true,
            ..self
        }
    }

    /// Whether the provider may set it.
    pub fn is_computed(&self) -> bool {
        matches!(
            self.presence,
            Presence::Computed | Presence::OptionalComputed
        )
    }
}

impl NestedBlock {
    /// A block that may stand once.
    pub fn optional(name: &'static str, block: Block) -> Self {
        Self {
            name,
            nesting: Nesting::Single { required: false },
            block,
        }
    }

    /// A block that must stand once.
    pub fn required(name: &'static str, block: Block) -> Self {
        Self {
            name,
            nesting: Nesting::Single { required: true },
            block,
        }
    }

    /// The type of its value.
    pub fn value_type(&self) -> ValueType {
        let object = Box::new(self.block.value_type());
        match self.nesting {
            Nesting::Single { .. } | Nesting::Group => *object,
            Nesting::List { .. } => ValueType::List(object),
            Nesting::Set { .. } => ValueType::Set(object),
            Nesting::Map => ValueType::Map(object),
        }
    }
}

impl Block {
    /// The type of its value: an object of its attributes and blocks.
    pub fn value_type(&self) -> ValueType {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.to_owned(), attribute.ty.clone()));
        let blocks = self
            .blocks
            .iter()
            .map(|block| (block.name.to_owned(), block.value_type()));
        ValueType::Object(attributes.chain(blocks).collect())
    }

    /// An object of this type in which nothing is set; blocks that must be there are objects of nulls.
    pub fn empty_object(&self) -> Value {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.to_owned(), Value::Null));
        let blocks = self.blocks.iter().map(|nested| {
            let value = match nested.nesting {
                Nesting::Single { required: false } => Value::Null,
                Nesting::Single { required: true } | Nesting::Group => nested.block.empty_object(),
                Nesting::List { .. } => Value::List(Vec::new()),
                Nesting::Set { .. } => Value::Set(Vec::new()),
                Nesting::Map => Value::Map(BTreeMap::new()),
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

    /// The object with every write-only value made null, as each reply to Terraform must have it.
    pub fn without_write_only(&self, object: &Value) -> Value {
        self.map(object, &mut |attribute, _| {
            attribute.write_only.then_some(Value::Null)
        })
    }
}

impl NestedBlock {
    /// The objects in a value of this block, each with its path.
    pub(super) fn elements<'a>(
        &self,
        path: &AttributePath,
        value: &'a Value,
    ) -> Vec<(AttributePath, &'a Value)> {
        use super::path::Step;
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

    pub(super) fn map_elements(
        &self,
        value: &Value,
        change: &mut dyn FnMut(&Value) -> Value,
    ) -> Value {
        match (self.nesting, value) {
            (Nesting::Single { .. } | Nesting::Group, Value::Map(_)) => change(value),
            (Nesting::List { .. }, Value::List(elements)) => {
                Value::List(elements.iter().map(change).collect())
            }
            (Nesting::Set { .. }, Value::Set(elements)) => {
                Value::set(elements.iter().map(change).collect())
            }
            (Nesting::Map, Value::Map(elements)) => Value::Map(
                elements
                    .iter()
                    .map(|(key, element)| (key.clone(), change(element)))
                    .collect(),
            ),
            _ => value.clone(),
        }
    }
}

impl IdentitySchema {
    /// The type of an identity.
    pub fn value_type(&self) -> ValueType {
        ValueType::Object(
            self.attributes
                .iter()
                .map(|attribute| (attribute.name.to_owned(), attribute.ty.clone()))
                .collect(),
        )
    }
}
