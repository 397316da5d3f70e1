//! Fast tests on loopback, without Terraform.

mod simulator;
