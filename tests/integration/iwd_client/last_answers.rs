//! The last answer, where the end of the operation cuts the attempt after it short.

use super::*;

const BUSY: &str = "HTTP/1.1 503 Busy\r\ncontent-length: 27\r\n\r\niwd.db.host does not answer";

/// Creates a tenant; once the server has been asked that often, the time runs by itself.
async fn create_until_the_end(server: &Server, requests: usize) -> Box<Failure> {
    let (mut settings, context) = (settings(&server.url), context());
    settings.request_timeout = context.timeout * 2;
    let (result, ()) = tokio::join!(create_with(&settings, &context), async {
        server.asked(requests).await;
        tokio::time::pause();
    });
    result.unwrap_err()
}

#[tokio::test]
async fn the_end_of_the_operation_does_not_hide_what_was_answered_before() {
    let busy = Turn::Answer(BUSY);
    let server = Server::start([busy, busy, Turn::Silence]).await;
    let failure = create_until_the_end(&server, 3).await;
    let reply = failure.error.reply().unwrap();
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    let text = ReplyBody::Text("iwd.db.host does not answer".to_owned());
    assert_eq!(reply.body, text);
    assert_eq!(failure.parameter, Some("iwd.db.host"));
    let GaveUp::CutShort {
        timeout,
        limit,
        told: Some(2),
    } = failure.gave_up
    else {
        panic!("{failure:?}");
    };
    assert!(limit < timeout && timeout == context().timeout);
    assert_eq!(failure.attempts, 3);
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn an_answer_is_told_before_what_failed_without_one_after_it() {
    let server = Server::start([Turn::Answer(BUSY), Turn::AnswerAndEnd(""), Turn::Silence]).await;
    let failure = create_until_the_end(&server, 3).await;
    assert!(
        matches!(failure.error, Error::Unavailable(_)),
        "{failure:?}"
    );
}

#[tokio::test]
async fn without_an_answer_the_attempt_before_is_told() {
    let server = Server::start([Turn::End, Turn::Silence]).await;
    let failure = create_until_the_end(&server, 2).await;
    assert_eq!(failure.error, Error::Lost { sent: true });
    let GaveUp::CutShort { told: Some(1), .. } = failure.gave_up else {
        panic!("{failure:?}");
    };
}

#[tokio::test]
async fn an_only_attempt_that_was_cut_is_told_itself() {
    let server = Server::start([Turn::Silence]).await;
    let failure = create_until_the_end(&server, 1).await;
    assert!(matches!(failure.error, Error::Timeout { sent: true, .. }));
    let GaveUp::CutShort { told: None, .. } = failure.gave_up else {
        panic!("{failure:?}");
    };
}
