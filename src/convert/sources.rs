//! Reads files, folders and standard input.

use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A text and where it comes from.
pub(super) struct Source {
    /// The file, as it was named, or standard input.
    pub(super) name: String,
    /// What is in it.
    pub(super) text: String,
}

/// What these files, folders and, for `-`, standard input hold, and what can't be read.
pub(super) fn read(paths: &[PathBuf], mut stdin: impl Read) -> (Vec<Source>, Vec<String>) {
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    let mut take = |name: String, read: io::Result<String>| match read {
        Ok(text) => sources.push(Source { name, text }),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            problems.push(format!("{name}: it is no text in UTF-8"));
        }
        Err(error) => problems.push(format!("{name}: {error}")),
    };
    for path in paths {
        if is_text(path) {
            let told = "it is a text, and no file: give it on standard input (`-`)";
            take("an argument".to_owned(), Err(io::Error::other(told)));
        } else if path.as_os_str() == "-" {
            let mut text = String::new();
            let read = stdin.read_to_string(&mut text);
            take("standard input".to_owned(), read.map(|_| text));
        } else if path.is_dir() {
            match files(path) {
                Ok(files) if files.is_empty() => take(
                    shown(path),
                    Err(io::Error::other("the folder holds no file")),
                ),
                Ok(files) => files.iter().for_each(|file| take(shown(file), text(file))),
                Err(error) => take(shown(path), Err(error)),
            }
        } else {
            take(shown(path), fs::read_to_string(path));
        }
    }
    (sources, problems)
}

/// Whether this is a body or a command line, full of secrets, in the place of a path.
pub(super) fn is_text(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let looks_so = text.contains(['{', '\n']) || text.trim_start().starts_with("curl ");
    looks_so && !path.exists()
}

/// What a file holds; nobody may ever write into a pipe.
fn text(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    fs::read_to_string(path)
}

/// What is in a folder, in the order of the names, but hidden files. Folders in it can't be read, which is told of them.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    let is_hidden = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    let entries = entries.iter().filter(|entry| !is_hidden(entry));
    let mut files: Vec<_> = entries.map(fs::DirEntry::path).collect();
    files.sort();
    Ok(files)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
