//! Recognising write-only values without keeping them.
//!
//! The hash is Argon2id over all values together, with a salt for each object: who reads the state must guess all
//! of them at once. A guess costs 2 MiB of memory and half a millisecond, since a plan of a thousand tenants pays the
//! same for each: long random values are safe from it, a short password alone is not.

use std::cell::RefCell;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 2048;
/// Passes over that memory.
const PASSES: u32 = 1;
/// Bytes of the hash.
const HASH: usize = 32;

thread_local! {
    /// Each thread's working memory. Allocated anew for each of a thousand tenants, it would leave the heap in pieces
    /// of a megabyte that nothing else fits into.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// What makes the fingerprints of two objects differ.
pub(super) type Salt = [u8; 16];

/// Secrets with their paths, in the schema's order.
pub(super) type Secrets = Vec<(String, SecretString)>;

/// A salted hash of write-only values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    salt: String,
    hash: String,
}

impl Fingerprint {
    /// The fingerprint of these values; none where there are no values.
    pub(super) fn of(secrets: &Secrets, salt: Salt) -> Option<Self> {
        if secrets.is_empty() {
            return None;
        }
        Some(Self {
            hash: hash(secrets, &salt)?,
            salt: BASE64.encode(salt),
        })
    }

    /// The salt, unless it was damaged.
    pub(super) fn salt(&self) -> Option<Salt> {
        BASE64.decode(&self.salt).ok()?.try_into().ok()
    }
}

fn hash(secrets: &Secrets, salt: &[u8]) -> Option<String> {
    let mut input = Vec::new();
    for (path, value) in secrets {
        // Lengths keep two lists apart that would read alike one after the other.
        for part in [path.as_str(), value.expose_secret()] {
            input.extend(part.len().to_le_bytes());
            input.extend(part.as_bytes());
        }
    }
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(HASH)).ok()?;
    let mut hash = [0; HASH];
    let done = MEMORY.with_borrow_mut(|memory| {
        memory.resize(params.block_count(), Block::default());
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
            &input,
            salt,
            &mut hash,
            memory.as_mut_slice(),
        )
    });
    input.zeroize();
    done.ok().map(|()| BASE64.encode(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: Salt = [1; 16];

    fn secrets(values: &[(&str, &str)]) -> Secrets {
        values
            .iter()
            .map(|(path, value)| ((*path).to_owned(), SecretString::from(*value)))
            .collect()
    }

    #[test]
    fn is_the_same_for_the_same_values_and_no_others() {
        let known = secrets(&[("api_key_wo", "canary"), ("gws.token_wo", "bird")]);
        let fingerprint = Fingerprint::of(&known, SALT);
        assert_eq!(Fingerprint::of(&known, SALT), fingerprint);
        for other in [
            secrets(&[("api_key_wo", "canary"), ("gws.token_wo", "birds")]),
            secrets(&[("api_key_wo", "canary")]),
            secrets(&[("api_key_wo", "bird"), ("gws.token_wo", "canary")]),
            secrets(&[]),
        ] {
            assert_ne!(Fingerprint::of(&other, SALT), fingerprint);
        }
    }

    #[test]
    fn is_another_with_another_salt_and_shows_nothing() {
        let values = secrets(&[("api_key_wo", "canary")]);
        let one = Fingerprint::of(&values, SALT).unwrap();
        let two = Fingerprint::of(&values, [2; 16]).unwrap();
        assert_ne!(one.hash, two.hash);
        assert_eq!(one.salt(), Some(SALT));
        assert!(!serde_json::to_string(&one).unwrap().contains("canary"));
    }

    #[test]
    fn there_is_none_of_nothing() {
        assert_eq!(Fingerprint::of(&secrets(&[]), SALT), None);
    }
}
