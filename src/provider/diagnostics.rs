//! The one place where what went wrong with the IWD API becomes text.
//!
//! A summary is constant for a kind of problem and an operation, since Terraform merges those that are alike;
//! names stand in the detail. No text holds a request's body, and what the server said is masked already.

mod text;

use reqwest::{Method, Url};

pub(super) use self::text::period;
use self::text::{quantity, status_line};
use super::tenant::schema;
use crate::iwd::client::{Operation, SettingsError};
use crate::iwd::error::{Error, Failure, GaveUp, Obstacle, Reply, ReplyBody};
use crate::iwd::model::Ccid;
use crate::random::NoRandomness;
use crate::tf_provider::diagnostic::Diagnostic;

/// What to tell about a call that failed.
pub(super) fn failure(failure: &Failure) -> Diagnostic {
    let Failure {
        operation,
        ccid,
        method,
        url,
        ..
    } = failure;
    let mut paragraphs = vec![
        format!("Tenant {ccid}, {method} {url}"),
        what_happened(&failure.error, url),
        attempts(failure),
        effect(*operation, failure.may_have_arrived).to_owned(),
        what_to_do(&failure.error, failure.gave_up, *operation),
    ];
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

/// What to tell where no key is known for a call.
pub(super) fn no_key(operation: Operation, ccid: &Ccid) -> Diagnostic {
    let own_key = match operation {
        Operation::Delete => {
            "A write-only key (`api_key_wo`) is not kept in the state, so it can't serve at destroy."
        }
        Operation::DeleteServices => "The action's `api_key_wo` serves too.",
        _ => "The tenant's own `api_key` or `api_key_wo` serves too.",
    };
    Diagnostic::error(
        failed(operation, "no API key"),
        format!(
            "Tenant {ccid}: the call to IWD needs a key for its x-api-key header. In the provider block, set \
             `tenant_api_keys` with an entry for this ccid, or `api_key` for all tenants (or IWD_TENANT_API_KEYS or \
             IWD_API_KEY in the environment). {own_key}\n\nNothing was sent."
        ),
    )
}

/// What to tell where the key of a call depends on something that is not applied yet.
pub(super) fn unknown_key(operation: Operation, ccid: &Ccid) -> Diagnostic {
    Diagnostic::error(
        failed(operation, "API key not known yet"),
        format!(
            "Tenant {ccid}: `tenant_api_keys` or `api_key` in the provider block depends on something that is not \
             applied yet. Apply what it depends on first (`terraform apply -target=…`), or give a value that is \
             known.\n\nNothing was sent."
        ),
    )
}

/// What to tell where two entries of `tenant_api_keys` may be meant.
pub(super) fn ambiguous_key(operation: Operation, ccid: &Ccid) -> Diagnostic {
    Diagnostic::error(
        failed(operation, "two API keys match"),
        format!(
            "Tenant {ccid}: two entries of `tenant_api_keys` in the provider block name it, each in other letter case than \
             the tenant's own. Keep one, spelled as the tenant's `ccid`.\n\nNothing was sent."
        ),
    )
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
pub(super) fn settings(error: &SettingsError) -> Diagnostic {
    Diagnostic::error(
        "Invalid provider settings",
        format!(
            "{error}.\n\nCheck the provider block and the environment variables IWD_…. Nothing was sent."
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
    format!("Error {} tenant: {problem}", operation.in_progress())
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
        Error::Tls { .. } => "TLS connection failed",
        Error::Proxy(_) | Error::Tunnel => "proxy connection failed",
        Error::Timeout { .. } => "request timed out",
        Error::Lost { .. } => "connection lost",
        Error::NotHttp => "response is not HTTP",
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

fn what_happened(error: &Error, url: &Url) -> String {
    match error {
        Error::InvalidKey => {
            "The API key holds a line break or another control character, so no header can carry it.".to_owned()
        }
        Error::Dns => format!("No address was found for the host {}.", host(url)),
        Error::NoNameServer => format!(
            "No address was found for the host {}: this machine has no /etc/resolv.conf, which names the DNS servers to \
             ask, and no /etc/hosts that lists the host.",
            host(url)
        ),
        Error::Refused => format!("{}, or the proxy before it, does not accept connections.", authority(url)),
        Error::Tls { problem, lacks_system_roots: false } => format!("The TLS connection failed: {problem}."),
        Error::Tls { problem, lacks_system_roots: true } => format!(
            "The TLS connection failed: {problem}. No CA certificates were found on this machine, so only those given \
             with `ca_cert_file` or `ca_cert_pem` are trusted."
        ),
        Error::Proxy(problem) => format!("The proxy did not connect to {}: {problem}.", authority(url)),
        Error::Tunnel => format!("The proxy refused to connect to {}, and its reason is not known.", authority(url)),
        Error::Timeout { sent: false, limit } => format!("No connection came about within {}.", period(*limit)),
        Error::Timeout { sent: true, limit } => {
            format!("The request was sent, but no complete answer came within {}.", period(*limit))
        }
        Error::Lost { sent: false } => "The connection was closed while it was being set up.".to_owned(),
        Error::Lost { sent: true } => "The connection was closed before the answer was complete.".to_owned(),
        Error::NotHttp => format!("What {} answered is not HTTP.", authority(url)),
        Error::Redirect { reply, location: None } => answer(reply, ", which belongs to no request of this kind"),
        Error::Redirect { reply, location: Some(location) } => format!(
            "The answer was {}, a redirect to {location}. Redirects are not followed, since they would carry the API \
             key elsewhere.",
            status_line(reply.status)
        ),
        Error::Page(reply) => answer(reply, " with a web page, which is never from IWD"),
        Error::NotCreated(reply) => answer(reply, ", but it does not say that the tenant was created"),
        Error::Unexpected(reply) => answer(reply, ", but not with the JSON that IWD answers"),
        Error::Unauthorized(reply)
        | Error::Rejected(reply)
        | Error::Unavailable(reply)
        | Error::Internal(reply)
        | Error::Server(reply) => answer(reply, ""),
        Error::Abandoned { .. } => "Terraform was told to end at once, while the request was under way.".to_owned(),
        Error::Stopped { after: None } => "Terraform was told to stop.".to_owned(),
        Error::Stopped { after: Some(error) } => format!(
            "Terraform was told to stop, so there was no further attempt. The last one had failed: {}",
            what_happened(error, url)
        ),
    }
}

fn answer(reply: &Reply, remark: &str) -> String {
    let status = status_line(reply.status);
    match &reply.body {
        ReplyBody::Empty => format!("The answer was {status}{remark}, and had no text."),
        ReplyBody::Text(text) => format!("The answer was {status}{remark}:\n\n{text}"),
        ReplyBody::Unreadable {
            obstacle,
            length,
            content_type,
        } => {
            let content_type = content_type.as_deref().unwrap_or("no Content-Type");
            format!(
                "The answer was {status}{remark}. Its text can't be shown ({length} bytes, {content_type}): {}.",
                obstacle_of(obstacle)
            )
        }
    }
}

fn obstacle_of(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Encoded(coding) => {
            format!(
                "it is encoded with {coding}, although the request allows no encoding (Accept-Encoding: identity)"
            )
        }
        Obstacle::NotText(charset) => format!("it is not valid in the charset {charset}"),
        Obstacle::UnknownCharset(label) => format!("its charset {label} is not known"),
        Obstacle::Endless => "it is longer than what is read of an answer".to_owned(),
    }
}

/// How many attempts there were, and why not more.
fn attempts(failure: &Failure) -> String {
    let reason = match failure.gave_up {
        GaveUp::NotRetryable | GaveUp::Stopped => String::new(),
        GaveUp::RetriesUsed => "; `max_retries` of the provider allows no more".to_owned(),
        GaveUp::LimitedRetriesUsed => {
            let why = match failure.error {
                Error::Tunnel => "it may be the proxy's last word",
                _ => "wrong values often look so",
            };
            format!(
                "; after such an answer there are two more, no matter how much time is left, since {why}"
            )
        }
        GaveUp::OutOfTime { timeout } => {
            format!(
                "; the timeout of {} for the whole operation leaves no time for another",
                period(timeout)
            )
        }
        GaveUp::AskedToWait { wait, left } => format!(
            "; the server asks to wait {} (Retry-After), and {} are left of the timeout for the whole operation",
            period(wait),
            period(left)
        ),
    };
    match failure.attempts {
        0 => "Nothing was sent.".to_owned(),
        attempts => format!(
            "{} in {}{reason}.",
            quantity(attempts, "attempt"),
            period(failure.elapsed)
        ),
    }
}

fn effect(operation: Operation, may_have_arrived: bool) -> &'static str {
    match (operation, may_have_arrived) {
        (Operation::Create, true) => {
            "The tenant may have been provisioned all the same; it is not in the state. Applying again is safe: the \
             API treats a repeated create as an update."
        }
        (Operation::Create, false) => "Nothing was provisioned. Applying again is safe.",
        (Operation::Update, true) => {
            "The change may have taken effect all the same; the state keeps the old values. Applying again is safe: \
             it sends the complete configuration again."
        }
        (Operation::Update, false) => "The tenant was not changed. Applying again is safe.",
        (Operation::Delete, true) => {
            "It may have been deleted all the same; it is still in the state. Destroying again is safe: what is gone \
             counts as deleted."
        }
        (Operation::Delete, false) => "Nothing was deleted. Destroying again is safe.",
        (Operation::Provision, true) => {
            "The tenant may have been provisioned all the same. Invoking the action again is safe: it sends the whole \
             tenant each time."
        }
        (Operation::Provision, false) => {
            "The tenant was not provisioned. Invoking the action again is safe."
        }
        (Operation::DeleteServices, true) => {
            "The services may have been deleted all the same. Invoking the action again is safe: what is gone counts \
             as deleted."
        }
        (Operation::DeleteServices, false) => {
            "Nothing was deleted. Invoking the action again is safe."
        }
    }
}

fn what_to_do(error: &Error, gave_up: GaveUp, operation: Operation) -> String {
    let timeouts = timeout_setting(operation);
    let advice = match error {
        Error::InvalidKey => {
            "Set the key without it. A key that comes from a file often ends with a line break: trimspace() removes \
             it."
        }
        Error::Dns => {
            "Check the host in `endpoint`, and that this machine can resolve it: a name inside a Kubernetes cluster \
             has an address only there."
        }
        Error::Refused | Error::Lost { sent: false } | Error::Timeout { sent: false, .. } => {
            "Check the host and port in `endpoint`, that IWD is running, and that this machine can reach it: inside \
             a Kubernetes cluster that may take a VPN, a port-forward or an ingress."
        }
        Error::NoNameServer => {
            "Give this machine or container an /etc/resolv.conf, list the host in /etc/hosts, or put an IP address into \
             `endpoint`."
        }
        Error::Tls { .. } => {
            "If the server's certificate is from a CA of your own, give that CA with `ca_cert_pem` or \
             `ca_cert_file`. If it is for another name, use that name in `endpoint`. If the server asks for a \
             certificate, set `client_cert_pem` and `client_key_pem` (or their files). If the server speaks plain \
             HTTP, begin `endpoint` with http://."
        }
        Error::Proxy(_) | Error::Tunnel => {
            "Check `proxy_url` (or HTTPS_PROXY, HTTP_PROXY and NO_PROXY), its user name and password, and that it may \
             connect to IWD. An empty `proxy_url` means no proxy."
        }
        Error::Timeout { sent: true, .. } if matches!(gave_up, GaveUp::OutOfTime { .. }) => {
            return format!(
                "Check that IWD and the tenant's database are well. If they only need longer, raise {timeouts}, and \
                 `request_timeout` of the provider for a single attempt."
            );
        }
        Error::Timeout { sent: true, .. } => {
            "Check that IWD and the tenant's database are well. If they only need longer, raise `request_timeout` of \
             the provider."
        }
        Error::Lost { sent: true } => {
            "Check the log of IWD, and whether a proxy or load balancer on the way cuts connections off."
        }
        Error::NotHttp => {
            "Check the port in `endpoint`, and whether it wants https:// instead of http://."
        }
        Error::Unauthorized(_) => {
            "Check the key that goes into the x-api-key header: the entry for this ccid in `tenant_api_keys` of the \
             provider, else `api_key` of the provider, else the tenant's own key. Digital Channels issues these keys \
             for one tenant each, and the key must be enabled."
        }
        Error::Rejected(reply) => match reply.status.as_u16() {
            404 | 405 => {
                "Check that `endpoint` leads to IWD: the provider adds /iwd/v3/provisioning to it. A path before that \
                 belongs into `endpoint`."
            }
            407 => "The proxy wants a user name and password; give them in `proxy_url`.",
            _ => "Correct what the answer complains about.",
        },
        Error::Unavailable(_) => {
            return format!(
                "Check that IWD is running and well, and the proxy or ingress before it. If it only needs longer, raise \
                 {timeouts}."
            );
        }
        Error::Internal(_) | Error::Server(_) => {
            "Check the log of IWD. A wrong host, name, user or password of the tenant's database may look so, and so \
             may Digital Channels that IWD can't reach."
        }
        Error::Redirect { .. } => {
            "If it points to IWD itself (with https://, another host or path), use that address in `endpoint`. If it \
             points to a login page, reach IWD past it."
        }
        Error::Page(_) => {
            "It looks like a login page, a proxy, or an ingress without IWD behind it. Check that `endpoint` leads to \
             IWD, its path prefix included."
        }
        Error::NotCreated(_) => "Check the log of IWD.",
        Error::Unexpected(_) => {
            "Check that `endpoint` leads to IWD, its path prefix included, and that no proxy or gateway on the way \
             changes or compresses its answers."
        }
        Error::Stopped { .. } | Error::Abandoned { .. } => "",
    };
    advice.to_owned()
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn authority(url: &Url) -> String {
    match url.port_or_known_default() {
        Some(port) => format!("{}:{port}", host(url)),
        None => host(url).to_owned(),
    }
}

#[cfg(test)]
pub(in crate::provider) mod tests;
