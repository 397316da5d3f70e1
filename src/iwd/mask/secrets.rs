//! Finds known secrets in a text, all of them at once and however they are encoded.

use std::collections::BTreeSet;
use std::fmt;
use std::mem;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::nfa::contiguous::NFA;
use secrecy::{ExposeSecret, SecretString};

use super::budget::{Budget, TooMuch};
use super::encodings::is_introducer;
use super::lattice::Lattice;
use super::{WINDOW, is_unprintable};

/// Shorter secrets would mask half of every text, and hardly are any.
const SHORTEST: usize = 6;

/// More of a secret is not looked for, in bytes: an automaton takes 50 times that. Written with eight bytes for each, as in
/// `&#x0041;`, it still fits behind all that is shown of a text.
const LONGEST: usize = WINDOW / 2 / 8;

/// Secrets, and an automaton that reads all of them at once: what a search costs doesn't grow with their number.
///
/// Letter case does not count, since servers change it: that of a host's name, for one.
pub(super) struct Secrets {
    secrets: Vec<SecretString>,
    /// Made for the first text that is searched: most calls succeed and show none.
    automaton: OnceLock<Option<NFA>>,
}

/// A beginning of secrets that was read, and where it ended.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Beginning {
    state: StateID,
    length: usize,
    end: usize,
}

impl Secrets {
    /// Leaves out what is too short.
    pub(super) fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        let secrets: BTreeSet<String> = secrets
            .into_iter()
            .map(|secret| comparable(secret.expose_secret()))
            .filter(|secret| secret.chars().count() >= SHORTEST)
            .collect();
        Self {
            secrets: secrets.into_iter().map(SecretString::from).collect(),
            automaton: OnceLock::new(),
        }
    }

    /// An error for more than an automaton can hold.
    fn automaton(&self) -> Result<&NFA, TooMuch> {
        let built = self.automaton.get_or_init(|| {
            let secrets = self.secrets.iter().map(ExposeSecret::expose_secret);
            let mut builder = NFA::builder();
            builder.ascii_case_insensitive(true);
            builder.build(secrets.map(beginning_of)).ok()
        });
        built.as_ref().ok_or(TooMuch)
    }

    /// Where secrets stand in a text, but for those that are among the `visible` values.
    pub(super) fn find(
        &self,
        lattice: &Lattice<'_>,
        visible: &BTreeSet<String>,
        budget: &mut Budget,
    ) -> Result<Vec<Range<usize>>, TooMuch> {
        let mut found = Vec::new();
        if self.secrets.is_empty() {
            return Ok(found);
        }
        let automaton = self.automaton()?;
        let start = (automaton.start_state(Anchored::Yes))
            .expect("an automaton of this kind can begin anywhere");
        let may_begin = |character: char| {
            let mut buffer = [0; 4];
            let first = character.encode_utf8(&mut buffer).as_bytes()[0];
            let state = automaton.next_state(Anchored::Yes, start, first);
            !automaton.is_dead(state) || is_introducer(character)
        };
        let (mut read, mut next) = (Vec::new(), Vec::new());
        for (position, character) in lattice.text().char_indices() {
            if !may_begin(character) {
                continue;
            }
            read.push(Beginning {
                state: start,
                length: 0,
                end: position,
            });
            let mut longest = None;
            while !read.is_empty() {
                for beginning in read.drain(..) {
                    for longer in read_on(automaton, beginning, lattice) {
                        budget.spend()?;
                        if longer.length > beginning.length {
                            let end =
                                self.end_of_secret(automaton, longer, visible, lattice.text());
                            longest = longest.max(end);
                        }
                        if !next.contains(&longer) {
                            next.push(longer);
                        }
                    }
                }
                mem::swap(&mut read, &mut next);
            }
            found.extend(longest.map(|end| position..end));
        }
        Ok(found)
    }

    /// Where the secret ends of which this was read. What follows one that is longer than was looked for is taken for the
    /// rest of it. An automaton's state also tells of secrets that end there and began later.
    fn end_of_secret(
        &self,
        automaton: &NFA,
        read: Beginning,
        visible: &BTreeSet<String>,
        text: &str,
    ) -> Option<usize> {
        if !automaton.is_match(read.state) {
            return None;
        }
        (0..automaton.match_len(read.state))
            .map(|index| automaton.match_pattern(read.state, index))
            .filter(|&pattern| automaton.pattern_len(pattern) == read.length)
            .map(|pattern| self.secrets[pattern].expose_secret())
            .filter(|secret| !visible.contains(*secret))
            .map(|secret| {
                if secret.len() > LONGEST {
                    text.len()
                } else {
                    read.end
                }
            })
            .max()
    }
}

