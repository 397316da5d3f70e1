//! The documentation in `docs/`: made of its sources, whole, and as the Registry wants it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use terraform_provider_iwd::provider::ADDRESS;
use terraform_provider_iwd::registry_docs::folder::{self, Files};

use super::repository::{self, root};

/// Where the Registry looks for pages, of what this provider has.
const FOLDERS: [&str; 4] = ["resources", "ephemeral-resources", "actions", "guides"];

#[test]
fn the_documentation_is_what_schema_and_examples_make_of_it() {
    let output = generate_docs(root(), &["--check"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn stale_pages_are_named_and_made_anew() {
    let copy = copy_of_sources();
    let page = |name: &str| copy.path().join("docs").join(name);
    let append = |name: &str| {
        let text = fs::read_to_string(page(name)).unwrap_or_default();
        fs::write(page(name), text + "\nWritten by hand.\n").unwrap();
    };
    append("resources/tenant.md");
    append("resources/gone.md");
    append("guides/secrets.md");
    fs::remove_file(page("index.md")).unwrap();
    let before = read(&copy.path().join("docs"));

    let output = generate_docs(copy.path(), &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    let named = stderr(&output);
    for stale in ["index.md", "resources/tenant.md", "resources/gone.md"] {
        assert!(
            named.contains(&format!("docs/{stale} is stale\n")),
            "{named}"
        );
    }
    assert_eq!(named.matches("is stale").count(), 3, "{named}");
    assert_eq!(read(&copy.path().join("docs")), before);

    assert!(generate_docs(copy.path(), &[]).status.success());
    assert!(generate_docs(copy.path(), &["--check"]).status.success());
    let after = read(&copy.path().join("docs"));
    assert!(!after.contains_key("resources/gone.md"));
    assert_eq!(after["guides/secrets.md"], before["guides/secrets.md"]);
}

#[test]
fn a_changed_example_makes_its_page_stale() {
    let copy = copy_of_sources();
    let example = copy.path().join("examples/resources/iwd_tenant/import.sh");
    fs::write(example, "terraform import iwd_tenant.other 1\n").unwrap();
    let output = generate_docs(copy.path(), &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).starts_with("docs/resources/tenant.md is stale\n"));
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let output = Command::new(env!("CARGO_BIN_EXE_generate-docs"))
        .arg(OsStr::from_bytes(b"--ch\xe4ck"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn every_example_is_on_a_page() {
    let docs = docs();
    for (name, text) in read(&root().join("examples")) {
        let shown = docs.values().any(|page| page.contains(text.trim_end()));
        // The quickstart is for `make demo`; of two modules that stand for each other the page shows one; GKE has a README.
        let elsewhere = name.starts_with("quickstart/")
            || name.starts_with("postgres/psql/")
            || name.starts_with("gke/")
                && !["gke/secrets.tf", "gke/tenant.tf"].contains(&name.as_str());
        assert!(shown || elsewhere, "{name}");
    }
}

#[test]
fn every_page_stands_and_begins_as_the_registry_wants() {
    for (name, page) in docs() {
        let folder = name.split_once('/').map(|(folder, _)| folder);
        assert!(
            folder.is_none_or(|folder| FOLDERS.contains(&folder)),
            "{name}"
        );
        assert!(
            Path::new(&name)
                .extension()
                .is_some_and(|extension| extension == "md"),
            "{name}"
        );
        let front_matter = page.strip_prefix("---\n").unwrap();
        let (front_matter, _) = front_matter.split_once("\n---\n\n# ").unwrap();
        for field in ["page_title: \"", "description: "] {
            assert!(front_matter.contains(field), "{field}in {name}");
        }
        // The Registry's own tool refuses one in the index.
        let has_subcategory = front_matter.contains("subcategory: ");
        assert_eq!(has_subcategory, folder.is_some(), "{name}");
    }
}

#[test]
fn every_link_within_the_documentation_leads_somewhere() {
    let docs = docs();
    let mut followed = 0;
    for (name, page) in &docs {
        for target in links(page) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() {
                name.clone()
            } else {
                resolve(name, path)
            };
            if let Some(picture) = target.strip_prefix("../../images/") {
                assert!(
                    root().join("images").join(picture).is_file(),
                    "{target} in {name}"
                );
                continue;
            }
            let page = docs
                .get(&path)
                .unwrap_or_else(|| panic!("{target} in {name}"));
            assert!(
                anchor.is_empty() || anchors(page).contains(&anchor.to_owned()),
                "{target} in {name}"
            );
            // The Registry serves the index without a slash at the end, so that a relative link leads elsewhere there.
            assert!(
                name != "index.md" || path == "index.md",
                "{target} in {name}"
            );
            followed += 1;
        }
    }
    assert!(followed > 10, "only {followed} links");
}

#[test]
fn the_index_links_each_guide_where_the_registry_serves_it() {
    let (host, source) = ADDRESS.split_once('/').unwrap();
    let docs = docs();
    for name in docs.keys().filter(|name| name.starts_with("guides/")) {
        let page = name.strip_suffix(".md").unwrap();
        let link = format!("](https://{host}/providers/{source}/latest/docs/{page})");
        assert!(docs["index.md"].contains(&link), "{link}");
    }
}

#[test]
fn every_configuration_shown_wants_this_version_of_the_provider() {
    let (_, source) = ADDRESS.split_once('/').unwrap();
    let (this, _) = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap();
    let version = format!(" version = \"~> {this}\" }}");
    let readme = repository::read("README.md");
    let mut texts = vec![("README.md".to_owned(), readme)];
    texts.extend(docs());
    texts.extend(read(&root().join("examples")));
    let mut shown = 0;
    for (name, text) in &texts {
        let words: Vec<_> = text.split_whitespace().collect();
        for block in words.join(" ").split("required_providers {").skip(1) {
            let Some((_, block)) = block.split_once("iwd = { source = \"") else {
                // A module without a tenant in it.
                assert!(block.starts_with(" postgresql ="), "{name}: {block}");
                continue;
            };
            let (address, rest) = block.split_once('"').unwrap();
            let private = address.starts_with("app.terraform.io/");
            assert!(address == source || private, "{name}: {address}");
            assert!(
                rest.starts_with(&version),
                "{name}: the version of {address}"
            );
            shown += 1;
        }
    }
    assert!(shown >= 4, "only {shown}");
}

#[test]
fn the_versions_are_those_of_the_readme() {
    let readme = repository::read("README.md");
    let guide = &docs()["guides/running-it.md"];
    let rows = versions(guide);
    // The README says of each cell who ran it, and has a last column about `make install`.
    let seen = |cell| match cell {
        "CI" | "hand" | "notes" => "yes",
        other => other,
    };
    let expected: Vec<Vec<_>> = versions(&readme)
        .into_iter()
        .map(|mut row| {
            row.pop();
            row.into_iter().map(seen).collect()
        })
        .collect();
    assert!(rows.len() > 5);
    assert_eq!(rows, expected);
}

#[test]
fn the_guide_lists_what_of_tls_the_provider_speaks() {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let suites = provider.cipher_suites.iter().map(|suite| {
        let name = format!("{:?}", suite.suite());
        name.replace("TLS13_", "TLS_")
    });
    let groups = provider.kx_groups.iter();
    let groups = groups.map(|group| format!("{:?}", group.name()));
    let guide = &docs()["guides/running-it.md"];
    let rows = guide
        .lines()
        .filter(|line| line.starts_with("| TLS 1.") || line.starts_with("| key exchange "));
    let listed: Vec<_> = rows
        .flat_map(|row| row.split('`').skip(1).step_by(2))
        .collect();
    let spoken: Vec<_> = suites.chain(groups).collect();
    assert_eq!(listed, spoken);
}

#[test]
fn makefile_and_documentation_write_the_providers_address() {
    let (_, source) = ADDRESS.split_once('/').unwrap();
    let makefile = repository::read("Makefile");
    assert!(makefile.contains(&format!("\nSOURCE := {source}\n")));
    let (namespace, _) = source.split_once('/').unwrap();
    let owners = repository::read(".github/CODEOWNERS");
    assert!(owners.contains(&format!("\n* @{namespace}/")));
    let docs = docs();
    assert!(docs["guides/running-it.md"].contains(&format!("{ADDRESS}/VERSION/")));
    for (name, page) in &docs {
        // The source of a module is a path here, and one of them takes another provider.
        let sources = page
            .lines()
            .filter(|line| line.trim().starts_with("source "))
            .filter(|line| !line.contains("\"./") && !line.contains("\"cyrilgdn/postgresql\""));
        for line in sources {
            assert!(line.ends_with(&format!("= \"{source}\"")), "{name}: {line}");
        }
    }
}

#[test]
fn the_manifest_announces_protocol_5() {
    let text = repository::read("terraform-registry-manifest.json");
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({"version": 1, "metadata": {"protocol_versions": ["5.0"]}});
    assert_eq!(manifest, expected);
}

/// The pages that the Registry serves. `performance.md` is none: it is for who works on the code.
fn docs() -> Files {
    let mut docs = read(&root().join("docs"));
    docs.remove("performance.md").expect("the figures");
    docs
}

fn generate_docs(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_generate-docs"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with copies of `docs/` and `examples/`.
fn copy_of_sources() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["docs", "examples"] {
        for (name, text) in read(&root().join(folder)) {
            let file = copy.path().join(folder).join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }
    copy
}

fn read(folder: &Path) -> Files {
    folder::read(folder).unwrap()
}

/// The targets of all links that don't leave the documentation.
fn links(page: &str) -> Vec<&str> {
    page.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| !target.contains("://"))
        .collect()
}

fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

/// What a link into the page may name: its headings and the anchors of nested blocks.
fn anchors(page: &str) -> Vec<String> {
    let headings = page
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let text = line
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .replace(' ', "-");
            text.chars()
                .filter(|c| c.is_alphanumeric() || "-_".contains(*c))
                .collect()
        });
    let named = page
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'));
    headings.chain(named.map(|(id, _)| id.to_owned())).collect()
}

/// The cells of the table of versions, its head included.
fn versions(text: &str) -> Vec<Vec<&str>> {
    let is_row = |line: &&str| {
        [
            "| | create",
            "| Terraform 0",
            "| Terraform 1",
            "| OpenTofu ",
        ]
        .iter()
        .any(|begin| line.starts_with(begin))
    };
    text.lines()
        .filter(is_row)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}
