//! From values to what they mean: the tenant that is sent, what masking must know, how long an operation may take.

use std::time::Duration;

use secrecy::SecretString;

use super::schema::{self, ARGUMENTS, Effect, Need, SCHEMA};
use crate::iwd::client::Operation;
use crate::iwd::model::{Ccid, Tenant};
use crate::tf_provider::deserialize::from_value;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::duration;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::Presence;
use crate::tf_provider::value::Value;

/// How long an operation may take where `timeouts` doesn't say.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_mins(5);

/// The ccid, which must never reach a path unchecked.
pub(super) fn ccid(value: &Value) -> Result<Ccid, Diagnostic> {
    let text = value.as_str().unwrap_or_default();
    text.parse().map_err(|problem| {
        Diagnostic::error(
            "Invalid contact center id",
            format!("`ccid` is {text:?}. It must be {problem}; it is usually a UUID."),
        )
        .at(AttributePath::of(&["ccid"]))
    })
}

/// The tenant that these values describe: plain ones from the plan, write-only ones from the configuration.
pub(super) fn tenant(planned: &Value, config: &Value) -> Result<Tenant, Diagnostic> {
    if let Some(path) = unknown(planned) {
        return Err(missing(&path));
    }
    let whole = with_write_only(planned, config);
    ccid(whole.get("ccid"))?;
    from_value(&whole).map_err(|_| {
        let path = ARGUMENTS.iter().find(|argument| {
            let block = whole.at(argument.block);
            let is_required = argument.attribute.presence == Presence::Required
                || argument.attribute.default.is_some()
                || matches!(&argument.secret, Some(secret) if secret.need == Need::Required);
            let is_sent = matches!(argument.effect, Effect::Sent(_));
            is_required && is_sent && block.as_map().is_some() && argument.of(&whole).is_null()
        });
        let block = || AttributePath::of(&["iwd"]);
        missing(&path.map_or_else(block, schema::Argument::path))
    })
}

/// The planned values with each write-only value in the place of its twin.
fn with_write_only(planned: &Value, config: &Value) -> Value {
    let mut whole = planned.clone();
    for (argument, secret) in schema::secrets() {
        let value = secret.of(argument, config);
        if argument.of(planned).is_null() && !value.is_null() {
            argument.set(&mut whole, value.clone());
        }
    }
    whole
}

/// What the user sets and is still not known, which Terraform rules out.
fn unknown(planned: &Value) -> Option<AttributePath> {
    ARGUMENTS
        .iter()
        .filter(|argument| argument.effect != Effect::Result)
        .find(|argument| !argument.of(planned).is_wholly_known())
        .map(schema::Argument::path)
}

/// An error if something that the user sets is still not known.
pub(super) fn all_known(planned: &Value) -> Result<(), Diagnostic> {
    unknown(planned).map_or(Ok(()), |path| Err(missing(&path)))
}

/// Validation lets nothing of the kind through, except what was not known then.
fn missing(path: &AttributePath) -> Diagnostic {
    Diagnostic::error(
        "Missing value",
        format!(
            "`{path}` has no value now that everything is known. Nothing was sent. Check the expression that \
             `{path}` is set to."
        ),
    )
}

/// The secrets in a state, a plan or a configuration, write-only ones included, for masking.
pub(super) fn secrets(object: &Value) -> Vec<SecretString> {
    let both = schema::secrets()
        .flat_map(|(argument, secret)| [argument.of(object), secret.of(argument, object)]);
    both.filter_map(Value::as_str)
        .map(SecretString::from)
        .collect()
}

/// The texts in a state or a plan that everyone sees.
pub(super) fn visible_values(object: &Value) -> Vec<String> {
    let mut visible = Vec::new();
    SCHEMA.block.visit(object, &mut |_, attribute, value| {
        if let Some(text) = value.as_str()
            && !attribute.sensitive
        {
            visible.push(text.to_owned());
        }
    });
    visible
}

