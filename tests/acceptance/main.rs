//! Tests with the real terraform binary.

mod api_key;
mod convert;
mod debugging;
/// The parts of `make demo`, with their tests; the program itself is `demo.rs`.
mod demo {
    mod holdings;
    mod left_running;
    mod terraform_output;
    mod tests;
}
mod destroy;
mod examples;
mod failures;
mod getting_started;
mod harness;
mod import;
mod installation;
mod life_cycle;
mod many_tenants;
mod moved;
mod one_owner;
mod provider_settings;
mod reprovisioning;
mod simulator_guide;
mod stopping;
mod the_harness;
mod troubleshooting_guide;
mod validation;
mod write_only;
