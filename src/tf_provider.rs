//! A Terraform provider SDK on tonic.
//!
//! | module | its one job |
//! |---|---|
//! | [`provider`], [`resource`], [`ephemeral_resource`] | what an author writes |
//! | [`schema`], [`value`], [`value_type`], [`number`], [`path`], [`diagnostic`], [`duration`] | Terraform's vocabulary |
//! | [`config_check`], [`plan`], [`state`] | what the schema alone decides |
//! | [`msgpack`], [`json`] | values as bytes |
//! | [`deserialize`] | values as Rust types |
//! | [`tfplugin5`] | the gRPC edge: decode, call, encode |
//! | [`Shutdown`] | the end of the process, told to the changes in progress |
//! | `panic` | the panic of a call as its answer, without the message |
//! | [`go_plugin`] | how Terraform starts, authenticates and stops the process |
//!
//! A provider is a schema and a few functions per resource. This one manages a greeting, and is served here to a
//! client in the same process; a plugin's `main` hands the same routes to [`go_plugin::serve`].
//!
//! ```
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use terraform_provider_iwd::tf_provider::Shutdown;
//! use terraform_provider_iwd::tf_provider::provider::Provider;
//! use terraform_provider_iwd::tf_provider::resource::{Applied, ApplyRequest, Resource};
//! use terraform_provider_iwd::tf_provider::schema::{Attribute, Block, OnChange, Schema};
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
//!                         .on_change(OnChange::Replace)
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
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let routes = tfplugin5::routes(Arc::new(Example), Shutdown::default());
//! let mut client = tonic::client::Grpc::new(routes);
//! client.ready().await?;
//! # type Codec = tonic_prost::ProstCodec<(), ()>;
//! let get_schema = "/tfplugin5.Provider/GetSchema".parse()?;
//! client.unary(tonic::Request::new(()), get_schema, Codec::default()).await?;
//! # Ok(())
//! # }
//! ```

pub mod config_check;
pub mod deserialize;
pub mod diagnostic;
pub mod duration;
pub mod ephemeral_resource;
pub mod go_plugin;
pub mod invalid_value;
pub mod json;
pub mod msgpack;
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
