//! The repository as tests read it: its files, and what their texts show.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses its own part of it"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text of the repository.
#[track_caller]
pub fn read(name: impl AsRef<Path>) -> String {
    let path = root().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// What stands in the text's blocks of these languages.
pub fn blocks<'a>(text: &'a str, languages: &[&str]) -> Vec<&'a str> {
    let blocks = text.split("```").skip(1).step_by(2);
    let of_languages = |block: &'a str| {
        let (language, content) = block.split_once('\n')?;
        languages.contains(&language).then_some(content)
    };
    blocks.filter_map(of_languages).collect()
}
