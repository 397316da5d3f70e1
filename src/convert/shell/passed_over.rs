//! What of a script is no command, though signs of commands may be in it.

use super::{Passage, Reader};

/// How long arithmetic is at most, in bytes.
const LONGEST: usize = 300;

impl Reader<'_> {
    /// Passes over `((…))`, where that is arithmetic, in which `<<` begins no here-document.
    pub(super) fn arithmetic(&mut self) -> bool {
        let length = arithmetic(&self.text[self.at..]);
        self.pass_over(length.unwrap_or_default());
        length.is_some()
    }

    /// Passes over what is behind `$[`, where that is arithmetic.
    pub(super) fn old_arithmetic(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        if !rest.starts_with(b"[") {
            return false;
        }
        let is_end = |byte: &u8| b"]'\"\n".contains(byte);
        let end = rest.iter().take(LONGEST).position(is_end);
        let end = end.filter(|end| rest[*end] == b']');
        self.pass_over(end.map_or(0, |end| end + 1));
        end.is_some()
    }

    /// Passes over what is between the brackets of an array.
    pub(super) fn array(&mut self) {
        let (start, count) = (self.at, self.script.commands.len());
        self.at += 1;
        self.within(|reader| reader.commands(Some(')')));
        self.script.commands.truncate(count);
        let end = std::mem::replace(&mut self.at, start);
        self.pass_over(end - start);
    }

    /// Passes over the pattern of a branch of `case`, up to its bracket; none is there where the statement ends.
    pub(super) fn pattern(&mut self) {
        loop {
            while self.eat(" ") || self.eat("\t") || self.eat("\\\n") {}
            if self.eat("\n") {
                self.here_documents();
            } else if self.peek() == Some('#') {
                let rest = &self.text[self.at..];
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else {
                break;
            }
        }
        let behind_esac = self.text[self.at..].strip_prefix("esac");
        if behind_esac.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric())) {
            return;
        }
        let start = self.at;
        self.eat("(");
        // What was read is not read again, or a text of nested ones would take hours.
        loop {
            match self.peek() {
                Some(')') => break self.at += 1,
                Some(' ' | '\t' | '|') => self.at += 1,
                None | Some('\n' | ';' | '&' | '(' | '<' | '>') => break,
                Some(_) => drop(self.word()),
            }
        }
        let end = std::mem::replace(&mut self.at, start);
        self.pass_over(end - start);
    }

    fn pass_over(&mut self, length: usize) {
        let (at, end) = (self.at, self.at + length);
        self.at = end;
        if length > 0 {
            let text = self.text[at..end].to_owned();
            self.script.passed_over.push(Passage { at, text });
        }
    }
}

/// How long the arithmetic is that a text begins with. What is in the outer brackets of a command is none.
fn arithmetic(text: &str) -> Option<usize> {
    if !text.starts_with("((") {
        return None;
    }
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(LONGEST) {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => continue,
        }
        if depth == 1 && byte == b')' {
            return text[at + 1..].starts_with(')').then_some(at + 2);
        }
    }
    None
}

/// Whether a word is one that an array is behind, as in `a=(…)`.
pub(super) fn is_array(word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = word.strip_suffix('=');
    let name = name.map(|name| name.strip_suffix('+').unwrap_or(name));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(is_part))
}
