//! The words of a command: which program they start, and which of them are scripts.

use super::mention::only_names;

/// Words before a command that change nothing about which one it is; the options of the programs among them are theirs.
const BEFORE_A_COMMAND: [&str; 20] = [
    "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "env", "sudo", "doas",
    "exec", "command", "builtin", "nohup", "nice", "timeout", "xargs",
];
/// What runs a script that is behind `-c` or comes from standard input.
pub(super) const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "ksh", "zsh", "su"];
/// What runs the scripts that its arguments are.
pub(super) const RUN_THEIR_ARGUMENTS: [&str; 2] = ["eval", "ssh"];
/// What runs commands in a container, or on another machine.
pub(super) const ELSEWHERE: [&str; 6] = ["kubectl", "oc", "docker", "podman", "nerdctl", "ssh"];
/// What only shows its arguments.
pub(super) const SHOW: [&str; 2] = ["echo", "printf"];
/// What keeps its arguments for another command.
pub(super) const SET: [&str; 1] = ["set"];
/// What only tests its arguments.
pub(super) const TEST: [&str; 3] = ["[", "[[", "test"];

/// Whether a word is an option of curl that sets the body, by the looks of it.
pub(in crate::convert) fn is_body(word: &str) -> bool {
    word.starts_with("-d") || word.starts_with("--data") || word == "--json"
}

/// What is behind `curl` in a command, and whether it is that for sure.
pub(super) fn of_curl(command: &[String]) -> Option<(&[String], bool)> {
    let (first, arguments) = command.split_first()?;
    if is_curl(first) {
        return Some((arguments, true));
    }
    // What else the variable holds may be options.
    let sends = || {
        let is_url = |word: &String| word.contains("://") || word.starts_with('$');
        arguments.iter().any(is_url) && arguments.iter().any(|word| is_body(word))
    };
    if first.starts_with('$') && (has_curl(first) || sends()) {
        return Some((command, true));
    }
    if is(first, &SHOW) || is(first, &SET) || only_names(command) {
        return None;
    }
    let mut inner = command;
    if let Some(at) = command.iter().position(|word| word == "--") {
        let outer = &command[..at];
        inner = after_prefix(&command[at + 1..]);
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
    let at = inner.iter().position(is_name)?;
    let behind = &inner[at + 1..];
    let is_image = inner[at].contains(['/', ':']) && is(first, &ELSEWHERE);
    Some(match behind.first() {
        Some(first) if is_image && is_curl(first) => (&behind[1..], false),
        _ => (behind, false),
    })
}

/// The scripts among the words of a command.
pub(super) fn scripts(command: &[String]) -> impl Iterator<Item = &str> {
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

/// Whether a command has a shell run a script that is not among its words and here-documents.
pub(super) fn runs_script_of(
    command: &[String],
    scripts: &[&str],
    here_documents: &[usize],
) -> bool {
    let runs = |word: &String| is(word, &SHELLS) || is(word, &["eval", "source", "."]);
    command.first().is_some_and(runs) && scripts.is_empty() && here_documents.is_empty()
}

/// A command without what stands before it: `if`, variables, `sudo` and the like.
pub(super) fn after_prefix(words: &[String]) -> &[String] {
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

/// Whether a word is one of these programs, with its folder or without.
pub(super) fn is(word: &str, programs: &[&str]) -> bool {
    programs.contains(&word.rsplit(['/', '\\']).next().unwrap_or_default())
}

/// Whether a word names curl, with its folder or without.
pub(super) fn is_curl(word: &str) -> bool {
    is(word, &["curl", "curl.exe"]) && !word.contains(char::is_whitespace)
}

/// Whether a word is the name of a container's image that starts curl.
pub(super) fn is_image(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or_default();
    name.split([':', '@']).next() == Some("curl")
}

/// Whether a text names curl anywhere.
pub(super) fn has_curl(text: &str) -> bool {
    text.to_ascii_lowercase().contains("curl")
}