/// How long an operation of `iwd_tenant` may take in all.
pub(super) fn timeout(object: &Value, operation: Operation) -> Result<Duration, Diagnostic> {
    timeout_at(object, &["timeouts", &operation.to_string()])
}

/// How long an operation may take in all, by what stands at that place.
pub(super) fn timeout_at(object: &Value, path: &[&str]) -> Result<Duration, Diagnostic> {
    let Some(text) = object.at(path).as_str() else {
        return Ok(DEFAULT_TIMEOUT);
    };
    duration::parse(text).map_err(|problem| {
        let path = AttributePath::of(path);
        let detail = format!("`{path}` is {text:?}: {problem}. Nothing was sent.");
        Diagnostic::error("Invalid duration", detail)
    })
}

/// The names in a list or set of services.
pub(super) fn services(listed: &[Value]) -> Vec<String> {
    let names = listed.iter().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::super::samples::{self, tenant as sample, tenant_with};
    use super::*;

    #[test]
    fn a_tenant_is_read_whole_with_write_only_values_in_their_places() {
        let planned = tenant_with([("iwd.db.password", Value::Null)]);
        let config = tenant_with([
            ("iwd.db.password", Value::Null),
            ("iwd.db.password_wo", "write-only".into()),
            ("api_key_wo", "not this one".into()),
        ]);
        let tenant = tenant(&planned, &config).unwrap();
        assert_eq!(tenant.ccid.as_str(), samples::CCID);
        assert_eq!((tenant.iwd.db.port, tenant.iwd.db.ssl), (5432, false));
        assert_eq!(tenant.iwd.db.password.expose_secret(), "write-only");
        assert_eq!(tenant.api_key.expose_secret(), "tenant-key");
        assert!(tenant.gws.is_none() && tenant.iwd_email.is_none());
    }

    #[test]
    fn what_has_no_value_when_all_should_have_one_is_named() {
        for (path, value) in [
            ("short_id", Value::Null),
            ("iwd.db.port", Value::Null),
            ("iwd.db.password", Value::Null),
            ("iwd.url", Value::UNKNOWN),
        ] {
            let values = tenant_with([(path, value)]);
            let error = tenant(&values, &values).unwrap_err();
            assert_eq!(error.summary, "Missing value");
            assert!(error.detail.contains(&format!("`{path}`")), "{error:?}");
        }
        let values = tenant_with([("ccid", "..".into())]);
        let error = tenant(&values, &values).unwrap_err();
        assert_eq!(error.summary, "Invalid contact center id");
    }

    #[test]
    fn secrets_and_what_everyone_sees_are_told_apart() {
        let values = tenant_with([("iwd.api_keys.iwddm_wo", "iwddm".into())]);
        let secrets = secrets(&values);
        let mut secrets: Vec<_> = secrets.iter().map(ExposeSecret::expose_secret).collect();
        secrets.sort_unstable();
        assert_eq!(secrets, ["api-key", "iwddm", "password", "tenant-key"]);
        let visible = visible_values(&values);
        assert!(visible.contains(&"postgres.infra".to_owned()));
        assert!(!visible.contains(&"password".to_owned()));
    }

    #[test]
    fn each_operation_has_the_documented_timeout_unless_set() {
        let documented = format!("Default `{}`", duration::format(DEFAULT_TIMEOUT));
        for operation in [Operation::Create, Operation::Update, Operation::Delete] {
            assert_eq!(timeout(&sample(), operation), Ok(DEFAULT_TIMEOUT));
            let name = format!("timeouts.{operation}");
            let mut row = ARGUMENTS
                .iter()
                .filter(|row| row.path().to_string() == name);
            let row = row.next().unwrap();
            assert!(row.attribute.description.contains(&documented));
            let set = Value::object([("timeouts", Value::object([(row.name(), "90s".into())]))]);
            assert_eq!(timeout(&set, operation), Ok(Duration::from_secs(90)));
        }
    }
}
