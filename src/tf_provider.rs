//! A Terraform provider SDK on tonic.

pub mod go_plugin;
