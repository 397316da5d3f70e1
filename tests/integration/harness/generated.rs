//! Clients of the protocol, made by `build.rs` from the same files as the servers.
#![allow(
    dead_code,
    clippy::all,
    clippy::pedantic,
    clippy::use_self,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    reason = "generated"
)]

/// The provider's protocol.
pub(crate) mod tfplugin5 {
    include!(concat!(env!("OUT_DIR"), "/client/tfplugin5.rs"));
}

/// What starts and stops a plugin.
pub(crate) mod plugin {
    include!(concat!(env!("OUT_DIR"), "/client/plugin.rs"));
}
