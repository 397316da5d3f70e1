//! What a command for people came to: the texts that it wrote and how it ended.

/// What a command came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// What goes to standard output.
    pub stdout: String,
    /// What goes to standard error.
    pub stderr: String,
    /// How it ended.
    pub exit: Exit,
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Exit {
    /// As it should.
    #[default]
    Success = 0,
    /// It could not do what it was asked, or found something wrong.
    Failure = 1,
    /// It was asked for something that makes no sense.
    Usage = 2,
}

impl Outcome {
    /// A text for standard output.
    pub fn success(stdout: impl Into<String>) -> Self {
        Self {
            stdout: stdout.into(),
            ..Self::default()
        }
    }

    /// A command line that makes no sense; `problem` is what is wrong with it.
    pub fn usage(command: &str, problem: &str) -> Self {
        Self {
            stderr: format!("{command}: {problem}, see `{command} --help`\n"),
            exit: Exit::Usage,
            ..Self::default()
        }
    }
}
