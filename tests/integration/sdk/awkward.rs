//! A provider of everything that is hard to plan.

use std::sync::Arc;

use async_trait::async_trait;
use terraform_provider_iwd::tf_provider::diagnostic::Diagnostic;
use terraform_provider_iwd::tf_provider::provider::Provider;
use terraform_provider_iwd::tf_provider::resource::{
    Applied, ApplyRequest, ImportTarget, Imported, MoveSource, ReadRequest, Resource,
};
use terraform_provider_iwd::tf_provider::schema::{
    Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, RequiresReplace, Schema,
};
use terraform_provider_iwd::tf_provider::state::RawState;
use terraform_provider_iwd::tf_provider::value::Value;
use terraform_provider_iwd::tf_provider::value_type::ValueType::{self, Dynamic, Number, String};

/// The resource with all kinds of attributes and blocks.
pub(crate) const AWKWARD: &str = "sdk_awkward";

/// A provider of [`AWKWARD`].
pub(crate) struct Awkward;

impl Provider for Awkward {
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(AwkwardResource)]
    }
}

struct AwkwardResource;

/// It gives back all that it was given, secrets included, and makes up what is asked of it.
#[async_trait]
impl Resource for AwkwardResource {
    fn type_name(&self) -> &'static str {
        AWKWARD
    }

    fn schema(&self) -> Schema {
        Schema {
            version: 1,
            block: block(),
        }
    }

    fn identity(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema {
            version: 0,
            attributes: vec![IdentityAttribute {
                name: "key",
                ty: String,
                description: "",
            }],
        })
    }

    fn identity_of(&self, state: &Value) -> Value {
        Value::object([("key", state.get("key").clone())])
    }

    async fn create(&self, request: ApplyRequest) -> Applied {
        let state = made(&leak(&request.planned, &request.config));
        request.done(state)
    }

    async fn update(&self, request: ApplyRequest) -> Applied {
        let state = made(&leak(&request.planned, &request.config));
        request.done(state)
    }

    async fn delete(&self, _: ApplyRequest) -> Applied {
        Applied::gone()
    }

    async fn read(&self, request: ReadRequest) -> Applied {
        let state = with_secrets(&request.state);
        Applied {
            state,
            ..request.unchanged()
        }
    }

    fn import(&self, _: &ImportTarget) -> Result<Imported, Diagnostic> {
        Ok(Imported::new(bare()))
    }

    fn move_from(&self, _: &MoveSource) -> Result<Imported, Diagnostic> {
        Ok(Imported::new(bare()))
    }

    fn upgrade(&self, _: i64, _: &RawState) -> Result<Value, Diagnostic> {
        Ok(bare())
    }
}

fn block() -> Block {
    let text = Attribute::optional;
    Block {
        attributes: vec![
            Attribute::computed("id", String).use_state_for_unknown(),
            Attribute::computed("serial", Number),
            Attribute::required("name", String).requires_replace(RequiresReplace::Always),
            text("key", String).requires_replace(RequiresReplace::WhenKnown),
            Attribute::defaulted("size", Number, 1),
            Attribute::optional_computed("mode", String),
            text("secret", String).write_only(),
            text("old", String).deprecated("Use `name`."),
            text("tags", ValueType::set(String)),
            text(
                "shape",
                ValueType::Object([("sides".to_owned(), ValueType::list(Number))].into()),
            ),
            text("anything", Dynamic),
            Attribute::computed("made", Dynamic),
        ],
        blocks: vec![
            NestedBlock::list("part", part()),
            NestedBlock::set("rule", rule()),
            NestedBlock::map("zone", zone()),
            NestedBlock::group("limits", limits()),
            NestedBlock::optional("owner", owner()),
        ],
        ..Block::default()
    }
}

fn part() -> Block {
    Block {
        attributes: vec![
            Attribute::required("label", String).requires_replace(RequiresReplace::Always),
            Attribute::defaulted("size", Number, 1),
            Attribute::computed("stamp", String),
            Attribute::optional("secret", String).write_only(),
        ],
        blocks: vec![NestedBlock::set(
            "hole",
            Block {
                attributes: vec![
                    Attribute::defaulted("depth", Number, 1),
                    Attribute::optional("at", String),
                ],
                ..Block::default()
            },
        )],
        ..Block::default()
    }
}

fn rule() -> Block {
    Block {
        attributes: vec![
            Attribute::defaulted("port", Number, 80),
            Attribute::optional("host", String).requires_replace(RequiresReplace::Always),
            Attribute::computed("id", String).use_state_for_unknown(),
        ],
        ..Block::default()
    }
}

fn zone() -> Block {
    Block {
        attributes: vec![
            Attribute::defaulted("ttl", Number, 60),
            Attribute::optional("name", String).requires_replace(RequiresReplace::Always),
            Attribute::optional("secret", String).write_only(),
        ],
        ..Block::default()
    }
}

fn limits() -> Block {
    Block {
        attributes: vec![
            Attribute::defaulted("max", Number, 10),
            Attribute::required("note", String),
            Attribute::optional("secret", String).write_only(),
        ],
        ..Block::default()
    }
}

fn owner() -> Block {
    Block {
        attributes: vec![
            Attribute::required("mail", String),
            Attribute::computed("since", String).use_state_for_unknown(),
            Attribute::optional("secret", String).write_only(),
        ],
        ..Block::default()
    }
}

/// The planned object with what was open in it.
fn made(planned: &Value) -> Value {
    block().map(planned, &mut |attribute, value| {
        let made = match attribute.ty {
            Number => 7.into(),
            Dynamic => Value::Dynamic(Box::new(String), Box::new("made".into())),
            _ => "made".into(),
        };
        value.is_unknown().then_some(made)
    })
}

/// The object with the write-only value that the user configured.
fn leak(object: &Value, config: &Value) -> Value {
    let mut object = object.clone();
    object.set_attribute("secret", config.get("secret").clone());
    with_secrets(&object)
}

/// The object with a secret wherever one is write-only.
fn with_secrets(object: &Value) -> Value {
    block().map(object, &mut |attribute, _| {
        attribute.write_only.then(|| "canary-secret".into())
    })
}

/// Little more than a secret; what is repeated is not there at all.
fn bare() -> Value {
    Value::object([
        ("name", "bare".into()),
        ("key", "k".into()),
        ("secret", "canary-secret".into()),
        ("part", Value::Null),
        (
            "zone",
            Value::object([("z", Value::object([("secret", "canary-secret".into())]))]),
        ),
    ])
}
