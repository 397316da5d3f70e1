//! From the wire: generated types → plain Rust.

use rmp::Marker;

use super::generated as wire;
use crate::tf_provider::config_check::WriteOnly;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::invalid_value::{InvalidValue, Mismatch};
use crate::tf_provider::json::{self, Stray};
use crate::tf_provider::msgpack;
use crate::tf_provider::state::RawState;
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// A value of that type; what is absent or empty is null.
pub(super) fn value(
    what: &str,
    encoded: Option<&wire::DynamicValue>,
    ty: &ValueType,
) -> Result<Value, Diagnostic> {
    let Some(encoded) = encoded else {
        return Ok(Value::Null);
    };
    let decoded = if !encoded.msgpack.is_empty() {
        msgpack::decode(&encoded.msgpack, ty)
    } else if !encoded.json.is_empty() {
        json::decode(&encoded.json, ty, Stray::Refuse)
    } else {
        Ok(Value::Null)
    };
    decoded.map_err(|error| unreadable(what, &error))
}

fn unreadable(what: &str, error: &InvalidValue) -> Diagnostic {
    if error.mismatch == Mismatch::TooMany {
        return Diagnostic::error(
            "Too many values",
            format!(
                "The {what} holds {} in all, and the provider reads no more, so that no call takes all memory. Give its \
                 lists, sets and maps fewer elements, above all what it read last, {}.",
                error.mismatch,
                error.place()
            ),
        );
    }
    Diagnostic::error(
        "Terraform's request can't be read",
        format!(
            "The {what} doesn't fit the schema {error}. Terraform and the provider disagree about the protocol: run \
             `terraform init -upgrade`, and report this if it stays."
        ),
    )
}

/// Whether a value is null; what else it is isn't read.
pub(super) fn is_null(encoded: Option<&wire::DynamicValue>) -> bool {
    encoded.is_none_or(|encoded| match encoded.msgpack.as_slice() {
        [] => matches!(encoded.json.as_slice(), b"" | b"null"),
        msgpack => msgpack == [Marker::Null.to_u8()],
    })
}

/// An identity; null where there is none.
pub(super) fn identity(
    encoded: Option<&wire::ResourceIdentityData>,
    ty: &ValueType,
) -> Result<Value, Diagnostic> {
    let data = encoded.and_then(|identity| identity.identity_data.as_ref());
    value("identity", data, ty)
}

pub(super) fn raw_state(raw: Option<wire::RawState>) -> RawState {
    match raw {
        Some(raw) if !raw.json.is_empty() => RawState::Json(raw.json),
        Some(raw) if !raw.flatmap.is_empty() => RawState::Flatmap,
        _ => RawState::Absent,
    }
}

pub(super) fn deferral_allowed(capabilities: Option<&wire::ClientCapabilities>) -> bool {
    capabilities.is_some_and(|capabilities| capabilities.deferral_allowed)
}

pub(super) fn write_only(capabilities: Option<&wire::ClientCapabilities>) -> WriteOnly {
    match capabilities {
        Some(capabilities) if capabilities.write_only_attributes_allowed => WriteOnly::Allowed,
        _ => WriteOnly::Refused,
    }
}
