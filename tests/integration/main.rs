//! Fast tests on loopback, without Terraform.

mod iwd_client;
mod simulator;
