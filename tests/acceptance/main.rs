//! Tests with the real terraform binary.

mod destroy;
mod examples;
mod failures;
mod harness;
mod import;
mod installation;
mod life_cycle;
mod moved;
mod stopping;
mod the_harness;
mod write_only;
