//! Tests with the real terraform binary.

mod harness;
mod the_harness;
