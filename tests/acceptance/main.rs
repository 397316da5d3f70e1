//! Tests with the real terraform binary.
