//! The section with everything that a block holds, in the words and the order of tfplugindocs 0.25.

use std::fmt::Write as _;

use crate::tf_provider::schema::{
    Attribute, Block, IdentitySchema, NestedBlock, Nesting, Presence,
};
use crate::tf_provider::value_type::ValueType;

const WRITE_ONLY: &str = "[Write-only](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments)";

const WRITE_ONLY_NOTE: &str = "> **NOTE**: [Write-only arguments](https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments) are supported in Terraform 1.11 and later.\n\n";

/// Who sets it, in the order in which the groups stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Required,
    Optional,
    ReadOnly,
}

impl Group {
    fn title(self) -> &'static str {
        match self {
            Self::Required => "Required",
            Self::Optional => "Optional",
            Self::ReadOnly => "Read-Only",
        }
    }
}

/// A line of a group.
struct Line<'a> {
    group: Group,
    name: &'static str,
    text: String,
    /// Whether it, or something in it, is write-only.
    write_only: bool,
    nested: Option<&'a NestedBlock>,
}

/// The section of a provider or resource.
pub(super) fn section(block: &Block) -> String {
    let mut section = "\n## Schema\n".to_owned();
    write_groups(block, &[], &mut section);
    section.truncate(section.trim_end().len());
    section + "\n"
}

/// What an import by identity names.
pub(super) fn identity(identity: &IdentitySchema) -> String {
    let mut section = "\n### Identity Schema\n\n#### Required\n\n".to_owned();
    for attribute in &identity.attributes {
        let (name, ty) = (attribute.name, type_name(&attribute.ty));
        let _ = writeln!(section, "- `{name}` ({ty}) {}", attribute.description);
    }
    section
}

/// The groups that are not empty, each with its lines in alphabetical order, and then what their blocks hold.
fn write_groups(block: &Block, path: &[&'static str], section: &mut String) {
    let attributes = block.attributes.iter().map(attribute_line);
    let blocks = block.blocks.iter().map(|nested| block_line(nested, path));
    let mut lines: Vec<Line<'_>> = attributes.chain(blocks).collect();
    lines.sort_by_key(|line| (line.group, line.name));
    for group in lines.chunk_by(|one, next| one.group == next.group) {
        let title = group[0].group.title();
        let _ = match path {
            [] => write!(section, "\n### {title}\n\n"),
            _ => write!(section, "\n{title}:\n\n"),
        };
        if group.iter().any(|line| line.write_only) {
            section.push_str(WRITE_ONLY_NOTE);
        }
        section.extend(group.iter().map(|line| line.text.as_str()));
    }
    for nested in lines.iter().filter_map(|line| line.nested) {
        let path = [path, &[nested.name]].concat();
        let (anchor, name) = (anchor(&path), path.join("."));
        let _ = write!(
            section,
            "\n<a id=\"{anchor}\"></a>\n### Nested Schema for `{name}`\n"
        );
        write_groups(&nested.block, &path, section);
        section.push('\n');
    }
}

fn attribute_line(attribute: &Attribute) -> Line<'_> {
    let Attribute {
        name, description, ..
    } = attribute;
    let mut kind = type_name(&attribute.ty);
    if attribute.sensitive {
        kind.push_str(", Sensitive");
    }
    if attribute.write_only {
        let _ = write!(kind, ", {WRITE_ONLY}");
    }
    let group = match attribute.presence {
        Presence::Required => Group::Required,
        Presence::Optional | Presence::OptionalComputed => Group::Optional,
        Presence::Computed => Group::ReadOnly,
    };
    Line {
        group,
        name,
        text: format!("- `{name}` ({kind}) {description}")
            .trim_end()
            .to_owned()
            + "\n",
        write_only: attribute.write_only,
        nested: None,
    }
}

