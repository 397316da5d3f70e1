use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::super::samples::{tenant, tenant_with};
use super::*;
use crate::provider::config;

/// An IWD that says yes to each request once it may.
struct Api {
    endpoint: String,
    methods: Mutex<Vec<String>>,
    arrived: Semaphore,
    may_answer: Semaphore,
}

impl Api {
    async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Arc::new(Self {
            endpoint: format!("http://{}", listener.local_addr().unwrap()),
            methods: Mutex::default(),
            arrived: Semaphore::new(0),
            may_answer: Semaphore::new(0),
        });
        let serving = Arc::clone(&api);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let api = Arc::clone(&serving);
                tokio::spawn(async move { api.serve(connection).await });
            }
        });
        api
    }

    async fn serve(&self, mut connection: tokio::net::TcpStream) -> io::Result<()> {
        let mut request = Vec::new();
        while connection.read_buf(&mut request).await? > 0 {
            let text = String::from_utf8_lossy(&request);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() < length {
                continue;
            }
            let method = head.split(' ').next().unwrap_or_default();
            self.methods.lock().unwrap().push(method.to_owned());
            self.arrived.add_permits(1);
            self.may_answer.acquire().await.unwrap().forget();
            connection
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await?;
            request.clear();
        }
        Ok(())
    }

    /// A create whose request has come and is not answered.
    async fn begin_create<'a>(
        &self,
        session: &'a Session,
        old: &PrivateState,
    ) -> Pin<Box<dyn Future<Output = Applied> + Send + 'a>> {
        let mut creating = Box::pin(create(session, request(Value::Null, tenant(), old)));
        tokio::select! {
            created = &mut creating => panic!("{created:?}"),
            arrived = self.arrived.acquire() => arrived.unwrap().forget(),
        }
        creating
    }

    fn methods(&self) -> Vec<String> {
        self.methods.lock().unwrap().clone()
    }
}

fn session(endpoint: &str) -> Session {
    let session = Session::default();
    let block = Value::object([("endpoint", endpoint.into())]);
    session.configure(config::resolve(&block, &|_| None).unwrap(), String::new());
    session
}

fn request(prior: Value, planned: Value, private: &PrivateState) -> ApplyRequest {
    ApplyRequest {
        prior,
        config: planned.clone(),
        planned,
        private: private.write(),
        stop: CancellationToken::new(),
        end: CancellationToken::new(),
    }
}

/// A task that goes on within whatever wakes it, before that goes on itself: a thread that is always faster.
struct Eager<T> {
    state: Mutex<State<T>>,
    runtime: Handle,
}

enum State<T> {
    Pending(Pin<Box<dyn Future<Output = T> + Send>>),
    Done(T),
    /// Taken, or being polled.
    Away,
}

impl<T: Send + 'static> Eager<T> {
    fn spawn(future: impl Future<Output = T> + Send + 'static) -> Arc<Self> {
        let task = Arc::new(Self {
            state: Mutex::new(State::Pending(Box::pin(future))),
            runtime: Handle::current(),
        });
        Arc::clone(&task).wake();
        task
    }

    fn finished(&self) -> Option<T> {
        match std::mem::replace(&mut *self.state.lock().unwrap(), State::Away) {
            State::Done(value) => Some(value),
            _ => None,
        }
    }
}

impl<T: Send + 'static> Wake for Eager<T> {
    fn wake(self: Arc<Self>) {
        let State::Pending(mut future) =
            std::mem::replace(&mut *self.state.lock().unwrap(), State::Away)
        else {
            return;
        };
        let _runtime = self.runtime.enter();
        let waker = Waker::from(Arc::clone(&self));
        let next = match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => State::Done(value),
            Poll::Pending => State::Pending(future),
        };
        *self.state.lock().unwrap() = next;
    }
}

#[tokio::test]
async fn a_destroy_waits_for_a_create_of_the_same_ccid_as_long_as_its_timeout() {
    let api = Api::start().await;
    let session = session(&api.endpoint);
    let old = PrivateState::of(ObjectId::from("old"));
    let creating = api.begin_create(&session, &old).await;
    let timeouts = Value::object([("delete", "300ms".into())]);
    let prior = tenant_with([("timeouts", timeouts)]);
    // Nothing is under way on the wire, so only the timeout can pass.
    tokio::time::pause();
    let began = Instant::now();
    let destroyed = delete(&session, request(prior.clone(), Value::Null, &old)).await;
    assert_eq!(began.elapsed().as_millis() / 10, 30);
    assert_eq!(
        destroyed.diagnostics[0].summary,
        "Error deleting tenant: timed out waiting for another operation on it"
    );
    assert_eq!(destroyed.state, prior);
    tokio::time::resume();
    api.may_answer.add_permits(1);
    assert!(creating.await.diagnostics.is_empty());
    assert_eq!(api.methods(), ["POST"]);
}

#[tokio::test]
async fn a_stop_ends_the_wait_for_another_operation() {
    let api = Api::start().await;
    let session = session(&api.endpoint);
    let old = PrivateState::of(ObjectId::from("old"));
    let creating = api.begin_create(&session, &old).await;
    let waiting = request(tenant(), Value::Null, &old);
    let stop = waiting.stop.clone();
    let mut destroying = Box::pin(delete(&session, waiting));
    assert!(futures_util::poll!(&mut destroying).is_pending());
    stop.cancel();
    let destroyed = destroying.await;
    assert_eq!(
        destroyed.diagnostics[0].summary,
        "Error deleting tenant: stopped"
    );
    assert_eq!(destroyed.state, tenant());
    api.may_answer.add_permits(1);
    assert!(creating.await.diagnostics.is_empty());
    assert_eq!(api.methods(), ["POST"]);
}

#[tokio::test]
async fn a_destroy_that_waits_for_a_create_of_the_same_ccid_never_deletes_what_was_created() {
    let api = Api::start().await;
    let session = Arc::new(session(&api.endpoint));
    let old = PrivateState::of(ObjectId::from("old"));
    let creating = api.begin_create(&session, &old).await;
    let destroying = Eager::spawn({
        let session = Arc::clone(&session);
        async move { delete(&session, request(tenant(), Value::Null, &old)).await }
    });
    api.may_answer.add_permits(2);
    let created = creating.await;
    assert!(created.diagnostics.is_empty(), "{created:?}");

    let destroyed = destroying
        .finished()
        .expect("nothing is sent, so nothing is waited for");
    assert_eq!(destroyed.diagnostics.len(), 1);
    assert_eq!(destroyed.diagnostics[0].summary, "Tenant was not deleted");
    assert_eq!(api.methods(), ["POST"]);
}
