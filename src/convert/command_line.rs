//! Finds the one command of curl in a script, as a shell would split it; nothing is run and no variable replaced.

use std::mem;

/// Why a text is no command line of curl that can be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandLineError {
    #[error(
        "a quotation mark of the command line has no end, or is one within `$'…'`: save the body to a file, and convert that"
    )]
    Quotes,
    #[error(
        "the command line is one of cmd or PowerShell (`^` or a backtick ends a line), which quote otherwise: save the body \
         to a file, and convert that"
    )]
    Windows,
    #[error("it holds several command lines of curl: put each into a file of its own")]
    Several,
}

/// The words behind `curl`; `None` where the text has no command of curl.
pub(super) fn arguments(text: &str) -> Result<Option<Vec<String>>, CommandLineError> {
    let text = text.replace("\r\n", "\n");
    if !text.split_whitespace().any(is_curl) {
        return Ok(None);
    }
    let mut found = Vec::new();
    for command in commands(&text) {
        match shell_words::split(command) {
            Ok(words) => found.extend(of_curl(&words)),
            Err(_) if command.split_whitespace().any(is_curl) => {
                return Err(CommandLineError::Quotes);
            }
            Err(_) => {}
        }
    }
    let (words, another) = (found.pop(), found.pop());
    if another.is_some() {
        return Err(CommandLineError::Several);
    }
    let last = words.as_ref().and_then(|words| words.last());
    if last.is_some_and(|word| word == "^" || word == "`") {
        return Err(CommandLineError::Windows);
    }
    Ok(words)
}

fn is_curl(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(name, "curl" | "curl.exe")
}

/// Where a character of a script stands.
#[derive(Clone, Copy)]
enum Place {
    Blank,
    Word,
    Comment,
    Quoted(char),
}

/// The commands of a script, each with the line break that ends it. The last one may have a quotation mark without an end.
fn commands(script: &str) -> impl Iterator<Item = &str> {
    let (mut place, mut is_escaped) = (Place::Blank, false);
    script.split_inclusive(move |next: char| {
        if mem::take(&mut is_escaped) {
            if next != '\n' && matches!(place, Place::Blank) {
                place = Place::Word;
            }
            return false;
        }
        let is_end = next == '\n' && !matches!(place, Place::Quoted(_));
        place = match (place, next) {
            (Place::Quoted(mark), _) if mark == next => Place::Word,
            (Place::Comment, '\n') | (Place::Blank | Place::Word, ' ' | '\t' | '\n') => {
                Place::Blank
            }
            (Place::Blank, '#') => Place::Comment,
            (Place::Blank | Place::Word, '\'' | '"') => Place::Quoted(next),
            (Place::Blank | Place::Word | Place::Quoted('"'), '\\') => {
                is_escaped = true;
                place
            }
            (Place::Blank, _) => Place::Word,
            _ => place,
        };
        is_end
    })
}

/// What follows each `curl`, up to what the shell does with the answer.
fn of_curl(words: &[String]) -> Vec<Vec<String>> {
    let ends = |word: &String| {
        let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
        word.starts_with(['|', '>', '<', '&', ';'])
    };
    let commands = words.split(|word| is_curl(word)).skip(1);
    commands
        .map(|command| {
            command
                .iter()
                .take_while(|word| !ends(word))
                .cloned()
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_script_the_command_of_curl_alone_is_taken() {
        for (text, words) in [
            ("curl a b", &["a", "b"][..]),
            (
                "#!/bin/sh\n# It's it.\nset -e\nA=1 /usr/bin/curl a \\\n  b\necho done\n",
                &["a", "b"],
            ),
            (
                "curl -d '{\n\"a\":\n1}' a\nkubectl get pods",
                &["-d", "{\n\"a\":\n1}", "a"],
            ),
            ("curl \"a\\\\\"\nb", &["a\\"]),
            ("curl a\\\\\nb", &["a\\"]),
            ("curl a 2>/dev/null | jq .\r\n", &["a"]),
            ("curl a && echo b\ncat c", &["a"]),
        ] {
            let found = arguments(text).ok().flatten();
            assert_eq!(
                found.as_deref(),
                Some(&*words.iter().map(ToString::to_string).collect::<Vec<_>>()),
                "{text}"
            );
        }
        assert!(matches!(arguments("wget a"), Ok(None)));
        assert!(matches!(arguments("# by curl\nwget a"), Ok(None)));
        assert!(matches!(
            arguments("curl a\ncurl b"),
            Err(CommandLineError::Several)
        ));
        assert!(matches!(
            arguments("curl 'a\nb"),
            Err(CommandLineError::Quotes)
        ));
        for line in ["curl ^\"a^\" ^\n  b", "curl.exe a `\r\n  b"] {
            assert!(
                matches!(arguments(line), Err(CommandLineError::Windows)),
                "{line}"
            );
        }
    }

    /// All texts of so many of these characters.
    fn texts(length: usize) -> Vec<String> {
        (0..length).fold(vec![String::new()], |texts, _| {
            let more = |text: String| {
                "a \n'\"\\#"
                    .chars()
                    .map(move |next| format!("{text}{next}"))
            };
            texts.into_iter().flat_map(more).collect()
        })
    }

    #[test]
    fn a_script_is_cut_where_a_shell_ends_a_command_and_nowhere_else() {
        for text in (0..=6).flat_map(texts) {
            let pieces: Vec<_> = commands(&text).collect();
            assert_eq!(pieces.concat(), text);
            let words = pieces.iter().map(|piece| shell_words::split(piece));
            let words: Result<Vec<_>, _> = words.collect();
            assert_eq!(
                words.map(|words| words.concat()),
                shell_words::split(&text),
                "{text:?}"
            );
            for piece in pieces {
                for (end, _) in piece.trim_end_matches('\n').match_indices('\n') {
                    let line = &piece[..end];
                    let goes_on = line.ends_with('\\') || shell_words::split(line).is_err();
                    assert!(goes_on, "{text:?}: {piece:?}");
                }
            }
        }
    }

    #[test]
    fn an_apostrophe_before_a_large_text_is_read_once() {
        let text = format!("it's curl here\n{}", "letters and blanks\n".repeat(50_000));
        assert_eq!(commands(&text).count(), 1);
        assert!(matches!(arguments(&text), Err(CommandLineError::Quotes)));
    }
}
