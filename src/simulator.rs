//! The IWD provisioning API for trying things out and for tests.
