//! Tests that say why this machine can't run them.

use libtest_mimic::{Completion, Trial};

/// The test `name`, which is reported as ignored, not run, where there is an obstacle, and never as passed.
pub fn trial(
    name: impl Into<String>,
    obstacle: impl FnOnce() -> Option<String> + Send + 'static,
    run: impl FnOnce() + Send + 'static,
) -> Trial {
    Trial::ignorable_test(name, || {
        if let Some(reason) = obstacle() {
            return Ok(Completion::ignored_with(format!("not run: {reason}")));
        }
        run();
        Ok(Completion::Completed)
    })
}
