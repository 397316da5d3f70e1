//! Configurations: each is HCL, and its blocks of this provider have arguments of the schema.
//!
//! Many are parts, which Terraform alone would refuse. The whole ones are run by other tests.

use hcl_edit::structure::{Block, BlockLabel, Body};
use terraform_provider_iwd::provider::IwdProvider;
use terraform_provider_iwd::tf_provider::provider::Provider;
use terraform_provider_iwd::tf_provider::schema;

use super::pages;
use crate::repository::blocks;

/// What Terraform itself takes in a block that a provider describes.
const META_ARGUMENTS: [&str; 9] = [
    "alias",
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
    "version",
];

#[test]
fn every_configuration_shown_has_arguments_of_the_schema() {
    let mut checked = 0;
    for (page, text) in pages() {
        for snippet in blocks(&text, &["terraform", "hcl"]) {
            // Terraform's CLI configuration is another language.
            if snippet.starts_with("provider_installation") {
                continue;
            }
            let body = parse(&page, snippet);
            for block in body.blocks() {
                let Some((schema, config)) = described(block) else {
                    continue;
                };
                expect_known(&format!("{page}: {}", labels(block)), config, &schema);
                checked += 1;
            }
        }
    }
    assert!(checked > 20, "only {checked}");
}

#[test]
fn an_argument_that_the_schema_does_not_have_is_found() {
    for (snippet, missing) in [
        ("provider \"iwd\" {\n  url = \"\"\n}\n", "url"),
        (
            "resource \"iwd_tenant\" \"t\" {\n  iwd {\n    db {\n      password_w = \"\"\n    }\n  }\n}\n",
            "password_w",
        ),
        ("resource \"iwd_tenant\" \"t\" {\n  db {\n  }\n}\n", "db"),
        (
            "action \"iwd_delete_services\" \"t\" {\n  config {\n    service = []\n  }\n}\n",
            "service",
        ),
    ] {
        let body = parse("here", snippet);
        let block = body.blocks().next().unwrap();
        let (schema, config) = described(block).unwrap();
        assert_eq!(unknown(config, &schema), [missing]);
    }
}

/// The body of a block of ours, with its schema.
fn described(block: &Block) -> Option<(schema::Block, &Body)> {
    let provider = IwdProvider::new(|_| None);
    let name = block.labels.first()?.as_str();
    let found = match block.ident.as_str() {
        "provider" => (name == "iwd").then(|| provider.schema()),
        "resource" => {
            let mut all = provider.resources().into_iter();
            all.find(|one| one.type_name() == name)
                .map(|one| one.schema())
        }
        "ephemeral" => {
            let mut all = provider.ephemeral_resources().into_iter();
            all.find(|one| one.type_name() == name)
                .map(|one| one.schema())
        }
        "action" => {
            let mut all = provider.actions().into_iter();
            all.find(|one| one.type_name() == name)
                .map(|one| one.schema())
        }
        _ => return None,
    };
    let ours = name == "iwd" || name.starts_with("iwd_");
    assert_eq!(found.is_some(), ours, "{}", labels(block));
    let mut configs = block.body.get_blocks("config");
    Some((
        found?.block,
        configs.next().map_or(&block.body, |config| &config.body),
    ))
}

#[track_caller]
fn expect_known(place: &str, body: &Body, schema: &schema::Block) {
    let unknown = unknown(body, schema);
    assert!(unknown.is_empty(), "{place} has {unknown:?}");
}

/// The arguments and blocks that the schema doesn't have.
fn unknown(body: &Body, schema: &schema::Block) -> Vec<String> {
    let mut unknown = Vec::new();
    for attribute in body.attributes() {
        let name = attribute.key.as_str();
        let known = schema.attributes.iter().any(|known| known.name == name);
        if !known && !META_ARGUMENTS.contains(&name) {
            unknown.push(name.to_owned());
        }
    }
    for block in body.blocks() {
        let name = block.ident.as_str();
        let known = schema.blocks.iter().find(|known| known.name == name);
        match known {
            Some(known) => unknown.extend(self::unknown(&block.body, &known.block)),
            None if META_ARGUMENTS.contains(&name) => {}
            None => unknown.push(name.to_owned()),
        }
    }
    unknown
}

#[track_caller]
fn parse(page: &str, snippet: &str) -> Body {
    let parsed = snippet.parse();
    parsed.unwrap_or_else(|error| panic!("{page}: {error}"))
}

fn labels(block: &Block) -> String {
    let labels = block.labels.iter().map(BlockLabel::as_str);
    let words: Vec<_> = [block.ident.as_str()].into_iter().chain(labels).collect();
    words.join(" ")
}
