//! The client of the IWD provisioning API; it has none of Terraform's values, schemas and diagnostics.
//!
//! | module | its one job |
//! |---|---|
//! | [`client`] | sends, waits, tries again: the only one that does I/O |
//! | [`model`] | what is provisioned, as meant |
//! | [`body`] | the JSON of it, as the API documents it |
//! | [`request`] | method, URL and headers of each call |
//! | [`answer`] | what an answer means |
//! | [`retry`] | whether and when to try again |
//! | [`error`] | what can go wrong, as decisions |
//! | [`proxy`] | whether requests go through a proxy, and through which |
//! | `parameter` | the API's parameters, by the names its errors use |
//! | [`mask`] | keeps secrets out of text that a server supplies |
//! | [`tls`] | certificates, keys and whom to trust |

pub mod answer;
pub mod body;
pub mod client;
pub mod error;
pub mod mask;
pub mod model;
mod parameter;
pub mod proxy;
pub mod request;
pub mod retry;
pub mod tls;
