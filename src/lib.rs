//! The Terraform provider for Genesys Intelligent Workload Distribution (IWD).
//!
//! | module | its one job |
//! |---|---|
//! | [`tf_provider`] | the runtime: a Terraform provider SDK on tonic; knows nothing of IWD |
//! | [`provider`] | what `provider "iwd"` and its resources do |
//! | [`iwd`] | the client of the IWD provisioning API; has none of Terraform's values, schemas and diagnostics |
//! | [`convert`] | the command that makes a configuration of the requests that provisioned tenants until now |
//! | [`doctor`] | the command that looks at the way to IWD |
//! | [`command`] | what a command for people came to |
//! | [`clock`] | the one place that the time of day comes from, but for the log's lines |
//! | [`random`] | the one place that random numbers come from |
//! | [`registry_docs`] | the documentation in the Terraform Registry's layout, made of the schema and the examples |
//! | `simulator` | the IWD provisioning API for trying things out and for tests (feature `simulator`) |

pub mod clock;
pub mod command;
pub mod convert;
pub mod doctor;
pub mod iwd;
pub mod provider;
pub mod random;
pub mod registry_docs;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod tf_provider;
