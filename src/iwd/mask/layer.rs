//! A text that was decoded from another, with the way back.

use std::ops::Range;

use super::encodings::{escape, is_introducer};

/// A decoded text, and where each byte of it comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    text: String,
    origins: Vec<Range<usize>>,
}

impl Layer {
    /// The decoded text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds a character that comes from there.
    pub(super) fn push(&mut self, character: char, origin: Range<usize>) {
        self.text.push(character);
        let length = self.text.len();
        self.origins.resize(length, origin);
    }

    /// Where a part of the decoded text, which is not empty, comes from.
    pub(super) fn origin(&self, part: Range<usize>) -> Range<usize> {
        self.origins[part.start].start..self.origins[part.end - 1].end
    }

    /// The text with its URL, HTML or JSON encoding decoded once; `None` if there is none in it.
    pub(super) fn unescaped(text: &str, introducer: char) -> Option<Self> {
        text.find(introducer)?;
        let mut layer = Self::default();
        let mut has_escapes = false;
        let mut position = 0;
        while let Some(character) = text[position..].chars().next() {
            let sequence = (character == introducer)
                .then(|| longest_escape(&text[position..]))
                .flatten();
            has_escapes |= sequence.is_some();
            let (character, length) = match sequence {
                Some(sequence) => sequence,
                // A form has them for blanks.
                None if character == '+' && introducer == '%' => (' ', 1),
                None => (character, character.len_utf8()),
            };
            layer.push(character, position..position + length);
            position += length;
        }
        has_escapes.then_some(layer)
    }

    /// This text, decoded from one that was itself decoded, as decoded from the first one.
    pub(super) fn within(mut self, outer: &Self) -> Self {
        for origin in &mut self.origins {
            *origin = outer.origin(origin.clone());
        }
        self
    }
}

/// The character and the length of the longest escape sequence that the text begins with.
fn longest_escape(text: &str) -> Option<(char, usize)> {
    debug_assert!(text.starts_with(is_introducer));
    let mut longest = None;
    for (end, _) in text.char_indices().skip(1).chain([(text.len(), ' ')]) {
        let escape = escape(&text[..end]);
        longest = escape.character.map(|found| (found, end)).or(longest);
        if !escape.may_go_on {
            break;
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoded_text_knows_where_it_comes_from() {
        let text = "a%C3%A4+%zz%41";
        let layer = Layer::unescaped(text, '%').unwrap();
        assert_eq!(layer.text(), "aä %zzA");
        assert_eq!(layer.origin(1..3), 1..7);
        assert_eq!(layer.origin(3..4), 7..8);
        assert_eq!(layer.origin(5..8), 9..14);
        assert!(Layer::unescaped("a%", '%').is_none());
        assert!(Layer::unescaped("a+&quot;", '%').is_none());
    }

    #[test]
    fn a_text_that_was_decoded_twice_knows_the_first_one() {
        let outer = Layer::unescaped("%26quot%3Ba", '%').unwrap();
        let inner = Layer::unescaped(outer.text(), '&').unwrap();
        let inner = inner.within(&outer);
        assert_eq!(inner.text(), "\"a");
        assert_eq!(inner.origin(0..1), 0..10);
        assert_eq!(inner.origin(1..2), 10..11);
    }
}
