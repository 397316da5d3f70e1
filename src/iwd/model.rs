//! What is provisioned, as meant: the tenant and the two services IWD registers for it.
//!
//! Parameters and their meaning: Genesys, "Provision IWD" (Private Edition Guide).

use std::fmt;
use std::str::FromStr;

use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;

/// A contact center ID that is safe as one segment of a URL's path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Ccid(String);

/// The text is not a contact center ID.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("1 to 64 letters, digits, `-` and `_`, beginning with a letter or digit")]
pub struct InvalidCcid;

impl Ccid {
    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ccid {
    type Err = InvalidCcid;

    /// Accepts `^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`.
    fn from_str(text: &str) -> Result<Self, InvalidCcid> {
        let begins_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let goes_on_well = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if begins_well && goes_on_well && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCcid)
        }
    }
}

/// A contact center ID without regard to letter case, which doesn't tell two tenants apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FoldedCcid(String);

impl From<&str> for FoldedCcid {
    fn from(text: &str) -> Self {
        Self(text.to_ascii_lowercase())
    }
}

impl TryFrom<String> for Ccid {
    type Error = InvalidCcid;

    fn try_from(text: String) -> Result<Self, InvalidCcid> {
        text.parse()
    }
}

impl fmt::Display for Ccid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A tenant with everything IWD is told about it.
#[derive(Clone, Debug, Deserialize)]
pub struct Tenant {
    /// Short tenant ID (`tenant.id`); the names of the API keys are made from it.
    pub short_id: String,
    /// Tenant name, the GWS domain (`tenant.name`).
    pub name: String,
    /// Contact center ID (`tenant.ccid`).
    pub ccid: Ccid,
    /// Key that Digital Channels issued for the tenant (`tenant.apiKey`).
    pub api_key: SecretString,
    /// The GAPI service (`tenant.gws`); without it the body has none.
    pub gws: Option<Gws>,
    /// The IWD service (`iwd`).
    pub iwd: Iwd,
    /// The IWD Email service (`iwdEmail`).
    pub iwd_email: Option<IwdEmail>,
}

/// How Digital Channels reaches Genesys Web Services.
#[derive(Clone, Debug, Deserialize)]
pub struct Gws {
    /// `tenant.gws.gwsUrl`
    pub url: String,
    /// `tenant.gws.data.authUrl`
    pub auth_url: String,
    /// `tenant.gws.data.authredircetUrl`, spelled so on the wire
    pub auth_redirect_url: String,
    /// `tenant.gws.secret.clientId`
    pub client_id: String,
    /// `tenant.gws.secret.clientSecret`
    pub client_secret: SecretString,
    /// `tenant.gws.secret.apikey`; `None` is sent as `"none"`
    pub api_key: Option<SecretString>,
    /// `tenant.gws.secret.username`, an administrator in the configuration server
    pub username: String,
    /// `tenant.gws.secret.token`, that administrator's password
    pub token: SecretString,
}

/// The IWD service of a tenant.
#[derive(Clone, Debug, Deserialize)]
pub struct Iwd {
    /// Where IWD runs (`iwd.url`).
    pub url: String,
    /// Its database (`iwd.db`).
    pub db: Database,
    /// Keys that are created for its callers (`iwd.apiKeys`).
    pub api_keys: ApiKeys,
}

/// The IWD Email service of a tenant.
#[derive(Clone, Debug, Deserialize)]
pub struct IwdEmail {
    /// Where it runs (`iwdEmail.url`); `None` is sent as `"N/A"`.
    pub url: Option<String>,
}

/// The database of a tenant's IWD.
#[derive(Clone, Debug, Deserialize)]
pub struct Database {
    /// `iwd.db.host`
    pub host: String,
    /// `iwd.db.port`
    pub port: u16,
    /// `iwd.db.database`
    pub database: String,
    /// `iwd.db.user`
    pub user: String,
    /// `iwd.db.password`
    pub password: SecretString,
    /// Whether the connection is encrypted (`iwd.db.ssl`).
    pub ssl: bool,
}

