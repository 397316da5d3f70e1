//! What `provider "iwd"` and its resources do.

pub mod config;
pub mod diagnostics;
