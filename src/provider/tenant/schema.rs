//! The arguments of a tenant: one row for each, from which every other list is derived, for `iwd_tenant` and the actions.

mod arguments;
mod row;

use std::sync::LazyLock;

pub(super) use self::arguments::{DELETE_SERVICES, DELETE_TENANT, KEEP};
use self::arguments::{arguments, blocks};
use self::row::BlockRow;
pub(super) use self::row::{Argument, Check, Effect, Need, Secret};
use crate::iwd::model::Operation;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::{
    Attribute, Block, IdentityAttribute, IdentitySchema, NestedBlock, Schema,
};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// All arguments and results, in the order in which the documentation has them.
pub(super) static ARGUMENTS: LazyLock<Vec<Argument>> = LazyLock::new(arguments);

static BLOCKS: LazyLock<Vec<BlockRow>> = LazyLock::new(blocks);

/// The schema of `iwd_tenant`, made once.
pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    block: block(&[], arguments::DESCRIPTION, For::Resource),
});

/// The block of an action that sends the tenant: all that IWD gets.
pub(super) fn sent_by_action(description: &'static str) -> Block {
    block(&[], description, For::Action)
}

/// The row of a top-level argument.
pub(super) fn row(name: &str) -> &'static Argument {
    let mut rows = ARGUMENTS.iter();
    let found = rows.find(|argument| argument.block.is_empty() && argument.name() == name);
    found.expect("the name stands in a row")
}

/// The configuration of an action with each default in the place of what is not set: an action has no plan that holds it.
pub(super) fn with_defaults(config: &Value) -> Value {
    let mut whole = config.clone();
    for argument in ARGUMENTS.iter() {
        if let Some(default) = &argument.attribute.default
            && argument.of(config).is_null()
        {
            argument.set(&mut whole, default.clone());
        }
    }
    whole
}

/// What tells one tenant from all others.
pub(super) fn identity() -> IdentitySchema {
    IdentitySchema {
        version: 0,
        attributes: vec![IdentityAttribute {
            name: "ccid",
            ty: ValueType::String,
            description: "The contact center id (CCID) of the tenant.",
        }],
    }
}

/// The secrets: arguments with a write-only twin.
pub(super) fn secrets() -> impl Iterator<Item = (&'static Argument, &'static Secret)> {
    let secret = |argument: &'static Argument| Some((argument, argument.secret.as_ref()?));
    ARGUMENTS.iter().filter_map(secret)
}

/// The arguments that stand in the request's body, each with its name there.
pub(super) fn sent() -> impl Iterator<Item = (&'static Argument, &'static str)> {
    ARGUMENTS
        .iter()
        .filter_map(|argument| match argument.effect {
            Effect::Sent(wire) => Some((argument, wire)),
            _ => None,
        })
}

/// The block of that name with nothing but nulls in it.
pub(super) fn nulls_of(block: &str) -> Value {
    let nested = SCHEMA
        .block
        .blocks
        .iter()
        .find(|nested| nested.name == block);
    nested.map_or(Value::Null, |nested| nested.block.empty_object())
}

/// A parameter of the API in the configuration: how to name it, and where a diagnostic may point.
///
/// Terraform prints the line that it points at, so for a secret it is the parent of the block around it, which can't stand
/// on one line with the secret; and a block may stand on one line with a secret in it.
pub(in crate::provider) fn parameter(
    wire: &str,
    operation: Operation,
) -> Option<(String, AttributePath)> {
    if let Some((argument, _)) = sent().find(|(_, name)| *name == wire) {
        let path = argument.path();
        return Some(match &argument.secret {
            None => (format!("`{path}`"), path),
            Some(secret) => {
                let twin = secret.path(argument);
                let named = match operation {
                    Operation::Provision => format!("`{twin}`"),
                    _ => format!("`{path}` or `{twin}`"),
                };
                (named, path.outside_block())
            }
        });
    }
    let block = BLOCKS.iter().find(|block| block.wire == Some(wire))?;
    let path = AttributePath::of(block.path);
    Some((format!("the block `{path}`"), path.up(1)))
}

/// The names on the wire of all that an answer may complain about.
pub(in crate::provider) fn parameters() -> Vec<&'static str> {
    let blocks = BLOCKS.iter().filter_map(|block| block.wire);
    sent().map(|(_, wire)| wire).chain(blocks).collect()
}

/// What a block is made for.
#[derive(Clone, Copy)]
enum For {
    /// `iwd_tenant`.
    Resource,
    /// An action that sends a tenant.
    Action,
}

impl For {
    fn attributes(self, argument: &Argument) -> Vec<Attribute> {
        match self {
            Self::Resource => argument.in_resource(),
            Self::Action if argument.is_sent() => vec![argument.in_action()],
            Self::Action => Vec::new(),
        }
    }
}

