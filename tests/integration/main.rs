//! Fast tests on loopback, without Terraform.
