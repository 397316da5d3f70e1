//! Faults that Terraform refuses in a schema, or crashes on, found before it gets there.

use super::{
    Attribute, Block, IdentitySchema, NestedBlock, Nesting, Presence, RequiresReplace, Schema,
};
use crate::tf_provider::msgpack;
use crate::tf_provider::value_type::ValueType;

/// The block that a schema is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SchemaKind {
    /// `provider`
    Provider,
    /// `resource`
    Resource,
    /// `ephemeral`
    EphemeralResource,
    /// The `config` block of an `action`
    Action,
}

impl SchemaKind {
    /// Names that mean something to Terraform in such a block, or are kept for it.
    fn reserved_names(self) -> &'static [&'static str] {
        match self {
            Self::Provider => &[
                "alias",
                "count",
                "depends_on",
                "for_each",
                "lifecycle",
                "locals",
                "source",
                "version",
            ],
            Self::Resource | Self::EphemeralResource => &[
                "connection",
                "count",
                "depends_on",
                "for_each",
                "lifecycle",
                "locals",
                "provider",
                "provisioner",
            ],
            // Those stand beside the block, not in it.
            Self::Action => &[],
        }
    }
}

impl Schema {
    /// Faults of the schema, in words for its author; none in one that works.
    pub fn problems(&self, kind: SchemaKind) -> Vec<String> {
        let mut problems = Vec::new();
        if self.version < 0 {
            problems.push("the version is negative".to_owned());
        }
        let names = self.block.names();
        for name in names.filter(|name| kind.reserved_names().contains(name)) {
            problems.push(format!("`{name}` is a name of Terraform's own"));
        }
        self.block.check(kind, &mut problems);
        problems
    }
}

impl Block {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let attributes = self.attributes.iter().map(|attribute| attribute.name);
        attributes.chain(self.blocks.iter().map(|nested| nested.name))
    }

    fn check(&self, kind: SchemaKind, problems: &mut Vec<String>) {
        let mut seen = Vec::new();
        for name in self.names() {
            if !is_identifier(name) {
                problems.push(format!("`{name}` is no name"));
            }
            if seen.contains(&name) {
                problems.push(format!("`{name}` stands twice"));
            }
            seen.push(name);
        }
        for attribute in &self.attributes {
            let name = attribute.name;
            problems.extend(
                attribute
                    .problem(kind)
                    .map(|what| format!("`{name}` {what}")),
            );
        }
        for nested in &self.blocks {
            let name = nested.name;
            problems.extend(nested.problem().map(|what| format!("`{name}` {what}")));
            nested.block.check(kind, problems);
        }
    }
}

impl Attribute {
    fn problem(&self, kind: SchemaKind) -> Option<&'static str> {
        if kind != SchemaKind::Resource {
            // Nothing is planned or stored there but the configuration of an action.
            if self.write_only && kind != SchemaKind::Action {
                return Some(
                    "is write-only, which only an argument of a resource or action can be",
                );
            }
            if self.default.is_some()
                || self.use_state_for_unknown
                || self.requires_replace != RequiresReplace::Never
            {
                return Some("says what a plan does with it, and only a resource is planned");
            }
        }
        if matches!(kind, SchemaKind::Provider | SchemaKind::Action) && self.is_computed() {
            return Some("is computed, which no argument of a provider or action can be");
        }
        if self.write_only && self.is_computed() {
            return Some("is write-only, which what the provider computes can't be");
        }
        if self.use_state_for_unknown && !self.is_computed() {
            return Some("keeps its prior value, which only what the provider computes can");
        }
        let default = self.default.as_ref()?;
        if self.presence != Presence::OptionalComputed {
            Some("has a default, which only what is optional and computed can have")
        } else if msgpack::encode(default, &self.ty).is_err() {
            Some("has a default of another type")
        } else {
            None
        }
    }
}

