//! Whether requests to an endpoint go through a proxy, through which, and who named it.
//!
//! The environment decides as it does for programs in Go, which Terraform's users know: `HTTPS_PROXY` and `HTTP_PROXY` by
//! the endpoint's scheme, `NO_PROXY` for exceptions, upper case before lower case. But a variable that can't be used is an
//! error where it would be: to go without a proxy may send secrets where they must not go.

mod no_proxy;
mod proxy_url;

use std::ffi::OsString;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

pub use self::proxy_url::{InvalidProxyUrl, ProxyUrl};

const HTTPS_PROXY: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP_PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Where SOCKS proxies listen, unless their URL says otherwise.
const SOCKS_PORT: u16 = 1080;

/// A web server sets it for the programs that it runs, whose `HTTP_PROXY` may be a client's header `Proxy`.
const CGI: &str = "REQUEST_METHOD";

/// The port of an endpoint's or a proxy's URL.
pub fn port(url: &Url) -> Option<u16> {
    let default = url.scheme().starts_with("socks").then_some(SOCKS_PORT);
    url.port_or_known_default().or(default)
}

/// A proxy and who named it.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Where it is.
    pub url: ProxyUrl,
    /// Who named it.
    pub source: ProxySource,
}

/// A proxy as messages name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProxyName {
    /// Its URL, without user name and password.
    pub address: String,
    /// Who named it.
    pub source: ProxySource,
}

impl From<&Proxy> for ProxyName {
    fn from(proxy: &Proxy) -> Self {
        Self {
            address: proxy.url.to_string(),
            source: proxy.source.clone(),
        }
    }
}

/// Who named a proxy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProxySource {
    /// The configuration.
    Configuration,
    /// The environment variable of this name.
    Variable(String),
}

/// What the environment says of proxies to every program.
#[derive(Clone, Debug, Default)]
pub struct ProxyVariables {
    /// For `https`, the one that counts first.
    https: Vec<Variable>,
    /// For `http`, the one that counts first.
    http: Vec<Variable>,
    no_proxy: String,
    is_cgi: bool,
}

/// A variable that is not empty.
#[derive(Clone, Debug)]
struct Variable {
    name: &'static str,
    /// May hold a password.
    value: SecretString,
}

/// A variable that names the proxy for an endpoint and can't be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("environment variable {name}: {problem}")]
pub struct UnusableVariable {
    /// Its name.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: ProxyVariableError,
}

/// What is wrong with a variable that names a proxy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProxyVariableError {
    /// It is no proxy's URL.
    #[error(transparent)]
    Url(#[from] InvalidProxyUrl),
    /// The web server's client may have set it.
    #[error(
        "is not used where {CGI} is set, because the client of a web server may have chosen it"
    )]
    Cgi,
}

