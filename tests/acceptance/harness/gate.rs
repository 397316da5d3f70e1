//! A way to the simulator on which answers wait until a test lets them through.

use std::io;

use tokio::io::{AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::Simulator;

/// A closed gate before a simulator: requests pass, answers wait. It ends with this.
pub struct Gate {
    endpoint: String,
    is_open: watch::Sender<bool>,
    _relay: Runtime,
}

impl Gate {
    /// Stands on a port of the system's choice.
    pub fn before(simulator: &Simulator) -> Self {
        let relay = Runtime::new().expect("a runtime");
        let bound = relay.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = bound.expect("a port on loopback");
        let address = listener.local_addr().expect("its address");
        let server = simulator
            .endpoint()
            .trim_start_matches("http://")
            .to_owned();
        let (is_open, opening) = watch::channel(false);
        relay.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), opening.clone()));
            }
        });
        Self {
            endpoint: format!("http://{address}"),
            is_open,
            _relay: relay,
        }
    }

    /// The base URL, without a path.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Lets all answers through, from now on.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }
}

/// Passes on what comes on one connection.
async fn pass(
    mut client: TcpStream,
    server: String,
    mut opening: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let (mut requests, mut to_client) = client.split();
    let (mut answers, mut to_server) = server.split();
    let there = copy(&mut requests, &mut to_server);
    let back = async {
        // The gate is gone where this fails, and the connection with it.
        let _ = opening.wait_for(|is_open| *is_open).await;
        copy(&mut answers, &mut to_client).await
    };
    // Whoever ends the connection ends it for both.
    tokio::select! {
        ended = there => ended?,
        ended = back => ended?,
    };
    to_client.shutdown().await
}
