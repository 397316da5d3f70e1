//! To the wire: plain Rust → generated types.

use super::generated as wire;
use wire::attribute_path::{Step as WireStep, step::Selector};
use wire::schema::nested_block::NestingMode;

use super::bounds;
use crate::tf_provider::diagnostic::{Diagnostic, Severity};
use crate::tf_provider::msgpack;
use crate::tf_provider::path::{AttributePath, Step};
use crate::tf_provider::schema::{
    Attribute, Block, IdentitySchema, NestedBlock, Nesting, Presence, Schema,
};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// A value of that type, as MessagePack.
pub(super) fn value(value: &Value, ty: &ValueType) -> Result<wire::DynamicValue, Diagnostic> {
    match msgpack::encode(value, ty) {
        Ok(msgpack) => Ok(wire::DynamicValue {
            msgpack,
            json: Vec::new(),
        }),
        Err(error) => Err(Diagnostic::error(
            "The provider made an impossible value",
            format!(
                "It doesn't fit the schema {error}. This is a bug in the provider: please report it."
            ),
        )),
    }
}

/// An identity; none where it is null.
pub(super) fn identity(
    identity: &Value,
    ty: Option<&ValueType>,
) -> Result<Option<wire::ResourceIdentityData>, Diagnostic> {
    match ty {
        Some(ty) if !identity.is_null() => Ok(Some(wire::ResourceIdentityData {
            identity_data: Some(value(identity, ty)?),
        })),
        _ => Ok(None),
    }
}

pub(super) fn diagnostics(diagnostics: Vec<Diagnostic>) -> Vec<wire::Diagnostic> {
    let told = bounds::within(diagnostics);
    told.into_iter().map(diagnostic).collect()
}

fn diagnostic(diagnostic: Diagnostic) -> wire::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => wire::diagnostic::Severity::Error,
        Severity::Warning => wire::diagnostic::Severity::Warning,
    };
    wire::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary.into_owned(),
        detail: diagnostic.detail,
        attribute: (!diagnostic.path.is_root()).then(|| path(&diagnostic.path)),
    }
}

pub(super) fn path(path: &AttributePath) -> wire::AttributePath {
    let steps = path.0.iter().map(|step| WireStep {
        selector: Some(match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => {
                Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX))
            }
        }),
    });
    wire::AttributePath {
        steps: steps.collect(),
    }
}

pub(super) fn schema(schema: &Schema) -> wire::Schema {
    wire::Schema {
        version: schema.version,
        block: Some(block(&schema.block, schema.version)),
    }
}

pub(super) fn action_schema(action: &Schema) -> wire::ActionSchema {
    wire::ActionSchema {
        schema: Some(schema(action)),
    }
}

fn block(block: &Block, version: i64) -> wire::schema::Block {
    wire::schema::Block {
        version,
        attributes: block.attributes.iter().map(attribute).collect(),
        block_types: block.blocks.iter().map(nested_block).collect(),
        description: block.description.to_owned(),
        description_kind: wire::StringKind::Markdown.into(),
        ..Default::default()
    }
}

fn attribute(attribute: &Attribute) -> wire::schema::Attribute {
    wire::schema::Attribute {
        name: attribute.name.to_owned(),
        r#type: attribute.ty.to_json_bytes(),
        description: attribute.description.to_string(),
        required: attribute.presence == Presence::Required,
        optional: matches!(
            attribute.presence,
            Presence::Optional | Presence::OptionalComputed
        ),
        computed: attribute.is_computed(),
        sensitive: attribute.sensitive,
        description_kind: wire::StringKind::Markdown.into(),
        write_only: attribute.write_only,
        deprecated: attribute.deprecated.is_some(),
        deprecation_message: attribute.deprecated.unwrap_or_default().to_owned(),
    }
}

fn nested_block(nested: &NestedBlock) -> wire::schema::NestedBlock {
    let (nesting, min_items, max_items) = match nested.nesting {
        Nesting::Single { required } => (
            NestingMode::Single,
            i64::from(required),
            i64::from(required),
        ),
        Nesting::List { min, max } => (NestingMode::List, min, max),
        Nesting::Set { min, max } => (NestingMode::Set, min, max),
        Nesting::Map => (NestingMode::Map, 0, 0),
        Nesting::Group => (NestingMode::Group, 0, 0),
    };
    wire::schema::NestedBlock {
        type_name: nested.name.to_owned(),
        block: Some(block(&nested.block, 0)),
        nesting: nesting.into(),
        min_items,
        max_items,
    }
}

pub(super) fn identity_schema(schema: &IdentitySchema) -> wire::ResourceIdentitySchema {
    wire::ResourceIdentitySchema {
        version: schema.version,
        identity_attributes: schema
            .attributes
            .iter()
            .map(
                |attribute| wire::resource_identity_schema::IdentityAttribute {
                    name: attribute.name.to_owned(),
                    r#type: attribute.ty.to_json_bytes(),
                    required_for_import: true,
                    optional_for_import: false,
                    description: attribute.description.to_owned(),
                },
            )
            .collect(),
    }
}
