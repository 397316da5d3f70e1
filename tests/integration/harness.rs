//! The provider as a host sees it: the real process, started as Terraform starts it, and every call by hand.

pub(crate) mod actions;
pub(crate) mod api;
pub(crate) mod client;
pub(crate) mod conformance;
pub(crate) mod debugged;
pub(crate) mod generated;
pub(crate) mod host;
pub(crate) mod in_process;
pub(crate) mod random;
pub(crate) mod reply;
pub(crate) mod tenant;
pub(crate) mod time;
pub(crate) mod values;
