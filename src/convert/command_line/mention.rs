//! Where a script names curl and no command of it is read.

use super::words::{ELSEWHERE, SET, SHOW, after_prefix, is, is_curl, is_image};
use crate::convert::shell::Command;

/// What looks for programs, or installs them; the words behind are names alone.
const NAME_PROGRAMS: [&str; 13] = [
    "which", "type", "hash", "apt", "apt-get", "apk", "yum", "dnf", "microdnf", "zypper", "brew",
    "pacman", "choco",
];
/// What the words behind are a remark, and no command.
const REMARK: [&str; 5] = [":", "::", "//", "rem", "#"];

/// Whether a command names programs and runs none of them.
pub(super) fn only_names(words: &[String]) -> bool {
    let names = match words.first().map(String::as_str) {
        // It is what is left of `command -v`.
        Some("-v" | "-V") => true,
        Some("command") => words.get(1).is_some_and(|word| word.starts_with('-')),
        _ => false,
    };
    let words = after_prefix(words);
    let Some(first) = words.first() else {
        return names;
    };
    let is_named = |name: &str| words.iter().any(|word| word == name);
    names
        || is(first, &NAME_PROGRAMS)
        || is(&first.to_ascii_lowercase(), &REMARK)
        || is(first, &["kubectl", "oc"]) && !is_named("--") && !is_named("exec")
}

/// Whether each name of curl in a command is read; `scripts` among its words are read by themselves, and so many at its
/// end are behind `curl`.
pub(super) fn is_known(command: &Command, scripts: &[&str], arguments: usize) -> bool {
    let words = after_prefix(&command.words);
    let first = words.first().map(String::as_str).unwrap_or_default();
    if is(&first.to_ascii_lowercase(), &REMARK) || is(first, &SET) {
        return !command.words.iter().any(|word| is_mention(word));
    }
    let shows = shows(command)
        && !command.is_piped
        && !command.is_substituted
        && command.targets.iter().all(|target| goes_nowhere(target));
    let (before, behind) = command.words.split_at(command.words.len() - arguments);
    let is_read = |word: &&String| scripts.contains(&word.as_str());
    let goes_on = |word: &String| word.contains('\n') && is_mention(word);
    let is_name = |word: &String| {
        let image = word.strip_prefix("--image=").unwrap_or(word);
        is_curl(word) || is_image(image) && (image != word || is(first, &ELSEWHERE))
    };
    let targets = command.targets.iter();
    !before
        .iter()
        .filter(|word| !is_read(word) && !is_name(word))
        .any(|word| goes_on(word) || !shows && is_mention(word))
        && !behind.iter().filter(|word| !is_read(word)).any(goes_on)
        && !targets.clone().any(|target| is_mention(target))
}

/// Whether a command shows a text that names curl and more, as a command has it.
pub(super) fn is_shown(command: &Command) -> bool {
    let is_command = |word: &String| word.contains(char::is_whitespace) && is_mention(word);
    shows(command) && command.words.iter().any(is_command)
}

fn shows(command: &Command) -> bool {
    let words = after_prefix(&command.words);
    let sets_variable = words.get(1).is_some_and(|word| word.starts_with("-v"));
    words.first().is_some_and(|first| is(first, &SHOW)) && !sets_variable
}

/// Whether what is redirected there is only shown.
fn goes_nowhere(target: &str) -> bool {
    target.starts_with("/dev/")
        || target
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// Whether a text names curl as one names a program, with its folder or without.
pub(super) fn is_mention(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.match_indices("curl").any(|(at, name)| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        let behind = behind.strip_prefix(".exe").unwrap_or(behind);
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
        let is_behind_hyphen = before
            .strip_suffix('-')
            .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let is_in_name = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "_.".contains(c));
        // A sentence may end with it.
        let behind = behind
            .strip_prefix('.')
            .filter(|rest| !rest.starts_with(is_part))
            .unwrap_or(behind);
        !is_in_name && !is_behind_hyphen && !behind.starts_with(is_part)
    })
}
