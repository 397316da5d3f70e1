//! The provider block and the environment, as written, become [`Settings`], as meant.
//!
//! Every setting can also come from the environment: `IWD_` and its name in capitals. What the block sets wins.

mod build;
mod read;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use self::read::{Argument, Reader};
use crate::iwd::client::{ProxySetting, check_header, check_proxy};
use crate::iwd::model::Ccid;
use crate::iwd::retry::Policy;
use crate::iwd::tls;
use crate::tf_provider::diagnostic::{self, Diagnostic};
use crate::tf_provider::duration;
use crate::tf_provider::number::Number;
use crate::tf_provider::value::Value;

/// Looks a variable up in the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How long one attempt may take, unless set.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// A setting that may be known only once something else is applied.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Setting<T> {
    /// Neither in the block nor in the environment.
    #[default]
    Unset,
    /// Not known before something else is applied.
    Unknown,
    /// Known.
    Known(T),
}

/// What the provider block and the environment mean.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `endpoint` (`IWD_ENDPOINT`): base URL of the API.
    endpoint: Setting<Url>,
    /// `api_key` (`IWD_API_KEY`): the key where no other is set for the tenant.
    api_key: Setting<SecretString>,
    /// `tenant_api_keys` (`IWD_TENANT_API_KEYS`): keys by ccid.
    tenant_api_keys: Setting<SecretMap>,
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
    proxy: Setting<ProxySetting>,
    /// `request_timeout` (`IWD_REQUEST_TIMEOUT`).
    request_timeout: Setting<Duration>,
    /// `max_retries` (`IWD_MAX_RETRIES`).
    max_retries: Setting<u32>,
    /// `retry_min_wait` (`IWD_RETRY_MIN_WAIT`).
    retry_min_wait: Setting<Duration>,
    /// `retry_max_wait` (`IWD_RETRY_MAX_WAIT`).
    retry_max_wait: Setting<Duration>,
}

/// Secrets by name, each of which may be unknown.
type SecretMap = BTreeMap<String, Setting<SecretString>>;

/// Certificates or a key, here or in a file.
#[derive(Clone, Debug)]
enum Pem {
    Inline(SecretString),
    File { path: PathBuf, argument: Argument },
}

/// The key that the provider's settings hold for a tenant.
#[derive(Clone, Debug)]
pub enum KeyLookup {
    /// This one.
    Known(SecretString),
    /// None; the tenant's own may serve.
    None,
    /// Not known before something else is applied.
    Unknown,
}

/// All problems of the provider block and the environment, warnings included. What is unknown passes.
pub fn validate(block: &Value, env: Environment<'_>) -> Vec<Diagnostic> {
    interpret(block, env).1
}

/// What the provider block and the environment mean; or all problems, warnings included, if one is an error.
pub fn resolve(block: &Value, env: Environment<'_>) -> Result<Settings, Vec<Diagnostic>> {
    let (settings, problems) = interpret(block, env);
    if diagnostic::has_errors(&problems) {
        Err(problems)
    } else {
        Ok(settings)
    }
}

impl Settings {
    /// The key for calls about a tenant: the one set for it, else the one for all.
    pub fn key_for(&self, ccid: &Ccid) -> KeyLookup {
        let own = match &self.tenant_api_keys {
            Setting::Known(keys) => keys.get(ccid.as_str()).unwrap_or(&Setting::Unset),
            Setting::Unknown => &Setting::Unknown,
            Setting::Unset => &Setting::Unset,
        };
        let found = match own {
            Setting::Unset => &self.api_key,
            own => own,
        };
        match found {
            Setting::Known(key) => KeyLookup::Known(key.clone()),
            Setting::Unknown => KeyLookup::Unknown,
            Setting::Unset => KeyLookup::None,
        }
    }

    /// Every secret in the settings, for masking.
    pub fn secrets(&self) -> Vec<SecretString> {
        let maps = [&self.tenant_api_keys, &self.headers];
        let mut secrets: Vec<SecretString> = maps
            .into_iter()
            .filter_map(Setting::known)
            .flat_map(BTreeMap::values)
            .chain([&self.api_key])
            .filter_map(Setting::known)
            .cloned()
            .collect();
        if let Setting::Known(ProxySetting::Url(url)) = &self.proxy {
            secrets.extend(proxy_passwords(url));
        }
        if let Setting::Known(Pem::Inline(key)) = &self.client_key {
            secrets.push(key.clone());
        }
        secrets
    }

