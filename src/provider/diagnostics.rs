//! The one place where what went wrong with the IWD API becomes text.
//!
//! A summary is constant for a kind of problem and an operation, since Terraform merges those that are alike;
//! names stand in the detail. No text holds a request's body, and what the server said is masked already.

mod text;
mod tls;
mod way;

use reqwest::{Method, Url};

pub(super) use self::text::period;
use self::text::{quantity, status_line};
use self::way::Place;
use super::config::{Argument, KeySource};
use super::tenant::schema;
use crate::iwd::client::{MAX_HEADERS, Operation, SettingsError};
use crate::iwd::error::{Error, Failure, GaveUp, Obstacle, Reply, ReplyBody, Way};
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

fn what_happened(error: &Error, place: &Place, way: &Way) -> String {
    let Place { host, authority } = place;
    match error {
        Error::InvalidKey => {
            "The API key holds a line break or another control character, so no header can carry it.".to_owned()
        }
        Error::Dns => format!("No address was found for the host {host}."),
        Error::NoNameServer => format!(
            "No address was found for the host {host}: this machine has no /etc/resolv.conf, which names the DNS servers to \
             ask, and no /etc/hosts that lists the host."
        ),
        Error::Refused if way.proxy.is_none() => format!("{authority} does not accept connections."),
        Error::Refused => format!(
            "The proxy could not connect to {authority}: it does not accept connections, or no network leads there."
        ),
        Error::System(words) => format!("This machine gives no connection to {authority}: {words}."),
        Error::NoConnection(words) => format!("No connection to {authority} came about: {words}."),
        Error::AtProxy(error) => match &way.proxy {
            Some(proxy) => {
                let told = what_happened(error, &Place::of_proxy(proxy), &Way::default());
                format!("The proxy failed, so IWD was not reached. {told}")
            }
            None => what_happened(error, place, way),
        },
        Error::Tls(failure) => tls::what_happened(failure, place),
        Error::TlsHangUp => format!("{authority} closed the connection during the TLS handshake."),
        Error::WantsTls(reply) => answer(reply, ", which means that the port speaks TLS"),
        Error::Proxy(problem) => format!("The proxy did not connect to {authority}: {problem}."),
        Error::Tunnel => format!("The proxy refused to connect to {authority}, and its reason is not known."),
        Error::Timeout { sent: false, limit } => {
            let limit = period(*limit);
            match &way.proxy {
                None => format!("No connection to {authority} came about within {limit}."),
                Some(_) => format!(
                    "No connection to {authority} came about within {limit}: the proxy did not answer, or did not get \
                     through."
                ),
            }
        }
        Error::Timeout { sent: true, limit } => {
            format!("The request was sent, but no complete answer came within {}.", period(*limit))
        }
        Error::Lost { sent: false } => "The connection was closed while it was being set up.".to_owned(),
        Error::Lost { sent: true } => "The connection was closed before the answer was complete.".to_owned(),
        Error::Stale => {
            "The server closed the connection, which had served an earlier request, without an answer.".to_owned()
        }
        Error::NotHttp => format!("What {authority} answered is not HTTP."),
        Error::HeadTooLarge => format!(
            "What {authority} answered begins with more headers than are read: {MAX_HEADERS}, and of all together about \
             400 KiB."
        ),
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
            what_happened(error, place, way)
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
        GaveUp::CutShort {
            timeout,
            limit,
            told: None,
        } => format!(
            "; the timeout of {} for the whole operation left the last one only {}",
            period(timeout),
            period(limit)
        ),
        GaveUp::CutShort {
            timeout,
            limit,
            told: Some(attempt),
        } => format!(
            "; the timeout of {} for the whole operation left the last one only {}, in which nothing came. What is told \
             above came of attempt {attempt}",
            period(timeout),
            period(limit)
        ),
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

/// What to do where more time may help.
fn more_time(failure: &Failure) -> Option<String> {
    let timeouts = timeout_setting(failure.operation);
    match (&failure.error, failure.gave_up) {
        (Error::Timeout { sent: true, .. }, GaveUp::OutOfTime { .. } | GaveUp::CutShort { .. }) => {
            Some(format!(
                "Check that IWD and the tenant's database are well. If they only need longer, raise {timeouts}, and \
             `request_timeout` of the provider for a single attempt."
            ))
        }
        (Error::Unavailable(_), _) => Some(format!(
            "Check that IWD is running and well, and the gateway or ingress before it. If it only needs longer, raise \
             {timeouts}."
        )),
        _ => None,
    }
}

fn what_to_do(failure: &Failure, key: KeySource) -> String {
    let advice = way::advice(&failure.error, &failure.way);
    if let Some(advice) = advice.or_else(|| more_time(failure)) {
        return advice;
    }
    let is_plain = failure.url.scheme() == "http";
    let advice = match &failure.error {
        Error::InvalidKey => {
            return format!(
                "The key is {}. Set it without that character. A key that comes from a file often ends with a line \
                 break: trimspace() removes it.",
                found(key)
            );
        }
        Error::Dns => {
            "Check the host in `endpoint`, and that this machine can resolve it: a name inside a Kubernetes cluster \
             has an address only there."
        }
        Error::Refused
        | Error::NoConnection(_)
        | Error::AtProxy(_)
        | Error::Proxy(_)
        | Error::Tunnel
        | Error::Lost { sent: false }
        | Error::Timeout { sent: false, .. } => {
            "Check the host and port in `endpoint`, that IWD is running, and that this machine can reach it: inside \
             a Kubernetes cluster that may take a VPN, a port-forward or an ingress."
        }
        Error::NoNameServer => {
            "Give this machine or container an /etc/resolv.conf, list the host in /etc/hosts, or put an IP address into \
             `endpoint`."
        }
        Error::System(_) => {
            "Check the limits of this process (`ulimit -n` for open files), and what on this machine may forbid it to \
             connect, such as a firewall. A smaller `-parallelism` of Terraform needs fewer connections at once."
        }
        Error::Tls(reason) => return tls::what_to_do(reason, &failure.url),
        Error::TlsHangUp => return tls::hang_up(),
        Error::WantsTls(_) => "Begin `endpoint` with https:// instead of http://.",
        Error::Timeout { sent: true, .. } => {
            "Check that IWD and the tenant's database are well. If they only need longer, raise `request_timeout` of \
             the provider."
        }
        Error::Lost { sent: true } | Error::Stale if is_plain => {
            "Check the log of IWD, and whether a gateway or load balancer on the way cuts connections off. If the port \
             speaks TLS, begin `endpoint` with https:// instead of http://."
        }
        Error::Lost { sent: true } | Error::Stale => {
            "Check the log of IWD, and whether a gateway or load balancer on the way cuts connections off."
        }
        Error::NotHttp if is_plain => {
            "A port that speaks TLS answers so to plain HTTP: then begin `endpoint` with https:// instead of http://. \
             Otherwise check the port in `endpoint`."
        }
        Error::NotHttp => "Check the port in `endpoint`.",
        Error::HeadTooLarge => {
            "Check that `endpoint` leads to IWD, and what on the way adds headers to its answers."
        }
        Error::Unauthorized(_) => {
            return format!(
                "The key in the x-api-key header was {}. Check it: Digital Channels issues these keys for one tenant each, \
                 and the key must be enabled.{}",
                found(key),
                instead(key)
            );
        }
        Error::Rejected(reply) => match reply.status.as_u16() {
            404 | 405 => {
                "Check that `endpoint` leads to IWD: the provider adds /iwd/v3/provisioning to it. A path before that \
                 belongs into `endpoint`."
            }
            _ => "Correct what the answer complains about.",
        },
        Error::Internal(_) | Error::Server(_) => {
            "Check the log of IWD. A wrong host, name, user or password of the tenant's database may look so, and so \
             may Digital Channels that IWD can't reach."
        }
        Error::Redirect { .. } => {
            "If it points to IWD itself (with https://, another host or path), use that address in `endpoint`. If it \
             points to a login page, reach IWD past it."
        }
        Error::Page(reply) if matches!(reply.status.as_u16(), 401 | 403) => {
            "It is from a gateway or a login before IWD that wants credentials of its own, so it is not the API key \
             that was refused. Give the headers that it wants with `headers`, or use an `endpoint` that leads past it."
        }
        Error::Page(_) => {
            "It looks like a login page, a gateway, or an ingress without IWD behind it. Check that `endpoint` leads to \
             IWD, its path prefix included."
        }
        Error::NotCreated(_) => "Check the log of IWD.",
        Error::Unexpected(_) => {
            "Check that `endpoint` leads to IWD, its path prefix included, and that no gateway on the way \
             changes or compresses its answers."
        }
        Error::Unavailable(_) | Error::Stopped { .. } | Error::Abandoned { .. } => "",
    };
    advice.to_owned()
}

/// Where a key was found, for the log too.
pub(super) fn found(key: KeySource) -> String {
    match key {
        KeySource::TenantApiKeys(argument) => {
            format!("the entry for this ccid in {}", of_provider(argument))
        }
        KeySource::ApiKey(argument) => of_provider(argument),
        KeySource::Tenant(name) => format!("the tenant's own `{name}`"),
    }
}

fn of_provider(argument: Argument) -> String {
    match argument.variable() {
        Some(variable) => format!("the environment variable {variable}"),
        None => format!("{} of the provider block", argument.name()),
    }
}

/// Where a key that comes before this one would stand.
fn instead(key: KeySource) -> &'static str {
    match key {
        KeySource::TenantApiKeys(_) => "",
        KeySource::ApiKey(_) => {
            " A key for this tenant alone comes before it, in `tenant_api_keys` of the provider block (IWD_TENANT_API_KEYS)."
        }
        KeySource::Tenant(_) => {
            " `tenant_api_keys` and `api_key` of the provider block (IWD_TENANT_API_KEYS, IWD_API_KEY), which come before it, \
             hold none for this tenant."
        }
    }
}

#[cfg(test)]
pub(in crate::provider) mod tests;
