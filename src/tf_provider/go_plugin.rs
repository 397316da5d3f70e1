//! How Terraform starts, authenticates and stops a plugin process.
pub mod panic;