impl NestedBlock {
    fn problem(&self) -> Option<&'static str> {
        let is_dynamic = |attribute: &Attribute| holds_dynamic(&attribute.ty);
        match self.nesting {
            Nesting::List { min, max } | Nesting::Set { min, max }
                if min < 0 || max < 0 || max != 0 && min > max =>
            {
                Some("has limits that nothing meets")
            }
            Nesting::Set { .. } if self.block.any_attribute(&|it| it.write_only) => {
                Some("is a set with a write-only attribute in it")
            }
            // Terraform then takes the block for another type than the schema says.
            Nesting::List { .. } | Nesting::Set { .. } | Nesting::Map
                if self.block.any_attribute(&is_dynamic) =>
            {
                Some("is repeated with a dynamic attribute in it")
            }
            _ => None,
        }
    }
}

impl IdentitySchema {
    /// Faults of the identity, in words for its author; none in one that works.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.version < 0 {
            problems.push("the version of the identity is negative".to_owned());
        }
        for attribute in &self.attributes {
            if matches!(
                attribute.ty,
                ValueType::Map(_) | ValueType::Set(_) | ValueType::Object(_)
            ) {
                let name = attribute.name;
                problems.push(format!(
                    "`{name}` of the identity has a type that no identity can have"
                ));
            }
        }
        problems
    }
}

