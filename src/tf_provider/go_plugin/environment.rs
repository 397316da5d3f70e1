//! Settings that the host gives the process through its environment.
//!
//! `PLUGIN_PROTOCOL_VERSIONS` is not read: one protocol version is spoken here, so whatever the host offers,
//! that one is announced, and a host that does not know it says so in its own words. Neither are
//! `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT`: the host connects to the port it is told, wherever it lies.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::ParsedCertificate;

/// The value of `TF_PLUGIN_MAGIC_COOKIE`, by which a Terraform plugin knows that Terraform started it.
const MAGIC_COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// The reason why the environment is not that of a plugin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum EnvironmentError {
    /// The magic cookie is missing or another program's.
    NotStartedByTerraform,
    /// `PLUGIN_CLIENT_CERT` is set and holds no certificate in PEM form.
    ClientCertificate,
}

/// The wishes of a host for the plugin it starts.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Environment {
    /// The only client to let in; without it the connection is not encrypted.
    pub(super) client_certificate: Option<CertificateDer<'static>>,
    /// `true` where the host waits for an answer about connections multiplexed by the broker.
    pub(super) asks_for_multiplexing: bool,
}

impl Environment {
    /// Reads the variables that a host sets.
    pub(super) fn read(
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, EnvironmentError> {
        if lookup("TF_PLUGIN_MAGIC_COOKIE").is_none_or(|cookie| cookie != MAGIC_COOKIE) {
            return Err(EnvironmentError::NotStartedByTerraform);
        }
        let client_certificate = non_empty(&lookup, "PLUGIN_CLIENT_CERT")
            .map(|pem| certificate(&pem).ok_or(EnvironmentError::ClientCertificate))
            .transpose()?;
        Ok(Self {
            client_certificate,
            asks_for_multiplexing: non_empty(&lookup, "PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }
}

/// The first certificate in PEM form. What is none would let nobody in.
fn certificate(pem: &OsStr) -> Option<CertificateDer<'static>> {
    let certificate = CertificateDer::from_pem_slice(pem.as_encoded_bytes()).ok()?;
    ParsedCertificate::try_from(&certificate).ok()?;
    Some(certificate)
}

/// The directories in which a unix socket may lie, and the group that may use it.
#[derive(PartialEq, Eq, Debug)]
#[cfg_attr(
    not(unix),
    allow(dead_code, reason = "there is no unix socket to place")
)]
pub(super) struct SocketPlace {
    /// Directories, the wanted one first, and shorter ones behind it.
    pub(super) directories: Vec<PathBuf>,
    /// Name or number of a group to let in.
    pub(super) group: Option<OsString>,
}

impl SocketPlace {
    /// Reads `PLUGIN_UNIX_SOCKET_DIR`, `PLUGIN_UNIX_SOCKET_GROUP` and `TMPDIR`.
    pub(super) fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let directories = ["PLUGIN_UNIX_SOCKET_DIR", "TMPDIR"]
            .into_iter()
            .filter_map(|name| non_empty(&lookup, name))
            .map(PathBuf::from)
            .chain([PathBuf::from("/tmp")])
            .collect();
        Self {
            directories,
            group: non_empty(&lookup, "PLUGIN_UNIX_SOCKET_GROUP"),
        }
    }
}

fn non_empty(lookup: impl Fn(&str) -> Option<OsString>, name: &str) -> Option<OsString> {
    lookup(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        |asked| {
            set.iter()
                .find(|(name, _)| *name == asked)
                .map(|(_, value)| value.into())
        }
    }

    const COOKIE: (&str, &str) = ("TF_PLUGIN_MAGIC_COOKIE", MAGIC_COOKIE);

    #[test]
    fn without_the_cookie_it_was_not_terraform() {
        let missing = Environment::read(variables(&[("PLUGIN_PROTOCOL_VERSIONS", "5,6")]));
        assert_eq!(missing, Err(EnvironmentError::NotStartedByTerraform));
        let other = Environment::read(variables(&[("TF_PLUGIN_MAGIC_COOKIE", "biscuit")]));
        assert_eq!(other, Err(EnvironmentError::NotStartedByTerraform));
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::read(variables(&[
            COOKIE,
            ("PLUGIN_CLIENT_CERT", ""),
            ("PLUGIN_MULTIPLEX_GRPC", ""),
        ]));
        let plain = Environment {
            client_certificate: None,
            asks_for_multiplexing: false,
        };
        assert_eq!(environment, Ok(plain));
    }

    #[test]
    fn the_client_certificate_is_taken_from_its_pem() {
        let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let pem = key.cert.pem();
        let environment = Environment::read(variables(&[COOKIE, ("PLUGIN_CLIENT_CERT", &pem)]));
        assert_eq!(
            environment.unwrap().client_certificate.as_ref(),
            Some(key.cert.der())
        );
    }

    #[test]
    fn an_unreadable_client_certificate_is_never_taken_for_none() {
        for text in [
            "true",
            "-----BEGIN CERTIFICATE-----\nAAAA",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            let environment = Environment::read(variables(&[COOKIE, ("PLUGIN_CLIENT_CERT", text)]));
            assert_eq!(environment, Err(EnvironmentError::ClientCertificate));
        }
    }

    #[test]
    fn any_value_asks_for_multiplexing() {
        let environment =
            Environment::read(variables(&[COOKIE, ("PLUGIN_MULTIPLEX_GRPC", "false")]));
        assert!(environment.unwrap().asks_for_multiplexing);
    }

    #[test]
    fn the_wanted_directory_comes_first_and_a_short_one_last() {
        let place = SocketPlace::read(variables(&[
            ("PLUGIN_UNIX_SOCKET_DIR", "/run/plugins"),
            ("TMPDIR", "/var/tmp"),
            ("PLUGIN_UNIX_SOCKET_GROUP", "wheel"),
        ]));
        assert_eq!(
            place.directories,
            ["/run/plugins", "/var/tmp", "/tmp"].map(PathBuf::from)
        );
        assert_eq!(place.group, Some("wheel".into()));
    }
}
