//! What Stop and the end of the process do to a request.

use super::*;

#[tokio::test]
async fn stopping_ends_a_wait_at_once() {
    let server = Server::start([UNAVAILABLE]).await;
    let mut settings = settings(&server.url);
    settings.retry.min_wait = Duration::from_hours(1);
    settings.retry.max_wait = Duration::from_hours(1);
    let context = CallContext {
        timeout: Duration::from_hours(3),
        ..context()
    };
    let (log, _listening) = Log::capture();
    let (failure, ()) = tokio::join!(create_with(&settings, &context), async {
        while log.lines_with("trying again").is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        context.stop.cancel();
    });
    let failure = failure.unwrap_err();
    let reply = failure.error.reply().unwrap();
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(matches!(failure.error, Error::Stopped { after: Some(_) }));
    assert_eq!((failure.attempts, failure.gave_up), (1, GaveUp::Stopped));
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn stopping_waits_for_the_answer_to_a_request_in_flight_and_counts_it() {
    let server = Server::start([Turn::Pause, CREATED]).await;
    let (settings, context) = (settings(&server.url), context());
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        context.stop.cancel();
        server.go_on();
    });
    result.unwrap();
}

#[tokio::test]
async fn a_retry_that_a_stop_prevents_is_not_announced() {
    let (log, _listening) = Log::capture();
    let server = Server::start([Turn::Pause, UNAVAILABLE]).await;
    let (settings, context) = (settings(&server.url), context());
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        context.stop.cancel();
        server.go_on();
    });
    let failure = result.unwrap_err();
    assert!(matches!(failure.error, Error::Stopped { after: Some(_) }));
    assert!(log.lines_with("trying again").is_empty());
}

#[tokio::test]
async fn an_attempt_whose_connection_never_came_about_sent_nothing_though_an_earlier_one_did() {
    let authority = Authority::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = ClientSettings {
        ca_certs_pem: Some(authority.pem()),
        ..settings(&format!("https://{}", listener.local_addr().unwrap()))
    };
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(authority.server(false)));
    let context = context();
    let serving = async {
        let (first, _) = listener.accept().await.unwrap();
        let mut first = acceptor.accept(first).await.unwrap();
        let _ = first.read(&mut [0; 4096]).await.unwrap();
        let busy =
            b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        first.write_all(busy).await.unwrap();
        first.shutdown().await.unwrap();
        // The second one never gets past the TLS handshake.
        let second = listener.accept().await.unwrap();
        context.end.cancel();
        second
    };
    let (result, _second) = tokio::join!(create_with(&settings, &context), serving);
    let failure = result.unwrap_err();
    assert_eq!(failure.error, Error::Abandoned { sent: false });
    assert_eq!(failure.attempts, 2);
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn the_end_gives_up_even_a_request_in_flight() {
    let server = Server::start([Turn::Silence]).await;
    let (settings, context) = (settings(&server.url), context());
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        context.end.cancel();
    });
    let failure = result.unwrap_err();
    assert_eq!(failure.error, Error::Abandoned { sent: true });
    assert_eq!(failure.attempts, 1);
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn nothing_starts_after_a_stop() {
    let server = Server::start([CREATED]).await;
    let context = context();
    context.stop.cancel();
    let failure = create_with(&settings(&server.url), &context)
        .await
        .unwrap_err();
    assert_eq!(failure.error, Error::Stopped { after: None });
    assert_eq!((failure.attempts, server.connections()), (0, 0));
}
