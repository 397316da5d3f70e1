//! What README, guides and examples show: configurations that have the schema's arguments, and commands that something runs.

mod commands;
mod configurations;

use std::path::Path;

use terraform_provider_iwd::registry_docs::folder;

use super::repository::{read, root};

/// The texts with snippets, by path.
fn pages() -> Vec<(String, String)> {
    let mut pages = vec![("README.md".to_owned(), read("README.md"))];
    for folder in ["docs", "examples"] {
        for (name, text) in folder::read(&root().join(folder)).unwrap() {
            if Path::new(&name)
                .extension()
                .is_some_and(|extension| extension == "md")
            {
                pages.push((format!("{folder}/{name}"), text));
            }
        }
    }
    pages
}
