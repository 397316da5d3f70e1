//! Certificates and keys, given inline or by file.

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::Setting;
use super::read::{Argument, Found, Reader};
use crate::iwd::tls::{self, Der, TlsError};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::path::AttributePath;

/// One of the things that are given so.
pub(super) struct PemKind {
    pub(super) inline: &'static str,
    pub(super) file: &'static str,
    pub(super) check: fn(&SecretString) -> Result<(), TlsError>,
}

pub(super) const CA_CERT: PemKind = PemKind {
    inline: "ca_cert_pem",
    file: "ca_cert_file",
    check: |pem| tls::check_ca_certificates(pem.expose_secret()),
};

pub(super) const CLIENT_CERT: PemKind = PemKind {
    inline: "client_cert_pem",
    file: "client_cert_file",
    check: |pem| tls::check_client_certificate(pem.expose_secret()),
};

pub(super) const CLIENT_KEY: PemKind = PemKind {
    inline: "client_key_pem",
    file: "client_key_file",
    check: tls::check_client_key,
};

/// What stands in place of a path that is not shown.
pub(super) const HIDDEN: &str = "a path that is not shown, since it may be a key, which belongs into the argument that \
                                 ends with `_pem`";

/// The longest name that a file can have on the usual file systems.
const LONGEST_NAME: usize = 255;

/// From this many characters on, base64 may be a key.
const SHORTEST_KEY: usize = 40;

/// Whether what should be a path is what the file should hold.
fn is_content(path: &str) -> bool {
    path.chars().any(char::is_control) || path.contains("-----")
}

/// A path as it may be shown: not where it may be key material in the wrong argument, in base64 alone, its lines
/// perhaps joined by blanks, or longer than any name of a file.
pub(super) fn shown(path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/= ".contains(&byte);
    let may_be_key = text.len() >= SHORTEST_KEY && text.bytes().all(is_base64);
    let is_too_long = text
        .split(['/', '\\'])
        .any(|name| name.len() > LONGEST_NAME);
    (!may_be_key && !is_too_long).then(|| text.into_owned())
}

/// What to tell of a file that holds DER, with the command that converts it.
pub(super) fn told_of_der(der: Der, file: &str) -> String {
    let command = match der {
        Der::Certificate => "openssl x509 -inform der",
        Der::Key => "openssl pkey -inform der",
        Der::Pkcs7 => "openssl pkcs7 -inform der -print_certs",
        Der::Pkcs12 => "openssl pkcs12 -nodes",
    };
    format!("is in binary form (DER), not in PEM; `{command} -in {file} -out FILE.pem` converts it")
}

/// Certificates or a key, here or in a file.
#[derive(Clone)]
pub(super) enum Pem {
    Inline(SecretString),
    File { path: PathBuf, argument: Argument },
}

/// Shows no path that may be a key.
impl fmt::Debug for Pem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(_) => out.write_str("Inline"),
            Self::File { path, .. } => out.debug_tuple("File").field(&shown(path)).finish(),
        }
    }
}

impl Reader<'_> {
    /// What the block gives or, where it gives neither form, the environment.
    pub(super) fn pem(&mut self, kind: &PemKind) -> Setting<Pem> {
        let names = [kind.inline, kind.file];
        let is_in_block = names.iter().any(|name| self.is_in_block(name));
        let [inline, file] = names.map(|name| {
            if self.is_in_block(name) == is_in_block {
                self.text(name)
            } else {
                Found::unset(name)
            }
        });
        match (inline.setting, file.setting) {
            (Setting::Known(_), Setting::Known(_)) => {
                self.problems.push(file.argument.point(Diagnostic::error(
                    "Conflicting provider settings",
                    format!(
                        "{} and {} are both set; they are two ways to give the same thing, so remove one.",
                        inline.argument.name(),
                        file.argument.name()
                    ),
                )));
                Setting::Unset
            }
            (Setting::Unknown, _) | (_, Setting::Unknown) => Setting::Unknown,
            (Setting::Known(pem), Setting::Unset) => {
                let pem = SecretString::from(pem);
                if let Err(error) = (kind.check)(&pem) {
                    self.problems.push(inline.argument.invalid(error));
                }
                Setting::Known(Pem::Inline(pem))
            }
            (Setting::Unset, Setting::Known(path)) if is_content(&path) => {
                // It may be the file's content, a private key perhaps, which Terraform would print.
                let problem = "must be the path of a file, without line breaks and without -----BEGIN; its content belongs into the other argument, \
                               which ends with `_pem`";
                let mut problem = file.argument.invalid(problem);
                problem.path = AttributePath::ROOT;
                self.problems.push(problem);
                Setting::Unset
            }
            (Setting::Unset, Setting::Known(path)) => Setting::Known(Pem::File {
                path: PathBuf::from(path),
                argument: file.argument,
            }),
            (Setting::Unset, Setting::Unset) => Setting::Unset,
        }
    }
}
