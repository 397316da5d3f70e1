//! Which module may use which, as `ARCHITECTURE.md` says.

use std::path::PathBuf;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ItemMod, ItemUse, Macro, Signature, UseTree, Visibility};

use super::repository::{files, read, root};

/// Terraform's vocabulary: plain Rust without gRPC, HTTP and the process.
const VOCABULARY: &[&str] = &[
    "tf_provider::config_check",
    "tf_provider::deserialize",
    "tf_provider::diagnostic",
    "tf_provider::duration",
    "tf_provider::invalid_value",
    "tf_provider::json",
    "tf_provider::json_text",
    "tf_provider::msgpack",
    "tf_provider::normal_form",
    "tf_provider::number",
    "tf_provider::path",
    "tf_provider::plan",
    "tf_provider::schema",
    "tf_provider::state",
    "tf_provider::value",
    "tf_provider::value_type",
];

/// What the author of a provider writes.
const AUTHORS: &[&str] = &[
    "tf_provider::action",
    "tf_provider::ephemeral_resource",
    "tf_provider::provider",
    "tf_provider::resource",
];

/// What the process and the calls share.
const PROCESS: &[&str] = &["tf_provider::shutdown", "tf_provider::panic"];

/// Crates that the vocabulary does without.
const NOT_PLAIN: &[&str] = &[
    "hyper", "prost", "reqwest", "rustls", "tokio", "tonic", "tower",
];

/// What a module may use of this crate; the longest name that fits decides, and below itself everything may be used.
fn allowed(module: &str) -> Vec<&'static str> {
    let is_in = |outer: &&str| is_below(module, outer);
    if VOCABULARY.iter().any(is_in) {
        return VOCABULARY.to_vec();
    }
    if AUTHORS.iter().any(is_in) {
        return [VOCABULARY, AUTHORS].concat();
    }
    for (outer, allowed) in [
        ("tf_provider::go_plugin", PROCESS.to_vec()),
        (
            "tf_provider::tfplugin5",
            [VOCABULARY, AUTHORS, PROCESS].concat(),
        ),
        ("tf_provider", vec!["tf_provider"]),
        (
            "provider",
            [VOCABULARY, AUTHORS, &["iwd", "random"]].concat(),
        ),
        ("iwd", vec!["clock", "random"]),
        ("clock", Vec::new()),
        ("random", Vec::new()),
        ("simulator", vec!["clock"]),
        (
            "registry_docs",
            [VOCABULARY, &["tf_provider::provider"]].concat(),
        ),
        ("command", Vec::new()),
        (
            "convert",
            [
                &["tf_provider::schema", "tf_provider::value"][..],
                &["command", "iwd::model", "provider"],
            ]
            .concat(),
        ),
        (
            "doctor",
            [
                VOCABULARY,
                &[
                    "tf_provider::provider",
                    "clock",
                    "command",
                    "iwd",
                    "provider",
                ],
            ]
            .concat(),
        ),
        (
            "main",
            vec!["command", "convert", "doctor", "provider", "tf_provider"],
        ),
        ("lib", Vec::new()),
    ] {
        if is_in(&outer) {
            return [allowed, vec![outer]].concat();
        }
    }
    panic!("no rule for {module}: add one");
}

