//! The provider called by hand, with the harness of the integration tests.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each program uses its own part of the harness"
)]

#[path = "../../integration/harness/api.rs"]
pub(crate) mod api;
#[path = "../../integration/harness/client.rs"]
pub(crate) mod client;
#[path = "../../integration/harness/generated.rs"]
pub(crate) mod generated;
#[path = "../../integration/harness/host.rs"]
pub(crate) mod host;
#[path = "../../integration/harness/reply.rs"]
pub(crate) mod reply;
#[path = "../../integration/harness/tenant.rs"]
pub(crate) mod tenant;
#[path = "../../integration/harness/values.rs"]
pub(crate) mod values;
