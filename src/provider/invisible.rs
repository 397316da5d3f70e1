//! Characters that nobody sees, which come along where a key or a header's value is copied, and are no part of it.

/// The summary of each warning about them.
pub(super) const SUMMARY: &str = "Invisible character in a key or header";

/// Characters without ink, each by its name.
const NAMED: [(char, &str); 3] = [
    ('\u{a0}', "a no-break space (U+00A0)"),
    ('\u{200b}', "a zero-width space (U+200B)"),
    ('\u{feff}', "a byte order mark (U+FEFF)"),
];

/// What of them a text holds, as what follows "holds"; nothing of a text that is refused anyway.
pub(super) fn found_in(text: &str) -> Option<String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return None;
    }
    let named = NAMED
        .iter()
        .filter(|(character, _)| text.contains(*character));
    let mut found: Vec<&str> = named.map(|(_, name)| *name).collect();
    let is_blank = |c: char| c.is_whitespace() && c != '\u{a0}';
    if text.starts_with(is_blank) {
        found.push("a blank at its beginning");
    }
    if text.ends_with(is_blank) {
        found.push("a blank at its end");
    }
    (!found.is_empty()).then(|| found.join(" and "))
}

/// What to tell of it, where `what` names the text without quoting it.
pub(super) fn detail(what: &str, found: &str) -> String {
    format!(
        "{what} holds {found}. It is sent as it stands, and is hardly meant: compare it with where it was copied from. \
         `trimspace()` removes blanks at both ends."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_has_a_name() {
        for (text, found) in [
            ("key", None),
            ("two words", None),
            ("Bearer \u{fc}", None),
            (" key", Some("a blank at its beginning")),
            ("key ", Some("a blank at its end")),
            (
                "\u{2003}key ",
                Some("a blank at its beginning and a blank at its end"),
            ),
            ("key\u{a0}", Some("a no-break space (U+00A0)")),
            ("k\u{a0}ey", Some("a no-break space (U+00A0)")),
            ("k\u{200b}ey", Some("a zero-width space (U+200B)")),
            (
                "\u{feff}key ",
                Some("a byte order mark (U+FEFF) and a blank at its end"),
            ),
            // Errors already.
            ("", None),
            (" \u{a0}", None),
            (" key\n", None),
        ] {
            assert_eq!(found_in(text).as_deref(), found, "{text:?}");
        }
    }
}
