//! What becomes of a request on a connection that the server has closed meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;

use super::*;

/// A server that answers one request of each connection and hangs up at the second, as one does that has closed it while
/// that was under way.
struct Forgetful {
    url: String,
    requests: Arc<AtomicUsize>,
    _end: tokio_util::sync::DropGuard,
}

impl Forgetful {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<AtomicUsize>::default();
        let end = CancellationToken::new();
        let (seen, ended) = (Arc::clone(&requests), end.clone());
        tokio::spawn(ended.run_until_cancelled_owned(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                tokio::spawn(async move {
                    let mut answers = [CREATED].into_iter();
                    while server::read_request(&mut stream).await.is_some() {
                        seen.fetch_add(1, Ordering::SeqCst);
                        let Some(Turn::Answer(text)) = answers.next() else {
                            return;
                        };
                        stream.write_all(text.as_bytes()).await.unwrap();
                    }
                });
            }
        }));
        Self {
            url,
            requests,
            _end: end.drop_guard(),
        }
    }
}

fn once(endpoint: &str) -> ClientSettings {
    let mut settings = settings(endpoint);
    settings.retry.max_retries = Some(0);
    settings
}

async fn create_on(client: &Client, context: &CallContext) -> Result<(), Box<Failure>> {
    client
        .provision(Operation::Create, &tenant(), &KEY.into(), context)
        .await
}

#[tokio::test]
async fn forty_tenants_are_created_without_retries_though_the_server_closes_what_is_idle() {
    let server = Forgetful::start().await;
    let client = Client::new(&once(&server.url)).unwrap();
    for _ in 0..4 {
        let context = context();
        let created = join_all((0..10).map(|_| create_on(&client, &context))).await;
        assert!(created.iter().all(Result::is_ok), "{created:?}");
    }
    assert!(server.requests.load(Ordering::SeqCst) > 40);
}

#[tokio::test]
async fn a_request_is_sent_again_on_a_new_connection_where_all_that_are_idle_are_closed() {
    let server = Forgetful::start().await;
    let client = Client::new(&once(&server.url)).unwrap();
    let context = context();
    let created = join_all((0..3).map(|_| create_on(&client, &context))).await;
    assert!(created.iter().all(Result::is_ok), "{created:?}");
    create_on(&client, &context).await.unwrap();
}

#[tokio::test]
async fn a_request_is_sent_again_once_and_that_is_no_further_attempt() {
    // The first request opens the connection that the second one finds closed.
    let server = Server::start([CREATED, Turn::End, Turn::End]).await;
    let client = Client::new(&once(&server.url)).unwrap();
    create_on(&client, &context()).await.unwrap();
    let failure = create_on(&client, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::Lost { sent: true });
    assert_eq!(
        (failure.attempts, failure.gave_up),
        (1, GaveUp::RetriesUsed)
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_request_that_was_sent_again_may_have_arrived_the_first_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::new(&once(&endpoint)).unwrap();
    let serving = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        server::read_request(&mut stream).await.unwrap();
        let Turn::Answer(created) = CREATED else {
            unreachable!()
        };
        stream.write_all(created.as_bytes()).await.unwrap();
        server::read_request(&mut stream).await.unwrap();
        drop(listener);
    };
    let (failure, ()) = tokio::join!(
        async {
            create_on(&client, &context()).await.unwrap();
            create_on(&client, &context()).await.unwrap_err()
        },
        serving
    );
    assert_eq!(failure.error, Error::Refused);
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn a_new_connection_that_ends_is_no_reason_to_send_again() {
    let server = Server::start([Turn::End, CREATED]).await;
    let failure = create_with(&once(&server.url), &context())
        .await
        .unwrap_err();
    assert_eq!(failure.error, Error::Lost { sent: true });
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_reason_to_send_again() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"crea";
    let server = Server::start([CREATED, Turn::AnswerAndEnd(half), CREATED]).await;
    let client = Client::new(&once(&server.url)).unwrap();
    create_on(&client, &context()).await.unwrap();
    let failure = create_on(&client, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::Lost { sent: true });
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn nothing_is_sent_again_after_a_stop() {
    let server = Server::start([CREATED, Turn::Pause, Turn::End, CREATED]).await;
    let client = Client::new(&once(&server.url)).unwrap();
    create_on(&client, &context()).await.unwrap();
    let context = context();
    let (result, ()) = tokio::join!(create_on(&client, &context), async {
        server.asked(2).await;
        context.stop.cancel();
        server.go_on();
    });
    let failure = result.unwrap_err();
    let after = Some(Box::new(Error::Stale));
    assert_eq!(failure.error, Error::Stopped { after });
    assert_eq!(failure.attempts, 1);
    assert!(failure.may_have_arrived);
    assert_eq!(server.requests().len(), 2);
}
