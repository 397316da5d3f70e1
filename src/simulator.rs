//! The IWD provisioning API for trying things out and for tests.
//!
//! It demands what the documentation ("Provision IWD") demands, keeps what the documentation says
//! IWD creates, and can be told to fail. Where the documentation is silent it decides for itself;
//! each file says what in it is the simulator's own, and `iwd-simulator --help` lists it. It shares
//! no code with the client, so that an error in one is seen by the other.
//!
//! | file | its one job |
//! |---|---|
//! | `router` | every path, and what a request passes through |
//! | `shared` | what all requests share |
//! | `provisioning` | `POST`, `PUT`, `DELETE` under `/iwd/v3/provisioning` |
//! | `rules` | what a request must hold |
//! | `refusal` | why a request is refused, and the answer |
//! | `records` | what IWD creates for a tenant |
//! | `store` | the database file |
//! | `tenant_database` | logging in to a tenant's database |
//! | `cross_site` | refusing what another site has a browser do |
//! | `inspection` | everything under `/_simulator` that answers JSON |
//! | `page` | the page for people |
//! | `requests` | the requests received |
//! | `faults` | answers other than the real one, and which requests meet them |
//! | `connection` | accepting connections, and ending them early |
//! | `log` | a line for each request |
//! | `mask` | hiding secrets from people |
//! | `options` | settings and the command line |
//! | `start` | what has to succeed before the first request |
//! | `seed` | the tenants to start with |

mod connection;
mod cross_site;
mod faults;
mod inspection;
mod log;
mod mask;
pub mod options;
mod page;
mod provisioning;
mod records;
mod refusal;
mod requests;
mod router;
mod rules;
mod seed;
mod shared;
mod start;
mod store;
mod tenant_database;

use std::net::Ipv6Addr;

use tokio::net::TcpListener;

pub use options::Options;
pub use start::{StartError, start};
pub use store::{Store, StoreError};

/// Serves the simulated API on `listener` until `shutdown` ends; answers under way then have one second.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    options: Options,
    shutdown: impl Future<Output = ()>,
) {
    let simulator = shared::Simulator::new(store, options);
    // A socket without an address is reachable by nobody.
    let listening = listener
        .local_addr()
        .map_or_else(|_| Ipv6Addr::LOCALHOST.into(), |address| address.ip());
    let router = router::router(simulator, cross_site::Sites::of(listening));
    connection::serve(listener, router, shutdown).await;
}
