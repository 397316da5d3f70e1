//! The way on which connections come about, and whose failure it is where none does.

use super::super::error::Error;

/// How connections come about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Route {
    /// To the endpoint.
    Direct,
    /// To a proxy, which passes each request on.
    Forwarded,
    /// To a proxy, which makes a tunnel to the endpoint.
    Tunnel,
    /// The same with SOCKS.
    Socks,
}

impl Route {
    /// Whoever is at the other end of the connection: a proxy that passes requests on has all the failures that an
    /// endpoint has until they are sent, and passes on nothing but HTTP.
    pub(super) fn blame(self, error: Error) -> Error {
        let is_there = matches!(
            error,
            Error::Dns
                | Error::NoNameServer
                | Error::Refused
                | Error::Tls(_)
                | Error::TlsHangUp
                | Error::NoConnection(_)
                | Error::Timeout { sent: false, .. }
                | Error::Lost { sent: false }
                | Error::NotHttp
        );
        if self == Self::Forwarded && is_there {
            Error::AtProxy(Box::new(error))
        } else {
            error
        }
    }
}
