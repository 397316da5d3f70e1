//! A plan, as `terraform show -json` tells it.

use super::diagnostics::{Diagnostic, Diagnostics};
use super::value::{at, differences, is_marked};
use super::{Json, Output};

/// What Terraform means to do with one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// Make it.
    Create,
    /// Change it in place.
    Update,
    /// Destroy it.
    Delete,
    /// Destroy it, then make it anew.
    DeleteThenCreate,
    /// Make it anew, then destroy the old one.
    CreateThenDelete,
    /// Drop it from state and leave the object alone.
    Forget,
    /// Read a data source.
    Read,
}

/// What a run of `terraform plan` decided.
pub struct Plan {
    json: Json,
    diagnostics: Diagnostics,
}

impl Plan {
    pub(super) fn new(json: Json, diagnostics: Diagnostics) -> Self {
        Self { json, diagnostics }
    }

    pub(super) fn with_diagnostics(self, diagnostics: Diagnostics) -> Self {
        Self {
            diagnostics,
            ..self
        }
    }

    /// What `terraform show -json` printed.
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// What `terraform plan` printed.
    pub fn output(&self) -> &Output {
        self.diagnostics.output()
    }

    /// The warnings, each as often as Terraform gave it.
    pub fn warnings(&self) -> Vec<&Diagnostic> {
        self.diagnostics.warnings()
    }

    /// Fails the test unless a warning's text holds `part`.
    #[track_caller]
    pub fn expect_warning(&self, part: &str) -> &Self {
        let found = self.warnings().iter().any(|w| w.text().contains(part));
        assert!(found, "no warning says {part:?} in {}", self.output());
        self
    }

    /// Whether nothing would change, neither a resource nor its address nor an output.
    pub fn is_empty(&self) -> bool {
        let outputs = self.json["output_changes"].as_object();
        let stays = |resource: &Json| {
            Change(&resource["change"]).action() == Action::NoOp
                && resource["previous_address"].is_null()
        };
        self.resources().all(stays)
            && outputs
                .into_iter()
                .flatten()
                .all(|(_, change)| action(&change["actions"]) == Action::NoOp)
    }

    /// What happens to the resource at `address`.
    #[track_caller]
    pub fn action(&self, address: &str) -> Action {
        self.change(address).action()
    }

    /// The planned change of the resource at `address`.
    #[track_caller]
    pub fn change(&self, address: &str) -> Change<'_> {
        let found = self
            .resources()
            .find(|resource| resource["address"] == address);
        match found {
            Some(resource) => Change(&resource["change"]),
            None => panic!("the plan has no {address}: {:?}", self.changes()),
        }
    }

    /// Every resource of the plan with what happens to it.
    pub fn changes(&self) -> Vec<(&str, Action)> {
        self.resources()
            .map(|resource| {
                let address = resource["address"].as_str().expect("an address is text");
                (address, Change(&resource["change"]).action())
            })
            .collect()
    }

    fn resources(&self) -> impl Iterator<Item = &Json> {
        let changes = self.json["resource_changes"].as_array();
        // A data source that is read during apply changes nothing.
        changes
            .into_iter()
            .flatten()
            .filter(|resource| resource["mode"] == "managed")
    }
}

/// The planned change of one resource; paths are written like `iwd.db.port`.
#[derive(Clone, Copy)]
pub struct Change<'a>(&'a Json);

impl<'a> Change<'a> {
    /// What happens to the resource.
    pub fn action(self) -> Action {
        action(&self.0["actions"])
    }

    /// The value before; null where there is none.
    pub fn before(self, path: &str) -> &'a Json {
        at(&self.0["before"], path).unwrap_or(&Json::Null)
    }

    /// The value after, sensitive or not; null where there is none or it is unknown.
    pub fn after(self, path: &str) -> &'a Json {
        at(&self.0["after"], path).unwrap_or(&Json::Null)
    }

    /// Whether the value is known only after apply.
    pub fn after_unknown(self, path: &str) -> bool {
        is_marked(&self.0["after_unknown"], path)
    }

    /// Whether the value is masked in what people see.
    pub fn after_sensitive(self, path: &str) -> bool {
        is_marked(&self.0["after_sensitive"], path)
    }

    /// The id under which the resource is being imported.
    pub fn importing(self) -> Option<&'a str> {
        self.0["importing"]["id"].as_str()
    }

    /// The paths whose value differs or will only be known after apply; sorted.
    pub fn changed(self) -> Vec<String> {
        differences(
            &self.0["before"],
            &self.0["after"],
            &self.0["after_unknown"],
        )
    }

    /// The paths for whose sake the resource is replaced.
    pub fn replaced_for(self) -> Vec<String> {
        let paths = self.0["replace_paths"].as_array();
        paths
            .into_iter()
            .flatten()
            .map(|path| {
                let steps = path.as_array().into_iter().flatten();
                let steps = steps.map(|step| {
                    step.as_str()
                        .map_or_else(|| step.to_string(), str::to_owned)
                });
                steps.collect::<Vec<_>>().join(".")
            })
            .collect()
    }
}

fn action(actions: &Json) -> Action {
    let names: Vec<_> = actions
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    match names[..] {
        ["no-op"] => Action::NoOp,
        ["create"] => Action::Create,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        ["delete", "create"] => Action::DeleteThenCreate,
        ["create", "delete"] => Action::CreateThenDelete,
        ["forget"] => Action::Forget,
        ["read"] => Action::Read,
        _ => panic!("Terraform plans {actions}, which no test knows"),
    }
}
