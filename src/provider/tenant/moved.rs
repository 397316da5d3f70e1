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
use crate::iwd::model::Ccid;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::invalid_value::Mismatch;
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

/// The longest id that is shown, in bytes.
const LONGEST_ID: usize = 128;

/// Why a state has no body to take over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Missing {
    /// None with a valid ccid is there.
    NotThere,
    /// There may be one among more values than are read.
    TooMany,
}

/// The state of a tenant that another object provisioned.
pub(super) fn move_from(source: &MoveSource) -> Result<Imported, Diagnostic> {
    let state = match &source.state {
        RawState::Json(bytes) => parse(bytes),
        RawState::Flatmap | RawState::Absent => Err(Missing::NotThere),
    };
    let attributes = if source.type_name == OWN {
        if state.as_ref().is_ok_and(is_own) || state == Err(Missing::TooMany) {
            return own(source);
        }
        // In a chain of moves Terraform names the type at its last link, with the state at its first.
        let all = SOURCES.iter().flat_map(|(_, attributes)| *attributes);
        all.copied().collect()
    } else {
        attributes_of(source)?.to_vec()
    };
    let state = state.as_ref().map_err(|missing| *missing);
    let id = state.ok().and_then(|state| state["id"].as_str());
    match state.and_then(|state| find_tenant(state, &attributes)) {
        Ok((ccid, body)) => take_over(&ccid, &body),
        Err(missing) => Err(no_tenant(source, id, &attributes, missing)),
    }
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

fn no_tenant(
    source: &MoveSource,
    id: Option<&str>,
    attributes: &[&str],
    missing: Missing,
) -> Diagnostic {
    let problem = match missing {
        Missing::NotThere => "no provisioning body with a valid `tenant.ccid`".to_owned(),
        Missing::TooMany => format!(
            "{}, too many to look for a provisioning body",
            Mismatch::TooMany
        ),
    };
    Diagnostic::error(
        "No tenant to take over",
        format!(
            "The state of {}{} holds {problem} (looked in: {}). Remove it with `terraform state rm` and import the tenant \
             by its ccid.",
            described(source),
            id.map(with_id).unwrap_or_default(),
            attributes.join(", ")
        ),
    )
}

/// Which object it is; what doesn't look like an id may be a body with secrets.
fn with_id(id: &str) -> String {
    let may_be_id = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
    if (1..=LONGEST_ID).contains(&id.len()) && id.chars().all(may_be_id) {
        format!(" with the id {id:?}")
    } else {
        String::new()
    }
}

fn take_over(ccid: &Ccid, body: &Json) -> Result<Imported, Diagnostic> {
    let said = request_body::read(body);
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

/// The first body in these attributes, and the tenant that it is of.
fn find_tenant(state: &Json, attributes: &[&str]) -> Result<(Ccid, Json), Missing> {
    let body = first(
        attributes
            .iter()
            .map(|&name| find_body(&state[name], MAX_DEPTH)),
    )?;
    let ccid = request_body::ccid(&body).map_err(|_| Missing::NotThere)?;
    Ok((ccid, body))
}

/// The first object with a `tenant` in it, also inside JSON text.
fn find_body(json: &Json, depth: usize) -> Result<Json, Missing> {
    if depth == 0 {
        return Err(Missing::NotThere);
    }
    match json {
        Json::Object(entries) if entries.get("tenant").is_some_and(Json::is_object) => {
            Ok(json.clone())
        }
        Json::Object(entries) => first(entries.values().map(|entry| find_body(entry, depth - 1))),
        Json::Array(elements) => {
            first(elements.iter().map(|element| find_body(element, depth - 1)))
        }
        Json::String(text) => find_body(&parse(text.as_bytes())?, depth - 1),
        _ => Err(Missing::NotThere),
    }
}

/// The first body that was found, or else what speaks most for one.
fn first(found: impl Iterator<Item = Result<Json, Missing>>) -> Result<Json, Missing> {
    let mut why = Missing::NotThere;
    for body in found {
        match body {
            Err(missing) => why = why.max(missing),
            found => return found,
        }
    }
    Err(why)
}

fn parse(text: &[u8]) -> Result<Json, Missing> {
    json_text::parse(text).map_err(|mismatch| match mismatch {
        Mismatch::TooMany => Missing::TooMany,
        _ => Missing::NotThere,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problem_of(type_name: &str, state: &Json) -> Diagnostic {
        let source = MoveSource {
            provider_address: "registry.example.com/mirror/iwd".to_owned(),
            type_name: type_name.to_owned(),
            schema_version: 0,
            state: RawState::Json(state.to_string().into()),
            private: Vec::new(),
        };
        move_from(&source).unwrap_err()
    }

    #[test]
    fn a_state_with_too_many_values_says_so() {
        let many = json!(vec![0; 200_002]);
        let in_text = json!({"data": many.to_string(), "update_data": "{}"});
        for (type_name, state, summary) in [
            (
                "restapi_object",
                json!({"data": many}),
                "No tenant to take over",
            ),
            ("restapi_object", in_text, "No tenant to take over"),
            (
                OWN,
                json!({"ccid": "a", "tags": many}),
                "Stored state can't be read",
            ),
        ] {
            let problem = problem_of(type_name, &state);
            assert_eq!(problem.summary, summary);
            assert!(
                problem.detail.contains("more than 100000 values"),
                "{}",
                problem.detail
            );
        }
    }

    #[test]
    fn a_body_is_found_beside_a_text_with_too_many_values() {
        let many = json!(vec![0; 200_002]).to_string();
        let state = json!({"data": many, "update_data": {"tenant": {"ccid": "a"}}});
        let (ccid, _) = find_tenant(&state, &["data", "update_data"]).unwrap();
        assert_eq!(ccid.as_str(), "a");
    }
}
