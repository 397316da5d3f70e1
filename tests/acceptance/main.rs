//! Tests with the real terraform binary.

mod examples;
mod harness;
mod installation;
mod life_cycle;
mod the_harness;
