//! The provider block and the environment, as written, become [`Settings`], as meant.
//!
//! Every setting can also come from the environment: `IWD_` and its name in capitals. What the block sets wins.

mod build;
mod credentials;
mod interpret;
mod log;
mod pem;
mod read;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use self::interpret::interpret;
use self::pem::Pem;
pub(super) use self::read::Argument;
use self::read::Origin;
pub use self::read::variable;
use crate::iwd::model::{Ccid, FoldedCcid};
use crate::iwd::proxy::{Proxy, ProxyVariables};
use crate::tf_provider::diagnostic::{self, Diagnostic};
use crate::tf_provider::value::Value;

/// Looks a variable up in the environment.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// A setting that may be known only once something else is applied.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) enum Setting<T> {
    /// Neither in the block nor in the environment.
    #[default]
    Unset,
    /// Not known before something else is applied.
    Unknown,
    /// Known.
    Known(T),
}

/// What the provider block and the environment mean.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// `endpoint` (`IWD_ENDPOINT`): base URL of the API.
    endpoint: Setting<Url>,
    /// The environment variable that names another endpoint than the block.
    overridden_endpoint: Option<String>,
    /// `api_key` (`IWD_API_KEY`): the key where no other is set for the tenant.
    api_key: Setting<SecretString>,
    /// Where that was found.
    api_key_argument: Argument,
    /// `tenant_api_keys` (`IWD_TENANT_API_KEYS`): keys by ccid.
    tenant_api_keys: Setting<SecretMap>,
    /// Where these were found.
    tenant_api_keys_argument: Argument,
    /// `headers` (`IWD_HEADERS`).
    headers: Setting<SecretMap>,
    /// `ca_cert_pem` (`IWD_CA_CERT_PEM`) or `ca_cert_file` (`IWD_CA_CERT_FILE`).
    ca_cert: Setting<Pem>,
    /// `client_cert_pem` (`IWD_CLIENT_CERT_PEM`) or `client_cert_file` (`IWD_CLIENT_CERT_FILE`).
    client_cert: Setting<Pem>,
    /// `client_key_pem` (`IWD_CLIENT_KEY_PEM`) or `client_key_file` (`IWD_CLIENT_KEY_FILE`).
    client_key: Setting<Pem>,
    /// `insecure_skip_verify` (`IWD_INSECURE_SKIP_VERIFY`).
    insecure_skip_verify: Setting<bool>,
    /// `proxy_url` (`IWD_PROXY_URL`); an empty one in the block means no proxy.
    proxy: Setting<Option<Proxy>>,
    /// What the environment says of proxies to every program, for where `proxy` is not set.
    proxy_variables: ProxyVariables,
    /// `request_timeout` (`IWD_REQUEST_TIMEOUT`).
    request_timeout: Setting<Duration>,
    /// `max_retries` (`IWD_MAX_RETRIES`).
    max_retries: Setting<u32>,
    /// `retry_min_wait` (`IWD_RETRY_MIN_WAIT`).
    retry_min_wait: Setting<Duration>,
    /// `retry_max_wait` (`IWD_RETRY_MAX_WAIT`).
    retry_max_wait: Setting<Duration>,
    /// Where each setting comes from, by its name.
    origins: BTreeMap<&'static str, Origin>,
}

/// Secrets by name, each of which may be unknown.
type SecretMap = BTreeMap<String, Setting<SecretString>>;

/// The `x-api-key` of a call.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The key.
    pub(super) value: SecretString,
    /// Where it was found.
    pub(super) source: KeySource,
}

/// Where the key of a call was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum KeySource {
    /// In the tenant's entry of `tenant_api_keys`.
    TenantApiKeys(Argument),
    /// In `api_key` of the provider.
    ApiKey(Argument),
    /// In this argument of the tenant, `api_key` or `api_key_wo`.
    Tenant(&'static str),
}

/// The key that the provider's settings hold for a tenant.
#[derive(Clone, Debug)]
pub(super) enum KeyLookup {
    /// This one.
    Known(Key),
    /// None; the tenant's own may serve.
    None,
    /// Not known before something else is applied.
    Unknown,
    /// Two entries of `tenant_api_keys` name the tenant, in other letter case than its own each.
    Ambiguous,
}

