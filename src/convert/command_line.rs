//! Finds the commands of curl in a script.

use std::collections::BTreeSet;

use super::shell::{self, Command};

/// Why the commands of curl in a text can't be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandLineError {
    #[error(
        "a quotation mark of the command line has no end, or a bracket behind `$`: save the body to a file, and convert that"
    )]
    Unclosed,
    #[error(
        "the command line is one of cmd or PowerShell (`^` or a backtick ends a line), which quote otherwise: save the body \
         to a file, and convert that"
    )]
    Windows,
    #[error("curl stands too deep in other commands: save the body to a file, and convert that")]
    Nested,
}

/// A command of curl.
#[derive(Default, Debug)]
pub(super) struct CommandLine {
    /// What is behind `curl`.
    pub(super) arguments: Vec<String>,
    /// Whether it is a command for sure; otherwise another command is given its name, and may run it.
    pub(super) is_certain: bool,
    /// Whether it runs in a container, or on another machine.
    pub(super) runs_elsewhere: bool,
}

/// What a script does with curl.
#[derive(Default, Debug)]
pub(super) struct Found {
    pub(super) command_lines: Vec<CommandLine>,
    /// Variables that curl obeys and the script sets.
    pub(super) variables: BTreeSet<String>,
}

/// How deep scripts may stand in each other, as in `sh -c '…'`.
const DEEPEST: usize = 10;

/// Words before a command that change nothing about which one it is; the options of the programs among them are theirs.
const BEFORE_A_COMMAND: [&str; 20] = [
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "env", "sudo", "doas",
    "exec", "command", "builtin", "nohup", "nice", "timeout", "xargs",
];
/// What runs a script that is behind `-c` or comes from standard input.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "ksh", "zsh", "su"];
/// What runs the scripts that its arguments are.
const RUN_THEIR_ARGUMENTS: [&str; 2] = ["eval", "ssh"];
/// What runs commands in a container, or on another machine.
const ELSEWHERE: [&str; 6] = ["kubectl", "oc", "docker", "podman", "nerdctl", "ssh"];
/// What only shows its arguments.
const SHOW: [&str; 2] = ["echo", "printf"];
/// The variables that curl obeys, in lower case.
const VARIABLES: [&str; 6] = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "curl_ca_bundle",
    "ssl_cert_file",
];

/// The commands of curl in a text; none where it is no script.
pub(super) fn find(text: &str) -> Result<Found, CommandLineError> {
    let text = text.replace("\r\n", "\n");
    let mut found = Found::default();
    if !has_curl(&text) {
        return Ok(found);
    }
    let is_cut = |line: &str| line.ends_with([' ', '\t']) || line.is_empty();
    let mut lines = text.lines().filter(|line| has_curl(line));
    if lines.any(|line| line.strip_suffix(['^', '`']).is_some_and(is_cut)) {
        return Err(CommandLineError::Windows);
    }
    found.take(&text, false, 0)?;
    Ok(found)
}

/// Whether a text that begins as JSON does is a script all the same: curl is a command in it.
pub(super) fn is_script(text: &str) -> bool {
    find(text).is_ok_and(|found| {
        found
            .command_lines
            .iter()
            .any(|command_line| command_line.is_certain)
    })
}

fn has_curl(text: &str) -> bool {
    text.to_ascii_lowercase().contains("curl")
}

impl Found {
    fn take(
        &mut self,
        script: &str,
        runs_elsewhere: bool,
        depth: usize,
    ) -> Result<(), CommandLineError> {
        let read = shell::read(script);
        if read
            .unclosed
            .is_some_and(|start| has_curl(&script[start..]))
        {
            return Err(CommandLineError::Unclosed);
        }
        for Command {
            words,
            here_documents,
        } in read.commands
        {
            self.variables
                .extend(words.iter().filter_map(|word| variable(word)));
            let command = after_prefix(&words);
            let runs_elsewhere =
                runs_elsewhere || command.first().is_some_and(|word| is(word, &ELSEWHERE));
            let runs_script = |word: &String| is(word, &SHELLS) || is(word, &RUN_THEIR_ARGUMENTS);
            let here_documents = here_documents
                .iter()
                .filter(|_| command.iter().any(runs_script))
                .map(|number| read.here_documents[*number].as_str());
            let inner = scripts(command).chain(here_documents);
            for script in inner.filter(|script| has_curl(script)) {
                if depth == DEEPEST {
                    return Err(CommandLineError::Nested);
                }
                self.take(script, runs_elsewhere, depth + 1)?;
            }
            self.command_lines
                .extend(of_curl(command).map(|(arguments, is_certain)| CommandLine {
                    arguments: arguments.to_vec(),
                    is_certain,
                    runs_elsewhere,
                }));
        }
        Ok(())
    }
}

