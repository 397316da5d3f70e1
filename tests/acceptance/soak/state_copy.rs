//! The state before a run, kept as a careful person does.
//!
//! Terraform empties its state file and writes it anew, after each object. Killed in between, it leaves a part of it
//! or an empty one, and would take the latter for no state at all. The lock on the state ends with it, so that nothing
//! has to be unlocked.

use std::fs;
use std::path::{Path, PathBuf};

/// A copy of a state file, or of there being none.
pub(crate) struct StateCopy {
    file: PathBuf,
    content: Option<Vec<u8>>,
}

impl StateCopy {
    /// Copies the state of the configuration in `folder`.
    pub(crate) fn of(folder: &Path) -> Self {
        let file = folder.join("terraform.tfstate");
        let content = fs::read(&file).ok();
        Self { file, content }
    }

    /// Puts the copy back where the state isn't whole any more, and tells whether it did.
    pub(crate) fn restore_where_needed(&self) -> bool {
        let Ok(now) = fs::read(&self.file) else {
            return false;
        };
        if serde_json::from_slice::<serde_json::Value>(&now).is_ok() {
            return false;
        }
        match &self.content {
            Some(content) => fs::write(&self.file, content),
            None => fs::remove_file(&self.file),
        }
        .expect("a file of ours can be changed");
        true
    }
}
