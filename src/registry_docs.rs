//! The documentation in the layout of the Terraform Registry, made of the schema, the examples and the guides.
//!
//! | module | its one job |
//! |---|---|
//! | `page` | one page: what stands above the title, the examples, the import |
//! | `schema` | the section with all arguments and results |
//! | `guide` | what a guide says of itself |
//! | `address` | where the Registry serves a page |
//! | [`folder`] | reads and writes files |
//!
//! The guides are written by hand. Everything else follows from its source, so that `make docs` makes it anew.

mod address;
pub mod folder;
mod guide;
mod page;
mod schema;

use self::address::Address;
use self::folder::Files;
pub use self::guide::NotAGuide;
use self::guide::{GUIDES, Guide};
use self::page::{Kind, Subject};
use crate::tf_provider::provider::Provider;

/// Every page that is made, by its path below `docs/`.
///
/// `address` is the provider's, `examples` all that is below `examples/`, and of `docs` only the guides count.
pub fn pages(
    address: &str,
    provider: &dyn Provider,
    examples: &Files,
    docs: &Files,
) -> Result<Files, NotAGuide> {
    let guides = Guide::read_all(docs)?;
    let address = Address(address);
    let name = address.name();
    let index = page::index(address, &provider.schema().block, examples, &guides);
    let resources = provider.resources().into_iter().map(|resource| Subject {
        kind: Kind::Resource,
        type_name: resource.type_name(),
        block: resource.schema().block,
        identity: resource.identity(),
    });
    let ephemeral = provider.ephemeral_resources();
    let ephemeral = ephemeral.into_iter().map(|resource| Subject {
        kind: Kind::EphemeralResource,
        type_name: resource.type_name(),
        block: resource.schema().block,
        identity: None,
    });
    let actions = provider.actions().into_iter().map(|action| Subject {
        kind: Kind::Action,
        type_name: action.type_name(),
        block: action.schema().block,
        identity: None,
    });
    let mut pages = Files::from([("index.md".to_owned(), index)]);
    pages.extend(resources.chain(ephemeral).chain(actions).map(|subject| {
        let page = page::of(name, &subject, examples, &guides);
        (subject.path(name), page)
    }));
    Ok(pages)
}

/// Whether a page is written by hand: a guide, or the one for developers, which no registry serves.
fn is_by_hand(path: &str) -> bool {
    path.starts_with(GUIDES) || path == "performance.md"
}

/// The pages that are not, or no longer, what they should be: missing, different, or made for what is gone.
pub fn stale<'a>(docs: &'a Files, pages: &'a Files) -> Vec<&'a str> {
    let outdated = pages
        .iter()
        .filter(|(path, page)| docs.get(*path) != Some(page));
    let left_over = docs
        .iter()
        .filter(|(path, _)| !pages.contains_key(*path) && !is_by_hand(path));
    outdated
        .chain(left_over)
        .map(|(path, _)| path.as_str())
        .collect()
}
