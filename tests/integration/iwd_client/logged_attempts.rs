//! What the log tells of each attempt.

use super::*;

/// What is logged of a create.
async fn logged(settings: &ClientSettings) -> Log {
    let (log, guard) = Log::capture();
    create_with(settings, &context()).await.unwrap();
    drop(guard);
    assert!(log.lines_with("canary").is_empty());
    log
}

/// Fails the test unless the line has all of these parts.
#[track_caller]
fn expect(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{part} in {line}");
    }
}

#[tokio::test]
async fn it_tells_how_each_was_sent_and_what_came_of_it() {
    let server = Server::start([UNAVAILABLE, UNAVAILABLE, CREATED]).await;
    let log = logged(&settings(&server.url)).await;
    let url = format!(" url={}/iwd/v3/provisioning ", server.url);
    let sent = log.lines_with("span operation=");
    let ended = log.lines_with("the attempt ended");
    let bytes = log.lines_with("sending the request");
    assert_eq!(
        (sent.len(), ended.len(), bytes.len()),
        (3, 3, 3),
        "{sent:?} {ended:?}"
    );
    for (index, line) in sent.iter().enumerate() {
        let attempt = format!(" attempt={} ", index + 1);
        expect(line, &["operation=create ", " ccid=9350e2fc ", &attempt]);
        expect(line, &[" method=POST ", &url, " proxy=none"]);
    }
    let body = server.requests().pop().unwrap();
    let (_, body) = body.split_once("\r\n\r\n").unwrap();
    expect(
        &bytes[0],
        &["DEBUG", &format!(" sent_bytes={}", body.len())],
    );
    let failed = [" status=503 ", " received_bytes=0 ", " error=answered 503"];
    expect(&ended[0], &["DEBUG", " connection=new ", " elapsed_ms="]);
    expect(&ended[0], &failed);
    expect(&ended[1], &[" connection=reused "]);
    expect(&ended[1], &failed);
    expect(
        &ended[2],
        &[" status=200 ", " connection=reused ", " received_bytes=16"],
    );
    assert!(!ended[2].contains("error"), "{}", ended[2]);
}

#[tokio::test]
async fn an_attempt_without_an_answer_has_no_status() {
    let server = Server::start([Turn::End, CREATED]).await;
    let log = logged(&settings(&server.url)).await;
    let ended = log.lines_with("the attempt ended");
    expect(
        &ended[0],
        &[
            " connection=new ",
            " received_bytes=0 ",
            " error=the connection was lost",
        ],
    );
    assert!(!ended[0].contains("status="), "{}", ended[0]);
}

#[tokio::test]
async fn what_is_sent_again_on_a_new_connection_is_the_same_attempt() {
    let server = Server::start([CREATED, Turn::End, CREATED]).await;
    let client = Client::new(&settings(&server.url)).unwrap();
    let (log, guard) = Log::capture();
    for _ in 0..2 {
        let (tenant, key, context) = (tenant(), SecretString::from(KEY), context());
        let created = client.provision(Operation::Create, &tenant, &key, &context);
        created.await.unwrap();
    }
    drop(guard);
    let sent = log.lines_with("span operation=");
    assert!(
        sent.iter().all(|line| line.contains(" attempt=1 ")),
        "{sent:?}"
    );
    let [first, died, again] = log.lines_with("the attempt ended").try_into().unwrap();
    expect(&first, &[" status=200 ", " connection=new "]);
    expect(
        &died,
        &[
            " connection=reused ",
            " error=the server closed the connection that was reused",
        ],
    );
    expect(&again, &[" status=200 ", " connection=new "]);
}

#[tokio::test]
async fn it_names_the_proxy_and_who_named_it_without_the_password() {
    let server = Server::start([CREATED]).await;
    let proxy = server.url.replace("http://", "http://me:canary@");
    let settings = ClientSettings {
        proxy: Some(proxy_at(&proxy)),
        ..settings("http://iwd.invalid")
    };
    let log = logged(&settings).await;
    let proxy = format!(" proxy={} ", server.url);
    expect(
        &log.lines_with("span operation=")[0],
        &[&proxy, " proxy_source=proxy_url"],
    );
}

#[tokio::test]
async fn at_trace_it_names_the_headers() {
    let server = Server::start([CREATED]).await;
    let log = logged(&settings(&server.url)).await;
    let [request] = log.lines_with("the request begins").try_into().unwrap();
    expect(
        &request,
        &["TRACE", "accept-encoding", "x-api-key", "x-team"],
    );
    let [answer] = log.lines_with("the answer begins").try_into().unwrap();
    expect(&answer, &["TRACE", "headers=content-type, content-length"]);
}

#[tokio::test]
async fn the_log_warns_of_a_tenant_that_is_not_there_to_delete() {
    for (answer, warnings) in [
        ("HTTP/1.1 404 Gone\r\ncontent-length: 0\r\n\r\n", 1),
        ("HTTP/1.1 204 Done\r\n\r\n", 0),
        ("HTTP/1.1 404 Gone\r\ncontent-length: 6\r\n\r\n<html>", 0),
    ] {
        let (log, guard) = Log::capture();
        let server = Server::start([Turn::Answer(answer)]).await;
        let _ = delete(&server.url, &Deletion::Tenant).await;
        drop(guard);
        let told = log.lines_with("the tenant to delete is not there");
        assert_eq!(told.len(), warnings, "{answer}: {told:?}");
        assert!(told.iter().all(|line| line.contains("WARN")), "{told:?}");
    }
}

#[tokio::test]
async fn the_log_tells_of_each_wait_and_holds_no_secret() {
    let (log, guard) = Log::capture();
    let server = Server::start([UNAVAILABLE, UNAVAILABLE, CREATED]).await;
    create(&server).await.unwrap();
    drop(guard);
    let waits = log.lines_with("wait_ms=");
    assert_eq!(waits.len(), 2, "{waits:?}");
    for part in [
        "WARN",
        "operation=create",
        "ccid=9350e2fc",
        "attempt=1",
        "reason=answered 503",
        &format!("host={}", server.url.trim_start_matches("http://")),
    ] {
        assert!(waits[0].contains(part), "{part} in {}", waits[0]);
    }
    assert!(log.lines_with("the request succeeded").len() == 1);
    assert!(
        log.lines_with("canary").is_empty(),
        "{:?}",
        log.lines_with("canary")
    );
}
