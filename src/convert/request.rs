//! What a text is: the body of a request, or a command line of curl that sends one.

use secrecy::ExposeSecret;
use serde_json::Value as Json;

use super::curl::{self, Call, CurlError};
use super::repeated::repeated;
use crate::provider::{self, Converted, NoTenant};

/// A tenant, and the request that provisioned it.
#[derive(Debug)]
pub(super) struct Request {
    /// The tenant's configuration.
    pub(super) tenant: Converted,
    /// How the request was sent, where that is known.
    pub(super) call: Option<Call>,
}

/// Why a text is no request that provisions a tenant. No text of it quotes what may be a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error(
        "it is neither a request's body (a JSON object) nor a command line of curl. Take curl's command out of `$(…)` or of a \
         container's, or save the body that is sent to a file, and convert that"
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
    #[error("{0}")]
    Curl(#[from] CurlError),
    #[error("{0}")]
    NoTenant(#[from] NoTenant),
}

impl Request {
    /// The request that a text is.
    pub(super) fn read(text: &str) -> Result<Self, RequestError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with(['{', '[', '"']) {
            let tenant = tenant(text)?;
            return Ok(Self { tenant, call: None });
        }
        let (body, call) = curl::read(text)?.ok_or(RequestError::Neither)?;
        Ok(Self {
            tenant: tenant(body.expose_secret())?,
            call: Some(call),
        })
    }
}

fn tenant(body: &str) -> Result<Converted, RequestError> {
    let body = body.trim_start_matches('\u{feff}').trim();
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
