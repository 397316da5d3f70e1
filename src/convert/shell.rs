//! The commands of a script, split into words as a shell splits it; nothing is run and no variable replaced.

mod escape;
mod passed_over;
mod word;

use std::mem;

use self::passed_over::is_array;

/// What stands in a word where the shell puts what a command prints.
pub(super) const SUBSTITUTION: &str = "$(…)";

/// How deep commands may stand in each other.
const DEEPEST: usize = 50;

/// What a text is as a script.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// The commands, those within `$(…)` and backticks too.
    pub(super) commands: Vec<Command>,
    /// The here-documents, by the numbers that the commands have.
    pub(super) here_documents: Vec<Passage>,
    /// What is neither command nor comment: arithmetic, the patterns of `case`, and arrays.
    pub(super) passed_over: Vec<Passage>,
    /// Where the command begins whose quotation mark, bracket or here-document has no end.
    pub(super) unclosed: Option<usize>,
}

/// A part of a script.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// Where it begins.
    pub(super) at: usize,
    pub(super) text: String,
}

/// A simple command: its words without quotation marks and redirections.
#[derive(Debug, Default)]
pub(super) struct Command {
    /// Where it begins.
    pub(super) at: usize,
    pub(super) words: Vec<String>,
    /// Where its redirections lead.
    pub(super) targets: Vec<String>,
    /// Whether another command reads what it prints.
    pub(super) is_piped: bool,
    /// Whether it stands in `$(…)`, backticks or `<(…)`.
    pub(super) is_substituted: bool,
    /// Whether the shell may make several words of one.
    pub(super) may_have_more_words: bool,
    /// The numbers of its here-documents.
    pub(super) here_documents: Vec<usize>,
}

/// Splits a script.
pub(super) fn read(text: &str) -> Script {
    read_within(text, 0)
}

fn read_within(text: &str, depth: usize) -> Script {
    let mut reader = Reader {
        text,
        at: 0,
        start: 0,
        depth,
        is_unclosed: false,
        awaited: Vec::new(),
        script: Script::default(),
    };
    reader.commands(None);
    let mut script = reader.script;
    script.unclosed = reader.is_unclosed.then_some(reader.start);
    script
}

