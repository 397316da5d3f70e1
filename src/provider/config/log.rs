//! What the log tells of the settings: where each comes from, and what it is where it holds no secret.

use std::fmt::{self, Display};

use tracing::debug;

use super::pem::{self, Pem};
use super::read::Origin;
use super::{Setting, Settings};
use crate::tf_provider::duration;

impl Settings {
    /// Tells of each setting at level DEBUG.
    pub(in crate::provider) fn log(&self) {
        for (setting, source, value) in self.logged() {
            debug!(setting, %source, value, "provider setting");
        }
    }

    /// Each setting that was asked for, its source, and its value where that is shown.
    pub(super) fn logged(&self) -> impl Iterator<Item = (&'static str, &Origin, Option<String>)> {
        let origins = self.origins.iter();
        origins.map(|(name, origin)| (*name, origin, self.shown(name)))
    }

    /// The value of a setting; none for the default, for what may hold a secret, and for certificates.
    fn shown(&self, name: &str) -> Option<String> {
        match name {
            "ca_cert_file" => path(&self.ca_cert),
            "client_cert_file" => path(&self.client_cert),
            "client_key_file" => path(&self.client_key),
            "endpoint" => shown(&self.endpoint, ToString::to_string),
            "insecure_skip_verify" => shown(&self.insecure_skip_verify, ToString::to_string),
            "max_retries" => shown(&self.max_retries, ToString::to_string),
            // Without user name and password.
            "proxy_url" => shown(&self.proxy, |proxy| {
                let none = || "no proxy".to_owned();
                proxy
                    .as_ref()
                    .map_or_else(none, |proxy| proxy.url.to_string())
            }),
            "request_timeout" => shown(&self.request_timeout, |time| duration::format(*time)),
            "retry_max_wait" => shown(&self.retry_max_wait, |time| duration::format(*time)),
            "retry_min_wait" => shown(&self.retry_min_wait, |time| duration::format(*time)),
            _ => None,
        }
    }
}

fn path(setting: &Setting<Pem>) -> Option<String> {
    match setting {
        Setting::Known(Pem::File { path, .. }) => pem::shown(path),
        _ => None,
    }
}

fn shown<T>(setting: &Setting<T>, text: impl Fn(&T) -> String) -> Option<String> {
    match setting {
        Setting::Unset => None,
        Setting::Unknown => Some("not known yet".to_owned()),
        Setting::Known(value) => Some(text(value)),
    }
}

impl Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block => out.write_str("provider block"),
            Self::Variable(name) => write!(out, "environment variable {name}"),
            Self::Default => out.write_str("default"),
        }
    }
}
