//! Providers whose schemas Terraform would crash on or refuse.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use terraform_provider_iwd::tf_provider::ephemeral_resource::EphemeralResource;
use terraform_provider_iwd::tf_provider::provider::Provider;
use terraform_provider_iwd::tf_provider::resource::{Applied, ApplyRequest, Resource};
use terraform_provider_iwd::tf_provider::schema::{Attribute, Block, NestedBlock, Schema};
use terraform_provider_iwd::tf_provider::value_type::ValueType;

use super::faulty::{Fault, THING, Thing};
use crate::harness::generated::tfplugin5 as wire;
use crate::harness::in_process::InProcess;
use crate::harness::reply::only_error;

/// A provider whose schema Terraform would crash on or refuse.
struct Misshapen;

impl Provider for Misshapen {
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Crooked)]
    }
}

struct Crooked;

#[async_trait]
impl Resource for Crooked {
    fn type_name(&self) -> &'static str {
        "misshapen_crooked"
    }

    fn schema(&self) -> Schema {
        let secret = Attribute::optional("secret", ValueType::String).write_only();
        let inside = Block {
            attributes: vec![secret],
            ..Block::default()
        };
        Schema {
            version: 0,
            block: Block {
                attributes: vec![Attribute::optional("count", ValueType::Number)],
                blocks: vec![NestedBlock::set("part", inside)],
                ..Block::default()
            },
        }
    }

    async fn create(&self, _: ApplyRequest) -> Applied {
        Applied::failed(Vec::new())
    }

    async fn update(&self, _: ApplyRequest) -> Applied {
        Applied::failed(Vec::new())
    }

    async fn delete(&self, _: ApplyRequest) -> Applied {
        Applied::gone()
    }
}

#[tokio::test]
async fn a_schema_that_terraform_would_refuse_is_told_by_name() {
    let mut host = InProcess::serve(Misshapen).await;
    let request = wire::get_provider_schema::Request {};
    let schema = host.client.get_schema(request).await.unwrap().into_inner();
    assert!(schema.resource_schemas.is_empty());
    let told: Vec<_> = schema
        .diagnostics
        .iter()
        .map(|told| told.detail.as_str())
        .collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].contains("misshapen_crooked") && told[0].contains("`count`"));
    assert!(told[1].contains("`part`") && told[1].contains("write-only"));
}

/// A provider with two resources of one name; that an ephemeral one has it too is no fault.
struct Repeated;

impl Provider for Repeated {
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        let thing = || Arc::new(Thing(Fault::ReturnsNothing));
        vec![thing(), thing()]
    }

    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        vec![Arc::new(Thing(Fault::ReturnsNothing))]
    }
}

#[tokio::test]
async fn two_resources_of_one_name_are_an_error() {
    let mut host = InProcess::serve(Repeated).await;
    let request = wire::get_provider_schema::Request {};
    let schema = host.client.get_schema(request).await.unwrap().into_inner();
    let error = only_error(&schema.diagnostics, "The provider's schema is wrong");
    assert!(error.detail.contains(THING), "{}", error.detail);
    assert!(error.detail.contains("twice"), "{}", error.detail);
}

#[tokio::test]
async fn what_a_resource_does_not_offer_it_refuses_by_name() {
    let mut host = InProcess::serve(Misshapen).await;
    let imported = host.import("misshapen_crooked", "1").await;
    let error = imported.expect_error("Resource can't be imported");
    assert!(error.detail.contains("misshapen_crooked"));
    let moved = host.move_to("misshapen_crooked", &json!({})).await;
    let error = moved.expect_error("Resource can't be moved");
    assert!(error.detail.contains("misshapen_crooked") && error.detail.contains("other_thing"));
}
