//! From the configuration as written to the tenant as meant.

use secrecy::SecretString;

use super::fingerprint::Secrets;
use super::schema::{DELETE_SERVICES, DELETE_TENANT, KEEP, SCHEMA, SECRETS, Secret};
use crate::iwd::model::{ApiKeys, Ccid, Database, Deletion, Gws, Iwd, Tenant};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::value::Value;

/// What destroy does, by the state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum OnDestroy {
    /// Send this.
    Delete(Deletion),
    /// Forget the tenant.
    Keep,
    /// The state doesn't say: it was imported or moved and never applied.
    Unknown,
}

/// The write-only values of a configuration.
#[derive(Debug)]
pub(super) enum WriteOnlyValues {
    /// All of them are known.
    Known(Secrets),
    /// At least one is not known yet.
    Unknown,
    /// A secret has neither form, though validation wants one: `ignore_changes` keeps it from the provider.
    Hidden,
}

/// Reads the ccid, which must never reach a path unchecked.
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
    let reader = Reader { planned, config };
    let gws = match planned.get("gws").as_map() {
        None => None,
        Some(_) => Some(Gws {
            url: reader.text(&["gws", "url"])?,
            auth_url: reader.text(&["gws", "auth_url"])?,
            auth_redirect_url: reader.text(&["gws", "auth_redirect_url"])?,
            client_id: reader.text(&["gws", "client_id"])?,
            client_secret: reader.secret(&["gws"], "client_secret")?,
            api_key: reader.optional_secret(&["gws"], "api_key"),
            username: reader.text(&["gws", "username"])?,
            token: reader.secret(&["gws"], "token")?,
        }),
    };
    Ok(Tenant {
        short_id: reader.text(&["short_id"])?,
        name: reader.text(&["name"])?,
        ccid: ccid(planned.get("ccid"))?,
        api_key: reader.secret(&[], "api_key")?,
        gws,
        iwd: Iwd {
            url: reader.text(&["iwd", "url"])?,
            db: Database {
                host: reader.text(&["iwd", "db", "host"])?,
                port: reader.port()?,
                database: reader.text(&["iwd", "db", "database"])?,
                user: reader.text(&["iwd", "db", "user"])?,
                password: reader.secret(&["iwd", "db"], "password")?,
                ssl: planned
                    .at(&["iwd", "db", "ssl"])
                    .as_bool()
                    .unwrap_or_default(),
            },
            api_keys: ApiKeys {
                tenant: reader.secret(&["iwd", "api_keys"], "tenant")?,
                iwddm: reader.optional_secret(&["iwd", "api_keys"], "iwddm"),
            },
        },
        iwd_email_url: planned
            .at(&["iwd_email", "url"])
            .as_str()
            .map(str::to_owned),
    })
}

struct Reader<'a> {
    planned: &'a Value,
    config: &'a Value,
}

impl Reader<'_> {
    fn text(&self, path: &[&str]) -> Result<String, Diagnostic> {
        self.planned
            .at(path)
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| missing(path))
    }

    fn port(&self) -> Result<u16, Diagnostic> {
        let path = &["iwd", "db", "port"];
        self.planned
            .at(path)
            .as_number()
            .and_then(|number| u16::try_from(number.as_i64()?).ok())
            .ok_or_else(|| missing(path))
    }

    fn secret(&self, block: &[&str], plain: &str) -> Result<SecretString, Diagnostic> {
        self.optional_secret(block, plain)
            .ok_or_else(|| missing(&[block, &[plain]].concat()))
    }

    fn optional_secret(&self, block: &[&str], plain: &str) -> Option<SecretString> {
        let write_only = format!("{plain}_wo");
        self.planned
            .at(block)
            .get(plain)
            .as_str()
            .or_else(|| self.config.at(block).get(&write_only).as_str())
            .map(SecretString::from)
    }
}

/// An error if something that the user sets is still not known, which Terraform rules out.
pub(super) fn all_known(planned: &Value) -> Result<(), Diagnostic> {
    let results = ["id", "revision"];
    let unknown = planned
        .as_map()
        .into_iter()
        .flatten()
        .find(|(name, value)| !results.contains(&name.as_str()) && !value.is_wholly_known());
    match unknown {
        Some((name, _)) => Err(missing(&[name])),
        None => Ok(()),
    }
}

/// Validation lets nothing of the kind through, except what was not known then.
fn missing(path: &[&str]) -> Diagnostic {
    let path = path.join(".");
    Diagnostic::error(
        "Missing value",
        format!(
            "`{path}` has no value now that everything is known. Nothing was sent. Check the expression that \
             `{path}` is set to."
        ),
    )
}

/// What the state says that destroy does.
pub(super) fn on_destroy(state: &Value) -> OnDestroy {
    match state.get("on_destroy").as_str() {
        Some(DELETE_TENANT) => OnDestroy::Delete(Deletion::Tenant),
        Some(DELETE_SERVICES) => {
            let services: Vec<_> = match state.get("destroy_services").as_elements() {
                Some(listed) => listed
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                None => vec!["iWD".to_owned(), "iWDEmail".to_owned()],
            };
            // Validation lets no empty list through; what a delete of none would do is anyone's guess.
            if services.is_empty() {
                OnDestroy::Unknown
            } else {
                OnDestroy::Delete(Deletion::Services(services))
            }
        }
        Some(KEEP) => OnDestroy::Keep,
        _ => OnDestroy::Unknown,
    }
}

/// The write-only values that the configuration sets.
pub(super) fn write_only_values(config: &Value) -> WriteOnlyValues {
    let mut known = Vec::new();
    for secret in &SECRETS {
        if secret.is_missing(config) {
            return WriteOnlyValues::Hidden;
        }
        let Secret {
            block, write_only, ..
        } = secret;
        let value = config.at(block).get(write_only);
        if value.is_unknown() {
            return WriteOnlyValues::Unknown;
        }
        if let Some(text) = value.as_str() {
            let path = AttributePath::of(block).attribute(write_only).to_string();
            known.push((path, SecretString::from(text)));
        }
    }
    WriteOnlyValues::Known(known)
}

/// The secrets that a state holds, for masking.
pub(super) fn stored_secrets(state: &Value) -> Vec<SecretString> {
    SECRETS
        .iter()
        .filter_map(|secret| state.at(secret.block).get(secret.plain).as_str())
        .map(SecretString::from)
        .collect()
}

/// The values of a state that everyone sees.
pub(super) fn visible_values(state: &Value) -> Vec<String> {
    let mut visible = Vec::new();
    SCHEMA.block.visit(state, &mut |_, attribute, value| {
        if let Some(text) = value.as_str()
            && !attribute.sensitive
        {
            visible.push(text.to_owned());
        }
    });
    visible
}