/// A here-document whose lines come after the line with its mark.
struct HereDocument {
    number: usize,
    mark: String,
    is_indented: bool,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where the command begins that stands in no other one.
    start: usize,
    depth: usize,
    is_unclosed: bool,
    awaited: Vec<HereDocument>,
    script: Script,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, expected: &str) -> bool {
        let is_there = self.text[self.at..].starts_with(expected);
        if is_there {
            self.at += expected.len();
        }
        is_there
    }

    /// What comes before that character, which is passed over too.
    fn until(&mut self, end: char) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.find(end);
        self.is_unclosed |= length.is_none();
        let length = length.unwrap_or(rest.len());
        self.at = (self.at + length + end.len_utf8()).min(self.text.len());
        &rest[..length]
    }

    /// Commands up to the bracket that closes them, or to the end of the text.
    fn commands(&mut self, end: Option<char>) {
        let is_outermost = end.is_none();
        let mut command = Command::default();
        let (mut brackets, mut cases) = (0_usize, 0_usize);
        loop {
            while self.eat(" ") || self.eat("\t") || self.eat("\\\n") {}
            if is_outermost && command.words.is_empty() && !self.is_unclosed {
                self.start = self.at;
            }
            let Some(next) = self.peek() else {
                self.is_unclosed |= !is_outermost;
                break;
            };
            if Some(next) == end && brackets == 0 {
                self.at += next.len_utf8();
                break;
            }
            match next {
                '#' => {
                    let rest = &self.text[self.at..];
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                '<' | '>' => self.redirection(&mut command),
                '&' if self.text[self.at..].starts_with("&>") => {
                    self.at += 1;
                    self.redirection(&mut command);
                }
                '(' if self.arithmetic() => {}
                ';' if cases > 0 && (self.eat(";;") || self.eat(";&")) => {
                    self.eat("&");
                    self.script.take(mem::take(&mut command));
                    self.pattern();
                }
                '\n' | ';' | '&' | '|' | '(' | ')' => {
                    self.at += 1;
                    command.is_piped = next == '|' && self.peek() != Some('|');
                    self.script.take(mem::take(&mut command));
                    match next {
                        '(' => brackets += 1,
                        ')' => brackets = brackets.saturating_sub(1),
                        '\n' => self.here_documents(),
                        _ => {}
                    }
                }
                _ => {
                    if command.words.is_empty() {
                        command.at = self.at;
                        command.is_substituted = !is_outermost;
                    }
                    let (word, may_be_several) = self.word_or_words();
                    let is_list = ["$@", "${@", "[@]"].iter().any(|list| word.contains(list));
                    command.may_have_more_words |= may_be_several || is_list;
                    let is_number =
                        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
                    // It is a file descriptor.
                    if !(is_number && matches!(self.peek(), Some('<' | '>'))) {
                        let is_array = is_array(&word) && self.peek() == Some('(');
                        command.words.push(word);
                        if is_array {
                            self.array();
                        }
                    }
                    match &command.words[..] {
                        [.., case, _, word] if case == "case" && word == "in" => {
                            self.script.take(mem::take(&mut command));
                            cases += 1;
                            self.pattern();
                        }
                        [word] if word == "esac" => cases = cases.saturating_sub(1),
                        _ => {}
                    }
                }
            }
        }
        self.is_unclosed |= is_outermost && !self.awaited.is_empty();
        self.script.take(command);
    }

    /// A redirection and where it leads.
    fn redirection(&mut self, command: &mut Command) {
        if self.eat("<(") || self.eat(">(") {
            self.within(|reader| reader.commands(Some(')')));
            command.words.push(SUBSTITUTION.to_owned());
            return;
        }
        let operators = ["<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];
        let operator = operators.into_iter().find(|operator| self.eat(operator));
        while self.eat(" ") || self.eat("\t") || self.eat("\\\n") {}
        let target = self.word();
        if let Some("<<" | "<<-") = operator {
            let number = self.script.here_documents.len();
            self.script.here_documents.push(Passage::default());
            command.here_documents.push(number);
            self.awaited.push(HereDocument {
                number,
                mark: target,
                is_indented: operator == Some("<<-"),
            });
        } else {
            command.targets.push(target);
        }
    }

    /// The here-documents that the line before asked for.
    fn here_documents(&mut self) {
        for HereDocument {
            number,
            mark,
            is_indented,
        } in mem::take(&mut self.awaited)
        {
            self.script.here_documents[number].at = self.at;
            loop {
                if self.at == self.text.len() {
                    self.is_unclosed = true;
                    break;
                }
                let rest = &self.text[self.at..];
                let line = rest.split_inclusive('\n').next().unwrap_or(rest);
                self.at += line.len();
                let line = if is_indented {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                if line.trim_end_matches('\n') == mark {
                    break;
                }
                self.script.here_documents[number].text.push_str(line);
            }
        }
    }

    /// Reads on a level deeper; what is too deep counts as unclosed.
    fn within(&mut self, read: impl FnOnce(&mut Self)) {
        if self.depth == DEEPEST {
            self.is_unclosed = true;
            self.at = self.text.len();
            return;
        }
        self.depth += 1;
        read(self);
        self.depth -= 1;
    }
}

impl Script {
    fn take(&mut self, command: Command) {
        if !command.words.is_empty() {
            self.commands.push(command);
        }
    }

    /// Takes in what stands in backticks there.
    fn append(&mut self, other: Self, at: usize) {
        let offset = self.here_documents.len();
        let moved = |passage| Passage { at, ..passage };
        self.here_documents
            .extend(other.here_documents.into_iter().map(moved));
        self.passed_over
            .extend(other.passed_over.into_iter().map(moved));
        self.commands
            .extend(other.commands.into_iter().map(|mut command| {
                command.at = at;
                command.is_substituted = true;
                command
                    .here_documents
                    .iter_mut()
                    .for_each(|number| *number += offset);
                command
            }));
    }
}

#[cfg(test)]
mod tests;
