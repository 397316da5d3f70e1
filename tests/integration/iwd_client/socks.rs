//! A SOCKS proxy that does as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it does with each connection.
#[derive(Clone, Copy, Debug)]
pub(super) enum Conduct {
    /// Hangs up after that many messages of the client.
    HangUp(usize),
    /// Answers the greeting with this method.
    Method(u8),
    /// Answers the request to connect with this code.
    Reply(u8),
    /// Connects to this address, whatever is asked for.
    Connect(SocketAddr),
}

pub(super) struct Socks {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
    task: JoinHandle<()>,
}

impl Socks {
    pub(super) async fn start(conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let seen = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client may go at any time.
                let _ = serve(stream, conduct, &seen).await;
            }
        });
        Self {
            address,
            asked,
            task,
        }
    }

    /// The kinds and bytes of the addresses that clients asked for, their ports left out.
    pub(super) fn asked(&self) -> Vec<Vec<u8>> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Socks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    conduct: Conduct,
    asked: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    if let Conduct::HangUp(0) = conduct {
        return Ok(());
    }
    // Version, count of methods, and the method "none".
    stream.read_exact(&mut [0; 3]).await?;
    match conduct {
        Conduct::HangUp(1) => return Ok(()),
        Conduct::Method(method) => return stream.write_all(&[5, method]).await,
        _ => stream.write_all(&[5, 0]).await?,
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let length = match head[3] {
        1 => 4,
        4 => 16,
        _ => stream.read_u8().await?.into(),
    };
    let mut address = vec![0; length];
    stream.read_exact(&mut address).await?;
    stream.read_u16().await?;
    asked
        .lock()
        .unwrap()
        .push([vec![head[3]], address].concat());
    let code = match conduct {
        Conduct::Reply(code) => code,
        Conduct::Connect(_) => 0,
        Conduct::HangUp(_) | Conduct::Method(_) => return Ok(()),
    };
    stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    if let Conduct::Connect(target) = conduct {
        let mut target = TcpStream::connect(target).await?;
        copy_bidirectional(&mut stream, &mut target).await?;
    }
    Ok(())
}
