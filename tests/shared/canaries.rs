//! Canaries: secrets that tests put into one place each, and the search for them in whatever comes to light.
//!
//! | module | its one job |
//! |---|---|
//! | `encodings` | the ways in which a server may write what it got |
//! | `readings` | the way back: all texts that bytes may stand for |
//! | `settings` | settings of the provider with a canary for each secret |

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses its own part of it"
)]

pub mod encodings;
mod readings;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use aho_corasick::AhoCorasick;
use terraform_provider_iwd::provider::IwdProvider;
use terraform_provider_iwd::tf_provider::provider::Provider;
use terraform_provider_iwd::tf_provider::schema::{Block, Schema};

/// What stands in the middle of a canary: characters that encodings are about.
const AWKWARD: &str = " \u{e4}&\"\\%+/<'";
/// A secret that is masked but for so many characters in a row isn't masked.
const PIECE: usize = 8;
/// The same where the characters are hexadecimal digits, which come about by chance too.
const HEXADECIMAL_PIECE: usize = 12;
/// How much of what surrounds a find is told, in bytes.
const AROUND: usize = 60;

/// The secret for a place, such as `iwd_tenant.iwd.db.password`: two words around awkward characters.
pub fn canary(place: &str) -> String {
    let [first, last] = [0, 1].map(|half| word(&format!("{place} {half}")));
    format!("{first}{AWKWARD}{last}")
}

/// The secret for a place that takes letters alone.
pub fn word(place: &str) -> String {
    const LETTERS: u64 = 20;
    let mut hasher = DefaultHasher::new();
    place.hash(&mut hasher);
    let mut number = hasher.finish();
    let letter = |_| {
        let letter = char::from(b'g' + u8::try_from(number % LETTERS).expect("a small number"));
        number /= LETTERS;
        letter
    };
    // Neither an escape sequence nor a hash nor a UUID has these letters.
    (0..14).map(letter).collect()
}

/// An attribute of a schema that holds a secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its path, such as `iwd.db.password_wo`.
    pub path: String,
    /// Whether it is never stored.
    pub is_write_only: bool,
}

/// Every schema with a secret: that of the provider block as `provider`, those of resources, ephemeral resources and actions.
pub fn schemas_with_secrets() -> BTreeMap<String, Schema> {
    let provider = IwdProvider::new(|_| None);
    let mut schemas = BTreeMap::from([("provider".to_owned(), provider.schema())]);
    let resources = provider.resources().into_iter();
    schemas.extend(resources.map(|it| (it.type_name().to_owned(), it.schema())));
    let ephemeral = provider.ephemeral_resources().into_iter();
    schemas.extend(ephemeral.map(|it| (format!("ephemeral {}", it.type_name()), it.schema())));
    let actions = provider.actions().into_iter();
    schemas.extend(actions.map(|it| (it.type_name().to_owned(), it.schema())));
    schemas.retain(|_, schema| !secrets_in(schema).is_empty());
    schemas
}

/// The schema of that name.
pub fn schema(name: &str) -> Schema {
    schemas_with_secrets()
        .remove(name)
        .expect("one with a secret")
}

/// The secrets in the schema of that name.
pub fn secrets_of(name: &str) -> Vec<Secret> {
    secrets_in(&schema(name))
}

fn secrets_in(schema: &Schema) -> Vec<Secret> {
    let mut secrets = Vec::new();
    collect(&schema.block, "", &mut secrets);
    secrets
}

fn collect(block: &Block, prefix: &str, secrets: &mut Vec<Secret>) {
    let of_block = block.attributes.iter().filter(|it| it.sensitive);
    secrets.extend(of_block.map(|attribute| Secret {
        path: format!("{prefix}{}", attribute.name),
        is_write_only: attribute.write_only,
    }));
    for nested in &block.blocks {
        collect(&nested.block, &format!("{prefix}{}.", nested.name), secrets);
    }
}

/// A search for canaries, whole or in pieces and however they are encoded.
pub struct Search {
    pieces: AhoCorasick,
    /// The place of the canary that each piece is of.
    places: Vec<String>,
}

impl Search {
    /// Looks for these secrets, each with its place.
    pub fn over(secrets: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut pieces, mut places) = (Vec::new(), Vec::new());
        for (place, secret) in secrets {
            let of_secret = pieces_of(&secret);
            assert!(!of_secret.is_empty(), "{place} has no canary");
            places.resize(places.len() + of_secret.len(), place);
            pieces.extend(of_secret);
        }
        let pieces = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(pieces)
            .expect("they fit into an automaton");
        Self { pieces, places }
    }

    /// The places whose canaries came to light, each with what surrounds it.
    pub fn find(&self, bytes: &[u8]) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        readings::each(bytes, &mut |text| {
            for piece in self.pieces.find_overlapping_iter(text) {
                let place = &self.places[piece.pattern()];
                if !found.contains_key(place) {
                    let begin = text.floor_char_boundary(piece.start().saturating_sub(AROUND));
                    let end = text.ceil_char_boundary(piece.end() + AROUND);
                    found.insert(place.clone(), text[begin..end].to_owned());
                }
            }
        });
        found
    }

    /// The places whose canaries came to light.
    pub fn places_in(&self, bytes: &[u8]) -> BTreeSet<String> {
        self.find(bytes).into_keys().collect()
    }
}

/// All parts of a secret that are as long as a piece.
fn pieces_of(secret: &str) -> Vec<String> {
    let runs = secret.split(|c: char| !c.is_ascii_alphanumeric());
    runs.flat_map(|run| {
        let is_hexadecimal = run.bytes().all(|byte| byte.is_ascii_hexdigit());
        let length = if is_hexadecimal {
            HEXADECIMAL_PIECE
        } else {
            PIECE
        };
        let windows = run.as_bytes().windows(length);
        windows.map(|piece| String::from_utf8_lossy(piece).into_owned())
    })
    .collect()
}
