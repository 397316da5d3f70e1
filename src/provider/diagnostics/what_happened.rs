//! What became of the last attempt, in a sentence or two, with what was answered.

use super::place::Place;
use super::text::status_line;
use super::tls;
use crate::iwd::client::MAX_HEADERS;
use crate::iwd::error::{Error, Obstacle, Reply, ReplyBody, Way};
use crate::tf_provider::duration;

pub(super) fn what_happened(error: &Error, place: &Place, way: &Way) -> String {
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
                let effect = if error.may_have_arrived() { "" } else { ", so IWD was not reached" };
                format!("The proxy failed{effect}. {told}")
            }
            None => what_happened(error, place, way),
        },
        Error::Tls(failure) => tls::what_happened(failure, place),
        Error::TlsHangUp => format!("{authority} closed the connection during the TLS handshake."),
        Error::WantsTls(reply) => answer(reply, ", which means that the port speaks TLS"),
        Error::Proxy(problem) => format!("The proxy did not connect to {authority}: {problem}."),
        Error::Tunnel => format!("The proxy refused to connect to {authority}, and its reason is not known."),
        Error::Timeout { sent: false, limit } => {
            let limit = duration::format(*limit);
            match &way.proxy {
                None => format!("No connection to {authority} came about within {limit}."),
                Some(_) => format!(
                    "No connection to {authority} came about within {limit}: the proxy did not answer, or did not get \
                     through."
                ),
            }
        }
        Error::Timeout { sent: true, limit } => {
            format!("The request was sent, but no complete answer came within {}.", duration::format(*limit))
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
        Error::Redirect { reply, location: None } if matches!(reply.status.as_u16(), 301..=303 | 307 | 308) => {
            answer(reply, ", a redirect that doesn't say where to (`Location`)")
        }
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

pub(super) fn answer(reply: &Reply, remark: &str) -> String {
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
