//! What a text is: the body of a request, or a command line of curl that sends one.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::command_line;
use super::curl::{self, Body, Call, CurlError, Sent};
use super::repeated::repeated;
use super::sources;
use crate::provider::{self, Converted, NoTenant, is_placeholder};

/// A tenant, and the request that provisioned it.
#[derive(Debug)]
pub(super) struct Request {
    /// The tenant's configuration.
    pub(super) tenant: Converted,
    /// How the request was sent, where that is known.
    pub(super) call: Option<Call>,
    /// The file that its body is in, where a command line names one.
    pub(super) body_file: Option<PathBuf>,
}

/// Why a text is no request that provisions a tenant. No text of it quotes what may be a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error(
        "it is neither a request's body (a JSON object) nor a command line of curl that sends one: save the body that is sent \
         to a file, and convert that"
    )]
    Neither,
    #[error(
        "the body is made by the shell (it begins with `$`): save what is sent to a file, and convert that"
    )]
    Shell,
    #[error(
        "the body is not JSON: {0}. A placeholder without quotes is no JSON either: put a value in its place"
    )]
    Json(serde_json::Error),
    #[error("the body has `{0}` more than once in one object: keep the one that is meant")]
    Repeated(String),
    #[error("the body is in the file {path}: {error}")]
    File { path: String, error: io::Error },
    #[error(
        "the shell makes the name of the file that the body is in (`$…`): write it out, and try again"
    )]
    FileOfShell,
    #[error("the body begins with `@`, after which curl wants a file's name")]
    NoFile,
    #[error("{0}")]
    Curl(#[from] CurlError),
    #[error("{0}")]
    NoTenant(#[from] NoTenant),
}

impl Request {
    /// The request that a text is; `path` is the file that it is in.
    pub(super) fn read(text: &str, path: &Path) -> Result<Self, RequestError> {
        let script = text.trim_start_matches('\u{feff}');
        let text = trimmed(text);
        // A script may begin with a bracket too.
        if text.starts_with(['{', '[', '"']) && !command_line::is_script(text) {
            return Ok(Self {
                tenant: tenant(text)?,
                call: None,
                body_file: None,
            });
        }
        let Sent { body, call } = curl::read(script)?.ok_or(RequestError::Neither)?;
        let (body, body_file) = match body {
            Body::Text(body) => (body, None),
            Body::File(name) => {
                let (file, body) = file(name, path)?;
                (body, Some(file))
            }
        };
        Ok(Self {
            tenant: tenant(trimmed(body.expose_secret()))?,
            call: Some(call),
            body_file,
        })
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

/// The file of that name, and what is in it.
fn file(name: String, command_line: &Path) -> Result<(PathBuf, SecretString), RequestError> {
    match sources::body(&name, command_line) {
        Ok((file, body)) => Ok((file, body.into())),
        Err(_) if is_placeholder(&name) => Err(RequestError::FileOfShell),
        // A typing error may have put a body there.
        Err(_) if sources::is_text(Path::new(&name)) => Err(RequestError::NoFile),
        Err(error) => Err(RequestError::File { path: name, error }),
    }
}

fn tenant(body: &str) -> Result<Converted, RequestError> {
    if body.starts_with('$') {
        return Err(RequestError::Shell);
    }
    // The parser's errors name line and column, and quote nothing.
    let json: Json = serde_json::from_str(body).map_err(RequestError::Json)?;
    match repeated(body) {
        Some(name) => Err(RequestError::Repeated(name)),
        None => Ok(provider::convert(&json)?),
    }
}
