//! The release that `make dist` wrote: what is in it, that it is reproducible, and that it runs where nothing else is.
//!
//! `make test-dist` makes it first. `DIST` names another folder than `dist`.

mod harness;

mod dist {
    mod archives;
    mod empty_root;
    mod https;
    mod keyring;
    mod registries;
    mod registry;
    mod release;
    mod reproducible;
    mod signature;
    mod signed;
    mod site;
}
