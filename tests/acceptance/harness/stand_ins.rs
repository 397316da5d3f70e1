//! A configuration with builtin resources in the place of those whose providers can't be had everywhere.
//!
//! What such a resource's provider would compute is known once it is applied, and every reference stays one. So a run of it shows what this
//! provider does with values that aren't known yet, and what is made and destroyed in which order. That the other
//! providers have these arguments, it doesn't show.

use std::collections::BTreeSet;

use hcl_edit::Decorated;
use hcl_edit::Ident;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::visit_mut::{VisitMut, visit_traversal_mut};

/// What each ephemeral value begins with: the value of the variable `canary`.
pub const CANARY: &str = "canary-of-";

/// What is no part of a resource's own arguments.
const META_ARGUMENTS: [&str; 4] = ["count", "for_each", "depends_on", "lifecycle"];

/// The configuration with stand-ins for the resources of all providers but this one. `computed` has, by type of resource, the
/// attributes that only its provider knows, as expressions.
#[track_caller]
pub fn in_place_of_others(config: &str, computed: &[(&str, &str)]) -> String {
    let mut body: Body = config.parse().unwrap_or_else(|error| panic!("{error}"));
    let others = body.blocks().filter(|block| is_of_another_provider(block));
    let mut references = References {
        types: others.map(|block| label(block, 0)).collect(),
    };
    references.visit_body_mut(&mut body);
    let canary = "variable \"canary\" {\n  ephemeral = true\n  sensitive = true\n}\n";
    let mut all = canary.to_owned();
    for structure in body {
        all += &match structure {
            Structure::Block(block) if block.has_ident("terraform") => {
                without_other_providers(block)
            }
            Structure::Block(block) if is_of_another_provider(&block) => {
                match block.ident.as_str() {
                    "resource" => resource(&block, computed),
                    "ephemeral" => ephemeral(&block),
                    _ => String::new(),
                }
            }
            structure => text(structure),
        };
    }
    all
}

/// The stand-in's address in the place of a resource's, unless it is this provider's.
pub fn address(address: &str) -> String {
    if address.starts_with("iwd_") {
        return address.to_owned();
    }
    format!("terraform_data.{}", address.replacen('.', "__", 1))
}

fn is_of_another_provider(block: &Block) -> bool {
    let kind = block.ident.as_str();
    ["provider", "resource", "ephemeral"].contains(&kind) && !label(block, 0).starts_with("iwd")
}

/// A resource with the same references, whose attributes are known when it is applied.
fn resource(block: &Block, computed: &[(&str, &str)]) -> String {
    let [kind, name] = [label(block, 0), label(block, 1)];
    let (meta, arguments): (Vec<_>, Vec<_>) = block.body.iter().partition(|structure| {
        let name = match structure {
            Structure::Attribute(attribute) => attribute.key.as_str(),
            Structure::Block(block) => block.ident.as_str(),
        };
        META_ARGUMENTS.contains(&name)
    });
    let meta: String = meta.into_iter().cloned().map(text).collect();
    let computed = computed.iter().filter(|(of, _)| *of == kind);
    let computed: Vec<_> = computed.map(|(_, line)| *line).collect();
    let computed = computed.join("\n");
    let arguments: Body = arguments.into_iter().cloned().collect();
    let arguments = object(&arguments);
    format!(
        "resource \"terraform_data\" \"{kind}__{name}\" {{\n{meta}\
         input = {{\nid = \"{kind}.{name}\"\n{computed}\n{arguments}}}\n}}\n"
    )
}

/// A local value that may stand only where ephemeral ones may, and is known when the arguments are.
fn ephemeral(block: &Block) -> String {
    let [kind, name] = [label(block, 0), label(block, 1)];
    let key = |text: String| text.replace("each.key", "key");
    let mut body = block.body.clone();
    let for_each = body.remove_attribute("for_each");
    body.remove_blocks("lifecycle");
    let arguments = key(object(&body));
    let value = |of: &str| {
        format!("\"${{substr(jsonencode({{\n{arguments}}}), 0, 0)}}${{var.canary}}{of}\"")
    };
    let attributes = |of: &str| {
        let value = value(of);
        format!("{{\nsecret_data = {value}\naccess_token = {value}\n}}")
    };
    let value = match for_each {
        Some(keys) => {
            let keys = keys.value.to_string();
            format!(
                "{{\nfor key in {keys} : key => {}\n}}",
                attributes("${key}")
            )
        }
        None => attributes(name.as_str()),
    };
    format!("locals {{\nephemeral__{kind}__{name} = {value}\n}}\n")
}

