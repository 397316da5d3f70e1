//! A server that answers with what it got, and with what it remembers.

use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::canaries::Search;
use crate::iwd_client::server::read_request;

/// What becomes of a request: the bytes that are answered, and how the connection ends.
#[derive(Clone, Default)]
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) end: End,
}

/// How a connection ends.
#[derive(Clone, Copy, Default)]
pub(super) enum End {
    /// In order.
    #[default]
    Close,
    /// With a reset.
    Reset,
    /// Not before the client gives up.
    Silence,
}

type Answering = Box<dyn Fn(&str) -> Answer + Send>;

/// The server; it forgets nothing.
pub(super) struct EchoServer {
    /// Its address, host and port.
    pub(super) address: String,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

struct Seen {
    requests: Vec<String>,
    remembered: Vec<String>,
    /// What the last answer was made of.
    echo: String,
    answering: Answering,
}

impl EchoServer {
    /// Starts one that is content with everything.
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Seen {
            requests: Vec::new(),
            remembered: Vec::new(),
            echo: String::new(),
            answering: Box::new(|_| content()),
        }));
        let task = tokio::spawn(accept(listener, Arc::clone(&seen)));
        Self {
            address,
            seen,
            task,
        }
    }

    /// Answers from now on with what this makes of all values that came, and of the request itself.
    pub(super) fn answer(&self, answering: impl Fn(&str) -> Answer + Send + 'static) {
        self.seen().answering = Box::new(answering);
    }

    /// Knows these values too.
    pub(super) fn remember(&self, values: impl IntoIterator<Item = String>) {
        self.seen().remembered.extend(values);
    }

    /// The requests that came.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen().requests.clone()
    }

    /// Fails the test unless the last answer was made of a secret.
    #[track_caller]
    pub(super) fn expect_echo(&self, search: &Search) {
        let echo = self.seen().echo.clone();
        let found = search.find(echo.as_bytes());
        assert!(!found.is_empty(), "no secret was answered: {echo}");
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }
}

impl Drop for EchoServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn content() -> Answer {
    Answer {
        bytes:
            b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 17\r\n\r\n{\"created\": true}"
                .into(),
        end: End::Close,
    }
}

async fn accept(listener: TcpListener, seen: Arc<Mutex<Seen>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&seen)));
    }
}

async fn converse(mut stream: TcpStream, seen: Arc<Mutex<Seen>>) -> Option<()> {
    let request = read_request(&mut stream).await?;
    let answer = {
        let mut seen = seen.lock().unwrap();
        let mut values = values(&request);
        values.extend(seen.remembered.iter().cloned());
        seen.echo = format!("{}\n{request}", values.join(" "));
        seen.requests.push(request);
        (seen.answering)(&seen.echo)
    };
    stream.write_all(&answer.bytes).await.ok()?;
    match answer.end {
        End::Close => stream.shutdown().await.ok()?,
        End::Reset => stream.set_zero_linger().ok()?,
        End::Silence => drop(stream.read(&mut [0]).await),
    }
    Some(())
}

/// The values that may be secrets in a request, as whoever reads it means them.
fn values(request: &str) -> Vec<String> {
    let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
    let mut values = Vec::new();
    for line in head.lines() {
        if let Some((_, value)) = line.split_once(": ") {
            values.push(value.to_owned());
            values.extend(value.strip_prefix("Bearer ").map(str::to_owned));
            if let Some(token) = value.strip_prefix("Basic ") {
                values.push(token.to_owned());
                let user = String::from_utf8(STANDARD.decode(token).unwrap()).unwrap();
                values.extend(user.split(':').map(str::to_owned));
            }
        }
    }
    leaves(&serde_json::from_str(body).unwrap_or_default(), &mut values);
    values
}

fn leaves(json: &Json, values: &mut Vec<String>) {
    match json {
        Json::String(text) => values.push(text.clone()),
        Json::Array(elements) => elements.iter().for_each(|json| leaves(json, values)),
        Json::Object(entries) => entries.values().for_each(|json| leaves(json, values)),
        _ => {}
    }
}
