//! Taking over a tenant from the generic resources with which it was provisioned until now.
//!
//! Their state holds the request's body as JSON. What it says is taken over, secrets left out, so that the next plan
//! shows what really differs; the first apply then sends the whole configuration.

use serde_json::Value as Json;

use super::private_state::{ObjectId, PrivateState};
use super::schema::{self, SCHEMA};
use super::warnings::IWDDM_WO;
use crate::iwd::body::NO_EMAIL;
use crate::iwd::model::Ccid;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::json::{self, Stray};
use crate::tf_provider::resource::{Imported, MoveSource};
use crate::tf_provider::state::RawState;
use crate::tf_provider::value::Value;

/// The types whose state is understood, each with the attributes that may hold the body.
const SOURCES: [(&str, &[&str]); 4] = [
    ("restapi_object", &["data", "update_data", "api_response"]),
    ("terracurl_request", &["request_body"]),
    ("terraform_data", &["input", "output", "triggers_replace"]),
    // In a chain of moves Terraform names the type at its last link, with the state at its first.
    (
        "iwd_tenant",
        &[
            "data",
            "update_data",
            "api_response",
            "request_body",
            "input",
            "output",
            "triggers_replace",
        ],
    ),
];

/// How deeply a body may lie inside other JSON.
const MAX_DEPTH: usize = 8;

/// The state of a tenant that another type's object provisioned.
pub(super) fn move_from(source: &MoveSource) -> Result<Imported, Diagnostic> {
    let Some((_, attributes)) = SOURCES
        .iter()
        .find(|(type_name, _)| *type_name == source.type_name)
    else {
        return Err(Diagnostic::error(
            "Resource can't be moved",
            format!(
                "iwd_tenant takes over the state of restapi_object, terracurl_request and terraform_data, but not of {}. \
                 Remove it with `terraform state rm` and import the tenant by its ccid.",
                source.type_name
            ),
        ));
    };
    let state = match &source.state {
        RawState::Json(bytes) => serde_json::from_slice::<Json>(bytes).unwrap_or_default(),
        RawState::Flatmap | RawState::Absent => Json::Null,
    };
    let body = attributes
        .iter()
        .find_map(|name| find_body(state.get(name)?, MAX_DEPTH))
        .unwrap_or_default();
    let Some(ccid) = ccid_of(&body) else {
        let id = state.get("id").and_then(Json::as_str);
        return Err(Diagnostic::error(
            "No tenant to take over",
            format!(
                "The state of {}, whose id is {:?}, holds no provisioning body with a valid `tenant.ccid` (looked in: \
                 {}). Remove it with `terraform state rm` and import the tenant by its ccid.",
                source.type_name,
                id.unwrap_or_default(),
                attributes.join(", ")
            ),
        ));
    };
    let mut private = PrivateState::of(ObjectId::new()?);
    let iwddm = body.pointer("/iwd/apiKeys/IWD_APIKEY_IWDDM");
    if iwddm.is_some_and(|key| !key.is_null()) {
        // Leaving it out from now on is worth the warning that it is for a tenant of ours.
        private.write_only_names = vec![IWDDM_WO.to_owned()];
    }
    Ok(Imported {
        state: read_body(&body, &ccid),
        private: private.write(),
        diagnostics: Vec::new(),
    })
}

fn ccid_of(body: &Json) -> Option<Ccid> {
    body.pointer("/tenant/ccid")?.as_str()?.parse().ok()
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
            let inner: Json = serde_json::from_str(text).ok()?;
            (inner.is_object() || inner.is_array() || inner.is_string())
                .then(|| find_body(&inner, depth - 1))?
        }
        _ => None,
    }
}

/// What the body says, in the places of the schema; what it doesn't say, or says in another type, is null.
fn read_body(body: &Json, ccid: &Ccid) -> Value {
    let mut state = SCHEMA.block.empty_object();
    for name in ["id", "ccid"] {
        state.set_attribute(name, Value::from(ccid.as_str()));
    }
    if body.pointer("/tenant/gws").is_some_and(Json::is_object) {
        state.set_attribute("gws", schema::nulls_of("gws"));
    }
    let is_no_email = |json: &Json| json.is_null() || json == NO_EMAIL;
    // Without the block, the same is sent.
    if !body.pointer("/iwdEmail/url").is_none_or(is_no_email) {
        state.set_attribute("iwd_email", schema::nulls_of("iwd_email"));
    }
    let not_secret = schema::sent().filter(|(argument, _)| argument.secret.is_none());
    for (argument, wire) in not_secret.filter(|(argument, _)| argument.name() != "ccid") {
        let pointer = format!("/{}", wire.replace('.', "/"));
        let said = body.pointer(&pointer);
        let value =
            said.and_then(|json| json::from_json(json, &argument.attribute.ty, Stray::Drop).ok());
        argument.set(&mut state, value.unwrap_or(Value::Null));
    }
    state
}