    /// What of the settings everyone sees.
    pub fn visible(&self) -> Vec<String> {
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

/// A proxy's password, as written and as meant.
fn proxy_passwords(url: &SecretString) -> Vec<SecretString> {
    let Ok(url) = Url::parse(url.expose_secret()) else {
        return Vec::new();
    };
    let Some(password) = url.password() else {
        return Vec::new();
    };
    // A form's decoding, but for the plus sign that URLs keep.
    let meant = url::form_urlencoded::parse(password.replace('+', "%2B").as_bytes())
        .map(|(password, _)| password.into_owned())
        .next();
    [Some(password.to_owned()), meant]
        .into_iter()
        .flatten()
        .map(SecretString::from)
        .collect()
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn interpret(block: &Value, env: Environment<'_>) -> (Settings, Vec<Diagnostic>) {
    let mut reader = Reader::new(block, env);
    let endpoint = reader.text("endpoint");
    let api_key = reader.text("api_key");
    let proxy = reader.text_or_empty("proxy_url");
    let insecure = reader.flag("insecure_skip_verify");
    let request_timeout = reader.text("request_timeout");
    let max_retries = reader.number("max_retries");
    let min_wait = reader.text("retry_min_wait");
    let max_wait = reader.text("retry_max_wait");
    let (min_argument, max_argument) = (min_wait.argument, max_wait.argument);
    let insecure_argument = insecure.argument;
    let settings = Settings {
        endpoint: reader.meaning(endpoint, parse_endpoint),
        api_key: reader.meaning(api_key, parse_key),
        tenant_api_keys: tenant_api_keys(&mut reader),
        headers: headers(&mut reader),
        ca_cert: reader.pem("ca_cert_pem", "ca_cert_file", |pem| {
            tls::check_ca_certificates(pem.expose_secret())
        }),
        client_cert: reader.pem("client_cert_pem", "client_cert_file", |pem| {
            tls::check_client_certificate(pem.expose_secret())
        }),
        client_key: reader.pem("client_key_pem", "client_key_file", tls::check_client_key),
        insecure_skip_verify: insecure.setting,
        proxy: reader.meaning(proxy, parse_proxy),
        request_timeout: reader.meaning(request_timeout, parse_duration),
        max_retries: reader.meaning(max_retries, parse_retries),
        retry_min_wait: reader.meaning(min_wait, parse_duration),
        retry_max_wait: reader.meaning(max_wait, parse_duration),
    };
    let mut problems = reader.problems;
    problems.extend(settings.half_an_identity());
    let policy = settings.retry();
    if policy.is_some_and(|policy| policy.min_wait > policy.max_wait) {
        let at = if matches!(settings.retry_min_wait, Setting::Unset) {
            max_argument
        } else {
            min_argument
        };
        problems.push(
            at.invalid(
                "`retry_min_wait` must not be longer than `retry_max_wait` (30s unless set)",
            ),
        );
    }
    if settings.insecure_skip_verify == Setting::Known(true) {
        problems.push(insecure_argument.warning(
            "Server certificates are not verified",
            "`insecure_skip_verify` is on, so anyone on the way to IWD can read the API keys and passwords that are \
             sent. Give the server's CA with `ca_cert_pem` or `ca_cert_file` instead.",
        ));
    }
    (settings, problems)
}

impl Settings {
    /// The retry policy, unless part of it is unknown.
    fn retry(&self) -> Option<Policy> {
        let default = Policy::default();
        Some(Policy {
            max_retries: match self.max_retries {
                Setting::Known(count) => Some(count),
                Setting::Unset => default.max_retries,
                Setting::Unknown => return None,
            },
            min_wait: or_default(&self.retry_min_wait, default.min_wait)?,
            max_wait: or_default(&self.retry_max_wait, default.max_wait)?,
        })
    }

    /// A certificate without its key, or the reverse.
    fn half_an_identity(&self) -> Option<Diagnostic> {
        let (given, missing) = match (&self.client_cert, &self.client_key) {
            (Setting::Known(_), Setting::Unset) => ("client_cert", "client_key"),
            (Setting::Unset, Setting::Known(_)) => ("client_key", "client_cert"),
            _ => return None,
        };
        Some(Diagnostic::error(
            "Incomplete client certificate",
            format!(
                "A client certificate needs its key, and the key its certificate: `{given}_pem` or `{given}_file` is \
                 set, so set `{missing}_pem` or `{missing}_file` too (or IWD_{0}_PEM or IWD_{0}_FILE in the \
                 environment).",
                missing.to_uppercase()
            ),
        ))
    }
}

fn or_default<T: Copy>(setting: &Setting<T>, default: T) -> Option<T> {
    match setting {
        Setting::Known(value) => Some(*value),
        Setting::Unset => Some(default),
        Setting::Unknown => None,
    }
}

fn tenant_api_keys(reader: &mut Reader<'_>) -> Setting<SecretMap> {
    let found = reader.map("tenant_api_keys");
    let Setting::Known(keys) = &found.setting else {
        return found.setting;
    };
    // Neither names nor values are quoted: they are easily swapped.
    if keys.keys().any(|ccid| ccid.parse::<Ccid>().is_err()) {
        reader.problems.push(found.argument.invalid(
            "every key of the map must be a contact center ID: 1 to 64 letters, digits, `-` and `_`, beginning with \
             a letter or digit",
        ));
    }
    let problem = keys
        .values()
        .filter_map(Setting::known)
        .find_map(|key| parse_key(key.expose_secret().to_owned()).err());
    if let Some(problem) = problem {
        let problem = found.argument.invalid(problem.text);
        reader.problems.push(problem);
    }
    found.setting
}

fn headers(reader: &mut Reader<'_>) -> Setting<SecretMap> {
    let found = reader.map("headers");
    let Setting::Known(headers) = &found.setting else {
        return found.setting;
    };
    let mut names = std::collections::BTreeSet::new();
    for (name, value) in headers {
        // An unknown value may still have a name that is wrong.
        let value = value.known().cloned().unwrap_or_default();
        if let Err(error) = check_header(name, &value) {
            let problem = found.argument.invalid(format!("header {name:?}: {error}"));
            reader.problems.push(problem);
        } else if !names.insert(name.to_ascii_lowercase()) {
            let problem = format!("header {name:?} is there twice; letter case does not count");
            reader.problems.push(found.argument.invalid(problem));
        }
    }
    found.setting
}

fn parse_endpoint(text: String) -> Result<Url, Problem> {
    let url = parse_url(&text)?;
    let is_http = matches!(url.scheme(), "http" | "https") && text.contains("://");
    if !is_http || url.host_str().is_none_or(str::is_empty) {
        return Err(
            "must be a URL with scheme and host, such as https://iwd.example.com or http://iwd.iwd:4024".into(),
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Terraform would print the line that holds them.
        return Err(Problem {
            text: "must not hold a user name or password; send them with `headers`".into(),
            is_secret: true,
        });
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query (`?…`) or fragment (`#…`)".into());
    }
    Ok(url)
}

/// The URL library would silently drop blanks and line breaks.
fn parse_url(text: &str) -> Result<Url, Problem> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("must not hold blanks or control characters".into());
    }
    Url::parse(text)
        .map_err(|_| "must be a URL with scheme and host, such as https://iwd.example.com".into())
}

fn parse_key(key: String) -> Result<SecretString, Problem> {
    if key.trim().is_empty() {
        return Err("must not hold an empty key".into());
    }
    if key.chars().any(char::is_control) {
        return Err("must not hold line breaks or other control characters; a key read from a file may end with one".into());
    }
    Ok(key.into())
}

fn parse_proxy(text: String) -> Result<ProxySetting, Problem> {
    if text.is_empty() {
        return Ok(ProxySetting::None);
    }
    let url = SecretString::from(text);
    check_proxy(&url).map_err(|error| error.to_string())?;
    Ok(ProxySetting::Url(url))
}

fn parse_duration(text: String) -> Result<Duration, Problem> {
    duration::parse(&text).map_err(|problem| format!("is not a duration: {problem}").into())
}

fn parse_retries(number: Number) -> Result<u32, Problem> {
    let count = number.as_u64().and_then(|count| u32::try_from(count).ok());
    count.ok_or_else(|| format!("must be a whole number from 0 to {}", u32::MAX).into())
}

/// What is wrong with a value, as what follows its name.
struct Problem {
    text: String,
    /// Whether the value holds a secret although the argument is none.
    is_secret: bool,
}

impl<T: Into<String>> From<T> for Problem {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            is_secret: false,
        }
    }
}

#[cfg(test)]
mod tests;
