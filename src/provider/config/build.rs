//! What a client is made of, from settings that must all be known by then. Files are read here.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use reqwest::Url;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::pem::{self, Pem, PemKind};
use super::read::variable;
use super::{SecretMap, Setting, Settings, host_of};
use crate::iwd::client::ClientSettings;
use crate::iwd::mask::Masker;
use crate::iwd::proxy::{Proxy, UnusableVariable};
use crate::iwd::retry::Policy;
use crate::iwd::tls::{self, Identity, TlsError};
use crate::provider::diagnostics;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;

/// How long one attempt may take, unless set.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// No more of a file with certificates or a key is read.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;

const MISSING_ENDPOINT: &str = "No IWD endpoint is set";
const UNKNOWN: &str = "A provider setting is not known yet";
const UNUSABLE_PROXY: &str = "Invalid proxy environment variable";
const UNREADABLE: &str = "Error reading a file of the provider settings";

impl Settings {
    /// What a client is made of; or all that stands in the way. `terraform_version` goes into `User-Agent`.
    pub(in crate::provider) fn client_settings(
        &self,
        terraform_version: Option<&str>,
    ) -> Result<ClientSettings, Vec<Diagnostic>> {
        let mut build = Build::at(Moment::Request);
        let endpoint = build.endpoint(&self.endpoint);
        let headers = build.headers(&self.headers);
        let (ca, identity) = build.tls(self);
        let proxy = build.proxy(self, endpoint.as_ref());
        let insecure_skip_verify =
            build.known(&["insecure_skip_verify"], &self.insecure_skip_verify);
        let request_timeout = build.known(&["request_timeout"], &self.request_timeout);
        let default = Policy::default();
        let retry = Policy {
            max_retries: build.known(&["max_retries"], &self.max_retries),
            min_wait: build
                .known(&["retry_min_wait"], &self.retry_min_wait)
                .unwrap_or(default.min_wait),
            max_wait: build
                .known(&["retry_max_wait"], &self.retry_max_wait)
                .unwrap_or(default.max_wait),
        };
        match endpoint {
            Some(endpoint) if build.problems.is_empty() => Ok(ClientSettings {
                endpoint,
                overridden: self.overridden_endpoint.clone(),
                headers,
                ca_certs_pem: ca.map(|pem| pem.expose_secret().to_owned()),
                identity,
                insecure_skip_verify: insecure_skip_verify.unwrap_or_default(),
                proxy,
                request_timeout: request_timeout.unwrap_or(REQUEST_TIMEOUT),
                retry,
                user_agent: user_agent(terraform_version),
                masker: Masker::new(self.secrets(), self.visible()),
            }),
            _ => Err(build.problems),
        }
    }

    /// What already stands in the way of a client, as the errors that the first request would get. Reads
    /// regular files only: a pipe can be read once.
    pub(in crate::provider) fn foreseen_problems(&self) -> Vec<Diagnostic> {
        let mut build = Build::at(Moment::Plan);
        let endpoint = build.endpoint(&self.endpoint);
        build.tls(self);
        build.proxy(self, endpoint.as_ref());
        build.problems
    }
}

/// When the settings are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Something may still become known, and nothing may be waited for.
    Plan,
    /// All must be known.
    Request,
}

/// Collects what is wrong, so that all of it is told at once.
struct Build {
    moment: Moment,
    problems: Vec<Diagnostic>,
}

impl Build {
    fn at(moment: Moment) -> Self {
        Self {
            moment,
            problems: Vec::new(),
        }
    }

    /// The value of the setting that has these names.
    fn known<T: Clone>(&mut self, names: &[&str], setting: &Setting<T>) -> Option<T> {
        match setting {
            Setting::Known(value) => Some(value.clone()),
            Setting::Unset => None,
            Setting::Unknown => {
                if self.moment == Moment::Request {
                    self.problems.push(unknown(names));
                }
                None
            }
        }
    }

    fn endpoint(&mut self, setting: &Setting<Url>) -> Option<Url> {
        if *setting == Setting::Unset {
            self.problems.push(
                Diagnostic::error(
                    MISSING_ENDPOINT,
                    "The operation needs the IWD API, but nothing says where it is. Set `endpoint` in the provider \
                     block, or the environment variable IWD_ENDPOINT, to its base URL, such as \
                     http://iwd.iwd:4024.",
                )
                .at(AttributePath::of(&["endpoint"])),
            );
        }
        self.known(&["endpoint"], setting)
    }

