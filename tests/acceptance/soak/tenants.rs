//! The tenants of a soak as configured, and what IWD must hold of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

/// The tenants that there are to be, as `tenants.tf` makes them of these variables.
#[derive(Clone, Debug)]
pub(crate) struct Tenants {
    /// How many.
    pub(crate) count: u32,
    /// What is in the values that can be seen.
    pub(crate) values: String,
    /// What all secrets begin with.
    pub(crate) secrets: String,
}

/// How a database differs from the configuration, by ccid.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Differences {
    /// The tenants that are missing, or whose values are not the configured ones.
    pub(crate) lost: BTreeSet<String>,
    /// The tenants that are there and not configured.
    pub(crate) left_over: BTreeSet<String>,
}

impl Tenants {
    /// The body that IWD must hold, by ccid.
    pub(crate) fn bodies(&self) -> BTreeMap<String, Json> {
        let keys = (0..self.count).map(|number| format!("{number:04}"));
        keys.map(|key| (ccid(&key), self.body(&key))).collect()
    }

    fn body(&self, key: &str) -> Json {
        let Self {
            values, secrets, ..
        } = self;
        let secret = |name: &str| format!("{secrets}-{key}-{name}");
        json!({
            "tenant": {
                "id": key,
                "name": format!("t{key}"),
                "ccid": ccid(key),
                "apiKey": secret("tenant"),
                "gws": {
                    "gwsUrl": format!("http://gws-{values}.gws"),
                    "data": {
                        "authUrl": format!("http://gauth-auth-{values}.gauth"),
                        "authredircetUrl": format!("https://gauth-{values}.example.com"),
                    },
                    "secret": {
                        "clientId": format!("client-{key}-{values}"),
                        "clientSecret": secret("gws-client"),
                        "apikey": secret("gws-key"),
                        "username": format!("user-{key}-{values}"),
                        "token": secret("gws-token"),
                    },
                },
            },
            "iwd": {
                "url": format!("http://iwd-{values}.iwd:4024"),
                "db": {
                    "host": format!("postgres-{values}.infra"),
                    "port": 5432,
                    "database": format!("iwd-{key}-{values}"),
                    "user": format!("iwd-{key}-{values}"),
                    "password": secret("db"),
                    "ssl": false,
                },
                "apiKeys": {
                    "IWD_APIKEY_TENANT": secret("iwd"),
                    "IWD_APIKEY_IWDDM": secret("iwddm"),
                },
            },
            "iwdEmail": {"url": "N/A"},
        })
    }
}

impl Differences {
    /// Between what must be there and what is held.
    pub(crate) fn between(wanted: &BTreeMap<String, Json>, held: &BTreeMap<String, Json>) -> Self {
        let as_wanted = |(ccid, body): &(&String, &Json)| held.get(*ccid) == Some(*body);
        let is_extra = |ccid: &&String| !wanted.contains_key(*ccid);
        let lost = wanted.iter().filter(|entry| !as_wanted(entry));
        Self {
            lost: lost.map(|(ccid, _)| ccid.clone()).collect(),
            left_over: held.keys().filter(is_extra).cloned().collect(),
        }
    }
}

fn ccid(key: &str) -> String {
    format!("00000000-0000-4000-8000-00000000{key}")
}
