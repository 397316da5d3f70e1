//! The one place where what went wrong with the IWD API becomes text.
//!
//! A summary is constant for a kind of problem and an operation, since Terraform merges those that are alike;
//! names stand in the detail. No text holds a request's body, and what the server said is masked already.

mod attempts;
mod key;
mod place;
mod text;
mod tls;
mod way;
mod what_happened;
mod what_to_do;

use reqwest::{Method, Url};

use self::attempts::{attempts, effect};
pub(super) use self::key::{ambiguous_key, found, no_key, unknown_key};
use self::place::Place;
use self::what_happened::{answer, what_happened};
use self::what_to_do::{what_to_do, without_key};
use super::config::KeySource;
use super::tenant::schema;
use crate::iwd::client::{Operation, SettingsError};
use crate::iwd::error::{Error, Failure, Reply, Way};
use crate::iwd::model::Ccid;
use crate::random::NoRandomness;
use crate::tf_provider::diagnostic::Diagnostic;

/// What to tell about a call that failed, with a key from there.
pub(super) fn failure(failure: &Failure, key: KeySource) -> Diagnostic {
    let Failure {
        operation,
        ccid,
        method,
        url,
        way,
        ..
    } = failure;
    let mut paragraphs = vec![
        format!("Tenant {ccid}, {method} {url}{}", way::through(way)),
        what_happened(&failure.error, &Place::of(url), way),
        attempts(failure),
        effect(*operation, failure.may_have_arrived).to_owned(),
        what_to_do(failure, key),
    ];
    paragraphs.extend(way::overridden(&failure.error, way));
    // At destroy there is no configuration to point at.
    let parameter = failure
        .parameter
        .filter(|_| failure.method != Method::DELETE);
    let named = parameter.and_then(|wire| schema::parameter(wire, *operation));
    if let (Some(parameter), Some((argument, _))) = (parameter, &named) {
        paragraphs.insert(
            2,
            format!("The answer names the parameter {parameter}, which is {argument}."),
        );
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let diagnostic =
        Diagnostic::error(summary(*operation, &failure.error), paragraphs.join("\n\n"));
    match named {
        Some((_, place)) => diagnostic.at(place),
        None => diagnostic,
    }
}

/// What an operation tells of a request to this URL that failed so, unless it is for its key: what happened, and what may
/// help.
pub fn explain(error: &Error, url: &Url, way: &Way) -> (String, String) {
    let happened = what_happened(error, &Place::of(url), way);
    (happened, without_key(error, url, way))
}

/// What to tell where a destroy found nothing, and it may not be IWD that said so.
pub(super) fn not_there(ccid: &Ccid, url: &Url, reply: &Reply) -> Diagnostic {
    Diagnostic::warning(
        "The tenant to delete was not there",
        format!(
            "Tenant {ccid}, DELETE {url}\n\n{}\n\nSuch an answer counts as deleted, so Terraform has forgotten the \
             tenant. But another server may answer so too, and then the tenant lives on. Check that `endpoint` leads \
             to IWD, its path prefix included, and whether Digital Channels still has the tenant. If it does, correct \
             `endpoint`, apply the tenant's configuration again (a create of what is there is an update), and destroy \
             it again.",
            answer(reply, ", but not with the JSON that IWD answers")
        ),
    )
}

/// What to tell where an action found no tenant whose services to delete, and it may not be IWD that said so.
pub(super) fn services_not_there(ccid: &Ccid, url: &Url, reply: &Reply) -> Diagnostic {
    Diagnostic::warning(
        "The tenant whose services to delete was not there",
        format!(
            "Tenant {ccid}, DELETE {url}\n\n{}\n\nSuch an answer counts as deleted. But another server may answer so \
             too, and then the services live on. Check that `endpoint` leads to IWD, its path prefix included, and \
             whether Digital Channels still has them. If it does, correct `endpoint` and invoke the action again.",
            answer(reply, ", but not with the JSON that IWD answers")
        ),
    )
}

/// What to tell where no client can be made of the provider's settings.
pub fn settings(error: &SettingsError) -> Diagnostic {
    let problem = match error {
        SettingsError::Ipv6BehindProxy(proxy) => way::ipv6_behind(proxy),
        error => format!("{error}."),
    };
    Diagnostic::error(
        "Invalid provider settings",
        format!(
            "{problem}\n\nCheck the provider block and the environment variables IWD_…. Nothing was sent."
        ),
    )
}

impl From<NoRandomness> for Diagnostic {
    fn from(error: NoRandomness) -> Self {
        Self::error(
            "No random numbers",
            format!(
                "Keys, object ids and salts need them, but {error}. Nothing was sent. Check whether a security profile \
                 (seccomp) of this container forbids `getrandom` while it has no /dev/urandom."
            ),
        )
    }
}

/// The summary of an operation that failed.
pub(super) fn failed(operation: Operation, problem: &str) -> String {
    format!("Error {} tenant: {problem}", in_progress(operation))
}

/// What goes on while it is carried out.
fn in_progress(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "creating",
        Operation::Update => "updating",
        Operation::Delete => "deleting",
        Operation::Provision => "provisioning",
        Operation::DeleteServices => "deleting services of",
    }
}

/// What makes Terraform carry an operation out again.
pub(super) fn again(operation: Operation) -> &'static str {
    match operation {
        Operation::Provision | Operation::DeleteServices => "Invoke the action again",
        Operation::Create | Operation::Update | Operation::Delete => "Apply again",
    }
}

/// Where the configuration says how long an operation may take.
pub(super) fn timeout_setting(operation: Operation) -> &'static str {
    match operation {
        Operation::Provision | Operation::DeleteServices => "the action's `timeout`",
        Operation::Create | Operation::Update | Operation::Delete => "the resource's `timeouts`",
    }
}

fn summary(operation: Operation, error: &Error) -> String {
    let problem = match error {
        Error::InvalidKey => "invalid API key",
        Error::Dns | Error::NoNameServer => "host not found",
        Error::Refused => "connection refused",
        Error::System(_) => "no connection from this machine",
        Error::NoConnection(_) => "connection failed",
        Error::Tls(_) | Error::TlsHangUp => "TLS connection failed",
        Error::WantsTls(_) => "https is required",
        Error::AtProxy(_) | Error::Proxy(_) | Error::Tunnel => "proxy connection failed",
        Error::Timeout { .. } => "request timed out",
        Error::Lost { .. } | Error::Stale => "connection lost",
        Error::NotHttp => "response is not HTTP",
        Error::HeadTooLarge => "response headers too large",
        Error::Unauthorized(_) => "API key not accepted",
        Error::Rejected(_) => "request rejected",
        Error::Unavailable(_) => "IWD is unavailable",
        Error::Internal(_) => "internal server error",
        Error::Server(_) => "server error",
        Error::Redirect { .. } => "unexpected redirect",
        Error::Page(_) => "response is a web page",
        Error::NotCreated(_) => "IWD did not confirm it",
        Error::Unexpected(_) => "unexpected response",
        Error::Stopped { .. } | Error::Abandoned { .. } => "stopped",
    };
    failed(operation, problem)
}

#[cfg(test)]
pub(in crate::provider) mod tests;
