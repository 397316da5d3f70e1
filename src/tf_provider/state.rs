//! State as it lies in the state file.

use super::diagnostic::Diagnostic;
use super::invalid_value::{InvalidValue, Mismatch};
use super::json::{self, Stray};
use super::schema::{Block, IdentitySchema, Presence, Schema};
use super::value::Value;
use super::value_type::ValueType;

/// Stored state before a schema has been laid over it (protocol 5, `RawState`).
#[derive(Clone, PartialEq, Eq)]
pub enum RawState {
    /// JSON text, as Terraform 0.12 and later store it.
    Json(Vec<u8>),
    /// The flat map of Terraform before 0.12.
    Flatmap,
    /// Nothing.
    Absent,
}

/// Shows no content, because any of it may be a secret.
impl std::fmt::Debug for RawState {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Json(_) => "json",
            Self::Flatmap => "flatmap",
            Self::Absent => "absent",
        })
    }
}

const CANT_READ: &str = "Stored state can't be read";

/// Reads state of the schema's own version: attributes that are missing become null, those that are gone are left
/// out, and so are write-only values; what is repeated is empty rather than null.
pub fn upgrade_same_version(
    schema: &Schema,
    version: i64,
    raw: &RawState,
) -> Result<Value, Diagnostic> {
    let bytes = match raw {
        RawState::Absent => return Ok(Value::Null),
        RawState::Flatmap => {
            return Err(Diagnostic::error(
                CANT_READ,
                "The state was written by a Terraform before 0.12, which no release of this provider ever worked \
                 with. Remove the object with `terraform state rm` and import it again.",
            ));
        }
        RawState::Json(bytes) => bytes,
    };
    if version != schema.version {
        return Err(Diagnostic::error(
            CANT_READ,
            format!(
                "The state has schema version {version}; this release of the provider reads version {}. Use the \
                 release that wrote it, or a newer one.",
                schema.version
            ),
        ));
    }
    json::decode(bytes, &schema.block.value_type(), Stray::Drop)
        .map(|state| schema.block.storable(&state))
        .map_err(|error| Diagnostic::error(CANT_READ, unfit(&error)))
}

fn unfit(error: &InvalidValue) -> String {
    if error.mismatch == Mismatch::TooMany {
        return format!(
            "It holds {} in all. Remove the object with `terraform state rm`, give its lists, sets and maps fewer elements, \
             and import it again.",
            error.mismatch
        );
    }
    format!("It doesn't fit the schema: {error}.")
}

/// The configuration that leads to this state: without what nobody can set, and with each default where nothing is set,
/// so that it can be seen.
pub fn config_template(block: &Block, state: &Value) -> Value {
    block.map(state, &mut |attribute, value| {
        if attribute.write_only || attribute.presence == Presence::Computed {
            return Some(Value::Null);
        }
        attribute.default.clone().filter(|_| value.is_null())
    })
}

/// Reads a stored identity of the schema's own version.
pub fn upgrade_identity(
    schema: &IdentitySchema,
    ty: &ValueType,
    version: i64,
    raw: &RawState,
) -> Result<Value, Diagnostic> {
    match raw {
        RawState::Json(bytes) if version == schema.version => json::decode(bytes, ty, Stray::Drop)
            .map_err(|error| {
                Diagnostic::error(
                    CANT_READ,
                    format!("The identity doesn't fit its schema: {error}."),
                )
            }),
        RawState::Absent => Ok(Value::Null),
        _ => Err(Diagnostic::error(
            CANT_READ,
            format!(
                "The identity has version {version}; this release of the provider reads version {}.",
                schema.version
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let json = RawState::Json(b"canary".to_vec());
        let shown = format!("{json:?} {:?} {:?}", RawState::Flatmap, RawState::Absent);
        assert_eq!(shown, "json flatmap absent");
    }

    #[test]
    fn no_state_is_null_and_what_is_older_than_json_is_refused() {
        let schema = Schema {
            version: 0,
            block: Block::default(),
        };
        let read = |raw| upgrade_same_version(&schema, 0, &raw);
        assert_eq!(read(RawState::Absent), Ok(Value::Null));
        assert_eq!(read(RawState::Flatmap).unwrap_err().summary, CANT_READ);
    }
    #[test]
    fn a_template_shows_each_default_where_nothing_is_set_and_nothing_that_nobody_can_set() {
        use crate::tf_provider::schema::{Attribute, NestedBlock};
        use ValueType::{Number, String};
        let attributes = || {
            vec![
                Attribute::computed("id", String),
                Attribute::defaulted("port", Number, 80),
                Attribute::optional("name", String),
                Attribute::optional("key_wo", String).write_only(),
            ]
        };
        let part = |name| {
            let block = Block {
                attributes: attributes(),
                ..Block::default()
            };
            NestedBlock::optional(name, block)
        };
        let block = Block {
            attributes: attributes(),
            blocks: vec![part("there"), part("missing")],
            ..Block::default()
        };
        let object = |id: Value, port: Value, key: Value| {
            [
                ("id", id),
                ("port", port),
                ("name", Value::Null),
                ("key_wo", key),
            ]
        };
        let whole = |top: [(&str, Value); 4], inner: [(&str, Value); 4]| {
            let mut whole = Value::object(top);
            whole.set_attribute("there", Value::object(inner));
            whole.set_attribute("missing", Value::Null);
            whole
        };
        let stored = |port: Value| object("1".into(), port, "canary".into());
        let shown = |port: Value| object(Value::Null, port, Value::Null);
        assert_eq!(
            config_template(&block, &whole(stored(Value::Null), stored(8080.into()))),
            whole(shown(80.into()), shown(8080.into()))
        );
        assert_eq!(
            config_template(&block, &whole(stored(8080.into()), stored(Value::Null))),
            whole(shown(8080.into()), shown(80.into()))
        );
    }
}
