//! Why an attempt got no answer, by what the HTTP library says and by the way that its request takes.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};
use std::iter;

use super::super::error::Error;
use super::super::mask::Masker;
use super::super::tls::TlsFailure;
use super::Client;
use super::connecting::{ConnectionId, Watch, connect_timeout};
use super::route::Route;

/// The machine has no `/etc/resolv.conf`, so that no name server can be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no /etc/resolv.conf, and the host is not in /etc/hosts")]
pub(super) struct NoNameServer;

/// `/etc/resolv.conf` has this option with a zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("/etc/resolv.conf says `{0}0`, with which no name can be looked up; the least is `{0}1`")]
pub(super) struct UnusableOption(pub(super) &'static str);

/// Why there is no answer, or no more than its head.
pub(super) fn of(error: &reqwest::Error, watch: &Watch, client: &Client, masker: &Masker) -> Error {
    let said = chain(error)
        .map(ToString::to_string)
        .find_map(|words| ProxyWords::of(client.route, &words));
    match said {
        Some(ProxyWords::Told(error)) => error,
        // What follows is said of the proxy then. Of SOCKS, nothing follows.
        Some(ProxyWords::Failed(words)) => {
            let error = match watch.unresolved() {
                Some(unresolved) if client.route == Route::Socks => unresolved,
                _ => without_proxy(error, client, masker).unwrap_or(Error::NoConnection(words)),
            };
            at_proxy(error)
        }
        None => {
            let unknown = || {
                let words = chain(error).last().map(ToString::to_string);
                Error::NoConnection(words.unwrap_or_default())
            };
            let error = without_proxy(error, client, masker).unwrap_or_else(unknown);
            let error = or_unresolved(error, watch.is_resolving());
            let is_past_proxy = matches!(client.route, Route::Tunnel | Route::Socks);
            if error == (Error::Lost { sent: false })
                && is_past_proxy
                && client.endpoint.scheme() == "https"
            {
                // Nothing but TLS with the endpoint was left to be set up.
                return Error::TlsHangUp;
            }
            client.route.blame(error)
        }
    }
}

/// The name's fault, where the time to connect went to looking it up.
fn or_unresolved(error: Error, is_resolving: bool) -> Error {
    match error {
        Error::Timeout { sent: false, .. } if is_resolving => Error::Dns,
        error => error,
    }
}

/// Why a proxy makes no tunnel, by what the HTTP library's own code for it says.
pub(super) fn of_tunnel(error: &(dyn StdError + 'static)) -> Error {
    let words = error.to_string();
    match ProxyWords::of(Route::Tunnel, &words) {
        Some(ProxyWords::Told(error)) => error,
        _ => at_proxy(find(error).map_or(Error::NoConnection(words), of_connection)),
    }
}

/// Why no connection comes about, or breaks before anything is sent.
pub fn of_connection(error: &io::Error) -> Error {
    of_system(error).unwrap_or(Error::Lost { sent: false })
}

/// A failure of the proxy, unless it is this machine's own.
fn at_proxy(error: Error) -> Error {
    match error {
        Error::System(_) => error,
        error => Error::AtProxy(Box::new(error)),
    }
}

/// The connection on which a request got no answer, unless it got none.
pub(super) fn connection(error: &reqwest::Error) -> Option<ConnectionId> {
    let error = find::<hyper_util::client::legacy::Error>(error)?;
    ConnectionId::of(error.connect_info()?)
}

/// The cause as it is where the other end is the endpoint; `None` where the library says nothing of it.
fn without_proxy(error: &reqwest::Error, client: &Client, masker: &Masker) -> Option<Error> {
    let sent = !error.is_connect();
    let io = find::<io::Error>(error);
    if error.is_dns() {
        return Some(io.map_or(Error::Dns, of_lookup));
    }
    if let Some(refusal) = io.filter(|_| !sent).and_then(of_system) {
        return Some(refusal);
    }
    let tls = find::<rustls::Error>(error);
    if let Some(tls) = tls.filter(|tls| !sent || refuses_handshake(tls)) {
        return Some(Error::Tls(TlsFailure::of(tls, client.tls, masker)));
    }
    if error.is_timeout() {
        let limit = client.request_timeout;
        let limit = if sent { limit } else { connect_timeout(limit) };
        return Some(Error::Timeout { sent, limit });
    }
    if sent {
        let hyper = find::<hyper::Error>(error);
        return Some(if hyper.is_some_and(hyper::Error::is_parse_too_large) {
            Error::HeadTooLarge
        } else if hyper.is_some_and(hyper::Error::is_parse) {
            Error::NotHttp
        } else {
            Error::Lost { sent }
        });
    }
    io.map(|_| {
        if is_in_handshake(error) {
            Error::TlsHangUp
        } else {
            Error::Lost { sent }
        }
    })
}

/// Why a name has no address.
pub(super) fn of_lookup(error: &io::Error) -> Error {
    let wrapped = error.get_ref();
    if wrapped.is_some_and(<dyn StdError + Send + Sync>::is::<NoNameServer>) {
        return Error::NoNameServer;
    }
    if let Some(unusable) = find::<UnusableOption>(error) {
        return Error::System(unusable.to_string());
    }
    // On Windows, that there is no such name is an error of the system.
    match of_system(error) {
        Some(Error::System(words)) if cfg!(unix) => Error::System(words),
        _ => Error::Dns,
    }
}

/// What the system says of a connection that it did not give.
fn of_system(error: &io::Error) -> Option<Error> {
    error.raw_os_error()?;
    match error.kind() {
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown => Some(Error::Refused),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::TimedOut => None,
        _ => Some(Error::System(error.to_string())),
    }
}

/// What the HTTP library says of a proxy. It has no public types for it, so its words decide.
#[derive(PartialEq, Eq, Debug)]
enum ProxyWords {
    /// The connection to the proxy didn't come about or broke.
    Failed(String),
    /// This is what became of it.
    Told(Error),
}

impl ProxyWords {
    fn of(route: Route, words: &str) -> Option<Self> {
        let said = match route {
            Route::Tunnel => words.strip_prefix("tunnel error: "),
            Route::Socks => words.strip_prefix("SOCKS error: "),
            Route::Direct | Route::Forwarded => None,
        }?;
        Some(Self::Told(match said {
            "failed to create underlying connection" | "io error establishing tunnel" => {
                return Some(Self::Failed(words.to_owned()));
            }
            "unexpected end of file" | "io error during SOCKS handshake" => {
                Error::AtProxy(Box::new(Error::Lost { sent: false }))
            }
            "unsuccessful" | "general server failure" => Error::Tunnel,
            "network unreachable" | "host unreachable" | "connection refused" | "ttl expired" => {
                Error::Refused
            }
            "proxy authorization required"
            | "credentials not accepted"
            | "server does not support user/pass authentication"
            | "connection not allowed"
            | "command not supported"
            | "address type not supported" => Error::Proxy(words.to_owned()),
            _ => Error::AtProxy(Box::new(Error::NoConnection(words.to_owned()))),
        }))
    }
}

/// Whether the server ended the handshake. Under TLS 1.3 the client has sent its request by then, which nobody reads.
fn refuses_handshake(error: &rustls::Error) -> bool {
    use rustls::AlertDescription as Alert;
    matches!(
        error,
        rustls::Error::AlertReceived(
            Alert::AccessDenied
                | Alert::BadCertificate
                | Alert::CertificateExpired
                | Alert::CertificateRequired
                | Alert::CertificateRevoked
                | Alert::CertificateUnknown
                | Alert::DecryptError
                | Alert::HandshakeFailure
                | Alert::UnknownCA
                | Alert::UnsupportedCertificate
        )
    )
}

/// Whether the connection had come about, and TLS was being set up on it. The libraries have no type for it: without a
/// tunnel, hyper-rustls then wraps the I/O error in another one; an end has words of its own.
fn is_in_handshake(error: &reqwest::Error) -> bool {
    let is_io = |cause: &&(dyn StdError + 'static)| cause.is::<io::Error>();
    let is_end = |cause: &(dyn StdError + 'static)| cause.to_string() == "tls handshake eof";
    chain(error).filter(is_io).count() > 1 || chain(error).any(is_end)
}

/// The innermost error of that type.
pub(super) fn find<'a, T: StdError + 'static>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a T> {
    chain(error).filter_map(|cause| cause.downcast_ref()).last()
}

/// An error and its causes. What an I/O error wraps is not among its sources, but only they lead further.
pub(super) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| {
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|wrapped| wrapped as &(dyn StdError + 'static));
        wrapped.or_else(|| error.source())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Duration;

    use nix::errno::Errno;

    use super::*;

    #[test]
    fn where_the_system_gives_no_connection_its_words_are_kept() {
        for (errno, words) in [
            (Errno::EMFILE, "Too many open files"),
            (Errno::ENFILE, "Too many open files in system"),
            (Errno::EPERM, "Operation not permitted"),
            (Errno::EACCES, "Permission denied"),
        ] {
            let error = of_system(&io::Error::from(errno));
            let Some(Error::System(told)) = error else {
                panic!("{errno}: {error:?}");
            };
            assert!(told.starts_with(words), "{told}");
            let lookup = of_lookup(&io::Error::from(errno));
            assert_eq!(lookup, Error::System(told));
        }
    }

    #[test]
    fn a_connection_that_waits_for_a_name_until_its_end_fails_for_the_name() {
        let timeout = |sent| Error::Timeout {
            sent,
            limit: Duration::from_secs(1),
        };
        assert_eq!(or_unresolved(timeout(false), true), Error::Dns);
        for (error, is_resolving) in [
            (timeout(false), false),
            (timeout(true), true),
            (Error::Refused, true),
        ] {
            assert_eq!(or_unresolved(error.clone(), is_resolving), error);
        }
    }

    #[test]
    fn what_the_other_end_or_the_network_refuses_is_none_of_the_systems() {
        for errno in [
            Errno::ECONNREFUSED,
            Errno::EHOSTUNREACH,
            Errno::ENETUNREACH,
            Errno::ENETDOWN,
        ] {
            assert_eq!(of_system(&io::Error::from(errno)), Some(Error::Refused));
        }
        for errno in [Errno::ECONNRESET, Errno::ECONNABORTED, Errno::EPIPE] {
            assert_eq!(of_system(&io::Error::from(errno)), None);
        }
        assert_eq!(of_system(&io::Error::other("broken TLS")), None);
        let nameless = io::Error::other("failed to lookup address information");
        assert_eq!(of_lookup(&nameless), Error::Dns);
        let no_server = io::Error::other(NoNameServer);
        assert_eq!(of_lookup(&no_server), Error::NoNameServer);
        let Error::System(told) = of_lookup(&io::Error::other(UnusableOption("attempts:"))) else {
            panic!("not the system's");
        };
        assert!(
            told.contains("/etc/resolv.conf says `attempts:0`"),
            "{told}"
        );
    }
}
