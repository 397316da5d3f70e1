//! Each promise of the guide "Reliability" names tests, or targets of `make`, that this repository has.

use std::collections::BTreeSet;

use syn::ItemFn;
use syn::visit::{self, Visit};

use super::repository::{files, read, root};

#[test]
fn each_promise_names_tests_that_exist() {
    let guide = read("docs/guides/reliability.md");
    let tests = tests();
    let makefile = read("Makefile");
    let mut promises = 0;
    for row in guide.split("\n| promise | shown by |\n|---|---|\n").skip(1) {
        for row in row.lines().take_while(|line| line.starts_with('|')) {
            let shown_by = row.trim_end_matches(" |").rsplit(" | ").next();
            let mut names = shown_by.unwrap_or_default().split('`').skip(1).step_by(2);
            let first = names.next();
            assert!(first.is_some(), "no test shows that {row}");
            for name in first.into_iter().chain(names) {
                let exists = match name.strip_prefix("make ") {
                    Some(target) => makefile.contains(&format!("\n{target}: ")),
                    None => tests.contains(name),
                };
                assert!(exists, "{name} is no test");
            }
            promises += 1;
        }
    }
    assert!(promises > 20, "only {promises}");
}

/// The names of all tests, those in tables of programs that run a table included.
fn tests() -> BTreeSet<String> {
    let mut found = Tests::default();
    let sources = ["src", "tests"].map(|folder| files(&root().join(folder)));
    for path in sources.concat() {
        if path.extension().is_some_and(|extension| extension == "rs") {
            found.visit_file(&syn::parse_file(&read(path)).expect("Rust"));
        }
    }
    found.0
}

#[derive(Default)]
struct Tests(BTreeSet<String>);

impl Visit<'_> for Tests {
    fn visit_item_fn(&mut self, item: &ItemFn) {
        let is_test = item.attrs.iter().any(|attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|segment| segment.ident == "test")
        });
        if is_test {
            self.0.insert(item.sig.ident.to_string());
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_expr_call(&mut self, call: &syn::ExprCall) {
        // `check("name", …)` is a row of such a table.
        if let (syn::Expr::Path(function), Some(syn::Expr::Lit(name))) =
            (&*call.func, call.args.first())
            && function.path.is_ident("check")
            && let syn::Lit::Str(name) = &name.lit
        {
            self.0.insert(name.value());
        }
        visit::visit_expr_call(self, call);
    }
}