fn block(path: &[&str], description: &'static str, form: For) -> Block {
    let own = ARGUMENTS.iter().filter(|argument| argument.block == path);
    let inner = BLOCKS.iter().filter(|row| {
        let (_, outer) = row.path.split_last().expect("a block has a name");
        let is_inside = |argument: &&Argument| argument.block.starts_with(row.path);
        let mut inside = ARGUMENTS.iter().filter(is_inside);
        outer == path && inside.any(|argument| !form.attributes(argument).is_empty())
    });
    Block {
        description,
        attributes: own.flat_map(|argument| form.attributes(argument)).collect(),
        blocks: inner
            .map(|row| {
                let name = row.path[row.path.len() - 1];
                let block = block(row.path, row.description, form);
                if row.required {
                    NestedBlock::required(name, block)
                } else {
                    NestedBlock::optional(name, block)
                }
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::schema::Presence;

    #[test]
    fn parameters_are_pointed_at_but_no_line_with_a_secret() {
        for (wire, name, place) in [
            ("tenant.id", "`short_id`", "short_id"),
            ("iwd.db.host", "`iwd.db.host`", "iwd.db.host"),
            (
                "tenant.gws.data.authredircetUrl",
                "`gws.auth_redirect_url`",
                "gws.auth_redirect_url",
            ),
            ("iwdEmail.url", "`iwd_email.url`", "iwd_email.url"),
            ("tenant.apiKey", "`api_key` or `api_key_wo`", ""),
            (
                "tenant.gws.secret.token",
                "`gws.token` or `gws.token_wo`",
                "",
            ),
            (
                "iwd.db.password",
                "`iwd.db.password` or `iwd.db.password_wo`",
                "iwd",
            ),
            (
                "iwd.apiKeys.IWD_APIKEY_TENANT",
                "`iwd.api_keys.tenant` or `iwd.api_keys.tenant_wo`",
                "iwd",
            ),
            ("iwd.apiKeys", "the block `iwd.api_keys`", "iwd"),
            ("tenant.gws", "the block `gws`", ""),
        ] {
            for operation in [Operation::Create, Operation::Provision] {
                let (named, pointed_at) = parameter(wire, operation).unwrap();
                assert_eq!(pointed_at.to_string(), place);
                // An action has the last form alone.
                match operation {
                    Operation::Provision => assert!(name.ends_with(&named), "{named}"),
                    _ => assert_eq!(named, name),
                }
            }
        }
        assert_eq!(parameter("iwd.db.unheard_of", Operation::Create), None);
    }

    /// Every argument in a block and the blocks inside it, with its path.
    fn arguments_of(block: &Block, path: &AttributePath) -> Vec<(String, Attribute)> {
        let own = block.attributes.iter().map(|attribute| {
            let path = path.attribute(attribute.name);
            (path.to_string(), attribute.clone())
        });
        let inner = block.blocks.iter().flat_map(|nested| {
            let path = path.attribute(nested.name);
            arguments_of(&nested.block, &path)
        });
        own.chain(inner).collect()
    }

    #[test]
    fn an_action_takes_what_iwd_gets_with_each_secret_write_only_and_computes_nothing() {
        let expected_of = |argument: &Argument| {
            if let Some(secret) = &argument.secret {
                let required = secret.need == Need::Required;
                return (secret.path(argument).to_string(), required);
            }
            let required = argument.attribute.presence == Presence::Required;
            (argument.path().to_string(), required)
        };
        let mut expected: Vec<_> = sent().map(|(argument, _)| expected_of(argument)).collect();
        let taken = arguments_of(&sent_by_action(""), &AttributePath::ROOT);
        for (path, attribute) in &taken {
            assert_eq!(attribute.write_only, path.ends_with("_wo"), "{path}");
            assert!(!attribute.is_computed() && attribute.default.is_none());
            assert!(!attribute.description.contains("state"), "{path}");
        }
        let mut taken: Vec<_> = taken
            .into_iter()
            .map(|(path, attribute)| (path, attribute.presence == Presence::Required))
            .collect();
        expected.sort();
        taken.sort();
        assert_eq!(taken, expected);
    }

    #[test]
    fn a_secret_of_the_resource_says_what_is_stored_and_which_form_must_be_set() {
        let resource = arguments_of(&SCHEMA.block, &AttributePath::ROOT);
        let said = |path: &str| {
            let found = resource.iter().find(|(name, _)| name == path);
            found.unwrap().1.description.to_string()
        };
        for (path, end) in [
            (
                "iwd.db.password",
                "Stored in state; exactly one of `password_wo` and `password` must be set.",
            ),
            (
                "gws.api_key",
                "Stored in state; at most one of `api_key_wo` and `api_key` may be set.",
            ),
            (
                "iwd.db.password_wo",
                "The same as `password`, never stored.",
            ),
        ] {
            assert!(said(path).ends_with(end), "{}", said(path));
        }
        assert!(said("api_key_wo").contains("never stored. Since it isn't there at destroy"));
    }

    #[test]
    fn defaults_stand_where_a_block_is_and_nothing_is_set() {
        let config = Value::object([
            ("iwd_email", Value::Null),
            (
                "iwd",
                Value::object([(
                    "db",
                    Value::object([("port", 5433.into()), ("ssl", Value::Null)]),
                )]),
            ),
        ]);
        let whole = with_defaults(&config);
        let db = whole.at(&["iwd", "db"]);
        assert_eq!(
            (db.get("port"), db.get("ssl")),
            (&5433.into(), &false.into())
        );
        assert!(whole.get("iwd_email").is_null());
    }

    #[test]
    fn every_name_on_the_wire_stands_once() {
        let mut names = parameters();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
