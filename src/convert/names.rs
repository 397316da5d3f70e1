//! Names of which no two are the same.

use std::collections::{HashMap, HashSet};

/// The names that are taken.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The number that the next one of each name gets.
    next: HashMap<String, u32>,
}

impl Names {
    /// The name, or where it is taken, the first numbered one that isn't.
    pub(super) fn unique(&mut self, name: &str) -> String {
        if self.taken.insert(name.to_owned()) {
            return name.to_owned();
        }
        let next = self.next.entry(name.to_owned()).or_insert(2);
        loop {
            let numbered = format!("{name}_{next}");
            *next += 1;
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut names = Names::default();
        for (name, unique) in [
            ("a", "a"),
            ("a_2", "a_2"),
            ("a", "a_3"),
            ("a", "a_4"),
            ("a_2", "a_2_2"),
        ] {
            assert_eq!(names.unique(name), unique);
        }
    }

    /// To try all numbers for each name would take hours.
    #[test]
    fn no_number_is_tried_twice() {
        let mut names = Names::default();
        let last = (0..200_000).map(|_| names.unique("a")).last();
        assert_eq!(last.as_deref(), Some("a_200000"));
    }
}
