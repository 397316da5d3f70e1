//! Tests with the real terraform binary.

mod harness;
mod installation;
mod life_cycle;
mod the_harness;
mod write_only;