impl ProxyVariables {
    /// Reads them with `lookup`, which knows the environment.
    pub fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        // What is no text holds a replacement character then, which neither a URL nor the name of a host can have.
        let read = |name: &&'static str| {
            let value = lookup(name)?.to_string_lossy().into_owned();
            (!value.is_empty()).then_some((*name, value))
        };
        let proxies = |names: [&'static str; 2]| {
            let proxy = |(name, value): (_, String)| Variable {
                name,
                value: value.into(),
            };
            names.iter().filter_map(read).map(proxy).collect()
        };
        Self {
            https: proxies(HTTPS_PROXY),
            http: proxies(HTTP_PROXY),
            no_proxy: NO_PROXY.iter().find_map(read).unwrap_or_default().1,
            is_cgi: read(&CGI).is_some(),
        }
    }

    /// The proxy for requests to the endpoint.
    pub fn for_endpoint(&self, endpoint: &Url) -> Result<Option<Proxy>, UnusableVariable> {
        let Some(Variable { name, value }) = self.variable(endpoint) else {
            return Ok(None);
        };
        if no_proxy::excludes(&self.no_proxy, endpoint) {
            return Ok(None);
        }
        let url = if self.is_cgi && endpoint.scheme() == "http" {
            Err(ProxyVariableError::Cgi)
        } else {
            ProxyUrl::parse_lenient(value.expose_secret()).map_err(ProxyVariableError::Url)
        };
        match url {
            Ok(url) => Ok(Some(Proxy {
                url,
                source: ProxySource::Variable((*name).to_owned()),
            })),
            Err(problem) => Err(UnusableVariable { name, problem }),
        }
    }

    /// The name of the variable that names a proxy for endpoints of this scheme, whether or not it holds for this one.
    pub fn variable_name(&self, endpoint: &Url) -> Option<&'static str> {
        Some(self.variable(endpoint)?.name)
    }

    fn variable(&self, endpoint: &Url) -> Option<&Variable> {
        let is_https = endpoint.scheme() == "https";
        let variables = if is_https { &self.https } else { &self.http };
        variables.first()
    }

    /// The user names and passwords in all of them, as written, as meant and as sent.
    pub fn credentials(&self) -> Vec<SecretString> {
        let variables = self.https.iter().chain(&self.http);
        variables
            .flat_map(|variable| proxy_url::credentials(variable.value.expose_secret()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn variables<const N: usize>(variables: [(&str, &str); N]) -> ProxyVariables {
        let variables = BTreeMap::from(variables);
        ProxyVariables::read(|name| Some(variables.get(name)?.into()))
    }

    /// The way to the endpoint: none, a proxy and the variable that names it, or the variable that can't be used.
    #[track_caller]
    fn way<const N: usize>(environment: [(&str, &str); N], endpoint: &str) -> String {
        let endpoint = Url::parse(endpoint).unwrap();
        match variables(environment).for_endpoint(&endpoint) {
            Ok(None) => "direct".to_owned(),
            Ok(Some(Proxy { url, source })) => match source {
                ProxySource::Variable(name) => format!("{url} of {name}"),
                ProxySource::Configuration => panic!("the environment is no configuration"),
            },
            Err(UnusableVariable { name, problem }) => format!("{name}: {problem:?}"),
        }
    }

    #[test]
    fn the_endpoints_scheme_chooses_the_variable() {
        let both = [("HTTP_PROXY", "http://one"), ("HTTPS_PROXY", "http://two")];
        assert_eq!(way(both, "http://iwd"), "http://one of HTTP_PROXY");
        assert_eq!(way(both, "https://iwd"), "http://two of HTTPS_PROXY");
        let one = [("HTTP_PROXY", "http://one")];
        assert_eq!(way(one, "https://iwd"), "direct");
        let other = [("HTTPS_PROXY", "http://two")];
        assert_eq!(way(other, "http://iwd"), "direct");
        assert_eq!(way([], "https://iwd"), "direct");
    }

    #[test]
    fn of_two_spellings_the_first_counts_that_is_not_empty() {
        let both = [("HTTP_PROXY", "http://one"), ("http_proxy", "http://two")];
        assert_eq!(way(both, "http://iwd"), "http://one of HTTP_PROXY");
        let empty = [("HTTPS_PROXY", ""), ("https_proxy", "http://two")];
        assert_eq!(way(empty, "https://iwd"), "http://two of https_proxy");
        for (upper, lower, expected) in [
            ("", "iwd", "direct"),
            ("iwd", "", "direct"),
            ("iwd", "other", "direct"),
            ("other", "iwd", "http://p of HTTP_PROXY"),
        ] {
            let environment = [
                ("HTTP_PROXY", "http://p"),
                ("NO_PROXY", upper),
                ("no_proxy", lower),
            ];
            assert_eq!(
                way(environment, "http://iwd"),
                expected,
                "{upper:?} {lower:?}"
            );
        }
    }

    #[test]
    fn no_other_variable_names_a_proxy() {
        let all = [("ALL_PROXY", "http://p"), ("all_proxy", "http://p")];
        assert_eq!(way(all, "http://iwd"), "direct");
        assert_eq!(way(all, "https://iwd"), "direct");
    }

    #[test]
    fn what_is_local_and_what_is_excluded_needs_no_usable_variable() {
        for value in ["http://p", "ftp://p"] {
            let environment = [("HTTP_PROXY", value), ("NO_PROXY", "*.example.com")];
            for endpoint in [
                "http://127.0.0.1:4024",
                "http://[::1]",
                "http://iwd.example.com",
            ] {
                assert_eq!(way(environment, endpoint), "direct", "{endpoint}");
            }
        }
    }

    #[test]
    fn a_variable_that_can_not_be_used_is_an_error_where_it_would_be() {
        let broken = [("HTTPS_PROXY", "ftp://p"), ("HTTP_PROXY", "p")];
        assert_eq!(way(broken, "http://iwd"), "http://p of HTTP_PROXY");
        assert_eq!(way(broken, "https://iwd"), "HTTPS_PROXY: Url(Scheme)");
        let hidden = [("http_proxy", "http://two"), ("HTTP_PROXY", " ")];
        assert_eq!(way(hidden, "http://iwd"), "HTTP_PROXY: Url(Blank)");
    }

    #[test]
    fn a_web_servers_client_chooses_no_proxy() {
        let cgi = ("REQUEST_METHOD", "GET");
        let unsafe_one = [("HTTP_PROXY", "http://p"), cgi];
        assert_eq!(way(unsafe_one, "http://iwd"), "HTTP_PROXY: Cgi");
        let safe = [("HTTPS_PROXY", "http://p"), cgi];
        assert_eq!(way(safe, "https://iwd"), "http://p of HTTPS_PROXY");
        let none = [("HTTP_PROXY", "http://p"), ("REQUEST_METHOD", "")];
        assert_eq!(way(none, "http://iwd"), "http://p of HTTP_PROXY");
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_not_taken_for_an_unset_one() {
        use std::os::unix::ffi::OsStringExt as _;

        for (before, after) in [("http://me:pass", "word@p"), ("http://pr", "oxy")] {
            let bytes = [before.as_bytes(), &[0xe4], after.as_bytes()].concat();
            let lookup =
                |name: &str| (name == "http_proxy").then(|| OsString::from_vec(bytes.clone()));
            let endpoint = Url::parse("http://iwd").unwrap();
            let unusable = ProxyVariables::read(lookup)
                .for_endpoint(&endpoint)
                .unwrap_err();
            assert_eq!(unusable.name, "http_proxy");
        }
    }

    #[test]
    fn the_credentials_of_all_are_known_and_none_is_shown() {
        let variables = variables([
            ("HTTPS_PROXY", "http://me:canary%2Fone@p"),
            ("https_proxy", "canary%2Dtoken@p"),
            ("HTTP_PROXY", "\"http://me:canary/three@p\""),
            ("http_proxy", "http://canary-user:canary+four@[::1\r"),
        ]);
        let credentials = variables.credentials();
        let credentials: Vec<_> = credentials
            .iter()
            .map(ExposeSecret::expose_secret)
            .collect();
        for secret in [
            "canary%2Fone",
            "canary/one",
            "canary%2Dtoken",
            "canary-token",
            "canary/three",
            "canary-user",
            "canary+four",
            // `me:canary/one`
            "bWU6Y2FuYXJ5L29uZQ==",
        ] {
            assert!(credentials.contains(&secret), "{secret}");
        }
        let told = ["http://iwd", "https://iwd"].map(|endpoint| {
            let way = variables.for_endpoint(&Url::parse(endpoint).unwrap());
            let told = way.as_ref().err().map(ToString::to_string);
            format!("{way:?} {told:?}")
        });
        let shown = format!("{variables:?} {told:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("environment variable HTTP_PROXY: must not stand in quotes"));
    }
}
