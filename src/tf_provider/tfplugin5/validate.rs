//! What is wrong with a configuration.

use super::answer::{Answer, OrError};
use super::generated as wire;
use super::registry::Typed;
use super::{decode, encode};
use crate::tf_provider::config_check::{self, WriteOnly};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::value::Value;

/// What its schema and, by `validate`, whoever it is for find wrong with it; `what` is its name in an error about its bytes.
pub(super) fn diagnostics(
    what: &str,
    config: Option<&wire::DynamicValue>,
    typed: &Typed,
    write_only: WriteOnly,
    validate: impl FnOnce(&Value) -> Vec<Diagnostic>,
) -> Answer<Vec<wire::Diagnostic>> {
    let config = decode::value(what, config, &typed.ty).or_error()?;
    let mut diagnostics = config_check::check(&typed.schema.block, &config, write_only);
    diagnostics.extend(validate(&config));
    Ok(encode::diagnostics(diagnostics))
}
