//! What `make demo KEEP=1` leaves, and how to look inside, go on, and end it.

use std::path::Path;

/// What is left when the demo ends.
pub(crate) struct LeftRunning<'a> {
    /// The simulator's address.
    pub(crate) endpoint: &'a str,
    /// The simulator's process id.
    pub(crate) pid: u32,
    /// The Terraform to go on with.
    pub(crate) terraform: &'a Path,
    /// The folder of the workspace.
    pub(crate) files: &'a Path,
    /// The folder of the simulator's data.
    pub(crate) data: &'a Path,
}

impl LeftRunning<'_> {
    /// The commands to go on by hand, and back to the shell as it was.
    pub(crate) fn going_on(&self) -> [String; 3] {
        let files = self.files.display();
        [
            format!("cd {files}/work && export TF_CLI_CONFIG_FILE={files}/terraform.rc"),
            format!("{} plan", self.terraform.display()),
            "cd - && unset TF_CLI_CONFIG_FILE".to_owned(),
        ]
    }

    /// The command that ends it and leaves nothing.
    pub(crate) fn ending(&self) -> String {
        let Self {
            pid, files, data, ..
        } = self;
        format!("kill {pid} && rm -r {} {}", files.display(), data.display())
    }

    /// All of it for the reader.
    pub(crate) fn text(&self) -> String {
        let [enter, plan, leave] = self.going_on();
        format!(
            "Look inside, in a browser:\n  {}/\nGo on by hand, and leave your shell as it was:\n  {enter}\n  {plan}\n  {leave}\n\
             End it:\n  {}",
            self.endpoint,
            self.ending()
        )
    }
}
