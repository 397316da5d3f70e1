//! Answers with many or long headers, and with what is no header.

use super::*;

fn with_headers(count: usize, header: &str) -> Turn {
    let headers = format!("{header}\r\n").repeat(count);
    let answer =
        format!("HTTP/1.1 200 OK\r\n{headers}content-length: 16\r\n\r\n{{\"created\":true}}");
    Turn::Answer(answer.leak())
}

#[tokio::test]
async fn a_thousand_headers_are_taken_folded_ones_too() {
    for answer in [
        with_headers(1_000, "x-hop: 1"),
        with_headers(300, "x-hop: one,\r\n  two,\r\n\tthree"),
    ] {
        let server = Server::start([answer]).await;
        create(&server).await.unwrap();
    }
}

#[tokio::test]
async fn a_head_without_an_end_is_too_large_and_not_tried_again() {
    let long = "x-hop: ".to_owned() + &"a".repeat(4_096);
    for answer in [with_headers(2_000, "x-hop: 1"), with_headers(500, &long)] {
        let server = Server::start([answer]).await;
        let failure = create(&server).await.unwrap_err();
        assert_eq!(failure.error, Error::HeadTooLarge);
        assert_eq!((failure.attempts, failure.may_have_arrived), (1, true));
    }
}
