//! The arguments of `iwd_tenant`: one row for each, from which every other list is derived.

mod arguments;
mod row;

use std::sync::LazyLock;

pub(super) use self::arguments::{DELETE_SERVICES, DELETE_TENANT, KEEP};
use self::arguments::{arguments, blocks};
use self::row::BlockRow;
pub(super) use self::row::{Argument, Check, Effect, Need, Secret};
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::{Block, IdentityAttribute, IdentitySchema, NestedBlock, Schema};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// All arguments and results, in the order in which the documentation has them.
pub(super) static ARGUMENTS: LazyLock<Vec<Argument>> = LazyLock::new(arguments);

static BLOCKS: LazyLock<Vec<BlockRow>> = LazyLock::new(blocks);

/// The schema of `iwd_tenant`, made once.
pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema {
    version: 0,
    block: block(&[], arguments::DESCRIPTION),
});

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
pub(in crate::provider) fn parameter(wire: &str) -> Option<(String, AttributePath)> {
    if let Some((argument, _)) = sent().find(|(_, name)| *name == wire) {
        let path = argument.path();
        return Some(match &argument.secret {
            None => (format!("`{path}`"), path),
            Some(secret) => (
                format!("`{path}` or `{}`", path.up(1).attribute(secret.twin)),
                path.outside_block(),
            ),
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

fn block(path: &[&str], description: &'static str) -> Block {
    let own = ARGUMENTS.iter().filter(|argument| argument.block == path);
    let inner = BLOCKS.iter().filter(|block| {
        let (_, outer) = block.path.split_last().expect("a block has a name");
        outer == path
    });
    Block {
        description,
        attributes: own.flat_map(Argument::attributes).collect(),
        blocks: inner
            .map(|row| {
                let name = row.path[row.path.len() - 1];
                let block = block(row.path, row.description);
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
            let (named, pointed_at) = parameter(wire).unwrap();
            assert_eq!(
                (named.as_str(), pointed_at.to_string().as_str()),
                (name, place)
            );
        }
        assert_eq!(parameter("iwd.db.unheard_of"), None);
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