fn is_below(module: &str, outer: &str) -> bool {
    module
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What a file uses that it may not, each with its line.
fn offences(module: &str, text: &str) -> Vec<String> {
    let mut reader = Reader {
        module: module.split("::").map(str::to_owned).collect(),
        used: Vec::new(),
        waits: Vec::new(),
    };
    reader.visit_file(&syn::parse_file(text).unwrap());
    let allowed = allowed(module);
    let is_plain = VOCABULARY.iter().any(|outer| is_below(module, outer));
    let crosses = |used: &Used| match used {
        Used::Ours(path) => !allowed.iter().any(|outer| is_below(path, outer)),
        Used::Crate(name) => is_plain && NOT_PLAIN.contains(&name.as_str()),
    };
    let mut lines: Vec<_> = reader
        .used
        .iter()
        .filter(|(_, used)| crosses(used))
        .map(|(line, used)| format!("{line}: {used:?}"))
        .collect();
    if is_plain {
        lines.extend(reader.waits.iter().map(|line| format!("{line}: async")));
    }
    lines
}

#[derive(Debug)]
enum Used {
    /// A path in this crate.
    Ours(String),
    /// The first name of any other path.
    Crate(String),
}

/// Collects what is named, wherever it stands.
struct Reader {
    module: Vec<String>,
    used: Vec<(usize, Used)>,
    waits: Vec<usize>,
}

impl Reader {
    fn name(&mut self, line: usize, path: &[String]) {
        let mut base = self.module.clone();
        let ours = match path.first().map(String::as_str) {
            Some("crate" | "terraform_provider_iwd") => path[1..].to_vec(),
            Some("self") => [&base[..], &path[1..]].concat(),
            Some("super") => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                base.truncate(base.len().saturating_sub(ups));
                [&base[..], &path[ups..]].concat()
            }
            Some(name) => {
                self.used.push((line, Used::Crate(name.to_owned())));
                return;
            }
            None => return,
        };
        if !ours.is_empty() {
            self.used.push((line, Used::Ours(ours.join("::"))));
        }
    }

    fn tree(&mut self, line: usize, before: &[String], tree: &UseTree) {
        let with = |name: String| [before, &[name]].concat();
        match tree {
            UseTree::Path(path) => self.tree(line, &with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) if name.ident == "self" => self.name(line, before),
            UseTree::Name(name) => self.name(line, &with(name.ident.to_string())),
            UseTree::Rename(rename) => self.name(line, &with(rename.ident.to_string())),
            UseTree::Glob(_) => self.name(line, before),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(line, before, tree);
                }
            }
        }
    }

    /// The paths in a macro's tokens: names with two colons between.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) if colons == 2 => path.push(name.to_string()),
                TokenTree::Ident(name) => {
                    self.name(line, &path);
                    path = vec![name.to_string()];
                    line = name.span().start().line;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
            colons = 0;
        }
        self.name(line, &path);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(item.span().start().line, &[], &item.tree);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        if names.len() > 1 {
            self.name(path.span().start().line, &names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.tokens(call.tokens.clone());
    }

    /// `pub(in …)` names who may look in, not what is used.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_signature(&mut self, signature: &'ast Signature) {
        if let Some(keyword) = signature.asyncness {
            self.waits.push(keyword.span().start().line);
        }
        visit::visit_signature(self, signature);
    }
}

#[test]
fn each_module_uses_only_what_it_may() {
    let src = root().join("src");
    let is_source = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let mut all = Vec::new();
    let mut looked_at = 0;
    for file in files(&src).iter().filter(|path| is_source(path)) {
        let place = file.strip_prefix(&src).unwrap().with_extension("");
        // The other binaries are developers' tools and use what they like.
        if place.starts_with("bin") {
            continue;
        }
        let names: Vec<_> = place.iter().map(|name| name.to_str().unwrap()).collect();
        let lines = offences(&names.join("::"), &read(file));
        all.extend(
            lines
                .iter()
                .map(|line| format!("{}:{line}", file.display())),
        );
        looked_at += 1;
    }
    assert!(looked_at > 100, "only {looked_at} files");
    assert!(all.is_empty(), "forbidden uses:\n{}", all.join("\n"));
}

#[test]
fn a_forbidden_use_is_found_in_whatever_form() {
    for (module, text) in [
        ("provider::tenant::plan", "use crate::simulator::Store;"),
        (
            "provider::tenant::plan",
            "use super::super::super::simulator;",
        ),
        (
            "provider::tenant::plan",
            "use crate::{iwd, simulator::{self}};",
        ),
        (
            "provider::tenant::plan",
            "use crate::tf_provider::go_plugin::Mode;",
        ),
        ("provider", "fn f() { crate::simulator::f(); }"),
        (
            "provider",
            "fn f() { println!(\"{}\", crate::simulator::f()); }",
        ),
        ("iwd::client", "use terraform_provider_iwd::provider::X;"),
        ("iwd", "mod tests { use super::super::tf_provider; }"),
        ("convert::hcl", "use crate::iwd::client::Client;"),
        (
            "tf_provider::tfplugin5::answer",
            "use crate::tf_provider::go_plugin;",
        ),
        ("tf_provider::plan", "use super::resource::Planned;"),
        ("tf_provider::plan", "use tonic::Status;"),
        ("tf_provider::plan", "async fn f() {}"),
    ] {
        let found = offences(module, &format!("\n{text}"));
        assert!(
            found.len() == 1 && found[0].starts_with("2: "),
            "{text}: {found:?}"
        );
    }
    let fine = "use super::schema::SCHEMA;\nuse crate::iwd::{client, error};\nuse tokio::time;";
    assert_eq!(offences("provider::tenant::plan", fine), [""; 0]);
}
