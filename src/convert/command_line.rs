//! Finds the one command of curl in a script, as a shell would split it; nothing is run and no variable replaced.

use super::curl::CurlError;

/// The words behind `curl`; `None` where the text has no command of curl.
pub(super) fn arguments(text: &str) -> Result<Option<Vec<String>>, CurlError> {
    let text = text.replace("\r\n", "\n");
    if !text.split_whitespace().any(is_curl) {
        return Ok(None);
    }
    let (mut command, mut found) = (String::new(), Vec::new());
    for line in text.split_inclusive('\n') {
        command.push_str(line);
        if goes_on(&command) {
            continue;
        }
        // A quotation mark without an end may have it in a later line.
        if let Ok(words) = shell_words::split(&command) {
            found.extend(of_curl(&words));
            command.clear();
        }
    }
    if command.split_whitespace().any(is_curl) {
        let words = shell_words::split(&command).map_err(|_| CurlError::Quotes)?;
        found.extend(of_curl(&words));
    }
    let (words, another) = (found.pop(), found.pop());
    if another.is_some() {
        return Err(CurlError::Several);
    }
    let last = words.as_ref().and_then(|words| words.last());
    if last.is_some_and(|word| word == "^" || word == "`") {
        return Err(CurlError::Windows);
    }
    Ok(words)
}

fn is_curl(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(name, "curl" | "curl.exe")
}

/// Whether a backslash joins the next line to this one.
fn goes_on(command: &str) -> bool {
    let line = command.strip_suffix('\n');
    let backslashes = line.map(|line| line.len() - line.trim_end_matches('\\').len());
    backslashes.is_some_and(|count| count % 2 == 1)
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
            Err(CurlError::Several)
        ));
        assert!(matches!(arguments("curl 'a\nb"), Err(CurlError::Quotes)));
        for line in ["curl ^\"a^\" ^\n  b", "curl.exe a `\r\n  b"] {
            assert!(matches!(arguments(line), Err(CurlError::Windows)), "{line}");
        }
    }
}
