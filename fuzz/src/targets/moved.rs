//! Stored objects of other resources: the resource's type on the first line, then its state.

use std::sync::{Arc, LazyLock};

use serde_json::Value as Json;
use terraform_provider_iwd::provider::IwdProvider;
use terraform_provider_iwd::tf_provider::msgpack;
use terraform_provider_iwd::tf_provider::provider::Provider as _;
use terraform_provider_iwd::tf_provider::resource::{MoveSource, Resource};
use terraform_provider_iwd::tf_provider::state::RawState;
use terraform_provider_iwd::tf_provider::value_type::ValueType;

use super::request_body::{has_canary, plant};

static TENANT: LazyLock<Arc<dyn Resource>> = LazyLock::new(|| {
    let resources = IwdProvider::new(|_| None).resources();
    let mut tenants = resources
        .into_iter()
        .filter(|resource| resource.type_name() == "iwd_tenant");
    tenants.next().expect("the provider has tenants")
});

static TENANT_TYPE: LazyLock<ValueType> = LazyLock::new(|| TENANT.schema().block.value_type());

/// How deeply JSON in JSON is looked into for bodies.
const DEEPEST: usize = 8;

/// What is taken over fits the schema, and no secret of a foreign state is in it.
pub fn moved(bytes: &[u8]) {
    let Some((type_name, state)) = super::line(bytes) else {
        return;
    };
    take_over(type_name, state);
    if let Ok(mut state) = serde_json::from_slice(state)
        && type_name != "iwd_tenant"
        && !has_canary(bytes)
    {
        plant_in_bodies(&mut state, DEEPEST);
        let seen = take_over(type_name, state.to_string().as_bytes());
        assert!(!has_canary(&seen));
    }
}

/// All that Terraform sees of the move.
fn take_over(type_name: &str, state: &[u8]) -> Vec<u8> {
    let source = MoveSource {
        provider_address: "registry.terraform.io/a/b".to_owned(),
        type_name: type_name.to_owned(),
        schema_version: 0,
        state: RawState::Json(state.to_vec()),
        private: Vec::new(),
    };
    match TENANT.move_from(&source) {
        Ok(moved) => {
            let state =
                msgpack::encode(&moved.state, &TENANT_TYPE).expect("the state fits the schema");
            let problems = format!("{:?}", moved.diagnostics).into_bytes();
            [state, moved.private, problems].concat()
        }
        Err(problem) => format!("{problem:?}").into_bytes(),
    }
}

/// Puts secrets into what may be a request's body, also inside of text.
fn plant_in_bodies(json: &mut Json, depth: usize) {
    if depth == 0 {
        return;
    }
    match json {
        Json::Object(entries) if entries.get("tenant").is_some_and(Json::is_object) => plant(json),
        Json::Object(entries) => entries
            .values_mut()
            .for_each(|entry| plant_in_bodies(entry, depth - 1)),
        Json::Array(elements) => elements
            .iter_mut()
            .for_each(|element| plant_in_bodies(element, depth - 1)),
        Json::String(text) => {
            if let Ok(mut inner) = serde_json::from_str(text) {
                plant_in_bodies(&mut inner, depth - 1);
                *text = inner.to_string();
            }
        }
        _ => {}
    }
}
