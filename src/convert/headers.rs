//! The headers of requests, which a provider block has once.

use std::collections::BTreeMap;
use std::collections::btree_map::{Entry, IntoValues};

use secrecy::{ExposeSecret, SecretString};

/// Headers by name; letter case doesn't tell two apart.
#[derive(Default, Debug)]
pub(super) struct Headers(BTreeMap<String, (String, SecretString)>);

impl Headers {
    /// Takes a header in; the name of the one that is there already with another value and stays.
    pub(super) fn take(&mut self, name: String, value: SecretString) -> Option<&str> {
        match self.0.entry(name.to_ascii_lowercase()) {
            Entry::Vacant(place) => {
                place.insert((name, value));
                None
            }
            Entry::Occupied(known) => {
                let (first, known) = known.into_mut();
                (known.expose_secret() != value.expose_secret()).then_some(first)
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The names in lower case.
    pub(super) fn folded_names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The names as they were first written.
    pub(super) fn names(self) -> impl Iterator<Item = String> {
        self.into_iter().map(|(name, _)| name)
    }
}

impl IntoIterator for Headers {
    type Item = (String, SecretString);
    type IntoIter = IntoValues<String, (String, SecretString)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_values()
    }
}
