//! What an answer comes to.

use terraform_provider_iwd::iwd::error::Obstacle;
use terraform_provider_iwd::iwd::mask::MASK;

use super::*;

#[tokio::test]
async fn a_rejection_is_final_and_names_the_parameter_with_secrets_masked() {
    let body = r#"{"message":"iwd.db.host is required","got":"canary-password"}"#;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let server = Server::start([Turn::Answer(answer.leak())]).await;
    let failure = create(&server).await.unwrap_err();
    assert_eq!(failure.attempts, 1);
    assert_eq!(failure.parameter, Some("iwd.db.host"));
    assert!(!failure.may_have_arrived);
    let Error::Rejected(reply) = &failure.error else {
        panic!("{failure:?}");
    };
    let shown = body.replace("canary-password", MASK);
    assert_eq!(reply.body, ReplyBody::Text(shown));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([CREATED]).await;
    let answer = format!(
        "HTTP/1.1 307 Away\r\nlocation: {}/login?state=1\r\ncontent-length: 0\r\n\r\n",
        elsewhere.url
    );
    let server = Server::start([Turn::Answer(answer.leak())]).await;
    let failure = create(&server).await.unwrap_err();
    let Error::Redirect { location, .. } = &failure.error else {
        panic!("{failure:?}");
    };
    assert_eq!(*location, Some(format!("{}/login?…", elsewhere.url)));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_login_page_is_no_success() {
    let page = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>";
    let server = Server::start([Turn::Answer(page)]).await;
    let failure = create(&server).await.unwrap_err();
    assert!(matches!(failure.error, Error::Page(_)), "{failure:?}");
}

#[tokio::test]
async fn a_404_that_may_not_be_iwds_says_where_it_came_from_and_what_it_said() {
    let answer = "HTTP/1.1 404 Gone\r\ncontent-length: 17\r\n\r\ncanary-header-key";
    let server = Server::start([Turn::Answer(answer)]).await;
    let endpoint = format!("{}/iwd/v3/provisioning", server.url);
    let deleted = delete(&endpoint, &Deletion::Tenant).await.unwrap();
    let Deleted::NotThere { url, reply } = deleted else {
        panic!("{deleted:?}");
    };
    let path = "/iwd/v3/provisioning/9350e2fc?deleteTenant=true";
    assert_eq!(url.as_str(), format!("{}{path}", server.url));
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(reply.body, ReplyBody::Text(MASK.to_owned()));
}

#[tokio::test]
async fn a_compressed_answer_deletes_nothing_and_is_not_quoted() {
    let answer =
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x08\0\0";
    let server = Server::start([Turn::Answer(answer)]).await;
    let failure = delete(&server.url, &Deletion::Tenant).await.unwrap_err();
    let body = &failure.error.reply().unwrap().body;
    let unreadable = ReplyBody::Unreadable {
        obstacle: Obstacle::Encoded("gzip".to_owned()),
        length: 4,
        content_type: None,
    };
    assert_eq!(*body, unreadable);
    assert!(failure.may_have_arrived);
}

#[tokio::test]
async fn what_is_not_http_is_not_tried_again() {
    let server = Server::start([Turn::AnswerAndEnd("SSH-2.0-OpenSSH_9.9\r\n")]).await;
    let failure = create(&server).await.unwrap_err();
    assert_eq!(failure.error, Error::NotHttp);
}

#[tokio::test]
async fn no_more_than_a_mebibyte_of_an_endless_answer_is_read() {
    let server = Server::start([Turn::Endless]).await;
    let failure = create(&server).await.unwrap_err();
    assert!(matches!(failure.error, Error::Unexpected(_)), "{failure:?}");
}
