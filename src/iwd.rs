//! The client of the IWD provisioning API.
