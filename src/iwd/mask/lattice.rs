//! All ways to read a text: each character as itself, or as part of an escape sequence.

use std::collections::HashMap;

use super::budget::{Budget, TooMuch};
use super::encodings::{escape, is_introducer};

/// How often an encoding is looked through that is applied to itself: JSON within JSON, `%252525…`.
const DEEPEST: usize = 8;

/// The lattice of a text: from each position, the characters that may stand there.
///
/// In `%255C`, a `%` may end after one character or after three, and a backslash after five. So nested and mixed
/// encodings are read at once, and one that a broken template applies to parts of a text only.
#[derive(Debug)]
pub(super) struct Lattice<'a> {
    text: &'a str,
    /// The edges of escape sequences, by where they begin.
    escapes: HashMap<usize, Vec<Edge>>,
}

/// One way to read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Edge {
    /// The character that is read.
    pub(super) character: char,
    /// Where the text goes on.
    pub(super) end: usize,
}

impl<'a> Lattice<'a> {
    /// Reads a text.
    pub(super) fn of(text: &'a str, budget: &mut Budget) -> Result<Self, TooMuch> {
        let mut lattice = Self {
            text,
            escapes: HashMap::new(),
        };
        // From the end, so that what a sequence consists of is there before it.
        for (position, character) in text.char_indices().rev() {
            if is_introducer(character) {
                let edges = lattice.escapes_at(position, character, budget)?;
                if !edges.is_empty() {
                    lattice.escapes.insert(position, edges);
                }
            }
        }
        Ok(lattice)
    }

    /// What the lattice is of.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// All ways to read on from a position, the character itself first.
    pub(super) fn edges(&self, position: usize) -> impl Iterator<Item = Edge> {
        let character = self.text[position..].chars().next();
        let itself = character.map(|character| Edge {
            character,
            end: position + character.len_utf8(),
        });
        let escapes = match character {
            Some(character) if is_introducer(character) => self.escapes.get(&position),
            _ => None,
        };
        itself
            .into_iter()
            .chain(escapes.into_iter().flatten().copied())
    }

    fn escapes_at(
        &self,
        position: usize,
        introducer: char,
        budget: &mut Budget,
    ) -> Result<Vec<Edge>, TooMuch> {
        let mut found = Vec::new();
        let mut introducers = vec![Edge {
            character: introducer,
            end: position + introducer.len_utf8(),
        }];
        let mut next = 0;
        while let Some(&introducer) = introducers.get(next) {
            next += 1;
            for edge in self.sequences(position, introducer, budget)? {
                if found.contains(&edge) {
                    continue;
                }
                if is_introducer(edge.character) {
                    if introducers.len() == DEEPEST {
                        continue;
                    }
                    introducers.push(edge);
                }
                found.push(edge);
            }
        }
        Ok(found)
    }

    /// The escape sequences that begin with this introducer, which itself begins at `position`.
    fn sequences(
        &self,
        position: usize,
        introducer: Edge,
        budget: &mut Budget,
    ) -> Result<Vec<Edge>, TooMuch> {
        let mut found = Vec::new();
        let mut begun = vec![(introducer.character.to_string(), introducer.end)];
        while let Some((sequence, end)) = begun.pop() {
            for next in self.edges(end) {
                budget.spend()?;
                if is_lopsided(&self.text[position..end], &self.text[end..next.end])
                    || !next.character.is_ascii()
                {
                    continue;
                }
                let longer = format!("{sequence}{}", next.character);
                let escape = escape(&longer);
                found.extend(escape.character.map(|character| Edge {
                    character,
                    end: next.end,
                }));
                if escape.may_go_on {
                    begun.push((longer, next.end));
                }
            }
        }
        Ok(found)
    }
}

/// Whether these are two runs of backslashes of different length. JSON within JSON doubles both halves of `\\` alike;
/// other pairs would use up [`DEEPEST`] before those of deep JSON come.
fn is_lopsided(first: &str, second: &str) -> bool {
    let is_run = |text: &str| text.bytes().all(|byte| byte == b'\\');
    first.len() != second.len() && is_run(first) && is_run(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the text, or the beginning of it that ends at `end`, can be read so.
    fn reads(text: &str, end: usize, wanted: &str) -> bool {
        let lattice = Lattice::of(text, &mut Budget::of(text.len())).unwrap();
        let mut positions = vec![0];
        for character in wanted.chars() {
            positions = positions
                .into_iter()
                .flat_map(|position| lattice.edges(position))
                .filter(|edge| edge.character == character)
                .map(|edge| edge.end)
                .collect();
        }
        positions.contains(&end)
    }

    #[test]
    fn a_text_reads_as_itself_and_as_what_its_escape_sequences_stand_for() {
        for (text, end, wanted) in [
            ("a b!", 3, "a b"),
            ("a%20b!", 5, "a b"),
            ("a%25b", 5, "a%b"),
            ("a%25b", 5, "a%25b"),
            ("a%2525b", 7, "a%b"),
            ("a%2525b", 7, "a%25b"),
            ("a&amp;b", 7, "a&amp;b"),
            ("a&amp;b", 7, "a&b"),
            ("a&amp;amp;b", 11, "a&b"),
            (r"a\\nb", 5, "a\nb"),
            (r"a\\nb", 5, "a\\nb"),
            (r"\ud83d\uDE00x", 13, "😀x"),
            (r"\\ud83d\\uDE00x", 15, "😀x"),
            (r"a\\\\b", 6, r"a\\b"),
            (r"a\\\\b", 6, r"a\b"),
            (r"a\u005cb", 8, r"a\b"),
            ("a%5Cb", 5, r"a\b"),
            (r#"a\\\"b"#, 6, r#"a\"b"#),
            (r#"a\\\\\\\"b"#, 10, "a\"b"),
            ("%c3%A4", 6, "ä"),
            ("%25c3%25A4", 10, "ä"),
            ("%5Cn", 4, "\n"),
            ("&#37;5C&#110;", 13, "\n"),
            ("%26quot%3B", 10, "\""),
            ("&#92;u0041", 10, "A"),
            (r"\\x41", 5, "A"),
            ("%255Cx41", 8, "A"),
            ("%%61b", 5, "%ab"),
            ("\\\\u0061b", 8, "\\ab"),
        ] {
            assert!(reads(text, end, wanted), "{text} as {wanted}");
        }
    }

    #[test]
    fn a_text_reads_as_nothing_else() {
        for (text, wanted) in [("a", "b"), ("%c3", "ä"), (r"\u00e", "ä"), ("&amp", "&")] {
            assert!(!reads(text, text.len(), wanted), "{text} as {wanted}");
        }
    }

    #[test]
    fn an_encoding_is_looked_through_eight_times() {
        let nested = |depth: usize| format!("%{}41", "25".repeat(depth - 1));
        assert!(reads(&nested(8), nested(8).len(), "A"));
        assert!(!reads(&nested(9), nested(9).len(), "A"));
    }

    #[test]
    fn a_backslash_is_read_in_json_within_json_seven_deep() {
        for depth in 1..=7 {
            let text = "\\".repeat(1 << depth);
            assert!(reads(&text, text.len(), "\\"), "{depth}");
        }
    }
}
