//! Schemas: the parts of a configuration block, and the meaning of a change of each.
//!
//! One definition gives the schema that Terraform sees, the defaults, the replacement rules, the masking of
//! write-only values and the documentation.

mod check;
mod walk;

pub use check::SchemaKind;

use std::borrow::Cow;

use super::value::Value;
use super::value_type::ValueType;

/// The schema of a provider, resource, ephemeral resource or action.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The layout of the state; counts up with each incompatible change.
    pub version: i64,
    /// The attributes and blocks.
    pub block: Block,
}

/// The contents of a block.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its purpose, in Markdown.
    pub description: &'static str,
    /// Its arguments and results.
    pub attributes: Vec<Attribute>,
    /// The blocks inside it.
    pub blocks: Vec<NestedBlock>,
}

/// The side that sets an attribute.
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

/// The changes of a value that replace the object rather than update it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequiresReplace {
    /// None.
    Never,
    /// Each, also where the new value is not known yet.
    Always,
    /// Those to a value that is known.
    WhenKnown,
}

/// One attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name in the configuration.
    pub name: &'static str,
    /// The type of its value.
    pub ty: ValueType,
    /// The side that sets it.
    pub presence: Presence,
    /// `true` where Terraform hides its value.
    pub sensitive: bool,
    /// `true` where its value is only ever sent by Terraform and never stored.
    pub write_only: bool,
    /// Its documentation, in Markdown: unit, default, what happens on change.
    pub description: Cow<'static, str>,
    /// The value in the plan where the user sets nothing; only with [`Presence::OptionalComputed`].
    pub default: Option<Value>,
    /// The changes that replace the object.
    pub requires_replace: RequiresReplace,
    /// `true` where a computed value, once known, stays for the object's life.
    pub use_state_for_unknown: bool,
    /// Advice on what to use instead, for an argument that is on its way out.
    pub deprecated: Option<&'static str>,
}

/// The number of times that a nested block may stand, and the shape of its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nesting {
    /// At most once, or exactly once.
    Single {
        /// `true` where it must be there.
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
    /// The number of times that it may stand.
    pub nesting: Nesting,
    /// Its contents.
    pub block: Block,
}

/// The attributes that tell one object of a resource from all others (protocol 5.9).
#[derive(Clone, Debug)]
pub struct IdentitySchema {
    /// The layout of the identity.
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
    /// Its documentation, in Markdown.
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
            description: Cow::Borrowed(""),
            default: None,
            requires_replace: RequiresReplace::Never,
            use_state_for_unknown: false,
            deprecated: None,
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

    /// An argument that the user may set, and a result otherwise.
    pub fn optional_computed(name: &'static str, ty: ValueType) -> Self {
        Self::new(name, ty, Presence::OptionalComputed)
    }

    /// An argument that the plan fills with this value where the user sets none.
    pub fn defaulted(name: &'static str, ty: ValueType, default: impl Into<Value>) -> Self {
        Self {
            default: Some(default.into()),
            ..Self::optional_computed(name, ty)
        }
    }

    /// The same, with its documentation in Markdown.
    pub fn describe(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            description: description.into(),
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

    /// The same, with the changes that replace the object.
    pub fn requires_replace(self, requires_replace: RequiresReplace) -> Self {
        Self {
            requires_replace,
            ..self
        }
    }

    /// The same, known for the object's life once it is known.
    pub fn use_state_for_unknown(self) -> Self {
        Self {
            use_state_for_unknown: true,
            ..self
        }
    }

    /// The same, on its way out; whoever sets it is told this.
    pub fn deprecated(self, instead: &'static str) -> Self {
        Self {
            deprecated: Some(instead),
            ..self
        }
    }

    /// Tells whether the provider may set it.
    pub fn is_computed(&self) -> bool {
        matches!(
            self.presence,
            Presence::Computed | Presence::OptionalComputed
        )
    }
}

impl NestedBlock {
    /// A block that may stand as often as that.
    pub fn new(name: &'static str, nesting: Nesting, block: Block) -> Self {
        Self {
            name,
            nesting,
            block,
        }
    }

    /// A block that may stand once.
    pub fn optional(name: &'static str, block: Block) -> Self {
        Self::new(name, Nesting::Single { required: false }, block)
    }

    /// A block that must stand once.
    pub fn required(name: &'static str, block: Block) -> Self {
        Self::new(name, Nesting::Single { required: true }, block)
    }

    /// A block that may stand any number of times, in order.
    pub fn list(name: &'static str, block: Block) -> Self {
        Self::new(name, Nesting::List { min: 0, max: 0 }, block)
    }

    /// A block that may stand any number of times, without order.
    pub fn set(name: &'static str, block: Block) -> Self {
        Self::new(name, Nesting::Set { min: 0, max: 0 }, block)
    }

    /// A block that may stand any number of times, each with a label of its own.
    pub fn map(name: &'static str, block: Block) -> Self {
        Self::new(name, Nesting::Map, block)
    }

    /// A block that may stand once, and is an object of nulls where it doesn't.
    pub fn group(name: &'static str, block: Block) -> Self {
        Self::new(name, Nesting::Group, block)
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
