//! What a request must hold: the documented parameters as data, and pure functions that check against them.
//!
//! Documented ("Provision IWD"): the names, types and which are required; the `tenant.gws` object
//! only appears in the example body. The simulator's own: every child of `tenant.gws` is required
//! once the object is there, a blank string counts as missing, unknown names are refused, and
//! several problems come in one answer.

mod deletion;

use std::fmt;

use serde_json::Value;

pub(super) use deletion::{Deletion, Service, deletion};

/// A parameter's documented datatype.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Object,
    String,
    Number,
    Boolean,
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "an object",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
        })
    }
}

/// One parameter of the request body, named by its path from the top.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    kind: Kind,
    /// Required once the object around it is there.
    pub(super) required: bool,
}

const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: true,
    }
}

const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: false,
    }
}

/// Every parameter of `POST` and `PUT /iwd/v3/provisioning`, each object before its children.
///
/// The documentation's table writes `tenant.apikey`; its two example bodies `apiKey`, as here.
pub(super) const PARAMETERS: [Parameter; 30] = [
    required("tenant", Kind::Object),
    required("tenant.id", Kind::String),
    required("tenant.name", Kind::String),
    required("tenant.ccid", Kind::String),
    required("tenant.apiKey", Kind::String),
    optional("tenant.gws", Kind::Object),
    required("tenant.gws.gwsUrl", Kind::String),
    required("tenant.gws.data", Kind::Object),
    required("tenant.gws.data.authUrl", Kind::String),
    required("tenant.gws.data.authredircetUrl", Kind::String),
    required("tenant.gws.secret", Kind::Object),
    required("tenant.gws.secret.clientId", Kind::String),
    required("tenant.gws.secret.clientSecret", Kind::String),
    required("tenant.gws.secret.apikey", Kind::String),
    required("tenant.gws.secret.username", Kind::String),
    required("tenant.gws.secret.token", Kind::String),
    required("iwd", Kind::Object),
    required("iwd.url", Kind::String),
    required("iwd.db", Kind::Object),
    required("iwd.db.host", Kind::String),
    required("iwd.db.port", Kind::Number),
    required("iwd.db.database", Kind::String),
    required("iwd.db.user", Kind::String),
    required("iwd.db.password", Kind::String),
    required("iwd.db.ssl", Kind::Boolean),
    required("iwd.apiKeys", Kind::Object),
    required("iwd.apiKeys.IWD_APIKEY_TENANT", Kind::String),
    optional("iwd.apiKeys.IWD_APIKEY_IWDDM", Kind::String),
    required("iwdEmail", Kind::Object),
    required("iwdEmail.url", Kind::String),
];

/// Why a parameter is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("{0} is missing")]
    Missing(String),
    #[error("{0} is blank")]
    Blank(String),
    #[error("{name} must be {expected}")]
    Wrong { name: String, expected: String },
    #[error("{0} is unknown")]
    Unknown(String),
}

impl Problem {
    /// The parameter it is about.
    pub(super) fn parameter(&self) -> &str {
        match self {
            Self::Missing(name)
            | Self::Blank(name)
            | Self::Unknown(name)
            | Self::Wrong { name, .. } => name,
        }
    }

    fn wrong(name: &str, expected: impl fmt::Display) -> Self {
        Self::Wrong {
            name: name.to_owned(),
            expected: expected.to_string(),
        }
    }
}

/// A request body that holds everything required and nothing unknown. It is full of secrets.
pub(super) struct Provisioning(Value);

impl Provisioning {
    /// Checks a body, collecting every problem.
    pub(super) fn check(body: Value) -> Result<Self, Vec<Problem>> {
        if !body.is_object() {
            return Err(vec![Problem::wrong("body", Kind::Object)]);
        }
        let mut problems: Vec<Problem> = PARAMETERS
            .iter()
            .filter_map(|parameter| problem(parameter, &body))
            .collect();
        collect_unknown("", &body, &mut problems);
        if problems.is_empty() {
            Ok(Self(body))
        } else {
            Err(problems)
        }
    }

    /// The body as received.
    pub(super) fn body(&self) -> &Value {
        &self.0
    }

    /// The value of a parameter, if given.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        get(&self.0, name)
    }

    /// The text of a required string parameter.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

fn get<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('.').try_fold(body, |value, key| value.get(key))
}

fn problem(parameter: &Parameter, body: &Value) -> Option<Problem> {
    let Parameter { name, kind, .. } = *parameter;
    match get(body, name) {
        None if parameter.required && is_expected(name, body) => {
            Some(Problem::Missing(name.to_owned()))
        }
        Some(value) if !kind.fits(value) => Some(Problem::wrong(name, kind)),
        Some(Value::String(text)) if text.trim().is_empty() => {
            Some(Problem::Blank(name.to_owned()))
        }
        _ => None,
    }
}

/// Whether the objects around a parameter are there or, being required, should be. Below a value
/// of the wrong type nothing is expected: that problem says enough.
fn is_expected(name: &str, body: &Value) -> bool {
    PARAMETERS
        .iter()
        .filter(|outer| name.starts_with(outer.name) && name[outer.name.len()..].starts_with('.'))
        .all(|outer| get(body, outer.name).map_or(outer.required, Value::is_object))
}

fn collect_unknown(prefix: &str, value: &Value, problems: &mut Vec<Problem>) {
    for (key, child) in value.as_object().into_iter().flatten() {
        let name = format!("{prefix}{key}");
        match PARAMETERS.iter().find(|parameter| parameter.name == name) {
            Some(_) => collect_unknown(&format!("{name}."), child, problems),
            None => problems.push(Problem::Unknown(name)),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
