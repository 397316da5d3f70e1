//! Tests with the real terraform binary.

mod api_key;
mod convert;
mod debugging;
mod destroy;
mod examples;
mod failures;
mod harness;
mod import;
mod installation;
mod life_cycle;
mod moved;
mod one_owner;
mod provider_settings;
mod reprovisioning;
mod secrets;
mod stopping;
mod the_harness;
mod validation;
mod write_only;
