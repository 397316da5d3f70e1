//! The socket on which the host connects, and its address.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
#[cfg(unix)]
use std::os::unix::net::UnixListener;

use super::environment::SocketPlace;
#[cfg(unix)]
use super::socket_directory::SocketDirectory;

/// The address of the process, in the words of the handshake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Address {
    /// A port on the loopback interface.
    Tcp(SocketAddr),
    /// The path of a unix socket.
    #[cfg(unix)]
    Unix(String),
}

impl Address {
    /// `tcp` or `unix`.
    pub(super) fn network(&self) -> &'static str {
        match self {
            Self::Tcp(_) => "tcp",
            #[cfg(unix)]
            Self::Unix(_) => "unix",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(formatter),
            #[cfg(unix)]
            Self::Unix(path) => formatter.write_str(path),
        }
    }
}

/// A bound socket; clients that connect before the first `accept` wait in it.
///
/// It exists before the runtime does, so that the handshake line need not wait for one.
pub(super) enum Listener {
    /// Reachable by every local user, so only with TLS where another kind exists.
    Tcp(TcpListener),
    /// Reachable by the owner of the directory, which goes away with the listener.
    #[cfg(unix)]
    Unix(UnixListener, SocketDirectory),
}

impl Listener {
    /// A port of the system's choice on the loopback interface; no file is written.
    pub(super) fn tcp() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        Ok(Self::Tcp(listener))
    }

    /// The most private socket that needs no TLS: a unix socket in a directory of its own where there are
    /// any, else [`tcp`](Self::tcp).
    #[cfg(unix)]
    pub(super) fn private(place: &SocketPlace) -> io::Result<Self> {
        let directory = SocketDirectory::create(&place.directories)?;
        let listener = UnixListener::bind(directory.socket())?;
        listener.set_nonblocking(true)?;
        if let Some(group) = &place.group {
            directory.admit(group)?;
        }
        Ok(Self::Unix(listener, directory))
    }

    /// The most private socket that needs no TLS: a unix socket in a directory of its own where there are
    /// any, else [`tcp`](Self::tcp).
    #[cfg(not(unix))]
    pub(super) fn private(_place: &SocketPlace) -> io::Result<Self> {
        Self::tcp()
    }

    /// Makes sure that the process may open that many files more.
    pub(super) fn reserve(&self, files: usize) -> io::Result<()> {
        let more = (0..files).map(|_| match self {
            Self::Tcp(listener) => listener.try_clone().map(drop_later),
            #[cfg(unix)]
            Self::Unix(listener, _) => listener.try_clone().map(drop_later),
        });
        more.collect::<io::Result<Vec<_>>>().map(drop)
    }

    /// The address to connect to.
    pub(super) fn address(&self) -> io::Result<Address> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Address::Tcp),
            #[cfg(unix)]
            Self::Unix(_, directory) => Ok(Address::Unix(directory.socket().to_owned())),
        }
    }
}

fn drop_later<T: 'static>(file: T) -> Box<dyn std::any::Any> {
    Box::new(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tcp_listens_on_the_loopback_interface_only() {
        let address = Listener::tcp().unwrap().address().unwrap();
        assert_eq!(address.network(), "tcp");
        let address: SocketAddr = address.to_string().parse().unwrap();
        assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
        assert_ne!(address.port(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn the_address_of_a_unix_socket_is_its_path() {
        let root = tempfile::tempdir().unwrap();
        let listener = Listener::private(&SocketPlace {
            directories: vec![root.path().to_owned()],
            group: None,
        })
        .unwrap();
        let address = listener.address().unwrap();
        assert_eq!(address.network(), "unix");
        std::os::unix::net::UnixStream::connect(address.to_string()).unwrap();
    }
}
