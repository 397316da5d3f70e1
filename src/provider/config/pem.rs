//! Certificates and keys, given inline or by file.

use std::path::PathBuf;

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
#[derive(Clone, Debug)]
pub(super) enum Pem {
    Inline(SecretString),
    File { path: PathBuf, argument: Argument },
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
            (Setting::Unset, Setting::Known(path)) if path.chars().any(char::is_control) => {
                // It may be the file's content, a private key perhaps, which Terraform would print.
                let problem = "must be the path of a file, without line breaks; its content belongs into the other argument, \
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