/// What is behind `curl` in a command, and whether it is that for sure.
fn of_curl(command: &[String]) -> Option<(&[String], bool)> {
    let (first, arguments) = command.split_first()?;
    if is_curl(first) {
        return Some((arguments, true));
    }
    // What else the variable holds may be options.
    if is(&first.to_ascii_lowercase(), &["$curl", "${curl}"]) {
        return Some((command, true));
    }
    if is(first, &SHOW) {
        return None;
    }
    if let Some(at) = command.iter().position(|word| word == "--") {
        let (outer, inner) = (&command[..at], after_prefix(&command[at + 1..]));
        let is_image = |word: &String| is_image(word.rsplit('=').next().unwrap_or_default());
        match inner.first() {
            Some(first) if is_curl(first) => return Some((&inner[1..], true)),
            // Arguments for what the image starts.
            Some(first) if first.starts_with('-') || first.contains("://") => {
                return outer.iter().any(is_image).then_some((inner, true));
            }
            _ => {}
        }
    }
    let is_name = |word: &String| is_curl(word) || !word.starts_with('-') && is_image(word);
    let at = command.iter().rposition(is_name)?;
    Some((&command[at + 1..], false))
}

/// The scripts among the words of a command.
fn scripts(command: &[String]) -> impl Iterator<Item = &str> {
    let are_run = command
        .first()
        .is_some_and(|word| is(word, &RUN_THEIR_ARGUMENTS));
    let shell = command.iter().position(|word| is(word, &SHELLS));
    let is_c = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.ends_with('c');
    let is_script = move |at: usize, word: &str| {
        let is_of_shell = shell.is_some_and(|shell| shell + 1 < at) && is_c(&command[at - 1]);
        is_of_shell || are_run && word.contains(char::is_whitespace)
    };
    let words = command.iter().map(String::as_str).enumerate();
    words.filter_map(move |(at, word)| is_script(at, word).then_some(word))
}

/// A command without what stands before it: `if`, variables, `sudo` and the like.
fn after_prefix(words: &[String]) -> &[String] {
    let mut words = words;
    let mut is_of_program = false;
    while let Some((first, rest)) = words.split_first() {
        let is_before = is(first, &BEFORE_A_COMMAND);
        let is_option = is_of_program
            && (first.starts_with('-') || first.starts_with(|c: char| c.is_ascii_digit()));
        if !(is_before || is_option || is_assignment(first)) {
            break;
        }
        // What `command -v` is given is not run.
        is_of_program = (is_of_program || is_before) && first != "command";
        words = rest;
    }
    words
}

fn is_assignment(word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| !c.is_ascii_digit()) && name.chars().all(is_part)
    })
}

/// The name of the variable that a word sets, where curl obeys it.
fn variable(word: &str) -> Option<String> {
    let (name, _) = word.split_once('=')?;
    is(&name.to_ascii_lowercase(), &VARIABLES).then(|| name.to_owned())
}

/// Whether a word is one of these programs, with its folder or without.
fn is(word: &str, programs: &[&str]) -> bool {
    programs.contains(&word.rsplit(['/', '\\']).next().unwrap_or_default())
}

fn is_curl(word: &str) -> bool {
    is(word, &["curl", "curl.exe"])
}

/// Whether a word is the name of a container's image that starts curl.
fn is_image(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or_default();
    name.split([':', '@']).next() == Some("curl")
}

#[cfg(test)]
mod tests;
