//! Which module may use which, as `ARCHITECTURE.md` says.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder or file below `src`, and what it may not name.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "tf_provider",
        &[
            "crate::provider",
            "crate::iwd",
            "crate::simulator",
            "crate::registry_docs",
        ],
    ),
    (
        "iwd",
        &[
            "crate::provider",
            "crate::tf_provider",
            "crate::simulator",
            "crate::registry_docs",
        ],
    ),
    (
        "simulator",
        &[
            "crate::provider",
            "crate::tf_provider",
            "crate::iwd",
            "crate::registry_docs",
        ],
    ),
    (
        "registry_docs",
        &[
            "crate::provider",
            "crate::iwd",
            "crate::simulator",
            "go_plugin",
            "tfplugin5",
        ],
    ),
    ("provider", &["crate::simulator", "crate::registry_docs"]),
    ("main", &["simulator", "registry_docs"]),
    ("provider/tenant", &["go_plugin", "tfplugin5"]),
];

/// Terraform's vocabulary: plain Rust without gRPC, HTTP and the process.
const VOCABULARY: &[&str] = &[
    "config_check",
    "diagnostic",
    "duration",
    "json",
    "msgpack",
    "number",
    "path",
    "plan",
    "schema",
    "state",
    "value",
    "value_type",
];

fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            sources(&entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.to_owned());
    }
}

fn offences(module: &str, forbidden: &[&str]) -> Vec<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    for path in [src.join(module), src.join(format!("{module}.rs"))] {
        if path.exists() {
            sources(&path, &mut files);
        }
    }
    assert!(!files.is_empty(), "there is no {module}");
    let mut offences = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if forbidden.iter().any(|name| code.contains(name)) {
                offences.push(format!(
                    "{}:{}: {}",
                    file.display(),
                    number + 1,
                    line.trim()
                ));
            }
        }
    }
    offences
}

#[test]
fn each_module_uses_only_what_it_may() {
    let mut all = Vec::new();
    for (module, forbidden) in FORBIDDEN {
        all.extend(offences(module, forbidden));
    }
    for module in VOCABULARY {
        let forbidden = [
            "go_plugin",
            "tfplugin5",
            "tonic::",
            "tokio::",
            "reqwest::",
            "async fn",
        ];
        all.extend(offences(&format!("tf_provider/{module}"), &forbidden));
    }
    assert!(all.is_empty(), "forbidden uses:\n{}", all.join("\n"));
}

#[test]
fn a_forbidden_use_is_found_with_file_and_line() {
    let found = offences("provider", &["crate::tf_provider::schema"]);
    assert!(
        found.iter().any(|offence| offence.contains("schema.rs:3:")),
        "{found:?}"
    );
}
