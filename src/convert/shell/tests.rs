use super::*;

fn commands(text: &str) -> Vec<Vec<String>> {
    let script = read(text);
    assert_eq!(script.unclosed, None, "{text}");
    script
        .commands
        .into_iter()
        .map(|command| command.words)
        .collect()
}

#[test]
fn operators_end_a_command_and_redirections_are_passed_over() {
    for (text, expected) in [
        ("a b\nc", &[&["a", "b"][..], &["c"]][..]),
        (
            "a;b&c&&d|e||f|&g",
            &[&["a"], &["b"], &["c"], &["d"], &["e"], &["f"], &["g"]],
        ),
        ("a 2>>err.log b", &[&["a", "b"]]),
        ("a>/dev/null 2>&1 b", &[&["a", "b"]]),
        (
            "a &>x b >&2 c <d e >| f g <> h",
            &[&["a", "b", "c", "e", "g"]],
        ),
        ("a <<< 'b c' d", &[&["a", "d"]]),
        ("a 2 >b", &[&["a", "2"]]),
        (
            "a '|%{b}|' \"&c\" \\;d '>e'",
            &[&["a", "|%{b}|", "&c", ";d", ">e"]],
        ),
        ("(a b); { c; }", &[&["a", "b"], &["{", "c"], &["}"]]),
        ("f() {\na\n}", &[&["f"], &["{"], &["a"], &["}"]]),
        ("# a\nb #c\nd#e", &[&["b"], &["d#e"]]),
        ("a \\\n  b", &[&["a", "b"]]),
        ("a '' b", &[&["a", "", "b"]]),
    ] {
        assert_eq!(commands(text), expected, "{text}");
    }
}

#[test]
fn what_the_shell_replaces_stays_as_a_placeholder_and_its_commands_are_found() {
    for (text, expected) in [
        ("a $B ${C} \"$D\"", &[&["a", "$B", "${C}", "$D"][..]][..]),
        (
            "a=$(b 'c)' \"d\") e",
            &[&["b", "c)", "d"], &["a=$(…)", "e"]],
        ),
        ("a \"x$(b \"c d\")y\"", &[&["b", "c d"], &["a", "x$(…)y"]]),
        ("a `b \\`c\\``", &[&["c"], &["b", "$(…)"], &["a", "$(…)"]]),
        (
            "a \"${b:-\"c\"}\" ${d:-$(e)}",
            &[&["e"], &["a", "${b:-c}", "${d:-$(…)}"]],
        ),
        ("a $((1 + (2))) b", &[&["a", "$(…)", "b"]]),
        ("a $((b; c) | d)", &[&["b"], &["c"], &["d"], &["a", "$(…)"]]),
        ("a <(b c) d", &[&["b", "c"], &["a", "$(…)", "d"]]),
        ("a $'b\\'c' $\"d\"", &[&["a", "b'c", "d"]]),
        ("a '$(b)' \\$\\(c\\)", &[&["a", "$(b)", "$(c)"]]),
    ] {
        assert_eq!(commands(text), expected, "{text}");
    }
}

#[test]
fn a_here_document_is_no_command() {
    let script = read("cat <<EOF >x <<-'B'\nit's $(a)\nEOF\n\tb\n\tB\nc");
    assert_eq!(script.unclosed, None);
    let words: Vec<_> = script
        .commands
        .iter()
        .map(|command| &command.words[..])
        .collect();
    assert_eq!(words, [&["cat"], &["c"]]);
    assert_eq!(script.commands[0].here_documents, [0, 1]);
    let texts = script.here_documents.iter().map(|passage| &passage.text);
    assert!(texts.eq(["it's $(a)\n", "b\n"]));
    for text in ["a <<X", "a <<X\nb", "a <<X\n X\n", "a <<X <<Y\nX\n"] {
        assert_eq!(read(&format!("b\n{text}")).unclosed, Some(2), "{text}");
    }
}

#[test]
fn what_is_no_command_is_passed_over_and_kept() {
    for (text, passed_over, expected) in [
        (
            "a $((1<<n))\nb",
            &["((1<<n))"][..],
            &[&["a", "$(…)"][..], &["b"]][..],
        ),
        ("((x = (1<<4)))\nb", &["((x = (1<<4)))"], &[&["b"]]),
        (
            "for ((i=1<<1; i<9; i++)); do b; done",
            &["((i=1<<1; i<9; i++))"],
            &[&["for"], &["do", "b"], &["done"]],
        ),
        ("a \"$[1<<2]\" b", &["[1<<2]"], &[&["a", "$(…)", "b"]]),
        ("a=(b\n 'c )')\nd", &["(b\n 'c )')"], &[&["a="], &["d"]]),
        ("a+=(-b) c", &["(-b)"], &[&["a+=", "c"]]),
        (
            "case a in b|'c )') d;;\n # e)\n (f) g;& *) h\nesac; i",
            &["b|'c )')", "(f)", "*)"],
            &[
                &["case", "a", "in"],
                &["d"],
                &["g"],
                &["h"],
                &["esac"],
                &["i"],
            ],
        ),
        (
            "x=$(case a in a) b;; esac) c",
            &["a)"],
            &[&["case", "a", "in"], &["b"], &["esac"], &["x=$(…)", "c"]],
        ),
    ] {
        assert_eq!(commands(text), expected, "{text}");
        let texts = read(text).passed_over;
        let texts: Vec<_> = texts.iter().map(|passage| &passage.text[..]).collect();
        assert_eq!(texts, passed_over, "{text}");
    }
}

#[test]
fn quotation_marks_within_braces_are_those_that_bash_sees() {
    for (text, expected) in [
        ("${a%'}'} b", &[&["${a%}}", "b"]][..]),
        ("\"${a%'}'}\" b", &[&["${a%}}", "b"]]),
        ("\"${a:-don't}\" b", &[&["${a:-dont}", "b"]]),
        ("\"${a:-\"}\"}\" b", &[&["${a:-}}", "b"]]),
        ("${a//\\}/b} c", &[&["${a//}/b}", "c"]]),
    ] {
        assert_eq!(commands(text), expected, "{text}");
    }
}

#[test]
fn a_command_without_its_end_is_told_with_its_beginning() {
    for text in ["'b", "\"b", "$(b", "${b", "`b", "$'b", "\"$(b\"", "`$(b`"] {
        assert_eq!(read(&format!("a\n c {text}")).unclosed, Some(3), "{text}");
    }
    for opening in ["$(", "${a:-", "\"$(", "<("] {
        assert!(
            read(&opening.repeat(100_000)).unclosed.is_some(),
            "{opening}"
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
fn words_are_those_that_another_library_finds() {
    for text in (0..=6).flat_map(texts) {
        let script = read(&text);
        let words = script
            .commands
            .into_iter()
            .flat_map(|command| command.words);
        let words = script
            .unclosed
            .map_or_else(|| Ok(words.collect::<Vec<_>>()), Err);
        assert_eq!(words.ok(), shell_words::split(&text).ok(), "{text:?}");
    }
}

/// A text that was read once for each word would take hours.
#[test]
fn a_large_text_is_read_once() {
    let lines = "letters and blanks\n".repeat(50_000);
    assert_eq!(read(&format!("it's curl here\n{lines}")).unclosed, Some(0));
    assert_eq!(read(&lines).commands.len(), 50_000);
    assert_eq!(read(&"$(a)".repeat(50_000)).commands.len(), 50_001);
}
