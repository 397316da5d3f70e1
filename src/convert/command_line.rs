//! Finds the commands of curl in a script.

mod mention;
mod words;

use std::collections::{BTreeSet, HashSet};

use self::mention::{is_mention, only_names};
pub(super) use self::words::is_body;
use self::words::{
    ELSEWHERE, RUN_THEIR_ARGUMENTS, SHELLS, SHOW, TEST, after_prefix, has_curl, is, is_curl,
    of_curl, runs_script_of, scripts,
};
use super::shell::{self, Command};

/// Why the commands of curl in a text can't be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandLineError {
    #[error(
        "a quotation mark of the command line has no end, or a bracket behind `$`, or a here-document (`<<`): save the body to a file, and convert that"
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
    /// Whether the shell may make several arguments of one.
    pub(super) may_have_more_arguments: bool,
    /// Where in the script it begins.
    pub(super) at: usize,
}

/// What a script does with curl.
#[derive(Default, Debug)]
pub(super) struct Found {
    pub(super) command_lines: Vec<CommandLine>,
    /// Where curl is named first in a way that is not read as a command.
    pub(super) mention: Option<usize>,
    /// Where a command begins first with an option.
    pub(super) option: Option<usize>,
    /// Whether the working folder is changed somewhere: functions and loops run in another order than they stand in.
    pub(super) changes_folder: bool,
    /// Where a text that names curl is shown first.
    shown: Option<usize>,
    /// Whether a shell runs what is not read here.
    runs_unread: bool,
    text: String,
    /// Variables that curl obeys and the script sets.
    pub(super) variables: BTreeSet<String>,
}

/// How deep scripts may stand in each other, as in `sh -c '…'`.
const DEEPEST: usize = 10;

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
    found.take(&text, Place::default())?;
    // A shell may run what is shown, by way of a group, a function or a file.
    let shown = found.shown.filter(|_| found.runs_unread);
    found.mention = found.mention.or(shown);
    found.text = text;
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

/// Where a script stands.
#[derive(Clone, Copy, Default)]
struct Place {
    runs_elsewhere: bool,
    depth: usize,
    /// Where the command begins that runs it, where it is not the text itself.
    at: Option<usize>,
}

impl Found {
    /// The number of the line that is there.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }

    /// The number of the line that names curl there or behind.
    pub(super) fn line(&self, at: usize) -> usize {
        let behind = self.text[at..].to_ascii_lowercase();
        self.line_of(at + behind.find("curl").unwrap_or_default())
    }

    /// Whether the script names a file more than once, but in comments.
    pub(super) fn names_again(&self, file: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || "_-.".contains(c);
        let lines = self.text.lines();
        let code = lines.filter(|line| !line.trim_start().starts_with('#'));
        let names = code.flat_map(|line| {
            let found = line.match_indices(file);
            found.filter(|(at, _)| !line[..*at].ends_with(is_part))
        });
        names.take(2).count() > 1
    }

    fn take(&mut self, script: &str, place: Place) -> Result<(), CommandLineError> {
        let read = shell::read(script);
        if read
            .unclosed
            .is_some_and(|start| has_curl(&script[start..]))
        {
            return Err(CommandLineError::Unclosed);
        }
        let (mut run, mut looked_up) = (HashSet::<usize>::new(), None);
        for command in &read.commands {
            let at = place.at.unwrap_or(command.at);
            let words = after_prefix(&command.words);
            let place = Place {
                runs_elsewhere: place.runs_elsewhere
                    || words.first().is_some_and(|word| is(word, &ELSEWHERE)),
                depth: place.depth + 1,
                at: Some(at),
            };
            let runs_script = |word: &String| is(word, &SHELLS) || is(word, &RUN_THEIR_ARGUMENTS);
            let here_documents = if words.iter().any(runs_script) {
                &command.here_documents[..]
            } else {
                &[]
            };
            run.extend(here_documents);
            let here_documents = here_documents.iter();
            let here_documents =
                here_documents.map(|number| read.here_documents[*number].text.as_str());
            let scripts: Vec<_> = scripts(words).collect();
            let inner = scripts.iter().copied().chain(here_documents);
            for script in inner.filter(|script| has_curl(script)) {
                if place.depth > DEEPEST {
                    return Err(CommandLineError::Nested);
                }
                self.take(script, place)?;
            }
            self.runs_unread |= runs_script_of(words, &scripts, &command.here_documents);
            let command_line = of_curl(words);
            let arguments = command_line.map_or(0, |(arguments, _)| arguments.len());
            if !mention::is_known(command, &scripts, arguments) {
                self.mention.get_or_insert(at);
            } else if mention::is_shown(command) {
                self.shown.get_or_insert(at);
            }
            self.look_up(command, at, &mut looked_up);
            self.note(command, at);
            self.command_lines
                .extend(command_line.map(|(arguments, is_certain)| CommandLine {
                    arguments: arguments.to_vec(),
                    is_certain,
                    runs_elsewhere: place.runs_elsewhere,
                    may_have_more_arguments: command.may_have_more_words
                        || command.words.iter().any(|word| is(word, &["xargs"])),
                    at,
                }));
        }
        let here_documents = read.here_documents.iter().enumerate();
        let not_run = here_documents.filter(|(number, _)| !run.contains(number));
        let mut others = not_run.map(|(_, text)| text).chain(&read.passed_over);
        if let Some(passage) = others.find(|passage| is_mention(&passage.text)) {
            let at = place.at.unwrap_or(passage.at);
            self.mention.get_or_insert(at);
        }
        Ok(())
    }

    /// Takes where curl was looked up (`$(which curl)`) for a mention, unless it is only tested or shown.
    fn look_up(&mut self, command: &Command, at: usize, looked_up: &mut Option<usize>) {
        if command.is_substituted {
            let is_curl = command.words.iter().any(|word| is_curl(word));
            if is_curl && only_names(&command.words) {
                *looked_up = Some(at);
            }
        } else if let Some(at) = looked_up.take() {
            let first = after_prefix(&command.words).first();
            if !first.is_some_and(|word| is(word, &TEST) || is(word, &SHOW)) {
                self.mention.get_or_insert(at);
            }
        }
    }

    /// Notes what a command sets and names.
    fn note(&mut self, command: &Command, at: usize) {
        let words = &command.words;
        self.variables
            .extend(words.iter().filter_map(|word| variable(word)));
        let is_option = |word: &String| {
            let name = word.strip_prefix('-').unwrap_or_default();
            name.trim_start_matches('-')
                .starts_with(|c: char| c.is_ascii_alphabetic())
        };
        if words.first().is_some_and(is_option) {
            self.option.get_or_insert(at);
        }
        let has = |options: &[&str]| {
            words
                .iter()
                .any(|word| options.iter().any(|option| word.starts_with(option)))
        };
        let first = after_prefix(words).first();
        self.changes_folder |= first.is_some_and(|word| is(word, &["cd", "pushd"]))
            || words.iter().any(|word| is(word, &["env"])) && has(&["-C", "--chdir"]);
    }
}

/// The last part of the path that a word names.
pub(super) fn file_name(word: &str) -> &str {
    word.rsplit(['/', '\\', '=', '@', ':'])
        .next()
        .unwrap_or_default()
}

/// The name of the variable that a word sets, where curl obeys it.
fn variable(word: &str) -> Option<String> {
    let (name, _) = word.split_once('=')?;
    is(&name.to_ascii_lowercase(), &VARIABLES).then(|| name.to_owned())
}

#[cfg(test)]
mod tests;
