//! What each setting means, and what is wrong with it.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::pem::{self, Pem};
use super::read::{Found, Problem, Reader};
use super::{Environment, SecretMap, Setting, Settings};
use crate::iwd::client::check_header;
use crate::iwd::model::{Ccid, InvalidCcid};
use crate::iwd::proxy::{Proxy, ProxySource, ProxyUrl, ProxyVariables};
use crate::iwd::retry::Policy;
use crate::iwd::tls::{self, Identity, TlsError};
use crate::provider::http_url;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::duration;
use crate::tf_provider::number::Number;
use crate::tf_provider::value::Value;

/// The settings, and all that is wrong with them; a wrong one counts as unset.
pub(super) fn interpret(block: &Value, env: Environment<'_>) -> (Settings, Vec<Diagnostic>) {
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
    let api_key_argument = api_key.argument;
    if let Setting::Known(key) = &api_key.setting {
        reader.warn_of_invisible(api_key_argument, "the key", key);
    }
    let tenant_api_keys = tenant_api_keys(&mut reader);
    let proxy_source =
        (proxy.argument.variable()).map_or(ProxySource::Configuration, ProxySource::Variable);
    let overridden_endpoint = reader.overridden(&endpoint);
    let settings = Settings {
        overridden_endpoint,
        endpoint: reader.meaning(endpoint, |text| parse_endpoint(&text)),
        api_key: reader.meaning(api_key, parse_key),
        api_key_argument,
        tenant_api_keys: tenant_api_keys.setting,
        tenant_api_keys_argument: tenant_api_keys.argument,
        headers: headers(&mut reader),
        ca_cert: reader.pem(&pem::CA_CERT),
        client_cert: reader.pem(&pem::CLIENT_CERT),
        client_key: reader.pem(&pem::CLIENT_KEY),
        insecure_skip_verify: insecure.setting,
        proxy: reader.meaning(proxy, |text| parse_proxy(&text, proxy_source.clone())),
        proxy_variables: ProxyVariables::read(env),
        request_timeout: reader.meaning(request_timeout, |text| parse_duration(&text)),
        max_retries: reader.meaning(max_retries, |count| parse_retries(&count)),
        retry_min_wait: reader.meaning(min_wait, |text| parse_duration(&text)),
        retry_max_wait: reader.meaning(max_wait, |text| parse_duration(&text)),
        origins: reader.origins,
    };
    let mut problems = reader.problems;
    problems.extend(settings.half_an_identity());
    problems.extend(settings.mismatched_identity());
    let policy = settings.retry();
    if policy.is_some_and(|policy| policy.min_wait > policy.max_wait) {
        problems.push(if settings.retry_min_wait == Setting::Unset {
            max_argument.invalid("must not be shorter than `retry_min_wait` (500ms unless set)")
        } else {
            min_argument.invalid("must not be longer than `retry_max_wait` (30s unless set)")
        });
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

    /// A certificate with another one's key, as far as that is known without reading files.
    fn mismatched_identity(&self) -> Option<Diagnostic> {
        let (Setting::Known(Pem::Inline(certificate)), Setting::Known(Pem::Inline(key))) =
            (&self.client_cert, &self.client_key)
        else {
            return None;
        };
        let identity = Identity {
            certificate_pem: certificate.expose_secret().to_owned(),
            key_pem: key.clone(),
        };
        // Whatever else is wrong has been told of the one or the other.
        let error = tls::check_identity(&identity).err();
        let error = error.filter(|error| *error == TlsError::Mismatch)?;
        Some(Diagnostic::error(
            "Invalid client certificate",
            format!("`client_cert_pem` and `client_key_pem`: {error}."),
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

fn tenant_api_keys(reader: &mut Reader<'_>) -> Found<SecretMap> {
    let found = reader.map("tenant_api_keys");
    let Setting::Known(keys) = &found.setting else {
        return found;
    };
    // Neither names nor values are quoted: they are easily swapped.
    if keys.keys().any(|ccid| ccid.parse::<Ccid>().is_err()) {
        let problem = format!("every key of the map must be a contact center id: {InvalidCcid}");
        reader.problems.push(found.argument.invalid(problem));
    }
    let problem = keys
        .values()
        .filter_map(Setting::known)
        .find_map(|key| parse_key(key.expose_secret().to_owned()).err());
    if let Some(problem) = problem {
        let problem = found.argument.invalid(problem.text);
        reader.problems.push(problem);
    }
    for key in keys.values().filter_map(Setting::known) {
        reader.warn_of_invisible(found.argument, "a key in it", key.expose_secret());
    }
    found
}

fn headers(reader: &mut Reader<'_>) -> Setting<SecretMap> {
    let found = reader.map("headers");
    let Setting::Known(headers) = &found.setting else {
        return found.setting;
    };
    // No name is quoted that may be a value: the two are easily swapped.
    let mut names = BTreeSet::new();
    for (name, value) in headers {
        // An unknown value may still have a name that is wrong.
        let value = value.known().cloned().unwrap_or_default();
        if let Err(error) = check_header(name, &value) {
            reader.problems.push(found.argument.invalid(error));
        } else if !names.insert(name.to_ascii_lowercase()) {
            let problem = "header names: one is there twice; letter case does not count";
            reader.problems.push(found.argument.invalid(problem));
        }
        reader.warn_of_invisible(found.argument, "a header's value", value.expose_secret());
    }
    found.setting
}

fn parse_endpoint(text: &str) -> Result<Url, Problem> {
    let problem = match http_url::parse(text) {
        None => no_endpoint(text),
        Some(url) if url.query().is_some() || url.fragment().is_some() => {
            "must not have a query (`?…`) or fragment (`#…`)".to_owned()
        }
        Some(url) if !has_credentials(text) => return Ok(url),
        Some(_) => "must not hold a user name or password; send them with `headers`".to_owned(),
    };
    Err(Problem {
        text: problem,
        // Terraform would print the line that holds them.
        is_secret: text.contains('@'),
    })
}

fn no_endpoint(text: &str) -> String {
    match http_url::ends_in_a_number(text) {
        Some(host) => format!(
            "names the host {host}, which ends in a number, and the provider's HTTP library takes that for an IPv4 address \
             that went wrong; in a Kubernetes cluster, write {host}.svc"
        ),
        None => {
            "must be a URL with http:// or https:// and a host, such as https://iwd.example.com or http://iwd.iwd:4024, \
             without blanks"
                .to_owned()
        }
    }
}

/// Whether a user name, even an empty one, stands before the host; `text` is a URL.
fn has_credentials(text: &str) -> bool {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = after_scheme.split('/').next();
    authority.is_some_and(|authority| authority.contains('@'))
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

fn parse_proxy(text: &str, source: ProxySource) -> Result<Option<Proxy>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let url = ProxyUrl::parse(text).map_err(|error| error.to_string())?;
    Ok(Some(Proxy { url, source }))
}

fn parse_duration(text: &str) -> Result<Duration, Problem> {
    duration::parse(text).map_err(|problem| format!("is not a duration: {problem}").into())
}

fn parse_retries(number: &Number) -> Result<u32, Problem> {
    let count = number.as_u64().and_then(|count| u32::try_from(count).ok());
    count.ok_or_else(|| format!("must be a whole number from 0 to {}", u32::MAX).into())
}
