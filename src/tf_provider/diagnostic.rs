//! Diagnostics: messages of a provider to the person at the terminal.

use std::borrow::Cow;

use super::path::AttributePath;

/// The weight of a diagnostic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation goes on.
    Warning,
}

/// One message.
///
/// The summary is constant per kind of problem, since Terraform merges warnings that share one; names and
/// details stand in the detail. Neither ever holds a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Its weight.
    pub severity: Severity,
    /// The kind of problem, in one line.
    pub summary: Cow<'static, str>,
    /// An account of what happened, to what, and what to do next.
    pub detail: String,
    /// The argument it is about; the root for the whole block.
    pub path: AttributePath,
}

impl Diagnostic {
    /// An error about the whole resource or provider block.
    pub fn error(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: AttributePath::ROOT,
        }
    }

    /// A warning about the whole resource or provider block.
    pub fn warning(summary: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(summary, detail)
        }
    }

    /// The same, about one argument.
    pub fn at(self, path: AttributePath) -> Self {
        Self { path, ..self }
    }

    /// Tells whether it stops the operation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Tells whether any of these stops the operation.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(Diagnostic::is_error)
}
