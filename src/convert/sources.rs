//! Reads files, folders and standard input.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// How much is read of one file, in bytes; a device may never end.
const LONGEST: u64 = 1024 * 1024;

/// A text and where it comes from.
pub(super) struct Source {
    /// The file, as it was named, or standard input.
    pub(super) name: String,
    /// The file; empty where there is none.
    pub(super) path: PathBuf,
    /// What is in it.
    pub(super) text: String,
}

/// What these files, folders and, for `-`, standard input hold, and what can't be read.
pub(super) fn read(paths: &[PathBuf], mut stdin: impl Read) -> (Vec<Source>, Vec<String>) {
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    let mut take = |name: String, path: &Path, read: io::Result<String>| match read {
        Ok(text) => sources.push(Source {
            name,
            path: path.to_owned(),
            text,
        }),
        Err(error) => problems.push(format!("{name}: {error}")),
    };
    let no_path = Path::new("");
    for path in paths {
        if is_text(path) {
            let told = "it is a text, and no file: give it on standard input (`-`)";
            take(
                "an argument".to_owned(),
                no_path,
                Err(io::Error::other(told)),
            );
        } else if path.as_os_str() == "-" {
            take("standard input".to_owned(), no_path, bounded(&mut stdin));
        } else if path.is_dir() {
            match files(path) {
                Ok(files) if files.is_empty() => {
                    let told = io::Error::other("the folder holds no file");
                    take(shown(path), no_path, Err(told));
                }
                Ok(files) => files
                    .iter()
                    .for_each(|file| take(shown(file), file, text(file))),
                Err(error) => take(shown(path), no_path, Err(error)),
            }
        } else {
            take(shown(path), path, File::open(path).and_then(bounded));
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

/// The body in a file that a command line names, and the file: it is beside the one that the command line is in, or in the
/// working folder, from where curl looks for it.
pub(super) fn body(name: &str, command_line: &Path) -> io::Result<(PathBuf, String)> {
    let beside = command_line.with_file_name(name);
    let file = match (fs::canonicalize(beside), fs::canonicalize(name)) {
        (Ok(beside), Ok(here)) if beside != here => {
            return Err(io::Error::other(
                "there is one beside the command line and another one in the working folder: name it with its whole path",
            ));
        }
        (Ok(file), _) | (Err(_), Ok(file)) => file,
        (Err(_), Err(error)) if error.kind() == ErrorKind::NotFound => {
            let told =
                format!("{error}, neither beside the command line nor in the working folder");
            return Err(io::Error::other(told));
        }
        (Err(_), Err(error)) => return Err(error),
    };
    let text = text(&file)?;
    Ok((file, text))
}

/// What a file holds; nobody may ever write into a pipe.
fn text(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    bounded(File::open(path)?)
}

/// The whole text, unless it is too long.
fn bounded(reader: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    if reader.take(LONGEST + 1).read_to_end(&mut bytes)? as u64 > LONGEST {
        return Err(io::Error::other(
            "it has more than 1 MiB, and a request's body is much shorter",
        ));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is no text in UTF-8"))
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
