//! `iwd_api_key`: a key that the provider makes, stored as a resource or fresh on every run.
//!
//! It talks to nobody. Keys in Digital Channels are version 4 UUIDs in lower case, chosen by the caller.

mod ephemeral;
mod resource;

pub(super) use self::ephemeral::EphemeralApiKey;
pub(super) use self::resource::ApiKeyResource;

/// The name of both in the configuration.
const TYPE_NAME: &str = "iwd_api_key";
