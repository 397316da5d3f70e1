//! A directory that only its owner may enter, with one unix socket in it.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::net::SocketAddr;
use std::path::{Path, PathBuf};

use nix::unistd::{Group, mkdtemp};

const TEMPLATE: &str = "plugin-XXXXXX";
const SOCKET: &str = "socket";

/// A fresh directory, removed with its socket when dropped.
#[derive(Debug)]
pub(super) struct SocketDirectory {
    directory: PathBuf,
    socket: String,
}

impl SocketDirectory {
    /// Makes one, of mode 0700, in the first of `parents` where a socket's path is short enough.
    ///
    /// A system limits that path to about a hundred bytes. Any other obstacle is an error: who names a
    /// directory wants the socket there.
    pub(super) fn create(parents: &[PathBuf]) -> io::Result<Self> {
        let parent = parents
            .iter()
            .find(|parent| fits(parent))
            .ok_or_else(|| io::Error::other("no directory's path is short enough for a socket"))?;
        let directory = mkdtemp(&parent.join(TEMPLATE)).map_err(|error| {
            io::Error::other(format!(
                "cannot make a directory in {}: {error}",
                parent.display()
            ))
        })?;
        let socket = directory.join(SOCKET).to_string_lossy().into_owned();
        Ok(Self { directory, socket })
    }

    /// The path of the socket, whether it is bound yet or not.
    pub(super) fn socket(&self) -> &str {
        &self.socket
    }

    /// Lets the members of a group use the bound socket, but not list or change the directory.
    pub(super) fn admit(&self, group: &OsStr) -> io::Result<()> {
        let group = group_id(group)?;
        chown(&self.socket, None, Some(group))?;
        fs::set_permissions(&self.socket, Permissions::from_mode(0o660))?;
        chown(&self.directory, None, Some(group))?;
        fs::set_permissions(&self.directory, Permissions::from_mode(0o710))
    }
}

impl Drop for SocketDirectory {
    fn drop(&mut self) {
        // Nobody is left to be told when the directory stays.
        let _ = fs::remove_file(&self.socket);
        let _ = fs::remove_dir(&self.directory);
    }
}

/// Tells whether the handshake line and the system can name a socket in there.
fn fits(parent: &Path) -> bool {
    let socket = parent.join(TEMPLATE).join(SOCKET);
    socket.to_str().is_some() && SocketAddr::from_pathname(&socket).is_ok()
}

fn group_id(group: &OsStr) -> io::Result<u32> {
    let name = group.to_string_lossy();
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    match Group::from_name(&name)? {
        Some(group) => Ok(group.gid.as_raw()),
        None => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no group {name:?}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::net::UnixListener;

    use super::*;

    fn mode(path: impl AsRef<Path>) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn only_the_owner_may_enter() {
        let root = tempfile::tempdir().unwrap();
        let directory = SocketDirectory::create(&[root.path().to_owned()]).unwrap();
        assert_eq!(mode(&directory.directory), 0o700);
    }

    #[test]
    fn a_group_may_use_the_socket_but_not_list_the_directory() {
        let root = tempfile::tempdir().unwrap();
        let directory = SocketDirectory::create(&[root.path().to_owned()]).unwrap();
        let _listener = UnixListener::bind(directory.socket()).unwrap();
        let own_group = fs::metadata(root.path()).unwrap().gid();
        directory.admit(own_group.to_string().as_ref()).unwrap();
        assert_eq!(mode(directory.socket()), 0o660);
        assert_eq!(mode(&directory.directory), 0o710);
    }

    #[test]
    fn a_group_that_is_not_there_is_an_error() {
        let error = group_id("no such group".as_ref()).unwrap_err();
        assert_eq!(error.to_string(), "there is no group \"no such group\"");
    }

    #[test]
    fn nothing_is_left_behind() {
        let root = tempfile::tempdir().unwrap();
        let directory = SocketDirectory::create(&[root.path().to_owned()]).unwrap();
        let listener = UnixListener::bind(directory.socket()).unwrap();
        drop((listener, directory));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_path_too_long_for_a_socket_gives_way_to_a_shorter_one() {
        let root = tempfile::tempdir().unwrap();
        let long = root.path().join("d".repeat(100));
        fs::create_dir(&long).unwrap();
        let directory = SocketDirectory::create(&[long.clone(), root.path().to_owned()]).unwrap();
        assert_eq!(directory.directory.parent(), Some(root.path()));
        assert!(SocketDirectory::create(&[long]).is_err());
    }

    #[test]
    fn a_directory_that_is_not_there_is_never_replaced_by_another() {
        let root = tempfile::tempdir().unwrap();
        let wanted = root.path().join("missing");
        let error = SocketDirectory::create(&[wanted, root.path().to_owned()]).unwrap_err();
        assert!(error.to_string().contains("missing"), "{error}");
    }
}
