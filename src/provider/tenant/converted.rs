//! The configuration of a tenant, made of the body of the request that provisioned it until now.

use serde_json::Value as Json;
use unicode_normalization::is_nfc;

use super::placeholder::is_placeholder;
use super::request_body;
pub use super::request_body::NoTenant;
use super::schema::{self, Need, SCHEMA};
use super::validate;
use crate::iwd::model::Ccid;
use crate::tf_provider::invalid_value::Mismatch;
use crate::tf_provider::schema::{Block, Presence};
use crate::tf_provider::value::Value;

/// A tenant's configuration, and what has to be looked at. It holds no secret.
#[derive(Debug)]
pub struct Converted {
    /// The tenant.
    pub ccid: Ccid,
    /// What the resource's arguments are set to; unknown where a variable has to hold a secret.
    pub config: Value,
    /// What was not taken over, is missing, or would be refused; each names its place.
    pub remarks: Vec<String>,
}

impl Converted {
    /// The schema that the configuration follows.
    pub fn schema() -> &'static Block {
        &SCHEMA.block
    }

    /// Where the body of a request has the argument at this path, secrets in either form.
    pub fn place_in_body(path: &[&str]) -> Option<&'static str> {
        let (name, block) = path.split_last()?;
        let mut sent = schema::sent();
        let found = sent.find(|(argument, _)| {
            let twin = argument.secret.as_ref().map(|secret| secret.twin);
            argument.block == block && (argument.name() == *name || twin == Some(name))
        });
        found.map(|(_, wire)| wire)
    }
}

/// The configuration of the tenant that the body provisions.
pub fn convert(body: &Json) -> Result<Converted, NoTenant> {
    let ccid = request_body::ccid(body)?;
    let said = request_body::read(body);
    let mut remarks = said
        .misfits
        .iter()
        .map(|misfit| {
            let path = &misfit.path;
            match misfit.problem {
                Mismatch::UnknownAttribute => {
                    format!("`{path}` of the body has no argument in iwd_tenant and is left out")
                }
                ref problem => format!("`{path}` of the body is left out: {problem}"),
            }
        })
        .collect::<Vec<_>>();
    let mut config = said.object.clone();
    for (argument, wire) in schema::sent() {
        if !argument.block_stands(&config) {
            continue;
        }
        let path = argument.path();
        let text = request_body::at(body, wire).as_str();
        if text.is_some_and(|text| !is_nfc(text)) {
            remarks.push(format!(
                "`{wire}` of the body has characters and their accents apart (Unicode's form NFD), and Terraform joins them \
                 (NFC): IWD gets other bytes than until now"
            ));
        }
        match &argument.secret {
            Some(secret) if said.has_secret(wire) => {
                secret.set(argument, &mut config, Value::UNKNOWN);
            }
            Some(secret) => {
                let is_empty = text.is_some_and(request_body::is_blank);
                if secret.need == Need::Required {
                    secret.set(argument, &mut config, Value::UNKNOWN);
                    let problem = if is_empty { "empty" } else { "missing" };
                    remarks.push(format!(
                        "`{wire}` is {problem} in the body; `{path}` needs a value"
                    ));
                } else if is_empty {
                    remarks.push(format!(
                        "`{wire}` is empty in the body; `{path}` is left out, since the provider sends no empty secret"
                    ));
                }
            }
            None => {
                let value = argument.of(&config);
                if value.is_null() && argument.attribute.presence == Presence::Required {
                    remarks.push(format!(
                        "`{wire}` is missing in the body; `{path}` needs a value"
                    ));
                }
                if value.as_str().is_some_and(is_placeholder) {
                    remarks.push(format!(
                        "`{path}` holds a placeholder (`$…`, `%…%` or `{{{{…}}}}`), which a shell or a template filled in \
                         until now: put in a value or a variable"
                    ));
                }
                if value.as_str().is_some_and(may_hold_credentials) {
                    argument.set(&mut config, Value::UNKNOWN);
                    remarks.push(format!(
                        "`{wire}` of the body is an address with a user name, a password, a query or a fragment, so a \
                         variable has to hold it; it is stored in state"
                    ));
                }
            }
        }
    }
    let problems = validate::validate(&config);
    remarks.extend(problems.into_iter().map(|problem| problem.detail));
    Ok(Converted {
        ccid,
        config,
        remarks,
    })
}

