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
        let mut modules = vec![&self.0["values"]["root_module"]];
        let mut resources = Vec::new();
        while let Some(module) = modules.pop() {
            resources.extend(module["resources"].as_array().into_iter().flatten());
            modules.extend(module["child_modules"].as_array().into_iter().flatten());
        }
        resources.into_iter()
    }
}