/// The body as the content of an object: blocks as lists, and nothing ephemeral, which a builtin resource can't take. Protection from
/// deletion is left to Terraform, so that it changes nothing else.
fn object(body: &Body) -> String {
    let attributes = body.attributes().filter_map(|attribute| {
        let (key, value) = (attribute.key.as_str(), attribute.value.to_string());
        let is_ephemeral = ["ephemeral.", "local.ephemeral__"]
            .iter()
            .any(|reference| value.contains(reference));
        let stays = !is_ephemeral && key != "deletion_protection";
        stays.then(|| format!("{key} = {value}\n"))
    });
    let kinds: BTreeSet<_> = body.blocks().map(|block| block.ident.as_str()).collect();
    let blocks = kinds.into_iter().map(|kind| {
        let blocks = body.get_blocks(kind);
        let objects: Vec<_> = blocks
            .map(|block| format!("{{\n{}}},\n", object(&block.body)))
            .collect();
        format!("{kind} = [\n{}]\n", objects.concat())
    });
    attributes.chain(blocks).collect()
}

fn without_other_providers(mut block: Block) -> String {
    for required in block.body.get_blocks_mut("required_providers") {
        let providers = required.body.attributes();
        let names: Vec<_> = providers.map(|provider| provider.key.to_string()).collect();
        for name in names.iter().map(|name| name.trim()) {
            if name != "iwd" {
                required.body.remove_attribute(name);
            }
        }
    }
    text(Structure::Block(block))
}

fn label(block: &Block, place: usize) -> String {
    block.labels[place].as_str().to_owned()
}

fn text(structure: Structure) -> String {
    Body::from_iter([structure]).to_string()
}

/// Makes references to resources of these types references to their stand-ins.
struct References {
    types: BTreeSet<String>,
}

impl VisitMut for References {
    fn visit_traversal_mut(&mut self, traversal: &mut Traversal) {
        visit_traversal_mut(self, traversal);
        let Expression::Variable(root) = &traversal.expr else {
            return;
        };
        let root = root.as_str().to_owned();
        let names: Vec<_> = traversal.operators.iter().map_while(get_attr).collect();
        let (stand_in, replaced) = match &names[..] {
            [kind, name, ..] if root == "ephemeral" && self.types.contains(kind) => (
                ["local", &format!("ephemeral__{kind}__{name}")].map(str::to_owned),
                2,
            ),
            [name, ..] if self.types.contains(&root) => (
                ["terraform_data", &format!("{root}__{name}")].map(str::to_owned),
                1,
            ),
            _ => return,
        };
        let [scope, name] = stand_in;
        let rest = traversal.operators.split_off(replaced);
        traversal.expr = Expression::Variable(Decorated::new(Ident::new(&scope)));
        traversal.operators = vec![attr(&name)];
        let is_resource = scope == "terraform_data";
        let mut rest = rest.into_iter().peekable();
        if is_resource && rest.peek().is_some_and(|next| get_attr(next).is_none()) {
            traversal.operators.extend(rest.next());
        }
        if is_resource && rest.peek().is_some() {
            traversal.operators.push(attr("output"));
        }
        traversal.operators.extend(rest);
    }
}

fn get_attr(operator: &Decorated<TraversalOperator>) -> Option<String> {
    match operator.as_ref() {
        TraversalOperator::GetAttr(name) => Some(name.as_str().to_owned()),
        _ => None,
    }
}

fn attr(name: &str) -> Decorated<TraversalOperator> {
    Decorated::new(TraversalOperator::GetAttr(Ident::new(name).into()))
}
