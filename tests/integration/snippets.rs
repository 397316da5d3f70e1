//! What README, guides and examples show: configurations that have the schema's arguments, and commands that something runs.

mod commands;
mod configurations;

use std::fs;
use std::path::Path;

use terraform_provider_iwd::registry_docs::folder;

/// The texts with snippets, by path.
fn pages() -> Vec<(String, String)> {
    let root = root();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let mut pages = vec![("README.md".to_owned(), readme)];
    for folder in ["docs", "examples"] {
        for (name, text) in folder::read(&root.join(folder)).unwrap() {
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

/// What stands in the text's blocks of these languages.
fn blocks<'a>(text: &'a str, languages: &[&str]) -> Vec<&'a str> {
    let mut parts = text.split("\n```").skip(1);
    let mut found = Vec::new();
    while let (Some(block), _) = (parts.next(), parts.next()) {
        let (language, content) = block.split_once('\n').unwrap_or_default();
        if languages.contains(&language) {
            found.push(content);
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