/// All problems of the provider block and the environment, warnings included. What is unknown passes.
pub(super) fn validate(block: &Value, env: Environment<'_>) -> Vec<Diagnostic> {
    interpret(block, env).1
}

/// What the provider block and the environment mean; or all problems, warnings included, if one is an error.
pub(super) fn resolve(block: &Value, env: Environment<'_>) -> Result<Settings, Vec<Diagnostic>> {
    resolve_with_warnings(block, env).map(|(settings, _)| settings)
}

/// The same, and the warnings where no problem is an error.
pub(super) fn resolve_with_warnings(
    block: &Value,
    env: Environment<'_>,
) -> Result<(Settings, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (settings, problems) = interpret(block, env);
    if diagnostic::has_errors(&problems) {
        Err(problems)
    } else {
        Ok((settings, problems))
    }
}

impl Settings {
    /// The key for calls about a tenant: the one set for it, else the one for all.
    ///
    /// An entry that is the tenant's but for letter case is meant for it, unless there are two.
    pub(super) fn key_for(&self, ccid: &Ccid) -> KeyLookup {
        let keys = match &self.tenant_api_keys {
            Setting::Known(keys) => keys,
            Setting::Unknown => return KeyLookup::Unknown,
            Setting::Unset => return self.or_the_key_for_all(&Setting::Unset),
        };
        if let Some(own) = keys.get(ccid.as_str()) {
            return self.or_the_key_for_all(own);
        }
        let folded = FoldedCcid::from(ccid.as_str());
        let mut alike = keys
            .iter()
            .filter(|(name, _)| FoldedCcid::from(name.as_str()) == folded);
        match (alike.next(), alike.next()) {
            (None, _) => self.or_the_key_for_all(&Setting::Unset),
            (Some((_, own)), None) => self.or_the_key_for_all(own),
            (Some(_), Some(_)) => KeyLookup::Ambiguous,
        }
    }

    /// The same for a tenant whose ccid is not known yet: any key that is set for one may be set for it.
    pub(super) fn key_for_any(&self) -> KeyLookup {
        match &self.tenant_api_keys {
            Setting::Known(keys) if keys.is_empty() => self.or_the_key_for_all(&Setting::Unset),
            Setting::Known(_) | Setting::Unknown => KeyLookup::Unknown,
            Setting::Unset => self.or_the_key_for_all(&Setting::Unset),
        }
    }

    fn or_the_key_for_all(&self, own: &Setting<SecretString>) -> KeyLookup {
        let (found, source) = match own {
            Setting::Unset => (&self.api_key, KeySource::ApiKey(self.api_key_argument)),
            own => (own, KeySource::TenantApiKeys(self.tenant_api_keys_argument)),
        };
        match found {
            Setting::Known(key) => KeyLookup::Known(Key {
                value: key.clone(),
                source,
            }),
            Setting::Unknown => KeyLookup::Unknown,
            Setting::Unset => KeyLookup::None,
        }
    }

    /// Every secret in the settings, for masking.
    fn secrets(&self) -> Vec<SecretString> {
        let maps = [&self.tenant_api_keys, &self.headers];
        let mut secrets: Vec<SecretString> = maps
            .into_iter()
            .filter_map(Setting::known)
            .flat_map(BTreeMap::values)
            .chain([&self.api_key])
            .filter_map(Setting::known)
            .cloned()
            .collect();
        for (name, value) in self.headers.known().into_iter().flatten() {
            let value = value.known().map_or("", ExposeSecret::expose_secret);
            secrets.extend(credentials::carried(name, value));
        }
        secrets.extend(self.proxy_variables.credentials());
        if let Setting::Known(Some(proxy)) = &self.proxy {
            secrets.extend(proxy.url.credentials());
        }
        if let Setting::Known(Pem::Inline(key)) = &self.client_key {
            secrets.push(key.clone());
        }
        secrets
    }

    /// What of the settings everyone sees.
    fn visible(&self) -> Vec<String> {
        let endpoint = self.endpoint.known();
        let parts = endpoint.map(|url| [url.as_str().to_owned(), host_of(url)]);
        parts.into_iter().flatten().collect()
    }
}

impl<T> Setting<T> {
    fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            _ => None,
        }
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
