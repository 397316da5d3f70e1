//! `POST`, `PUT` and `DELETE` under `/iwd/v3/provisioning`: check purely, then store.
//!
//! Documented: the paths, `{"created": true}`, and that PUT and POST serve the same purpose. The
//! simulator's own: status 200, `{"deleted": true}`, 404 for an unknown tenant, 500 for a database
//! that doesn't take the tenant's credentials.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::options::Options;
use super::refusal::Refusal;
use super::rules::{self, Deletion, Provisioning, Service};
use super::shared::{Note, Simulator};
use super::tenant_database;

/// `POST` and `PUT /iwd/v3/provisioning`: creates the tenant or brings it up to date.
pub(super) async fn provision(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    check_key(&headers, &simulator.options)?;
    check_content_type(&headers)?;
    let body: Value = serde_json::from_slice(&body).map_err(Refusal::NotJson)?;
    let provisioning = Provisioning::check(body).map_err(Refusal::Parameters)?;
    if simulator.options.verify_db {
        tenant_database::log_in(&provisioning).await?;
    }
    let note = format!("provisioned {}", provisioning.text("tenant.ccid"));
    simulator
        .with_store(move |store| store.provision(&provisioning))
        .await?;
    Ok(done("created", note))
}

/// `DELETE /iwd/v3/provisioning/{ccid}`: deletes the tenant or services of it.
pub(super) async fn delete(
    State(simulator): State<Simulator>,
    Path(ccid): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    check_key(&headers, &simulator.options)?;
    let deletion = rules::deletion(&query.unwrap_or_default()).map_err(Refusal::Parameters)?;
    let note = match &deletion {
        Deletion::Tenant => format!("deleted {ccid}"),
        Deletion::Services(services) => {
            let names: Vec<&str> = services.iter().copied().map(Service::name).collect();
            format!("deleted {} of {ccid}", names.join(", "))
        }
    };
    let known = simulator
        .with_store(move |store| store.delete(&ccid, &deletion))
        .await?;
    if known {
        Ok(done("deleted", note))
    } else {
        Err(Refusal::NoTenant)
    }
}

fn done(what: &str, note: String) -> Response {
    let mut response = Json(json!({ what: true })).into_response();
    response.extensions_mut().insert(Note(note));
    response
}

fn check_key(headers: &HeaderMap, options: &Options) -> Result<(), Refusal> {
    let key = headers
        .get("x-api-key")
        .map(|value| value.as_bytes().trim_ascii())
        .filter(|key| !key.is_empty())
        .ok_or(Refusal::NoKey)?;
    let accepted = &options.api_keys;
    let is_key = |accepted: &secrecy::SecretString| accepted.expose_secret().as_bytes() == key;
    if accepted.is_empty() || accepted.iter().any(is_key) {
        Ok(())
    } else {
        Err(Refusal::OtherKey)
    }
}

/// The documentation's command sends `application/json; charset=utf-8`.
fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_lowercase();
    let (media_type, parameters) = content_type
        .split_once(';')
        .unwrap_or((&content_type, "charset=utf-8"));
    let charset = parameters.trim().replace('"', "");
    if media_type.trim() == "application/json" && charset == "charset=utf-8" {
        Ok(())
    } else {
        Err(Refusal::ContentType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn any_key_will_do_unless_some_are_named() {
        let none = Options::default();
        let some = Options {
            api_keys: vec!["a".into(), "b".into()],
            ..Options::default()
        };
        assert!(check_key(&headers("x-api-key", "c"), &none).is_ok());
        assert!(check_key(&headers("x-api-key", "b"), &some).is_ok());
        assert!(matches!(
            check_key(&headers("x-api-key", "c"), &some),
            Err(Refusal::OtherKey)
        ));
        for without in [HeaderMap::new(), headers("x-api-key", " ")] {
            assert!(matches!(check_key(&without, &none), Err(Refusal::NoKey)));
        }
    }

    #[test]
    fn json_in_utf8_is_the_only_content_type() {
        for (value, accepted) in [
            ("application/json; charset=utf-8", true),
            ("application/json", true),
            ("Application/JSON;charset=\"UTF-8\"", true),
            ("application/json; charset=latin1", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("", false),
        ] {
            let result = check_content_type(&headers("content-type", value));
            assert_eq!(result.is_ok(), accepted, "{value}");
        }
    }
}