/// What one more character, as it stands or as it is encoded, makes of a beginning.
fn read_on<'a>(
    automaton: &'a NFA,
    beginning: Beginning,
    lattice: &'a Lattice<'_>,
) -> impl Iterator<Item = Beginning> + 'a {
    lattice.edges(beginning.end).flat_map(move |edge| {
        let read = |character: char| {
            let mut state = beginning.state;
            let mut buffer = [0; 4];
            let bytes = character.encode_utf8(&mut buffer).as_bytes();
            for &byte in bytes {
                state = automaton.next_state(Anchored::Yes, state, byte);
                if automaton.is_dead(state) {
                    return None;
                }
            }
            Some(Beginning {
                state,
                length: beginning.length + bytes.len(),
                end: edge.end,
            })
        };
        let is_skipped = beginning.length > 0 && is_unprintable(edge.character);
        let skipped = is_skipped.then_some(Beginning {
            end: edge.end,
            ..beginning
        });
        // As forms are encoded.
        let blank = (edge.character == '+').then(|| read(' ')).flatten();
        [read(edge.character), blank, skipped].into_iter().flatten()
    })
}

/// What of a secret is looked for.
fn beginning_of(secret: &str) -> &str {
    &secret[..secret.floor_char_boundary(LONGEST)]
}

/// Shows no secret.
impl fmt::Debug for Secrets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// A text as a server may print it, which may drop the blanks around it and what no one sees.
pub(super) fn comparable(text: &str) -> String {
    text.trim().replace(is_unprintable, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<const N: usize>(secrets: [&str; N], text: &str) -> Vec<String> {
        let secrets = Secrets::new(secrets.map(SecretString::from));
        let mut budget = Budget::of(text.len());
        let lattice = Lattice::of(text, &mut budget).unwrap();
        let spans = secrets.find(&lattice, &BTreeSet::new(), &mut budget);
        let spans = spans.unwrap().into_iter();
        spans.map(|span| text[span].to_owned()).collect()
    }

    #[test]
    fn secrets_that_overlap_are_all_found() {
        let secrets = ["secret", "secret-and", "and-more", "et-and-mo"];
        let text = "a secret-and-more";
        let spans = found(secrets, text);
        assert_eq!(spans, ["secret-and", "et-and-mo", "and-more"]);
    }

    #[test]
    fn a_secret_is_found_in_other_letter_case_and_with_what_no_one_sees() {
        for text in ["HUNTER2-ß", "hun\u{200b}ter2-\u{ad}ß", "hunter2%2Dß"] {
            assert_eq!(found(["Hunter2-ß"], text), [text]);
        }
        assert_eq!(found([" hun\u{200b}ter2\n"], "-hunter2-"), ["hunter2"]);
        assert_eq!(found(["a b c d"], "a+b%2Bc d"), ["a+b%2Bc d"]);
    }

    #[test]
    fn of_a_long_secret_the_beginning_is_found_and_all_that_follows_is_masked() {
        let numbers = (1000..).take(LONGEST / 4);
        let exact: String = numbers.map(|number| number.to_string()).collect();
        assert_eq!(found([&exact], &format!("a {exact} b")), [&*exact]);
        let longer = format!("{exact}ä and more");
        let echo = format!("{longer} b");
        assert_eq!(found([&longer], &format!("a {echo}")), [&*echo]);
        assert_eq!(found([&longer], &exact[..LONGEST - 1]), [""; 0]);
    }

    #[test]
    fn an_escape_sequence_is_masked_to_its_end() {
        assert_eq!(found(["secret%"], "secret%25"), ["secret%25"]);
        assert_eq!(found([r"secret\"], r"secret\\\\"), [r"secret\\\\"]);
    }

    #[test]
    fn the_work_does_not_grow_with_the_number_of_secrets() {
        let key = |number: u32| format!("{:08x}-93bd", number.wrapping_mul(2_654_435_761));
        let text: String = (0..1000).map(|number| key(3 * number) + " ").collect();
        let steps = |count: u32| {
            let secrets = Secrets::new((0..count).map(|number| SecretString::from(key(number))));
            let mut budget = Budget::of(text.len());
            let lattice = Lattice::of(&text, &mut budget).unwrap();
            let before = budget.left();
            let found = secrets.find(&lattice, &BTreeSet::new(), &mut budget);
            assert!(found.unwrap().len() >= 100);
            before - budget.left()
        };
        let (few, many) = (steps(300), steps(30_000));
        assert!(many < 5 * few, "{few} steps for 300, {many} for 30,000");
        assert!(many < 8 * text.len(), "{many} steps");
    }

    #[test]
    fn what_would_take_too_long_is_given_up() {
        let secrets = Secrets::new([SecretString::from("a".repeat(100))]);
        let text = "a".repeat(64 * 1024);
        let mut budget = Budget::of(text.len());
        let lattice = Lattice::of(&text, &mut budget).unwrap();
        let found = secrets.find(&lattice, &BTreeSet::new(), &mut budget);
        assert_eq!(found, Err(TooMuch));
    }
}