/// Keys with which others call the IWD of a tenant.
#[derive(Clone, Debug, Deserialize)]
pub struct ApiKeys {
    /// For API requests from the customer (`IWD_APIKEY_TENANT`).
    pub tenant: SecretString,
    /// For IWD Data Mart (`IWD_APIKEY_IWDDM`); `None` is left out.
    pub iwddm: Option<SecretString>,
}

/// What is done to the tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// The first provisioning: POST.
    Create,
    /// Every later one: PUT, which the API treats as it treats POST.
    Update,
    /// DELETE.
    Delete,
    /// Another provisioning by somebody who doesn't know what was provisioned before: PUT.
    Provision,
    /// DELETE of some services of a tenant that stays.
    DeleteServices,
}

impl Operation {
    /// The method of its request.
    pub fn method(self) -> Method {
        match self {
            Self::Create => Method::POST,
            Self::Update | Self::Provision => Method::PUT,
            Self::Delete | Self::DeleteServices => Method::DELETE,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Provision => "provision",
            Self::DeleteServices => "delete services",
        })
    }
}

/// What a DELETE removes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deletion {
    /// All services and the tenant's configuration (`deleteTenant=true`).
    Tenant,
    /// The services of these names (`service=iWD,iWDEmail`).
    Services(Vec<String>),
}

#[cfg(test)]
pub(super) mod samples {
    //! The two bodies the API's documentation shows.

    use serde_json::{Value, json};

    use super::*;

    pub(crate) fn with_gws() -> Tenant {
        tenant(json!({
            "short_id": "100",
            "name": "t100",
            "ccid": "9350e2fc-a1dd-4c65-",
            "api_key": "049111b4-6cac-4e83-a7bf-37c057b45b0f",
            "gws": {
                "url": "http://gws-service-proxy.gws",
                "auth_url": "http://gauth-auth.gauth",
                "auth_redirect_url": "https://gauth.nlb01-uswest1.gcpe001.gencpe.net",
                "client_id": "iwd_client",
                "client_secret": "secret",
                "username": "nexus",
                "token": ":;pYV1lNWh0-",
            },
            "iwd": {
                "url": "http://iwd.iwd:4024",
                "db": {
                    "host": "pgdb-dgt-postgresql.infra", "port": 5432, "database": "iwd-100",
                    "user": "iwd-100", "password": "iwd-100", "ssl": false,
                },
                "api_keys": {
                    "tenant": "22552b96-8783-46a9-b0eb-075ddfa8893e",
                    "iwddm": "d6b68a7b-12ed-4c3c-830d-215eecdd1a48",
                },
            },
        }))
    }

    pub(crate) fn without_gws() -> Tenant {
        tenant(json!({
            "short_id": "100",
            "name": "t100",
            "ccid": "d846c51e-1fe8-4118-bf32-cf0b4ef29032",
            "api_key": "22552b96-8783-46a9-b0eb-075ddfa8893e",
            "iwd": {
                "url": "http://iwd.iwd:4024",
                "db": {
                    "host": "postgres-rw.infra.svc.cluster.local", "port": 5432, "database": "iwd",
                    "user": "iwd", "password": "iwd", "ssl": false,
                },
                "api_keys": {
                    "tenant": "22552b96-8783-46a9-b0eb-075ddfa8893e",
                    "iwddm": "d6b68a7b-12ed-4c3c-830d-215eecdd1a48",
                },
            },
            "iwd_email": {"url": "N/A"},
        }))
    }

    fn tenant(values: Value) -> Tenant {
        serde_json::from_value(values).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ccid_is_one_harmless_path_segment() {
        let longest = "a".repeat(64);
        for text in ["9350e2fc-a1dd-4c65-", "a", "T_1", longest.as_str()] {
            assert_eq!(text.parse::<Ccid>().unwrap().as_str(), text);
        }
        let too_long = "a".repeat(65);
        for text in [
            "", "..", "-a", "_a", "a/b", "a.b", "a b", "a\n", "ä", "a%2e", &too_long,
        ] {
            assert_eq!(text.parse::<Ccid>(), Err(InvalidCcid), "{text:?}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let tenant = samples::with_gws();
        let shown = format!("{tenant:?}");
        assert!(shown.contains("gws-service-proxy"));
        for secret in ["049111b4", "pYV1lNWh0", "22552b96", "d6b68a7b"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
