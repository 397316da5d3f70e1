//! The files of a folder, as text.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// Text by path below the folder, with `/` between its parts.
pub type Files = BTreeMap<String, String>;

/// Reads all of it; a folder that isn't there holds nothing.
pub fn read(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    if folder.is_dir() {
        read_below(folder, "", &mut files)?;
    }
    Ok(files)
}

fn read_below(folder: &Path, prefix: &str, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        // What Terraform leaves behind in an example.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            read_below(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

/// Makes the file at `path` hold `text`, or removes it where there is none.
pub fn replace(folder: &Path, path: &str, text: Option<&String>) -> io::Result<()> {
    let file = folder.join(path);
    let Some(text) = text else {
        return fs::remove_file(file);
    };
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(file, text)
}