/// Whether the text is an address with more in it than where something is.
fn may_hold_credentials(text: &str) -> bool {
    let before = text.split_once('@').map(|(before, _)| before);
    before.is_some_and(|user| user.contains(':'))
        || text.contains("://") && text.contains(['@', '?', '#'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Json {
        json!({
            "tenant": {
                "id": "100", "name": "t100", "ccid": "9350e2fc-a1dd-4c65-8d40-1f75a2e00100", "apiKey": "canary-1",
                "gws": {
                    "gwsUrl": "http://gws",
                    "data": {"authUrl": "http://auth", "authredircetUrl": "https://auth.example.com"},
                    "secret": {
                        "clientId": "iwd_client", "clientSecret": "canary-2", "apikey": "none",
                        "username": "default", "token": "canary-3",
                    },
                },
            },
            "iwd": {
                "url": "http://iwd.iwd:4024",
                "db": {
                    "host": "pg", "port": 5432, "database": "iwd-100", "user": "iwd-100", "password": "canary-4",
                    "ssl": false,
                },
                "apiKeys": {"IWD_APIKEY_TENANT": "canary-5", "IWD_APIKEY_IWDDM": "canary-6"},
            },
            "iwdEmail": {"url": "N/A"},
        })
    }

    /// The remarks about a body in which the value at a JSON pointer is another.
    fn remarks(pointer: &str, value: Json) -> Vec<String> {
        let mut body = body();
        *body.pointer_mut(pointer).unwrap() = value;
        convert(&body).unwrap().remarks
    }

    #[test]
    fn every_part_of_the_documented_body_has_its_place() {
        let Converted {
            ccid,
            config,
            remarks,
        } = convert(&body()).unwrap();
        assert_eq!(remarks, [""; 0]);
        assert_eq!(ccid.as_str(), config.get("ccid").as_str().unwrap());
        assert_eq!(
            config.at(&["gws", "auth_redirect_url"]).as_str(),
            Some("https://auth.example.com")
        );
        for path in [
            &["api_key_wo"][..],
            &["gws", "client_secret_wo"],
            &["gws", "token_wo"],
            &["iwd", "db", "password_wo"],
            &["iwd", "api_keys", "tenant_wo"],
            &["iwd", "api_keys", "iwddm_wo"],
        ] {
            assert!(config.at(path).is_unknown(), "{path:?}");
        }
        assert!(config.at(&["gws", "api_key_wo"]).is_null());
        let place = Converted::place_in_body(&["iwd", "api_keys", "tenant_wo"]);
        assert_eq!(place, Some("iwd.apiKeys.IWD_APIKEY_TENANT"));
    }

    #[test]
    fn a_body_without_a_valid_ccid_is_no_tenant() {
        for (body, problem) in [
            (json!([]), NoTenant::NotObject),
            (json!({"tenant": {"id": "100"}}), NoTenant::NoCcid),
            (json!({"tenant": {"ccid": 7}}), NoTenant::NoCcid),
            (
                json!({"tenant": {"ccid": "$TENANT_UUID"}}),
                NoTenant::Placeholder,
            ),
        ] {
            assert_eq!(convert(&body).unwrap_err(), problem);
        }
        let told = convert(&json!({"tenant": {"ccid": "a/canary"}}))
            .unwrap_err()
            .to_string();
        assert!(
            told.starts_with("`tenant.ccid` is not a contact center id: 1 to 64 letters"),
            "{told}"
        );
        assert!(!told.contains("canary"), "{told}");
    }

    #[test]
    fn what_has_to_be_looked_at_is_named_without_its_value() {
        for (pointer, value, remark) in [
            ("/iwd/db/port", json!("5432"), ""),
            (
                "/iwd/db/port",
                json!(99_999),
                "`iwd.db.port` is 99999. It must be a whole number from 1 to 65535.",
            ),
            (
                "/iwd/db/ssl",
                json!("yes"),
                "`iwd.db.ssl` of the body is left out: expected a bool",
            ),
            (
                "/iwd/db/host",
                Json::Null,
                "`iwd.db.host` is missing in the body; `iwd.db.host` needs a value",
            ),
            (
                "/tenant/apiKey",
                Json::Null,
                "`tenant.apiKey` is missing in the body; `api_key` needs a value",
            ),
            (
                "/tenant/gws/secret/token",
                json!(" "),
                "`tenant.gws.secret.token` is empty in the body; `gws.token` needs a value",
            ),
            (
                "/iwd/apiKeys/IWD_APIKEY_IWDDM",
                json!(""),
                "`iwd.apiKeys.IWD_APIKEY_IWDDM` is empty in the body; `iwd.api_keys.iwddm` is left out",
            ),
            ("/tenant/gws/secret/token", json!("none"), ""),
            (
                "/tenant/name",
                json!("e\u{301}"),
                "`tenant.name` of the body has characters and their accents apart",
            ),
            (
                "/iwd/db/password",
                json!("canary e\u{301}"),
                "`iwd.db.password` of the body has characters and their accents apart",
            ),
            (
                "/iwd/db/host",
                json!("%DBHOST%"),
                "`iwd.db.host` holds a placeholder (`$…`, `%…%` or `{{…}}`)",
            ),
            (
                "/tenant/name",
                json!("${NAME}"),
                "`name` holds a placeholder (`$…`, `%…%` or `{{…}}`)",
            ),
            ("/tenant/name", json!("US$ {1}"), ""),
            (
                "/iwd/url",
                json!("iwd:4024"),
                "`iwd.url` must be a URL with a scheme and a host",
            ),
            (
                "/tenant/gws/gwsUrl",
                json!("http://me:canary@gws"),
                "`tenant.gws.gwsUrl` of the body is an address with a user name",
            ),
            (
                "/iwd/url",
                json!("http://iwd/#canary"),
                "`iwd.url` of the body is an address with a user name",
            ),
            (
                "/iwd/db/host",
                json!("admin:canary@pg"),
                "`iwd.db.host` of the body is an address with a user name",
            ),
            ("/iwd/db/user", json!("iwd@pg"), ""),
        ] {
            let remarks = remarks(pointer, value);
            assert!(
                remarks.iter().all(|told| !told.contains("canary")),
                "{remarks:?}"
            );
            match (&remarks[..], remark) {
                ([], "") => {}
                ([told], remark) => {
                    assert!(!remark.is_empty() && told.starts_with(remark), "{told}");
                }
                _ => panic!("{pointer}: {remarks:?}"),
            }
        }
    }
}
