//! The documented bodies, and what is wrong with others.

use serde_json::json;

use super::*;

/// The body of the documentation's "Create tenant request".
pub(in crate::simulator) fn documented_body() -> Value {
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
pub(in crate::simulator) fn documented_manual_body() -> Value {
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
