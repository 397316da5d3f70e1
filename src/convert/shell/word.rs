//! One word: what of it is quoted, and what the shell replaces.

use super::escape::ansi_c;
use super::{DEEPEST, Reader, SUBSTITUTION, read_within};

impl Reader<'_> {
    /// The word that begins here, without quotation marks.
    pub(super) fn word(&mut self) -> String {
        self.word_or_words().0
    }

    /// The same, and whether the shell may make several of it: of what it puts in without quotation marks around.
    pub(super) fn word_or_words(&mut self) -> (String, bool) {
        let (mut word, mut may_be_several) = (String::new(), false);
        while let Some(next) = self.peek() {
            match next {
                ' ' | '\t' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                _ => self.at += next.len_utf8(),
            }
            match next {
                '\\' => match self.next() {
                    Some('\n') => {}
                    escaped => word.push(escaped.unwrap_or(next)),
                },
                '\'' => word.push_str(self.until('\'')),
                '"' => self.double_quoted(&mut word),
                '$' if self.eat("'") => self.ansi_c_quoted(&mut word),
                // Text in another language is text.
                '$' if self.peek() == Some('"') => {}
                _ => {
                    may_be_several |= matches!(next, '$' | '`');
                    self.plain(next, false, &mut word);
                }
            }
        }
        (word, may_be_several)
    }

    fn double_quoted(&mut self, word: &mut String) {
        loop {
            match self.next() {
                None => {
                    self.is_unclosed = true;
                    return;
                }
                Some('"') => return,
                Some('\\') => match self.peek() {
                    Some(next @ ('$' | '`' | '"' | '\\')) => {
                        self.at += 1;
                        word.push(next);
                    }
                    Some('\n') => self.at += 1,
                    _ => word.push('\\'),
                },
                Some(next) => self.plain(next, true, word),
            }
        }
    }

    fn ansi_c_quoted(&mut self, word: &mut String) {
        let (text, length) = ansi_c(&self.text[self.at..]);
        word.push_str(&text);
        self.is_unclosed |= length.is_none();
        self.at = length.map_or(self.text.len(), |length| self.at + length);
    }

    /// A character, or what begins with it and the shell replaces.
    fn plain(&mut self, next: char, is_quoted: bool, word: &mut String) {
        match next {
            '$' if self.arithmetic() || self.old_arithmetic() => word.push_str(SUBSTITUTION),
            '$' if self.eat("(") => {
                self.within(|reader| reader.commands(Some(')')));
                word.push_str(SUBSTITUTION);
            }
            '$' if self.eat("{") => {
                word.push_str("${");
                self.within(|reader| reader.braces(is_quoted, word));
                word.push('}');
            }
            '`' => {
                self.backticks();
                word.push_str(SUBSTITUTION);
            }
            _ => word.push(next),
        }
    }

    /// What is between `${` and `}`, without quotation marks.
    fn braces(&mut self, is_quoted: bool, word: &mut String) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_@*".contains(c);
        let behind_name = self.text[self.at..].trim_start_matches(is_name);
        // Within double quotes, a single one is a character unless a pattern is there.
        let has_quotes = !is_quoted || behind_name.starts_with(['%', '#', '/']);
        loop {
            match self.next() {
                None => {
                    self.is_unclosed = true;
                    return;
                }
                Some('}') => return,
                Some('\'') if has_quotes => word.push_str(self.until('\'')),
                Some('\'') => {}
                Some('"') => self.within(|reader| reader.double_quoted(word)),
                Some('\\') => word.extend(self.next()),
                Some(next) => self.plain(next, is_quoted, word),
            }
        }
    }

    /// A script within backticks, where a backslash takes the meaning from another one and from a backtick.
    fn backticks(&mut self) {
        let (start, mut script) = (self.at, String::new());
        loop {
            match self.next() {
                None => {
                    self.is_unclosed = true;
                    return;
                }
                Some('`') => break,
                Some('\\') if matches!(self.peek(), Some('`' | '\\' | '$')) => {
                    script.extend(self.next());
                }
                Some(next) => script.push(next),
            }
        }
        if self.depth < DEEPEST {
            let inner = read_within(&script, self.depth + 1);
            self.is_unclosed |= inner.unclosed.is_some();
            self.script.append(inner, start);
        } else {
            self.is_unclosed = true;
        }
    }
}
