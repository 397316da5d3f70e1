//! What a request must hold: the documented parameters as data, and pure functions that check against them.
//!
//! Documented ("Provision IWD"): the names, types and which are required; the `tenant.gws` object
//! only appears in the example body. The simulator's own: every child of `tenant.gws` is required
//! once the object is there, a blank string counts as missing, unknown names are refused, and
//! several problems come in one answer.

use std::fmt;

use serde_json::Value;

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

/// A service that IWD records for a tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Service {
    Gapi,
    Iwd,
    IwdEmail,
}

impl Service {
    const ALL: [Self; 3] = [Self::Gapi, Self::Iwd, Self::IwdEmail];

    /// Its name in the API. That `GAPI` can be named in a `DELETE` is the simulator's own: the
    /// documentation's example names the other two.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gapi => "GAPI",
            Self::Iwd => "iWD",
            Self::IwdEmail => "iWDEmail",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// What a `DELETE` removes.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Deletion {
    /// All services, all API keys and the tenant.
    Tenant,
    /// The named services only.
    Services(Vec<Service>),
}

/// Reads the query of a `DELETE`: `deleteTenant=true`, which takes everything, or `service=` with
/// names separated by commas.
pub(super) fn deletion(query: &str) -> Result<Deletion, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut services: Option<Vec<Service>> = None;
    let mut tenant: Option<bool> = None;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "service" if services.is_none() => {
                let found: Option<Vec<Service>> = value.split(',').map(Service::named).collect();
                if found.is_none() {
                    let names = Service::ALL.map(Service::name).join(", ");
                    let expected = format!("one or more of {names}, separated by commas");
                    problems.push(Problem::wrong("service", expected));
                }
                services = Some(found.unwrap_or_default());
            }
            "deleteTenant" if tenant.is_none() => {
                let parsed = value.parse();
                if parsed.is_err() {
                    problems.push(Problem::wrong("deleteTenant", "true or false"));
                }
                tenant = Some(parsed.unwrap_or_default());
            }
            "service" | "deleteTenant" => problems.push(Problem::wrong(&name, "given once")),
            _ => problems.push(Problem::Unknown(name.into_owned())),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match (tenant, services) {
        (Some(true), _) => Ok(Deletion::Tenant),
        (_, Some(services)) => Ok(Deletion::Services(services)),
        // `deleteTenant=false` alone asks for nothing.
        (_, None) => Err(["service", "deleteTenant"]
            .map(|name| Problem::Missing(name.to_owned()))
            .to_vec()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// The body of the documentation's "Create tenant request".
    pub(in super::super) fn documented_body() -> Value {
        json!({
            "tenant": {
                "id": "100",
                "name": "t100",
                "ccid": "9350e2fc-a1dd-4c65-",
                "apiKey": "049111b4-6cac-4e83-a7bf-37c057b45b0f",
                "gws": {
                    "gwsUrl": "http://gws-service-proxy.gws",
                    "data": {
                        "authUrl": "http://gauth-auth.gauth",
                        "authredircetUrl": "https://gauth.nlb01-uswest1.gcpe001.gencpe.net"
                    },
                    "secret": {
                        "clientId": "iwd_client",
                        "clientSecret": "secret",
                        "apikey": "none",
                        "username": "nexus",
                        "token": ":;pYV1lNWh0-"
                    }
                }
            },
            "iwd": {
                "url": "http://iwd.iwd:4024",
                "db": {
                    "host": "pgdb-dgt-postgresql.infra",
                    "port": 5432,
                    "database": "iwd-100",
                    "user": "iwd-100",
                    "password": "iwd-100",
                    "ssl": false
                },
                "apiKeys": {
                    "IWD_APIKEY_TENANT": "22552b96-8783-46a9-b0eb-075ddfa8893e",
                    "IWD_APIKEY_IWDDM": "d6b68a7b-12ed-4c3c-830d-215eecdd1a48"
                }
            },
            "iwdEmail": {"url": "N/A"}
        })
    }

    /// The body of the documentation's "Manual provisioning" command, which has no `tenant.gws`.
    pub(in super::super) fn documented_manual_body() -> Value {
        json!({
            "tenant": {
                "id": "100",
                "name": "t100",
                "ccid": "d846c51e-1fe8-4118-bf32-cf0b4ef29032",
                "apiKey": "22552b96-8783-46a9-b0eb-075ddfa8893e"
            },
            "iwd": {
                "url": "http://iwd.iwd:4024",
                "db": {
                    "host": "postgres-rw.infra.svc.cluster.local",
                    "port": 5432,
                    "database": "iwd",
                    "user": "iwd",
                    "password": "iwd",
                    "ssl": false
                },
                "apiKeys": {
                    "IWD_APIKEY_TENANT": "22552b96-8783-46a9-b0eb-075ddfa8893e",
                    "IWD_APIKEY_IWDDM": "d6b68a7b-12ed-4c3c-830d-215eecdd1a48"
                }
            },
            "iwdEmail": {"url": "N/A"}
        })
    }

    fn set(body: &mut Value, name: &str, value: Value) {
        let pointer = format!("/{}", name.replace('.', "/"));
        *body.pointer_mut(&pointer).unwrap() = value;
    }

    fn remove(body: &mut Value, name: &str) {
        let (outer, key) = name.rsplit_once('.').unwrap_or(("", name));
        let outer = outer
            .split('.')
            .filter(|key| !key.is_empty())
            .fold(body, |value, key| &mut value[key]);
        outer.as_object_mut().unwrap().remove(key).unwrap();
    }

    fn problems(body: Value) -> Vec<Problem> {
        Provisioning::check(body).err().unwrap_or_default()
    }

    #[test]
    fn both_documented_bodies_are_accepted() {
        assert_eq!(problems(documented_body()), []);
        assert_eq!(problems(documented_manual_body()), []);
    }

    #[test]
    fn the_documented_body_holds_every_parameter() {
        for parameter in &PARAMETERS {
            assert!(
                get(&documented_body(), parameter.name).is_some(),
                "{}",
                parameter.name
            );
        }
    }

    #[test]
    fn each_parameter_left_out_is_named_with_all_it_should_hold_unless_optional() {
        for parameter in &PARAMETERS {
            let mut body = documented_body();
            remove(&mut body, parameter.name);
            let within = format!("{}.", parameter.name);
            let expected: Vec<Problem> = PARAMETERS
                .iter()
                .filter(|other| {
                    let inside = other.name == parameter.name || other.name.starts_with(&within);
                    let beside_gws = !other.name.starts_with("tenant.gws")
                        || parameter.name.starts_with("tenant.gws.");
                    inside && other.required && beside_gws
                })
                .map(|other| Problem::Missing(other.name.to_owned()))
                .collect();
            assert_eq!(problems(body), expected, "without {}", parameter.name);
        }
    }

    #[test]
    fn nothing_at_all_is_answered_with_every_required_parameter_outside_gws() {
        let named: Vec<String> = problems(json!({}))
            .iter()
            .map(|problem| problem.parameter().to_owned())
            .collect();
        assert_eq!(named.len(), 18);
        assert!(named.contains(&"iwd.db.host".to_owned()));
        assert!(!named.iter().any(|name| name.contains("gws")));
        assert!(!named.contains(&"iwd.apiKeys.IWD_APIKEY_IWDDM".to_owned()));
    }

    #[test]
    fn each_parameter_of_another_type_is_named_once() {
        for parameter in &PARAMETERS {
            for wrong in [json!([]), json!(null)] {
                let mut body = documented_body();
                set(&mut body, parameter.name, wrong);
                assert_eq!(
                    problems(body),
                    [Problem::wrong(parameter.name, parameter.kind)]
                );
            }
        }
    }

    #[test]
    fn a_port_in_quotes_and_an_ssl_in_quotes_are_wrong() {
        let mut body = documented_body();
        set(&mut body, "iwd.db.port", json!("5432"));
        set(&mut body, "iwd.db.ssl", json!("false"));
        let problems = problems(body);
        assert_eq!(problems[0].to_string(), "iwd.db.port must be a number");
        assert_eq!(problems[1].to_string(), "iwd.db.ssl must be a boolean");
        assert_eq!(problems.len(), 2);
    }

    #[test]
    fn a_blank_string_is_refused() {
        let mut body = documented_body();
        set(&mut body, "iwd.db.password", json!(" "));
        assert_eq!(
            problems(body),
            [Problem::Blank("iwd.db.password".to_owned())]
        );
    }

    #[test]
    fn unknown_names_are_refused_by_name_beside_what_is_missing() {
        let mut body = documented_body();
        remove(&mut body, "iwd.db.port");
        body["iwd"]["db"]["prot"] = json!(5432);
        body["tenants"] = json!({"id": "100"});
        assert_eq!(
            problems(body),
            [
                Problem::Missing("iwd.db.port".to_owned()),
                Problem::Unknown("iwd.db.prot".to_owned()),
                Problem::Unknown("tenants".to_owned()),
            ]
        );
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        assert_eq!(
            problems(json!([documented_body()])),
            [Problem::wrong("body", Kind::Object)]
        );
    }

    #[test]
    fn delete_tenant_takes_everything_whatever_services_are_named() {
        assert_eq!(deletion("deleteTenant=true"), Ok(Deletion::Tenant));
        assert_eq!(
            deletion("service=iWD&deleteTenant=true"),
            Ok(Deletion::Tenant)
        );
    }

    #[test]
    fn services_are_one_value_separated_by_commas_encoded_or_not() {
        let both = || Ok(Deletion::Services(vec![Service::Iwd, Service::IwdEmail]));
        assert_eq!(deletion("service=iWD,iWDEmail"), both());
        assert_eq!(
            deletion("service=iWD%2CiWDEmail&deleteTenant=false"),
            both()
        );
        assert_eq!(
            deletion("service=GAPI"),
            Ok(Deletion::Services(vec![Service::Gapi]))
        );
    }

    #[test]
    fn a_delete_that_asks_for_nothing_names_both_parameters() {
        for query in ["", "deleteTenant=false"] {
            let problems = deletion(query).unwrap_err();
            let named: Vec<&str> = problems.iter().map(Problem::parameter).collect();
            assert_eq!(named, ["service", "deleteTenant"], "{query}");
        }
    }

    #[test]
    fn a_delete_with_other_values_or_names_is_refused() {
        for (query, parameter) in [
            ("service=", "service"),
            ("service=iwd", "service"),
            ("service=iWD,", "service"),
            ("service=iWD&service=iWDEmail", "service"),
            ("deleteTenant", "deleteTenant"),
            ("deleteTenant=yes", "deleteTenant"),
            ("deleteTenant=true&delete=all", "delete"),
        ] {
            let problems = deletion(query).unwrap_err();
            let named: Vec<&str> = problems.iter().map(Problem::parameter).collect();
            assert_eq!(named, [parameter], "{query}");
        }
    }
}
