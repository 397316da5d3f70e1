//! The body of POST and PUT, key for key and in the order in which the API documents it.

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::model::Tenant;

/// What `iwdEmail.url` holds where IWD Email is not used, as the documentation has it.
pub const NO_EMAIL: &str = "N/A";
/// What `tenant.gws.secret.apikey` holds where there is none, as the documentation has it.
pub const NO_GWS_API_KEY: &str = "none";

/// The compact JSON of a tenant; a secret, for it holds all of the tenant's.
pub fn json(tenant: &Tenant) -> SecretString {
    serde_json::to_string(&Body::of(tenant))
        .expect("strings, numbers and booleans become JSON")
        .into()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    tenant: TenantPart<'a>,
    iwd: IwdPart<'a>,
    iwd_email: Email<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TenantPart<'a> {
    id: &'a str,
    name: &'a str,
    ccid: &'a str,
    api_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gws: Option<Gws<'a>>,
}

#[derive(Serialize)]
struct Gws<'a> {
    #[serde(rename = "gwsUrl")]
    url: &'a str,
    data: GwsData<'a>,
    secret: GwsSecret<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GwsData<'a> {
    auth_url: &'a str,
    #[serde(rename = "authredircetUrl")]
    auth_redirect_url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GwsSecret<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    #[serde(rename = "apikey")]
    api_key: &'a str,
    username: &'a str,
    token: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IwdPart<'a> {
    url: &'a str,
    db: Database<'a>,
    api_keys: ApiKeys<'a>,
}

#[derive(Serialize)]
struct Database<'a> {
    host: &'a str,
    port: u16,
    #[serde(rename = "database")]
    name: &'a str,
    user: &'a str,
    password: &'a str,
    ssl: bool,
}

#[derive(Serialize)]
struct ApiKeys<'a> {
    #[serde(rename = "IWD_APIKEY_TENANT")]
    tenant: &'a str,
    #[serde(rename = "IWD_APIKEY_IWDDM", skip_serializing_if = "Option::is_none")]
    iwddm: Option<&'a str>,
}

#[derive(Serialize)]
struct Email<'a> {
    url: &'a str,
}

impl<'a> Body<'a> {
    fn of(tenant: &'a Tenant) -> Self {
        let db = &tenant.iwd.db;
        let keys = &tenant.iwd.api_keys;
        Self {
            tenant: TenantPart {
                id: &tenant.short_id,
                name: &tenant.name,
                ccid: tenant.ccid.as_str(),
                api_key: tenant.api_key.expose_secret(),
                gws: tenant.gws.as_ref().map(|gws| Gws {
                    url: &gws.url,
                    data: GwsData {
                        auth_url: &gws.auth_url,
                        auth_redirect_url: &gws.auth_redirect_url,
                    },
                    secret: GwsSecret {
                        client_id: &gws.client_id,
                        client_secret: gws.client_secret.expose_secret(),
                        api_key: exposed(gws.api_key.as_ref()).unwrap_or(NO_GWS_API_KEY),
                        username: &gws.username,
                        token: gws.token.expose_secret(),
                    },
                }),
            },
            iwd: IwdPart {
                url: &tenant.iwd.url,
                db: Database {
                    host: &db.host,
                    port: db.port,
                    name: &db.database,
                    user: &db.user,
                    password: db.password.expose_secret(),
                    ssl: db.ssl,
                },
                api_keys: ApiKeys {
                    tenant: keys.tenant.expose_secret(),
                    iwddm: exposed(keys.iwddm.as_ref()),
                },
            },
            iwd_email: Email {
                url: tenant
                    .iwd_email
                    .as_ref()
                    .and_then(|email| email.url.as_deref())
                    .unwrap_or(NO_EMAIL),
            },
        }
    }
}

fn exposed(secret: Option<&SecretString>) -> Option<&str> {
    secret.map(ExposeSecret::expose_secret)
}

#[cfg(test)]
mod tests {
    use super::super::model::samples;
    use super::*;

    #[test]
    fn is_the_documented_body_key_for_key() {
        let documented = concat!(
            r#"{"tenant":{"id":"100","name":"t100","ccid":"9350e2fc-a1dd-4c65-","#,
            r#""apiKey":"049111b4-6cac-4e83-a7bf-37c057b45b0f","#,
            r#""gws":{"gwsUrl":"http://gws-service-proxy.gws","#,
            r#""data":{"authUrl":"http://gauth-auth.gauth","#,
            r#""authredircetUrl":"https://gauth.nlb01-uswest1.gcpe001.gencpe.net"},"#,
            r#""secret":{"clientId":"iwd_client","clientSecret":"secret","apikey":"none","#,
            r#""username":"nexus","token":":;pYV1lNWh0-"}}},"#,
            r#""iwd":{"url":"http://iwd.iwd:4024","db":{"host":"pgdb-dgt-postgresql.infra","port":5432,"#,
            r#""database":"iwd-100","user":"iwd-100","password":"iwd-100","ssl":false},"#,
            r#""apiKeys":{"IWD_APIKEY_TENANT":"22552b96-8783-46a9-b0eb-075ddfa8893e","#,
            r#""IWD_APIKEY_IWDDM":"d6b68a7b-12ed-4c3c-830d-215eecdd1a48"}},"#,
            r#""iwdEmail":{"url":"N/A"}}"#,
        );
        assert_eq!(json(&samples::with_gws()).expose_secret(), documented);
    }

    #[test]
    fn is_the_documented_body_without_gws() {
        let documented = concat!(
            r#"{"tenant":{"id":"100","name":"t100","ccid":"d846c51e-1fe8-4118-bf32-cf0b4ef29032","#,
            r#""apiKey":"22552b96-8783-46a9-b0eb-075ddfa8893e"},"#,
            r#""iwd":{"url":"http://iwd.iwd:4024","db":{"host":"postgres-rw.infra.svc.cluster.local","#,
            r#""port":5432,"database":"iwd","user":"iwd","password":"iwd","ssl":false},"#,
            r#""apiKeys":{"IWD_APIKEY_TENANT":"22552b96-8783-46a9-b0eb-075ddfa8893e","#,
            r#""IWD_APIKEY_IWDDM":"d6b68a7b-12ed-4c3c-830d-215eecdd1a48"}},"#,
            r#""iwdEmail":{"url":"N/A"}}"#,
        );
        assert_eq!(json(&samples::without_gws()).expose_secret(), documented);
    }

    #[test]
    fn optional_keys_are_sent_when_set_and_left_out_when_not() {
        let mut tenant = samples::with_gws();
        tenant.gws.as_mut().unwrap().api_key = Some("gws-key".into());
        tenant.iwd.api_keys.iwddm = None;
        let body = json(&tenant);
        assert!(body.expose_secret().contains(r#""apikey":"gws-key""#));
        assert!(!body.expose_secret().contains("IWDDM"));
    }
}
