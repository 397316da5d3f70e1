//! Makes `docs/` of the schema and `examples/`, in the current directory; `--check` only compares.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for developers and CI: what it did goes to stdout, its troubles to stderr"
)]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use terraform_provider_iwd::provider::{ADDRESS, IwdProvider};
use terraform_provider_iwd::registry_docs::{self, folder};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let check = arguments == ["--check"];
    if !check && !arguments.is_empty() {
        eprintln!("generate-docs [--check]: makes docs/ anew, or only names what is stale in it");
        return ExitCode::from(2);
    }
    match run(check) {
        Ok(current) if current || !check => return ExitCode::SUCCESS,
        Ok(_) => eprintln!("generate-docs: run `make docs`"),
        Err(error) => eprintln!("generate-docs: {error}"),
    }
    ExitCode::FAILURE
}

/// Whether all was as it should be.
fn run(check: bool) -> Result<bool, Box<dyn Error>> {
    let root = Path::new("docs");
    let (examples, docs) = (folder::read(Path::new("examples"))?, folder::read(root)?);
    let provider = IwdProvider::new(|_| None);
    let pages = registry_docs::pages(ADDRESS, &provider, &examples, &docs)?;
    let stale = registry_docs::stale(&docs, &pages);
    for path in &stale {
        if check {
            eprintln!("docs/{path} is stale");
        } else {
            folder::replace(root, path, pages.get(*path))?;
            println!("docs/{path}");
        }
    }
    Ok(stale.is_empty())
}
