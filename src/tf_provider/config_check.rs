//! Checks that Terraform leaves to the provider in any configuration (terraform-plugin-framework does the same).

use super::diagnostic::Diagnostic;
use super::path::AttributePath;
use super::schema::{Attribute, Block, Nesting, Presence};
use super::value::Value;

/// Support of write-only arguments in this Terraform (1.11 and later have it).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteOnly {
    /// It never stores them.
    Allowed,
    /// It would store them.
    Refused,
}

/// The place to show for a problem with an attribute.
///
/// Terraform prints the source line there, so for a secret it is the parent of the enclosing block, which can't
/// stand on one line with it.
pub fn shown_path(attribute: &Attribute, path: &AttributePath) -> AttributePath {
    if attribute.sensitive {
        path.outside_block()
    } else {
        path.clone()
    }
}

/// Checks required arguments and blocks, results that the user set, deprecated arguments, and write-only arguments
/// that this Terraform would store.
pub fn check(block: &Block, config: &Value, write_only: WriteOnly) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    check_block(
        block,
        &AttributePath::ROOT,
        config,
        write_only,
        &mut problems,
    );
    problems
}

fn check_block(
    block: &Block,
    path: &AttributePath,
    config: &Value,
    write_only: WriteOnly,
    problems: &mut Vec<Diagnostic>,
) {
    for attribute in &block.attributes {
        let path = path.attribute(attribute.name);
        let found = check_attribute(block, attribute, &path, config, write_only);
        let shown = shown_path(attribute, &path);
        problems.extend(found.map(|problem| problem.at(shown)));
    }
    for nested in &block.blocks {
        let value = config.get(nested.name);
        let below = path.attribute(nested.name);
        let required = nested.nesting == Nesting::Single { required: true };
        if required && value.is_null() && config.as_map().is_some() {
            let text = format!("A `{below}` block must be there.");
            problems.push(Diagnostic::error("Missing required block", text).at(path.clone()));
        }
        // A group that is left out looks like this, and nothing is required in it.
        if nested.nesting == Nesting::Group && value == &nested.block.empty_object() {
            continue;
        }
        for (path, element) in nested.elements(&below, value) {
            check_block(&nested.block, &path, element, write_only, problems);
        }
    }
}

fn check_attribute(
    block: &Block,
    attribute: &Attribute,
    path: &AttributePath,
    config: &Value,
    write_only: WriteOnly,
) -> Option<Diagnostic> {
    let value = config.get(attribute.name);
    if value.is_null() {
        return (attribute.presence == Presence::Required).then(|| {
            Diagnostic::error(
                "Missing required argument",
                format!("`{path}` must be set; it is null."),
            )
        });
    }
    if attribute.presence == Presence::Computed {
        return Some(Diagnostic::error(
            "Argument can't be set",
            format!(
                "`{path}` is a result that the provider computes. Remove it from the configuration."
            ),
        ));
    }
    if attribute.write_only && write_only == WriteOnly::Refused {
        let instead = stored_twin(block, attribute).map_or_else(String::new, |twin| {
            let twin = path.up(1).attribute(twin.name);
            format!(", or set `{twin}` instead")
        });
        return Some(Diagnostic::error(
            "Write-only argument needs Terraform 1.11",
            format!(
                "`{path}` is write-only: it is never stored. This Terraform doesn't know such arguments and would store \
                 it in state. Use Terraform 1.11 (OpenTofu 1.11) or later{instead}."
            ),
        ));
    }
    attribute.deprecated.map(|instead| {
        Diagnostic::warning(
            "Deprecated argument",
            format!("`{path}` will go away in a later release. {instead}"),
        )
    })
}

/// The argument that holds the same as a write-only one of the name `…_wo`, and is stored.
fn stored_twin<'a>(block: &'a Block, write_only: &Attribute) -> Option<&'a Attribute> {
    let name = write_only.name.strip_suffix("_wo")?;
    block.attributes.iter().find(|attribute| {
        attribute.name == name && !attribute.write_only && attribute.presence != Presence::Computed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::value_type::ValueType::String;

    #[test]
    fn a_write_only_argument_names_its_twin_only_where_there_is_one() {
        let secret = || Attribute::optional("key_wo", String).write_only();
        let config = Value::object([("key_wo", "x".into())]);
        for (twin, advice) in [
            (None, "or later."),
            (Some(Attribute::computed("key", String)), "or later."),
            (
                Some(Attribute::optional("key", String)),
                "or later, or set `key` instead.",
            ),
        ] {
            let block = Block {
                attributes: [secret()].into_iter().chain(twin).collect(),
                ..Block::default()
            };
            let told = check(&block, &config, WriteOnly::Refused);
            assert!(told[0].detail.ends_with(advice), "{}", told[0].detail);
        }
    }
}
