//! What Terraform leaves to the provider to check in any configuration (terraform-plugin-framework checks the same).

use super::diagnostic::Diagnostic;
use super::path::AttributePath;
use super::schema::{Attribute, Block, Nesting, Presence};
use super::value::Value;

/// Whether this Terraform knows write-only arguments (1.11 and later say so).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteOnly {
    /// It never stores them.
    Allowed,
    /// It would store them.
    Refused,
}

/// The place to show for a problem with an attribute.
///
/// Terraform prints the source line there, so for a secret it is the parent of the enclosing block, which can't
/// stand on one line with it.
pub fn shown_path(attribute: &Attribute, path: &AttributePath) -> AttributePath {
    if attribute.sensitive {
        path.up(2)
    } else {
        path.clone()
    }
}

/// Checks required arguments and blocks, results that the user set, and write-only arguments that this Terraform
/// would store.
pub fn check(block: &Block, config: &Value, write_only: WriteOnly) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    check_blocks(block, &AttributePath::ROOT, config, &mut problems);
    block.visit(config, &mut |path, attribute, value| {
        let problem = match attribute.presence {
            Presence::Required if value.is_null() => Diagnostic::error(
                "Missing required argument",
                format!("`{path}` must be set; it is null."),
            ),
            Presence::Computed if !value.is_null() => Diagnostic::error(
                "Argument can't be set",
                format!("`{path}` is a result that the provider computes. Remove it from the configuration."),
            ),
            _ if attribute.write_only && !value.is_null() && write_only == WriteOnly::Refused => {
                Diagnostic::error(
                    "Write-only argument needs Terraform 1.11",
                    format!(
                        "`{path}` is write-only: it is never stored. This Terraform doesn't know such arguments \
                         and would store it in state. Use Terraform 1.11 (OpenTofu 1.11) or later, or set `{}` \
                         instead.",
                        path.to_string().trim_end_matches("_wo")
                    ),
                )
            }
            _ => return,
        };
        problems.push(problem.at(shown_path(attribute, path)));
    });
    problems
}

fn check_blocks(
    block: &Block,
    path: &AttributePath,
    config: &Value,
    problems: &mut Vec<Diagnostic>,
) {
    for nested in &block.blocks {
        let value = config.get(nested.name);
        let missing =
            matches!(nested.nesting, Nesting::Single { required: true } if value.is_null());
        let below = path.attribute(nested.name);
        if missing && config.as_map().is_some() {
            problems.push(
                Diagnostic::error(
                    "Missing required block",
                    format!("A `{below}` block must be there."),
                )
                .at(path.clone()),
            );
        }
        for (path, element) in nested.elements(&below, value) {
            check_blocks(&nested.block, &path, element, problems);
        }
    }
}