fn block_line<'a>(nested: &'a NestedBlock, path: &[&'static str]) -> Line<'a> {
    let (kind, required) = match nested.nesting {
        Nesting::Single { required: true } => ("Block, Required, Max: 1".to_owned(), true),
        Nesting::Single { required: false } | Nesting::Group => {
            ("Block, Optional".to_owned(), false)
        }
        Nesting::List { min, max } => (bounded("Block List", min, max), min > 0),
        Nesting::Set { min, max } => (bounded("Block Set", min, max), min > 0),
        Nesting::Map => ("Block Map".to_owned(), false),
    };
    let anchor = anchor(&[path, &[nested.name]].concat());
    Line {
        group: if required {
            Group::Required
        } else {
            Group::Optional
        },
        name: nested.name,
        text: format!(
            "- `{}` ({kind}) {} (see [below for nested schema](#{anchor}))\n",
            nested.name, nested.block.description
        ),
        write_only: has_write_only(&nested.block),
        nested: Some(nested),
    }
}

fn bounded(kind: &str, min: i64, max: i64) -> String {
    let mut kind = kind.to_owned();
    for (name, bound) in [("Min", min), ("Max", max)] {
        if bound > 0 {
            let _ = write!(kind, ", {name}: {bound}");
        }
    }
    kind
}

fn anchor(path: &[&str]) -> String {
    format!("nestedblock--{}", path.join("--"))
}

fn has_write_only(block: &Block) -> bool {
    let within = |nested: &NestedBlock| has_write_only(&nested.block);
    block
        .attributes
        .iter()
        .any(|attribute| attribute.write_only)
        || block.blocks.iter().any(within)
}

fn type_name(ty: &ValueType) -> String {
    match ty {
        ValueType::String => "String".to_owned(),
        ValueType::Number => "Number".to_owned(),
        ValueType::Bool => "Boolean".to_owned(),
        ValueType::Dynamic => "Dynamic".to_owned(),
        ValueType::List(element) => format!("List of {}", type_name(element)),
        ValueType::Set(element) => format!("Set of {}", type_name(element)),
        ValueType::Map(element) => format!("Map of {}", type_name(element)),
        ValueType::Tuple(_) => "Tuple".to_owned(),
        ValueType::Object(_) => "Object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(name: &'static str, nesting: Nesting, attribute: Attribute) -> NestedBlock {
        NestedBlock {
            name,
            nesting,
            block: Block {
                description: "A block.",
                attributes: vec![attribute],
                blocks: Vec::new(),
            },
        }
    }

    #[test]
    fn attributes_stand_in_groups_and_in_alphabetical_order() {
        let block = Block {
            attributes: vec![
                Attribute::computed("id", ValueType::String).describe("The id."),
                Attribute::defaulted("b", ValueType::Bool, false).describe("B."),
                Attribute::optional("a", ValueType::map(ValueType::Number)).describe("A."),
                Attribute::required("c", ValueType::set(ValueType::String)).describe("C."),
            ],
            ..Block::default()
        };
        assert_eq!(
            section(&block),
            "\n## Schema\n\n### Required\n\n- `c` (Set of String) C.\n\n### Optional\n\n- `a` (Map of Number) A.\n- `b` \
             (Boolean) B.\n\n### Read-Only\n\n- `id` (String) The id.\n"
        );
    }

    #[test]
    fn write_only_arguments_are_told_apart_and_explained_where_they_stand() {
        let plain = Attribute::optional("key", ValueType::String).sensitive();
        let twin = Attribute::optional("key_wo", ValueType::String).write_only();
        let block = Block {
            blocks: vec![
                nested("a", Nesting::Single { required: true }, plain.clone()),
                nested("b", Nesting::Single { required: false }, twin),
            ],
            ..Block::default()
        };
        let text = section(&block);
        let explained =
            format!("### Nested Schema for `b`\n\nOptional:\n\n{WRITE_ONLY_NOTE}- `key_wo` ");
        assert!(text.contains(&explained), "{text}");
        let explained = format!("### Optional\n\n{WRITE_ONLY_NOTE}- `b` (Block, Optional)");
        assert!(text.contains(&explained), "{text}");
        assert_eq!(text.matches(WRITE_ONLY_NOTE).count(), 2);
        assert!(text.contains("- `key` (String, Sensitive)\n"));
        assert!(text.contains(&format!("- `key_wo` (String, Sensitive, {WRITE_ONLY})\n")));
        let without = Block {
            attributes: vec![plain],
            ..Block::default()
        };
        assert!(!section(&without).contains("NOTE"));
    }

    #[test]
    fn what_blocks_hold_stands_in_the_order_of_their_lines() {
        let inner = |name| {
            nested(
                name,
                Nesting::Single { required: true },
                Attribute::optional("x", ValueType::Bool),
            )
        };
        let mut outer = inner("outer");
        outer.block.blocks = vec![inner("last"), inner("first")];
        let block = Block {
            blocks: vec![
                nested(
                    "before",
                    Nesting::Map,
                    Attribute::optional("x", ValueType::Bool),
                ),
                outer,
            ],
            ..Block::default()
        };
        let text = section(&block);
        let order: Vec<_> = text
            .lines()
            .filter_map(|line| line.strip_prefix("### Nested Schema for "))
            .collect();
        assert_eq!(
            order,
            ["`outer`", "`outer.first`", "`outer.last`", "`before`"]
        );
        assert!(
            text.contains("- `outer` (Block, Required, Max: 1) A block."),
            "{text}"
        );
        assert!(text.ends_with("- `x` (Boolean)\n"), "{text}");
    }

    #[test]
    fn nested_blocks_say_how_often_they_stand_and_are_linked() {
        let inner = nested(
            "inner",
            Nesting::List { min: 1, max: 2 },
            Attribute::required("x", ValueType::Number),
        );
        let mut outer = nested(
            "outer",
            Nesting::Set { min: 0, max: 3 },
            Attribute::computed("y", ValueType::Bool),
        );
        outer.block.blocks.push(inner);
        let block = Block {
            blocks: vec![outer],
            ..Block::default()
        };
        let text = section(&block);
        for part in [
            "### Optional\n\n- `outer` (Block Set, Max: 3) A block. (see [below for nested schema](#nestedblock--outer))\n",
            "<a id=\"nestedblock--outer\"></a>\n### Nested Schema for `outer`\n\nRequired:\n\n- `inner` (Block List, \
             Min: 1, Max: 2) A block. (see [below for nested schema](#nestedblock--outer--inner))\n\nRead-Only:\n\n- `y`",
            "<a id=\"nestedblock--outer--inner\"></a>\n### Nested Schema for `outer.inner`\n\nRequired:\n\n- `x` (Number)",
        ] {
            assert!(text.contains(part), "{part}\nin{text}");
        }
    }
}
