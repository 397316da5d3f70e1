//! What is tried again, how often, and when.

use super::*;

#[tokio::test]
async fn unavailable_is_tried_again_until_it_works_on_one_connection() {
    let server = Server::start([UNAVAILABLE, UNAVAILABLE, CREATED]).await;
    create(&server).await.unwrap();
    assert_eq!(server.connections(), 1);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_lost_connection_is_tried_again() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"crea";
    for turn in [Turn::Reset, Turn::End, Turn::AnswerAndEnd(half)] {
        let server = Server::start([turn, CREATED]).await;
        create(&server).await.unwrap();
        assert_eq!(server.requests().len(), 2, "{turn:?}");

        let server = Server::start([turn]).await;
        let failure = first_error(&server.url).await;
        assert_eq!(failure.error, Error::Lost { sent: true }, "{turn:?}");
        assert_eq!(failure.gave_up, GaveUp::RetriesUsed);
        assert!(failure.may_have_arrived);
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_nothing_arrived() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    settings.retry.max_retries = Some(3);
    let failure = create_with(&settings, &context()).await.unwrap_err();
    assert_eq!(failure.error, Error::Refused);
    assert_eq!(
        (failure.attempts, failure.gave_up),
        (4, GaveUp::RetriesUsed)
    );
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn a_name_that_has_no_address_is_told_from_a_refusal() {
    // Too long for a name, so no name server is asked.
    let failure = first_error(&format!("http://{}.invalid", "a".repeat(64))).await;
    assert_eq!(failure.error, Error::Dns);
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn an_attempt_without_an_answer_is_given_up_and_repeated() {
    let server = Server::start([Turn::Silence, CREATED]).await;
    let (settings, context) = (settings(&server.url), context());
    let limit = settings.request_timeout;
    let (created, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        pass(limit).await;
    });
    created.unwrap();
    assert_eq!(server.requests().len(), 2);

    let server = Server::start([Turn::Silence]).await;
    let (failure, ()) = tokio::join!(first_error(&server.url), async {
        server.asked(1).await;
        pass(limit).await;
    });
    assert_eq!(failure.error, Error::Timeout { sent: true, limit });
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn a_server_that_is_slow_to_shake_hands_has_not_got_the_request() {
    let server = Server::start([Turn::Silence]).await;
    let endpoint = server.url.replace("http:", "https:");
    let limit = settings(&endpoint).request_timeout / 2;
    let (failure, ()) = tokio::join!(first_error(&endpoint), async {
        server.connected(1).await;
        pass(limit).await;
    });
    assert_eq!(failure.error, Error::Timeout { sent: false, limit });
    assert!(!failure.may_have_arrived);
}

#[tokio::test]
async fn the_operations_timeout_ends_an_attempt_too() {
    let server = Server::start([Turn::Silence]).await;
    let (mut settings, context) = (settings(&server.url), context());
    settings.request_timeout = context.timeout * 2;
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(1).await;
        pass(context.timeout).await;
    });
    let failure = result.unwrap_err();
    assert!(
        matches!(failure.gave_up, GaveUp::CutShort { .. }),
        "{failure:?}"
    );
    assert_eq!(failure.attempts, 1);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let busy = "HTTP/1.1 429 Slow down\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start([Turn::Answer(busy), CREATED]).await;
    let began = Instant::now();
    create(&server).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn retry_after_beyond_the_timeout_fails_at_once() {
    let busy = "HTTP/1.1 503 Later\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start([Turn::Answer(busy)]).await;
    let failure = create(&server).await.unwrap_err();
    let GaveUp::AskedToWait { wait, left } = failure.gave_up else {
        panic!("{failure:?}");
    };
    assert_eq!(wait, Duration::from_hours(1));
    assert!(left <= context().timeout);
}

#[tokio::test]
async fn the_time_that_is_told_beside_the_attempts_is_theirs_without_the_wait_for_a_turn() {
    let hour = Duration::from_hours(1);
    let server =
        Server::start([Turn::Answer("HTTP/1.1 400 No\r\ncontent-length: 0\r\n\r\n")]).await;
    let waited = CallContext {
        began: Instant::now().checked_sub(hour).unwrap(),
        timeout: 2 * hour,
        ..context()
    };
    let created = create_with(&settings(&server.url), &waited).await;
    let failure = created.unwrap_err();
    assert_eq!(failure.attempts, 1);
    assert!(failure.elapsed < hour, "{:?}", failure.elapsed);
}

#[tokio::test]
async fn internal_errors_are_tried_again_twice() {
    let internal = Turn::Answer("HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n");
    let server = Server::start([internal; 4]).await;
    let failure = create(&server).await.unwrap_err();
    assert_eq!(
        (failure.attempts, failure.gave_up),
        (3, GaveUp::LimitedRetriesUsed)
    );
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn what_never_became_a_connection_carried_no_request() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let limit = Duration::from_millis(300);
    let context = CallContext {
        timeout: limit,
        ..context()
    };
    let failure = create_with(&settings(&endpoint), &context)
        .await
        .unwrap_err();
    let Error::Timeout { sent: false, .. } = failure.error else {
        panic!("{failure:?}");
    };
    assert!(!failure.may_have_arrived);
}
