//! What a call said.

use serde_json::Value as Json;

use super::generated::tfplugin5::{self as wire, Diagnostic};
use super::values::from_wire;

/// What a call said.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The state that it carries; null for none.
    pub(crate) state: Json,
    /// The private data that it carries.
    pub(crate) private: Vec<u8>,
    /// What it told the user.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The paths that replace the object.
    pub(crate) requires_replace: Vec<String>,
    /// The identity that it carries; null for none.
    pub(crate) identity: Json,
}

impl Reply {
    pub(super) fn of_plan(reply: wire::plan_resource_change::Response) -> Self {
        assert!(!reply.legacy_type_system && reply.deferred.is_none());
        Self {
            state: from_wire(reply.planned_state.as_ref()),
            private: reply.planned_private,
            diagnostics: reply.diagnostics,
            requires_replace: reply.requires_replace.iter().map(path).collect(),
            identity: identity(reply.planned_identity.as_ref()),
        }
    }

    pub(super) fn of_apply(reply: wire::apply_resource_change::Response) -> Self {
        Self {
            state: from_wire(reply.new_state.as_ref()),
            private: reply.private,
            diagnostics: reply.diagnostics,
            requires_replace: Vec::new(),
            identity: identity(reply.new_identity.as_ref()),
        }
    }

    /// Of all that was imported, the first.
    pub(super) fn of_import(reply: wire::import_resource_state::Response) -> Self {
        let imported = reply.imported_resources.into_iter().next();
        let imported = imported.unwrap_or_default();
        Self {
            state: from_wire(imported.state.as_ref()),
            private: imported.private,
            diagnostics: reply.diagnostics,
            requires_replace: Vec::new(),
            identity: identity(imported.identity.as_ref()),
        }
    }

    /// Fails the test if there is an error.
    #[track_caller]
    pub(crate) fn expect_no_error(&self) {
        let errors: Vec<_> = errors(&self.diagnostics).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }

    /// The only error; fails the test if there is none, or more.
    #[track_caller]
    pub(crate) fn expect_error(&self, summary: &str) -> &Diagnostic {
        only_error(&self.diagnostics, summary)
    }

    /// The value at that place of the state.
    #[track_caller]
    pub(crate) fn at(&self, pointer: &str) -> &Json {
        self.state
            .pointer(pointer)
            .unwrap_or_else(|| panic!("there is no {pointer} in {}", self.state))
    }

    /// The summaries of the warnings.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        self.diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity() == wire::diagnostic::Severity::Warning)
            .map(|diagnostic| diagnostic.summary.as_str())
            .collect()
    }
}

/// The errors among diagnostics.
pub(crate) fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() == wire::diagnostic::Severity::Error)
}

/// The only error among diagnostics; fails the test if there is none, or another.
#[track_caller]
pub(crate) fn only_error<'a>(diagnostics: &'a [Diagnostic], summary: &str) -> &'a Diagnostic {
    let errors: Vec<_> = errors(diagnostics).collect();
    match errors.as_slice() {
        [error] if error.summary == summary => error,
        _ => panic!("expected only {summary:?}, got {errors:#?}"),
    }
}

/// Where a diagnostic points, as written in HCL; empty for the whole block.
pub(crate) fn place(diagnostic: &Diagnostic) -> String {
    diagnostic.attribute.as_ref().map(path).unwrap_or_default()
}

/// A path with dots.
pub(crate) fn path(path: &wire::AttributePath) -> String {
    use wire::attribute_path::step::Selector;
    let steps = path
        .steps
        .iter()
        .map(|step| match step.selector.as_ref().expect("a step") {
            Selector::AttributeName(name) | Selector::ElementKeyString(name) => name.clone(),
            Selector::ElementKeyInt(index) => index.to_string(),
        });
    steps.collect::<Vec<_>>().join(".")
}

/// An identity; null where there is none.
pub(crate) fn identity(identity: Option<&wire::ResourceIdentityData>) -> Json {
    from_wire(identity.and_then(|identity| identity.identity_data.as_ref()))
}