fn holds_dynamic(ty: &ValueType) -> bool {
    match ty {
        ValueType::Dynamic => true,
        ValueType::String | ValueType::Number | ValueType::Bool => false,
        ValueType::List(element) | ValueType::Set(element) | ValueType::Map(element) => {
            holds_dynamic(element)
        }
        ValueType::Tuple(elements) => elements.iter().any(holds_dynamic),
        ValueType::Object(attributes) => attributes.values().any(holds_dynamic),
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::schema::IdentityAttribute;
    use ValueType::{Dynamic, Number, String};

    fn block(attributes: Vec<Attribute>) -> Block {
        Block {
            attributes,
            ..Block::default()
        }
    }

    fn problems(block: Block) -> Vec<std::string::String> {
        problems_as(SchemaKind::Resource, block)
    }

    fn problems_as(kind: SchemaKind, block: Block) -> Vec<std::string::String> {
        Schema { version: 0, block }.problems(kind)
    }

    #[test]
    fn each_kind_of_block_has_reserved_names_of_its_own() {
        use SchemaKind::{Action, EphemeralResource, Provider, Resource};
        for (name, reserving) in [
            ("alias", &[Provider][..]),
            ("version", &[Provider]),
            ("source", &[Provider]),
            ("count", &[Provider, Resource, EphemeralResource]),
            ("depends_on", &[Provider, Resource, EphemeralResource]),
            ("for_each", &[Provider, Resource, EphemeralResource]),
            ("lifecycle", &[Provider, Resource, EphemeralResource]),
            ("locals", &[Provider, Resource, EphemeralResource]),
            ("connection", &[Resource, EphemeralResource]),
            ("provider", &[Resource, EphemeralResource]),
            ("provisioner", &[Resource, EphemeralResource]),
            ("region", &[]),
        ] {
            for kind in [Provider, Resource, EphemeralResource, Action] {
                let found = problems_as(kind, block(vec![Attribute::optional(name, String)]));
                assert_eq!(
                    !found.is_empty(),
                    reserving.contains(&kind),
                    "{kind:?} {found:?}"
                );
            }
        }
    }

    #[test]
    fn what_only_a_planned_object_has_is_named_elsewhere() {
        let plain = || Attribute::optional("a", String);
        let computed = || Attribute::computed("a", String);
        for kind in [SchemaKind::Provider, SchemaKind::EphemeralResource] {
            for (attribute, problem) in [
                (plain().write_only(), "`a` is write-only"),
                (
                    plain().requires_replace(RequiresReplace::Always),
                    "`a` says what a plan",
                ),
                (computed().use_state_for_unknown(), "`a` says what a plan"),
                (
                    Attribute::defaulted("a", String, "x"),
                    "`a` says what a plan",
                ),
            ] {
                let nested = NestedBlock::optional("b", block(vec![attribute.clone()]));
                let inside = Block {
                    blocks: vec![nested],
                    ..Block::default()
                };
                for block in [block(vec![attribute]), inside] {
                    let found = problems_as(kind, block);
                    assert!(
                        found.len() == 1 && found[0].starts_with(problem),
                        "{found:?}"
                    );
                }
            }
        }
        for kind in [SchemaKind::Provider, SchemaKind::Action] {
            let found = problems_as(kind, block(vec![computed()]));
            assert_eq!(
                found,
                ["`a` is computed, which no argument of a provider or action can be"]
            );
        }
        let found = problems_as(SchemaKind::Action, block(vec![plain().write_only()]));
        assert_eq!(found, [""; 0]);
        let found = problems_as(SchemaKind::EphemeralResource, block(vec![computed()]));
        assert!(found.is_empty());
    }

    #[test]
    fn each_attribute_that_terraform_would_refuse_is_named() {
        let text = |name| Attribute::optional(name, String);
        let computed = Attribute::computed("a", String);
        for (attributes, problem) in [
            (vec![text("count")], "`count` is a name of Terraform's own"),
            (vec![text("A")], "`A` is no name"),
            (vec![text("a"), text("a")], "`a` stands twice"),
            (
                vec![text("a").use_state_for_unknown()],
                "`a` keeps its prior value",
            ),
            (vec![computed.write_only()], "`a` is write-only"),
            (
                vec![Attribute::defaulted("a", Number, "x")],
                "`a` has a default of another type",
            ),
            (
                vec![Attribute {
                    default: Some("x".into()),
                    ..text("a")
                }],
                "`a` has a default, which",
            ),
        ] {
            let found = problems(block(attributes));
            assert!(
                found.len() == 1 && found[0].starts_with(problem),
                "{problem}: {found:?}"
            );
        }
    }

    #[test]
    fn each_block_that_terraform_would_refuse_is_named() {
        let of = |attribute: Attribute| block(vec![attribute]);
        let limits = |min, max| Nesting::List { min, max };
        let plain = || of(Attribute::optional("a", String));
        let dynamic = || of(Attribute::optional("a", ValueType::list(Dynamic)));
        let secret = of(Attribute::optional("a", String).write_only());
        for (nested, problem) in [
            (
                NestedBlock::new("b", limits(2, 1), plain()),
                "`b` has limits",
            ),
            (
                NestedBlock::new("b", limits(-1, 0), plain()),
                "`b` has limits",
            ),
            (NestedBlock::set("b", secret), "`b` is a set with"),
            (NestedBlock::map("b", dynamic()), "`b` is repeated with"),
        ] {
            let found = problems(Block {
                blocks: vec![nested],
                ..Block::default()
            });
            assert!(
                found.len() == 1 && found[0].starts_with(problem),
                "{problem}: {found:?}"
            );
        }
        assert!(
            problems(Block {
                blocks: vec![
                    NestedBlock::new("b", limits(2, 0), plain()),
                    NestedBlock::group("c", dynamic())
                ],
                ..Block::default()
            })
            .is_empty()
        );
    }

    #[test]
    fn a_dynamic_part_is_found_however_deep_it_lies() {
        let tuple = ValueType::Tuple(vec![String, ValueType::map(Dynamic)]);
        assert!(holds_dynamic(&ValueType::Object(
            [("a".to_owned(), tuple)].into()
        )));
        assert!(!holds_dynamic(&ValueType::Tuple(vec![String, Number])));
    }

    #[test]
    fn versions_and_identities_have_their_rules_too() {
        let schema = Schema {
            version: -1,
            block: Block::default(),
        };
        assert_eq!(
            schema.problems(SchemaKind::Resource),
            ["the version is negative"]
        );
        let identity = IdentitySchema {
            version: -1,
            attributes: vec![IdentityAttribute {
                name: "a",
                ty: ValueType::set(String),
                description: "",
            }],
        };
        assert_eq!(identity.problems().len(), 2);
    }
}
