//! Code that `build.rs` makes of `proto/tfplugin5.proto`.
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

include!(concat!(env!("OUT_DIR"), "/server/tfplugin5.rs"));
