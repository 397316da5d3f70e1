//! What is said of a key that is refused or missing.

use super::*;

#[test]
fn a_refused_key_says_where_it_was_found() {
    let block = Argument::in_block;
    let env = Argument::in_environment;
    for (source, found) in [
        (
            KeySource::TenantApiKeys(block("tenant_api_keys")),
            "the entry for this ccid in `tenant_api_keys` of the provider block. Check it",
        ),
        (
            KeySource::TenantApiKeys(env("tenant_api_keys")),
            "the entry for this ccid in the environment variable IWD_TENANT_API_KEYS.",
        ),
        (
            KeySource::ApiKey(block("api_key")),
            "`api_key` of the provider block. Check it",
        ),
        (
            KeySource::ApiKey(env("api_key")),
            "the environment variable IWD_API_KEY. Check it",
        ),
        (
            KeySource::Tenant("api_key_wo"),
            "the tenant's own `api_key_wo`. Check it",
        ),
    ] {
        let refused = failed(Operation::Update, Error::Unauthorized(reply(403, "no")));
        let told = failure(&refused, source);
        let found_there = format!("The key in the x-api-key header was {found}");
        assert!(told.detail.contains(&found_there), "{}", told.detail);
        let page = failed(Operation::Update, Error::Page(reply(403, "<html>")));
        assert!(!failure(&page, source).detail.contains("x-api-key"));
        let invalid = failed(Operation::Update, Error::InvalidKey);
        let told = failure(&invalid, source);
        let found_there = format!("The key is {}", found.trim_end_matches(" Check it"));
        assert!(told.detail.contains(&found_there), "{}", told.detail);
    }
}

#[test]
fn a_missing_key_says_what_to_set() {
    let ccid = "9350e2fc".parse().unwrap();
    let told = no_key(Operation::Delete, &ccid);
    assert_eq!(told.summary, "Error deleting tenant: no API key");
    for part in [
        "9350e2fc",
        "`tenant_api_keys`",
        "`api_key`",
        "IWD_API_KEY",
        "`api_key_wo`",
    ] {
        assert!(told.detail.contains(part), "{}", told.detail);
    }
    assert!(
        no_key(Operation::Create, &ccid)
            .detail
            .contains("serves too")
    );
    let told = unknown_key(Operation::Create, &ccid);
    assert!(
        told.detail
            .contains("depends on something that is not applied yet")
    );
}
