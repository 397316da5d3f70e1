//! Tests with the real terraform binary.

mod destroy;
mod harness;
mod import;
mod installation;
mod life_cycle;
mod moved;
mod the_harness;
mod write_only;
