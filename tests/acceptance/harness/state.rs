//! The state, as `terraform show -json` tells it.

use super::Json;
use super::value::at;

/// What Terraform has recorded.
#[derive(Clone, Debug)]
pub struct State(Json);

impl State {
    pub(super) fn new(json: Json) -> Self {
        Self(json)
    }

    /// What `terraform show -json` printed.
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// The addresses of the resources, those of modules included.
    pub fn addresses(&self) -> Vec<&str> {
        self.resources()
            .filter_map(|resource| resource["address"].as_str())
            .collect()
    }

    /// Whether the resource at `address` is recorded.
    pub fn has(&self, address: &str) -> bool {
        self.addresses().contains(&address)
    }

    /// The recorded values of the resource at `address`.
    #[track_caller]
    pub fn resource(&self, address: &str) -> &Json {
        let found = self
            .resources()
            .find(|resource| resource["address"] == address);
        match found {
            Some(resource) => &resource["values"],
            None => panic!("the state has no {address}: {:?}", self.addresses()),
        }
    }

    /// The recorded value at `path` (such as `iwd.db.port`) of the resource at `address`; null where there is none.
    #[track_caller]
    pub fn value(&self, address: &str, path: &str) -> &Json {
        at(self.resource(address), path).unwrap_or(&Json::Null)
    }

    fn resources(&self) -> impl Iterator<Item = &Json> {
        resources_in(&self.0["values"]["root_module"]).into_iter()
    }
}

/// The resources of a module and of those that it calls.
fn resources_in(module: &Json) -> Vec<&Json> {
    let list = |name: &str| module[name].as_array().into_iter().flatten();
    let called = list("child_modules").flat_map(resources_in);
    list("resources").chain(called).collect()
}
