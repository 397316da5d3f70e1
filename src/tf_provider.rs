//! This provider's runtime: a Terraform provider SDK on tonic, written so that it could stand alone.
//!
//! It knows nothing of IWD and uses nothing else of this crate. It offers what this provider needs: managed and
//! ephemeral resources and actions over protocol 5.10.
//!
//! | module | its one job |
//! |---|---|
//! | [`provider`], [`resource`], [`ephemeral_resource`], [`action`] | traits that an author implements |
//! | [`schema`], [`value`], [`value_type`], [`number`], [`path`], [`diagnostic`], [`duration`] | Terraform's vocabulary |
//! | [`config_check`], [`plan`], [`state`] | decisions of the schema alone |
//! | [`msgpack`], [`json`], [`json_text`] | values as bytes |
//! | [`deserialize`] | values as Rust types |
//! | [`tfplugin5`] | the gRPC edge: decode, call, encode |
//! | [`Shutdown`] | the end of the process, told to the changes in progress |
//! | `panic` | the panic of a call as its answer, without the message |
//! | [`go_plugin`] | the life of the process: started, authenticated and stopped by Terraform |
//!
//! A provider is a schema and a few functions per resource. This is the whole of one that manages a greeting:
//!
//! ```no_run
//! use std::process::ExitCode;
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use terraform_provider_iwd::tf_provider::go_plugin::{self, Mode, Program};
//! use terraform_provider_iwd::tf_provider::provider::Provider;
//! use terraform_provider_iwd::tf_provider::resource::{Applied, ApplyRequest, Resource};
//! use terraform_provider_iwd::tf_provider::schema::{Attribute, Block, RequiresReplace, Schema};
//! use terraform_provider_iwd::tf_provider::tfplugin5;
//! use terraform_provider_iwd::tf_provider::value_type::ValueType::String;
//!
//! struct Example;
//!
//! impl Provider for Example {
//!     fn resources(&self) -> Vec<Arc<dyn Resource>> {
//!         vec![Arc::new(Greeting)]
//!     }
//! }
//!
//! struct Greeting;
//!
//! #[async_trait]
//! impl Resource for Greeting {
//!     fn type_name(&self) -> &'static str {
//!         "example_greeting"
//!     }
//!
//!     fn schema(&self) -> Schema {
//!         Schema {
//!             version: 0,
//!             block: Block {
//!                 description: "A greeting.",
//!                 attributes: vec![
//!                     Attribute::required("name", String)
//!                         .requires_replace(RequiresReplace::Always)
//!                         .describe("Who is greeted; another one is another greeting."),
//!                     Attribute::defaulted("word", String, "Hello")
//!                         .describe("How. Default `Hello`."),
//!                     Attribute::computed("text", String).describe("The greeting."),
//!                 ],
//!                 ..Block::default()
//!             },
//!         }
//!     }
//!
//!     async fn create(&self, request: ApplyRequest) -> Applied {
//!         let mut state = request.planned.clone();
//!         let text = |name| state.get(name).as_str().unwrap_or_default();
//!         let greeting = format!("{}, {}!", text("word"), text("name"));
//!         state.set_attribute("text", greeting.into());
//!         request.done(state)
//!     }
//!
//!     async fn update(&self, request: ApplyRequest) -> Applied {
//!         self.create(request).await
//!     }
//!
//!     async fn delete(&self, _: ApplyRequest) -> Applied {
//!         Applied::gone()
//!     }
//! }
//!
//! const PROGRAM: Program = Program {
//!     name: "terraform-provider-example",
//!     provider_type: "example",
//!     address: "registry.terraform.io/example/example",
//!     log_target: "terraform_provider_example",
//! };
//!
//! fn main() -> ExitCode {
//!     let routes = |shutdown| tfplugin5::routes(Arc::new(Example), shutdown);
//!     match go_plugin::serve(&PROGRAM, Mode::Plugin, routes) {
//!         Ok(()) => ExitCode::SUCCESS,
//!         Err(error) => {
//!             eprintln!("{error}");
//!             ExitCode::FAILURE
//!         }
//!     }
//! }
//! ```

pub mod action;
pub mod config_check;
pub mod deserialize;
pub mod diagnostic;
pub mod duration;
pub mod ephemeral_resource;
pub mod go_plugin;
pub mod invalid_value;
pub mod json;
pub mod json_text;
pub mod msgpack;
mod normal_form;
pub mod number;
mod panic;
pub mod path;
pub mod plan;
pub mod provider;
pub mod resource;
pub mod schema;
mod shutdown;
pub mod state;
pub mod tfplugin5;
pub mod value;
pub mod value_type;

pub use shutdown::Shutdown;
