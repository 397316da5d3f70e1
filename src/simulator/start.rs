//! What has to succeed before the first request: to listen, to open the database, to seed it.

use std::io;
use std::path::PathBuf;

use tokio::net::TcpListener;

use super::options::Arguments;
use super::seed::{self, SeedError};
use super::store::{Store, StoreError};

/// Why the simulator can't start. Each says the option, and what was given with it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened on.
    #[error("--listen {listen}: {error}{}", hint(.error))]
    Listen {
        /// The address, as given.
        listen: String,
        /// What the system says.
        error: io::Error,
    },
    /// The database can't be opened.
    #[error("--data {}: {error}", .file.display())]
    Data {
        /// The file, as given.
        file: PathBuf,
        /// Why not.
        error: StoreError,
    },
    /// The tenants to start with can't be read or kept.
    #[error("--seed {}: {error}", .file.display())]
    Seed {
        /// The file, as given.
        file: PathBuf,
        /// Why not.
        error: SeedError,
    },
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "; another program listens there, perhaps another simulator: end it, or choose another \
             port, 0 for any free one"
        }
        io::ErrorKind::InvalidInput => "; give a host and a port, such as 127.0.0.1:4024",
        _ => "",
    }
}

/// Listens, opens the database, and puts the tenants to start with into it.
pub async fn start(arguments: &Arguments) -> Result<(TcpListener, Store), StartError> {
    // First of all, so that a second simulator on this address leaves the data of the first alone.
    let listener = TcpListener::bind(&arguments.listen)
        .await
        .map_err(|error| StartError::Listen {
            listen: arguments.listen.clone(),
            error,
        })?;
    let store = Store::open(&arguments.data).map_err(|error| StartError::Data {
        file: arguments.data.clone(),
        error,
    })?;
    if let Some(file) = &arguments.seed {
        seed::plant(&store, file).map_err(|error| StartError::Seed {
            file: file.clone(),
            error,
        })?;
    }
    Ok((listener, store))
}
