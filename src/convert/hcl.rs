//! HCL laid out as `terraform fmt` does: the library writes it as it is told, down to each blank.

use std::mem;

use hcl_edit::expr::{
    Expression, FuncArgs, FuncCall, Object, ObjectKey, ObjectValue, ObjectValueTerminator,
    Traversal, TraversalOperator,
};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::template::{Element, StringTemplate};
use hcl_edit::{Decorate as _, Decorated, Ident, Number};

use crate::tf_provider::value::Value;

/// What stands in a block, before it has a layout.
#[derive(Default)]
pub(super) struct Contents {
    attributes: Vec<(String, Expression)>,
    blocks: Vec<Block>,
}

impl Contents {
    /// The same, with that attribute.
    pub(super) fn attribute(mut self, name: &str, value: impl Into<Expression>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// The same, with that block.
    pub(super) fn block(mut self, name: &str, contents: Self) -> Self {
        self.blocks.push(contents.into_block(name, &[]));
        self
    }

    /// A block of these contents at the top of a file.
    pub(super) fn into_block(self, name: &str, labels: &[&str]) -> Block {
        let mut block = Block::builder(ident(name))
            .labels(labels.iter().copied())
            .build();
        block.body = self.into_body();
        block.body.set_prefer_oneline(block.body.is_empty());
        block
    }

    /// These attributes as they stand at the top of a file.
    pub(super) fn into_text(self) -> String {
        // A body compares each attribute that it takes with all that it has; a body for each one has none.
        let bodies = self.aligned().map(|attribute| Body::from_iter([attribute]));
        bodies.map(|body| body.to_string()).collect()
    }

    fn into_body(mut self) -> Body {
        let blocks = mem::take(&mut self.blocks);
        let mut body: Body = self.aligned().collect();
        for mut block in blocks {
            let gap = if body.is_empty() { "" } else { "\n" };
            block.decor_mut().set_prefix(gap);
            body.push(block);
        }
        body
    }

    /// The attributes with their signs of equality below each other.
    fn aligned(self) -> impl Iterator<Item = Attribute> {
        let width = self.attributes.iter().map(|(name, _)| name.len()).max();
        let width = width.unwrap_or_default();
        self.attributes.into_iter().map(move |(name, value)| {
            let mut key = Decorated::new(ident(&name));
            let gap = " ".repeat(width - name.len() + 1);
            key.decor_mut().set_suffix(gap);
            Attribute::new(key, value)
        })
    }
}

/// A file of these blocks, each with the comment above it.
pub(super) fn file(blocks: Vec<(String, Block)>) -> String {
    let mut body = Body::new();
    for (comment, mut block) in blocks {
        indent(&mut block.body, 1);
        let gap = if body.is_empty() { "" } else { "\n" };
        block
            .decor_mut()
            .set_prefix(format!("{gap}{}", commented(&comment)));
        body.push(block);
    }
    body.to_string()
}

/// The lines of a text as comments.
pub(super) fn commented(text: &str) -> String {
    let line = |line: &str| format!("# {line}").trim_end().to_owned() + "\n";
    text.lines().map(line).collect()
}

/// Moves everything in a block to the right.
fn indent(body: &mut Body, depth: usize) {
    if body.is_empty() {
        return;
    }
    for mut structure in body.iter_mut() {
        let gap = structure
            .decor()
            .prefix()
            .map(|prefix| (**prefix).to_owned());
        let prefix = format!("{}{}", gap.unwrap_or_default(), "  ".repeat(depth));
        structure.decor_mut().set_prefix(prefix);
        if let Some(block) = structure.as_block_mut() {
            indent(&mut block.body, depth + 1);
        }
    }
    body.decor_mut().set_suffix("  ".repeat(depth - 1));
}

/// `map(string)`.
pub(super) fn map_of_strings() -> Expression {
    let of = FuncArgs::from(vec![Expression::from(ident("string"))]);
    FuncCall::new(ident("map"), of).into()
}

/// `a.b.c`.
pub(super) fn reference(names: &[&str]) -> Expression {
    let (first, rest) = names.split_first().expect("it names something");
    let steps = rest
        .iter()
        .map(|name| TraversalOperator::GetAttr(ident(name).into()).into());
    Traversal::new(ident(first), steps.collect()).into()
}

/// An object on one line; keys that are no names in HCL stand in quotes.
pub(super) fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Expression)>) -> Expression {
    let entry = |(key, value)| {
        let mut key =
            Ident::try_new(key).map_or_else(|_| Expression::from(key).into(), ObjectKey::from);
        key.decor_mut().set_prefix(" ");
        let mut value = ObjectValue::new(value);
        value.set_terminator(ObjectValueTerminator::Comma);
        (key, value)
    };
    let mut object: Object = entries.into_iter().map(entry).collect();
    if let Some((_, last)) = object.iter_mut().last() {
        last.set_terminator(ObjectValueTerminator::None);
        last.expr_mut().decor_mut().set_suffix(" ");
    }
    object.into()
}

fn ident(name: &str) -> Ident {
    Ident::new(name)
}

/// The value as it is written; unknown and null ones have no place in a file.
pub(super) fn expression(value: &Value) -> Expression {
    match value {
        Value::Bool(value) => (*value).into(),
        // A port, or what will be refused for none.
        Value::Number(number) => match number.as_u64() {
            Some(number) => Number::from(number).into(),
            None => number.to_string().into(),
        },
        Value::String(text) => string(text),
        _ => Expression::null(),
    }
}

/// A text that means itself, whatever is in it.
///
/// The library escapes `${` and `%{` by pairs of characters, and so misses the second one in `${%${`: it gets a piece for
/// each `$` and `%`.
fn string(text: &str) -> Expression {
    let starts = text.match_indices(['$', '%']).map(|(start, _)| start);
    let ends = starts.clone().chain([text.len()]);
    let pieces = [0].into_iter().chain(starts).zip(ends);
    let pieces = pieces.map(|(start, end)| Element::from(&text[start..end]));
    Expression::StringTemplate(pieces.collect::<StringTemplate>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_a_template() {
        for (text, written) in [
            ("", r#""""#),
            ("t100", r#""t100""#),
            ("${a}%{b}", r#""$${a}%%{b}""#),
            ("$${a}", r#""$$${a}""#),
            ("${%${a}", r#""$${%$${a}""#),
            ("${$$${a}", r#""$${$$$${a}""#),
            ("%{$%{a}", r#""%%{$%%{a}""#),
            ("a\"\n\\$", r#""a\"\n\\$""#),
        ] {
            assert_eq!(string(text).to_string(), written, "{text}");
        }
    }

    /// To compare each attribute with all others would take minutes.
    #[test]
    fn many_attributes_are_written_one_by_one() {
        let count = 100_000;
        let all = (0..count).fold(Contents::default(), |all, number| {
            all.attribute(&format!("a{number}"), "")
        });
        let text = all.into_text();
        assert_eq!(text.lines().count(), count);
        assert!(
            text.starts_with("a0     = \"\"\na1     = \"\"\n"),
            "{}",
            &text[..50]
        );
    }
}
