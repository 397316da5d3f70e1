//! The guide "Troubleshooting" has every summary that users can see, as the code writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::repository::{read, root};

/// The arguments that name services, which stand in summaries about them.
const OF_SERVICES: [&str; 2] = ["destroy_services", "services"];

#[test]
fn the_guide_has_every_summary() {
    let summaries = summaries();
    assert!(summaries.len() > 80, "only {}", summaries.len());
    let guide = read("docs/guides/troubleshooting.md");
    let missing: Vec<_> = summaries
        .iter()
        .filter(|summary| !guide.contains(&format!("`{summary}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_guide_has_no_summary_that_is_gone() {
    let summaries = summaries();
    let guide = read("docs/guides/troubleshooting.md");
    let mut rows = 0;
    // Tables of summaries have this head; what else is in a first column is no summary.
    for table in guide.split("\n| what it says |").skip(1) {
        for row in table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'))
        {
            let cell = row.trim_start_matches("| ").split(" | ").next();
            for summary in cell.unwrap_or_default().split('`').skip(1).step_by(2) {
                assert!(summaries.contains(summary), "{summary}");
                rows += 1;
            }
        }
    }
    assert!(rows > 80, "only {rows}");
}

/// The first argument of each call that makes a diagnostic, wherever the provider makes one.
fn summaries() -> BTreeSet<String> {
    let sources = sources();
    let constants: BTreeMap<_, _> = sources.values().flat_map(|code| constants(code)).collect();
    let mut found = BTreeSet::new();
    for (name, code) in &sources {
        for argument in first_arguments(code) {
            if let Some(literal) = literal(argument) {
                found.extend(filled(literal));
            } else if let Some(constant) = path(argument)
                .rsplit("::")
                .next()
                .and_then(|constant| constants.get(constant))
            {
                found.insert((*constant).to_owned());
            } else {
                assert!(is_passed_on(argument), "{name}: error({argument:.60}");
            }
        }
    }
    // Those of a failed request are chosen first, and then put behind the operation's name.
    let (_, choice) = sources["provider/diagnostics.rs"]
        .split_once("\nfn summary(")
        .expect("where they are chosen");
    let arms = choice.split("=> \"").skip(1);
    found.extend(arms.filter_map(|arm| Some(arm.split_once('"')?.0.to_owned())));
    found
}

/// The code of the provider, without tests, by its path in `src/`.
fn sources() -> BTreeMap<String, String> {
    let mut files = vec!["provider.rs".to_owned()];
    let mut folders = vec!["provider".to_owned(), "tf_provider".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join("src").join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry of it");
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            let path = format!("{folder}/{name}");
            match name.as_str() {
                "tests" | "tests.rs" | "snapshots" => {}
                _ if entry.path().is_dir() => folders.push(path),
                _ => files.push(path),
            }
        }
    }
    let code = |name: String| {
        let text = read(format!("src/{name}"));
        let (code, _) = text.split_once("\nmod tests {").unwrap_or((&text, ""));
        (name, code.to_owned())
    };
    files.into_iter().map(code).collect()
}

/// The texts that have a name.
fn constants(code: &str) -> impl Iterator<Item = (&str, &str)> {
    code.split("const ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(": &str = \"")?;
        let (value, _) = rest.split_once("\";")?;
        (!name.contains(' ')).then_some((name, value))
    })
}

/// Where the first argument begins of each call of `error`, `warning`, `failed` and `of` that may make a diagnostic.
fn first_arguments(code: &str) -> impl Iterator<Item = &str> {
    ["error(", "warning(", "failed(", "=> of("]
        .into_iter()
        .flat_map(move |call| {
            code.match_indices(call).filter_map(move |(at, _)| {
                let before = &code[..at];
                let is_part_of_a_name =
                    before.ends_with(|c: char| c.is_alphanumeric() || "_[".contains(c));
                let is_definition = before.ends_with("fn ");
                let argument = code[at + call.len()..].trim_start();
                let argument = argument.strip_prefix("operation, ").unwrap_or(argument);
                (!is_part_of_a_name && !is_definition).then_some(argument)
            })
        })
}

/// The text that an argument is, or the pattern that fills in one.
fn literal(argument: &str) -> Option<&str> {
    let text = argument.strip_prefix("format!(").unwrap_or(argument);
    let (text, _) = text.strip_prefix('"')?.split_once('"')?;
    Some(text)
}

/// What a pattern becomes for each argument that names services.
fn filled(pattern: &str) -> Vec<String> {
    let names = OF_SERVICES.iter();
    let mut filled: Vec<_> = names
        .map(|name| pattern.replace("{argument}", name))
        .collect();
    filled.dedup();
    filled
}

/// The path that an argument begins with.
fn path(argument: &str) -> &str {
    let end = argument.find(|c: char| !c.is_alphanumeric() && !"_:".contains(c));
    &argument[..end.unwrap_or(argument.len())]
}

/// Whether a call takes its summary from one that is seen elsewhere.
fn is_passed_on(argument: &str) -> bool {
    [
        "summary,",
        "summary(",
        "problem)",
        "failed(",
        "invalid(),",
        "error.diagnostics)",
        "error)",
        "vec![error.into()]",
    ]
    .iter()
    .any(|begin| argument.starts_with(begin))
}
