//! What `provider "iwd"` and its resources do.
