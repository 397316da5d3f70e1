//! Taking over a tenant from the generic resources with which it was provisioned until now, or from this resource under
//! another provider address.
//!
//! The state of a generic resource holds the request's body as JSON. What it says is taken over, secrets left out, so that
//! the next plan shows what really differs; the first apply then sends the whole configuration. Types are told by their
//! names alone: hosts and mirrors give one provider many addresses, some of them a bare name.

use serde_json::Value as Json;

use super::object_id::ObjectId;
use super::private_state::PrivateState;
use super::request_body;
use super::schema::SCHEMA;
use super::warnings::IWDDM_WO;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::json_text;
use crate::tf_provider::resource::{Imported, MoveSource};
use crate::tf_provider::state::{self, RawState};
use crate::tf_provider::value::Value;

/// The types whose state is understood, each with the attributes that may hold the body.
const SOURCES: [(&str, &[&str]); 3] = [
    ("restapi_object", &["data", "update_data", "api_response"]),
    ("terracurl_request", &["request_body"]),
    // `store` came with Terraform 1.16; what was put in there is in its outputs.
    (
        "terraform_data",
        &["input", "output", "triggers_replace", "store"],
    ),
];

/// The type of this resource.
const OWN: &str = "iwd_tenant";

/// How deeply a body may lie inside other JSON.
const MAX_DEPTH: usize = 8;

/// The state of a tenant that another object provisioned.
pub(super) fn move_from(source: &MoveSource) -> Result<Imported, Diagnostic> {
    let json = match &source.state {
        RawState::Json(bytes) => json_text::parse(bytes).unwrap_or_default(),
        RawState::Flatmap | RawState::Absent => Json::Null,
    };
    let attributes = if source.type_name == OWN {
        if is_own(&json) {
            return own(source);
        }
        // In a chain of moves Terraform names the type at its last link, with the state at its first.
        let all = SOURCES.iter().flat_map(|(_, attributes)| *attributes);
        all.copied().collect()
    } else {
        attributes_of(source)?.to_vec()
    };
    from_body(source, &json, &attributes)
}

fn attributes_of(source: &MoveSource) -> Result<&'static [&'static str], Diagnostic> {
    let mut sources = SOURCES.iter();
    let found = sources.find(|(type_name, _)| *type_name == source.type_name);
    let (_, attributes) = found.ok_or_else(|| {
        Diagnostic::error(
            "Resource can't be moved",
            format!(
                "iwd_tenant takes over the state of restapi_object, terracurl_request, terraform_data and of iwd_tenant under \
                 another provider address, but not of {}. Remove it with `terraform state rm` and import the tenant by \
                 its ccid.",
                described(source)
            ),
        )
    })?;
    Ok(attributes)
}

/// The object, as one finds it in the state file.
fn described(source: &MoveSource) -> String {
    format!(
        "{} (provider {}, schema version {})",
        source.type_name, source.provider_address, source.schema_version
    )
}

/// Whether the state is one of ours: it has what every tenant has.
fn is_own(state: &Json) -> bool {
    ["ccid", "short_id", "iwd"]
        .iter()
        .all(|name| state.get(name).is_some())
}

/// Takes over a state of this resource as it is.
fn own(source: &MoveSource) -> Result<Imported, Diagnostic> {
    let upgraded = state::upgrade_same_version(&SCHEMA, source.schema_version, &source.state);
    let state = upgraded.map_err(|mut problem| {
        problem.detail = format!("{}: {}", described(source), problem.detail);
        problem
    })?;
    Ok(Imported {
        state,
        private: source.private.clone(),
        diagnostics: Vec::new(),
    })
}

fn from_body(
    source: &MoveSource,
    state: &Json,
    attributes: &[&str],
) -> Result<Imported, Diagnostic> {
    let body = attributes
        .iter()
        .find_map(|name| find_body(state.get(name)?, MAX_DEPTH))
        .unwrap_or_default();
    let Ok(ccid) = request_body::ccid(&body) else {
        let id = state.get("id").and_then(Json::as_str);
        return Err(Diagnostic::error(
            "No tenant to take over",
            format!(
                "The state of {} with the id {:?} holds no provisioning body with a valid `tenant.ccid` (looked in: \
                 {}). Remove it with `terraform state rm` and import the tenant by its ccid.",
                described(source),
                id.unwrap_or_default(),
                attributes.join(", ")
            ),
        ));
    };
    let said = request_body::read(&body);
    let mut private = PrivateState::of(ObjectId::new()?);
    if said.has_secret("iwd.apiKeys.IWD_APIKEY_IWDDM") {
        // Leaving it out from now on is worth the warning that it is for a tenant of ours.
        private.write_only_names = vec![IWDDM_WO.to_owned()];
    }
    let mut state = said.object;
    state.set_attribute("id", Value::from(ccid.as_str()));
    Ok(Imported {
        state,
        private: private.write(),
        diagnostics: Vec::new(),
    })
}

/// The first object with a `tenant` in it, also inside JSON text.
fn find_body(json: &Json, depth: usize) -> Option<Json> {
    if depth == 0 {
        return None;
    }
    match json {
        Json::Object(entries) if entries.get("tenant").is_some_and(Json::is_object) => {
            Some(json.clone())
        }
        Json::Object(entries) => entries
            .values()
            .find_map(|entry| find_body(entry, depth - 1)),
        Json::Array(elements) => elements
            .iter()
            .find_map(|element| find_body(element, depth - 1)),
        Json::String(text) => {
            let inner = json_text::parse(text.as_bytes()).ok()?;
            (inner.is_object() || inner.is_array() || inner.is_string())
                .then(|| find_body(&inner, depth - 1))?
        }
        _ => None,
    }
}
