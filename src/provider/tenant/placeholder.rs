//! Places in a text that something else was to fill in.

/// Whether a shell, `cmd` or a template was to fill the text in.
pub fn is_placeholder(text: &str) -> bool {
    let is_variable = |(at, _)| {
        let next = text[at + 1..].chars().next();
        next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | '(' | '@' | '*'))
    };
    let is_between = |mark| text.split(mark).skip(1).zip(text.split(mark).skip(2));
    let is_argument = |(at, _)| {
        let rest = text[at + 1..].trim_start_matches(['%', '~']);
        let is_end = rest
            .chars()
            .nth(1)
            .is_none_or(|c| !c.is_ascii_alphanumeric());
        let is_letter =
            text[at + 1..].starts_with('%') && rest.starts_with(|c: char| c.is_ascii_alphabetic());
        is_end && (is_letter || rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    ["{{", "{}", "#{", "<%"]
        .iter()
        .any(|mark| text.contains(mark))
        || text.match_indices('%').any(is_argument)
        || text.split("__").nth(2).is_some()
            && text
                .split("__")
                .skip(1)
                .any(|name| is_name(name) && !name.starts_with('_'))
        || text.match_indices('$').any(is_variable)
        || is_between('%').any(|(name, next)| is_name(name) && !(is_byte(name) && is_byte(next)))
        || ['!', '@']
            .into_iter()
            .any(|mark| is_between(mark).any(|(name, _)| is_name(name)))
        || text
            .split('<')
            .skip(1)
            .filter_map(|rest| rest.split_once('>'))
            .any(|(name, _)| is_name(&name.replace('-', "_")))
}

/// Whether a text between two marks is a name.
fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(is_part)
}

/// Whether a text begins as the encoding of a byte does behind the `%` of a URL.
fn is_byte(text: &str) -> bool {
    let digits = text.get(..2);
    digits.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_to_be_filled_in_is_told_from_text() {
        for text in [
            "$A",
            "t$1",
            "$@",
            "a${B}c",
            "$(c)",
            "{{ d }}",
            "%HOST%",
            "a%DB_HOST%.b",
            "%DEV%",
            "!HOST!",
            "a<HOST>",
            "@HOST@",
            "%a b%c%",
            "__HOST__",
            "a.__DB_HOST__.b",
            "#{HOST}",
            "<api-key>",
            "<%= @host %>",
            "%1",
            "%~1",
            "%%k",
            "a%1.b",
            "{}",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "",
            "US$ 1",
            "$",
            "100%",
            "5% of 10%",
            "a%20b%20c",
            "%C3%BC%c3%bc",
            "Hey! You!",
            "a!!b",
            "{a}",
            "a@b",
            "<>",
            "1 < 2 > 1",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
