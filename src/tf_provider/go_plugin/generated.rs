//! Code generated from `proto/go_plugin.proto`.
#![allow(
    clippy::all,
    clippy::pedantic,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    elided_lifetimes_in_paths,
    reason = "generated"
)]

include!(concat!(env!("OUT_DIR"), "/server/plugin.rs"));
