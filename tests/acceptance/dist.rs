//! The release that `make dist` wrote: what is in it, that it is reproducible, and that it runs where nothing else is.
//!
//! `make test-dist` makes it first. `DIST` names another folder than `dist`.

#![expect(
    clippy::unwrap_used,
    reason = "what a test can't go on without should stop it"
)]

mod harness;

mod dist {
    mod archives;
    mod empty_root;
    mod hcp_terraform;
    mod https;
    mod keyring;
    mod private_registry;
    mod registries;
    mod registry;
    mod release;
    mod reproducible;
    mod signature;
    mod signed;
    mod site;
}