    fn headers(&mut self, setting: &Setting<SecretMap>) -> BTreeMap<String, SecretString> {
        let headers = self.known(&["headers"], setting).unwrap_or_default();
        if headers
            .values()
            .any(|value| matches!(value, Setting::Unknown))
        {
            self.problems.push(unknown(&["headers"]));
        }
        headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.known()?.clone())))
            .collect()
    }

    /// The proxy for requests to the endpoint.
    fn proxy(&mut self, settings: &Settings, endpoint: Option<&Url>) -> Option<Proxy> {
        if !matches!(settings.proxy, Setting::Unset) {
            return self.known(&["proxy_url"], &settings.proxy).flatten();
        }
        let endpoint = endpoint?;
        let proxy = settings.proxy_variables.for_endpoint(endpoint);
        proxy.unwrap_or_else(|unusable| {
            self.problems.push(unusable_proxy(&unusable, endpoint));
            None
        })
    }

    /// The CA certificates, and the client's certificate with its key, which must fit.
    fn tls(&mut self, settings: &Settings) -> (Option<SecretString>, Option<Identity>) {
        let ca = self.pem(&pem::CA_CERT, &settings.ca_cert);
        let certificate = self.pem(&pem::CLIENT_CERT, &settings.client_cert);
        let key = self.pem(&pem::CLIENT_KEY, &settings.client_key);
        let identity = certificate.zip(key).map(|(certificate, key_pem)| Identity {
            certificate_pem: certificate.expose_secret().to_owned(),
            key_pem,
        });
        // Whatever else is wrong has been told of the one or the other.
        if let Some(Err(error @ TlsError::Mismatch)) = identity.as_ref().map(tls::check_identity) {
            self.problems.push(diagnostics::settings(&error.into()));
        }
        (ca, identity)
    }

    fn pem(&mut self, kind: &PemKind, setting: &Setting<Pem>) -> Option<SecretString> {
        let (path, argument) = match self.known(&[kind.inline, kind.file], setting)? {
            Pem::Inline(pem) => return Some(pem),
            Pem::File { path, argument } => (path, argument),
        };
        if self.moment == Moment::Plan && is_irregular(&path) {
            return None;
        }
        let shown = pem::shown(&path);
        let name = shown.as_deref().unwrap_or(pem::HIDDEN);
        let (problem, pem) = match read(&path).map(|file| tls::decode_pem(&file)) {
            Ok(Ok(pem)) => {
                let pem = SecretString::from(pem);
                let problem = (kind.check)(&pem).err();
                let problem =
                    problem.map(|error| argument.invalid(format!("{error} (file {name})")));
                (problem, Some(pem))
            }
            Ok(Err(der)) => {
                let file = shown.as_deref().unwrap_or("FILE");
                (Some(argument.invalid(pem::told_of_der(der, file))), None)
            }
            Err(error) => {
                let detail = format!("{}: {name}: {error}.", argument.name());
                let problem = argument.point(Diagnostic::error(UNREADABLE, detail));
                (Some(problem), None)
            }
        };
        self.problems.extend(problem.map(|problem| match shown {
            Some(_) => problem,
            // Terraform would print the line.
            None => problem.at(AttributePath::ROOT),
        }));
        pem
    }
}

/// Whether what the path names is no file but a pipe or a device, say, which may be read once only or never end.
fn is_irregular(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

/// What a file holds, at most [`LARGEST_FILE`] of it: what names a device, such as `/dev/zero`, may have no end.
fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::new());
    let read = File::open(path)?
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut content)?;
    if u64::try_from(read).is_ok_and(|read| read <= LARGEST_FILE) {
        Ok(content)
    } else {
        Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 16 MiB",
        ))
    }
}

fn unusable_proxy(unusable: &UnusableVariable, endpoint: &Url) -> Diagnostic {
    let variable = unusable.name;
    Diagnostic::error(
        UNUSABLE_PROXY,
        format!(
            "{unusable}.\n\n{variable} names the proxy for {}. Correct it or unset it, list the host in NO_PROXY, or set \
             `proxy_url` in the provider block, where \"\" means no proxy at all.",
            host_of(endpoint)
        ),
    )
}

fn unknown(names: &[&str]) -> Diagnostic {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let variables: Vec<String> = names.iter().map(|name| variable(name)).collect();
    Diagnostic::error(
        UNKNOWN,
        format!(
            "{} depends on something that is not applied yet, but this operation needs the IWD API now. Apply what \
             it depends on first (`terraform apply -target=…`), or give a value that is known, there or in the \
             environment ({}).",
            quoted.join(" or "),
            variables.join(" or ")
        ),
    )
}

/// As other providers name themselves and the Terraform they serve.
fn user_agent(terraform_version: Option<&str>) -> String {
    let own = concat!("terraform-provider-iwd/", env!("CARGO_PKG_VERSION"));
    let version: String = terraform_version
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_graphic)
        .collect();
    if version.is_empty() {
        own.to_owned()
    } else {
        format!("{own} Terraform/{version}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_names_both_sides() {
        let version = env!("CARGO_PKG_VERSION");
        let own = format!("terraform-provider-iwd/{version}");
        assert_eq!(user_agent(None), own);
        assert_eq!(
            user_agent(Some("1.11.4\n")),
            format!("{own} Terraform/1.11.4")
        );
    }
}
