//! Fast tests on loopback, without Terraform.

#![expect(
    clippy::unwrap_used,
    reason = "what a test can't go on without should stop it, in its harness too"
)]

mod architecture;
#[cfg(target_os = "linux")]
mod bounds;
#[path = "../shared/canaries.rs"]
mod canaries;
mod codec;
mod convert;
mod damaged_requests;
mod doctor;
mod documentation;
mod fuzz;
mod harness;
mod iwd_client;
mod plan_warnings;
#[cfg(unix)]
mod process;
mod protocol;
mod provider_settings;
mod proxies;
mod reliability_guide;
#[path = "../shared/repository.rs"]
mod repository;
mod sdk;
mod secrets;
mod simulator;
mod snippets;
mod state;
mod tenant_actions;
mod tenant_agreement;
mod tenant_apply;
mod tenant_plan;
mod tenant_validate;
mod troubleshooting_guide;
mod workflows;
