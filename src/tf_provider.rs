//! A Terraform provider SDK on tonic.

pub mod diagnostic;
pub mod duration;
pub mod go_plugin;
pub mod number;
pub mod path;
pub mod value;
pub mod value_type;
