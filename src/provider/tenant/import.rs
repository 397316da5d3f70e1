//! Beginning to manage a tenant that exists, by its ccid.
//!
//! The API has no read, so all that is known is the ccid; the first apply sends the whole configuration.

use super::object_id::ObjectId;
use super::private_state::PrivateState;
use super::schema::SCHEMA;
use super::validate;
use crate::iwd::model::Ccid;
use crate::provider::session::Session;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::resource::{ImportTarget, Imported};
use crate::tf_provider::value::Value;

/// The state of a tenant of which only the ccid is known.
pub(super) fn import(session: &Session, target: &ImportTarget) -> Result<Imported, Diagnostic> {
    let text = match target {
        ImportTarget::Id(id) => id.as_str(),
        ImportTarget::Identity(identity) => identity.get("ccid").as_str().unwrap_or_default(),
    };
    let ccid: Ccid = text.parse().map_err(|problem| {
        Diagnostic::error(
            "Invalid contact center id",
            format!(
                "A tenant is imported by its contact center id (ccid), and {text:?} is none: it must be {problem}, \
                 usually a UUID."
            ),
        )
    })?;
    let mut state = SCHEMA.block.empty_object();
    for name in ["id", "ccid"] {
        state.set_attribute(name, Value::from(ccid.as_str()));
    }
    // No configuration has the place that it points at.
    let not_a_uuid = validate::ccid(state.get("ccid"));
    let not_a_uuid = not_a_uuid.map(|warning| warning.at(AttributePath::ROOT));
    let object = ObjectId::new()?;
    session.ownership.imported(ccid.as_str(), &object);
    Ok(Imported {
        state,
        private: PrivateState::of(object).write(),
        diagnostics: not_a_uuid.into_iter().collect(),
    })
}
