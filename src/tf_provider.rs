//! A Terraform provider SDK on tonic.
//!
//! | module | its one job |
//! |---|---|
//! | [`provider`], [`resource`], [`ephemeral_resource`] | what an author writes |
//! | [`schema`], [`value`], [`value_type`], [`number`], [`path`], [`diagnostic`], [`duration`] | Terraform's vocabulary |
//! | [`config_check`], [`plan`], [`state`] | what the schema alone decides |
//! | [`msgpack`], [`json`] | values as bytes |
//! | [`tfplugin5`] | the gRPC edge: decode, call, encode |
//! | [`go_plugin`] | how Terraform starts, authenticates and stops the process |

pub mod config_check;
pub mod diagnostic;
pub mod duration;
pub mod ephemeral_resource;
pub mod go_plugin;
pub mod invalid_value;
pub mod json;
pub mod msgpack;
pub mod number;
pub mod path;
pub mod plan;
pub mod provider;
pub mod resource;
pub mod schema;
pub mod state;
pub mod tfplugin5;
pub mod value;
pub mod value_type;
