//! Configurations of tenants in which every secret is a canary; the schema tells which those are.

use serde_json::{Map, Value as Json, json};
use terraform_provider_iwd::tf_provider::schema::{Attribute, Block};

use crate::canaries::settings::Planted;
use crate::canaries::{canary, schema};
use crate::harness::tenant::{gws, plain, with};

/// The form that a tenant's secrets have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Those that Terraform stores.
    Stored,
    /// Those that it doesn't.
    WriteOnly,
}

/// The arguments of a resource or an action about a tenant, each secret of that form set; `round` tells those of one
/// rotation from those of another.
pub(super) fn arguments(type_name: &str, form: Form, round: u8) -> Planted {
    let mut usual = with(&plain(), "/gws", gws());
    usual["iwd_email"] = json!({"url": "N/A"});
    usual["services"] = json!(["iWD"]);
    let mut secrets = Vec::new();
    let config = filled(&schema(type_name).block, "", &mut |path, attribute| {
        if !attribute.sensitive {
            let pointer = format!("/{}", path.replace('.', "/"));
            return usual.pointer(&pointer).cloned().unwrap_or_default();
        }
        if attribute.write_only != (form == Form::WriteOnly) {
            return Json::Null;
        }
        let place = format!("{type_name}.{path} {round}");
        let value = canary(&place);
        secrets.push((place, value.clone()));
        value.into()
    });
    Planted { config, secrets }
}

/// The object of a block, with the value of each attribute by its path.
fn filled(block: &Block, prefix: &str, value: &mut dyn FnMut(&str, &Attribute) -> Json) -> Json {
    let mut object = Map::new();
    for attribute in &block.attributes {
        let path = format!("{prefix}{}", attribute.name);
        object.insert(attribute.name.to_owned(), value(&path, attribute));
    }
    for nested in &block.blocks {
        let prefix = format!("{prefix}{}.", nested.name);
        object.insert(
            nested.name.to_owned(),
            filled(&nested.block, &prefix, value),
        );
    }
    Json::Object(object)
}
