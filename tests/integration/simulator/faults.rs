//! Faults on request: other answers, late ones, and none.

use std::io::ErrorKind;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::harness::{Api, CCID, PROVISIONING, Simulator, documented_body};
use crate::harness::time::pass;

/// Sends a request by hand and reads until the connection ends, in whatever way.
async fn read_raw(api: &Api) -> (String, std::io::Result<usize>) {
    let address = api.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("DELETE {PROVISIONING}/{CCID} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).await;
    (String::from_utf8(answer).unwrap(), end)
}

#[tokio::test]
async fn a_fault_answers_instead_of_the_api_and_performs_nothing() {
    let simulator = Simulator::start().await;
    simulator
        .fault(json!({
            "status": 503,
            "headers": {"Retry-After": "1"},
            "body": "<html>sent {{x-api-key}} with {{body}}</html>",
            "content_type": "text/html",
        }))
        .await;
    let request = simulator.prepared(Method::PUT, PROVISIONING, &documented_body());
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["content-type"], "text/html");
    let body = documented_body();
    assert_eq!(
        response.text().await.unwrap(),
        format!("<html>sent ed99c91d-dd18-4c96-af8e-86f8e8105bc4 with {body}</html>")
    );
    assert_eq!(simulator.get("/_simulator/tenants").await.body, json!([]));
    assert_eq!(simulator.requests().await[0]["status"], 503);

    assert_eq!(simulator.put(&documented_body()).await.status, 200);
}

#[tokio::test]
async fn faults_wait_for_their_method_and_come_in_order() {
    let simulator = Simulator::start().await;
    simulator
        .fault(json!([
            {"status": 500, "method": "DELETE"},
            {"status": 502, "times": 2},
        ]))
        .await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(simulator.put(&documented_body()).await.status);
    }
    seen.push(simulator.delete("deleteTenant=true").await.status);
    assert_eq!(seen, [502, 502, 200, 500]);
}

#[tokio::test]
async fn a_fault_for_ever_ends_when_faults_are_dropped() {
    let simulator = Simulator::start().await;
    simulator.fault(json!({"status": 503, "times": 0})).await;
    for _ in 0..3 {
        assert_eq!(simulator.put(&documented_body()).await.status, 503);
    }
    let waiting = simulator.get("/_simulator/faults").await.body;
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    let dropped = simulator.request(Method::DELETE, "/_simulator/faults");
    assert_eq!(simulator.answer(dropped).await.status, 204);
    assert_eq!(simulator.put(&documented_body()).await.status, 200);
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused() {
    let simulator = Simulator::start().await;
    for fault in [json!({"stauts": 503}), json!({"delay_ms": 1})] {
        let answer = simulator
            .send(Method::POST, "/_simulator/faults", &fault)
            .await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.body["error"]["code"], "invalid_fault");
    }
    assert_eq!(simulator.put(&documented_body()).await.status, 200);
}

#[tokio::test]
async fn an_answer_can_be_lost_though_the_request_was_performed() {
    let simulator = Simulator::start().await;
    for connection in ["close", "reset"] {
        let mut body = documented_body();
        body["tenant"]["ccid"] = json!(connection);
        simulator
            .fault(json!({"apply": true, "connection": connection}))
            .await;
        let request = simulator.prepared(Method::PUT, PROVISIONING, &body);
        assert!(request.send().await.is_err());
    }
    assert_eq!(
        simulator.get("/_simulator/tenants").await.body,
        json!(["close", "reset"])
    );
    let requests = simulator.requests().await;
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request["status"].is_null()));
}

#[tokio::test]
async fn a_connection_ends_in_the_way_asked_for() {
    let simulator = Simulator::start().await;
    let api = &*simulator;

    simulator.fault(json!({"connection": "close"})).await;
    let (answer, end) = read_raw(api).await;
    assert_eq!((answer.as_str(), end.unwrap()), ("", 0));

    simulator.fault(json!({"connection": "reset"})).await;
    let (answer, end) = read_raw(api).await;
    assert_eq!(answer, "");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn an_answer_can_end_in_the_middle_of_its_body() {
    for (sent_bytes, announced, sent) in [
        (Value::Null, 10, "01234"),
        (json!(0), 10, ""),
        (json!(10), 11, "0123456789"),
    ] {
        let simulator = Simulator::start().await;
        simulator
            .fault(json!({
                "status": 200,
                "body": "0123456789",
                "connection": "mid_body",
                "sent_bytes": sent_bytes,
            }))
            .await;
        let (answer, end) = read_raw(&simulator).await;
        assert!(end.is_ok());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(
            head.contains(&format!("content-length: {announced}")),
            "{head}"
        );
        assert_eq!(body, sent);
    }
}

#[tokio::test]
async fn a_delayed_request_is_performed_at_once_and_answered_late() {
    let simulator = Simulator::start().await;
    simulator
        .fault(json!({"apply": true, "delay_ms": 600_000}))
        .await;
    let api = simulator.clone();
    let answer = tokio::spawn(async move { api.put(&documented_body()).await });
    while simulator.get("/_simulator/tenants").await.body == json!([]) {
        sleep(Duration::from_millis(5)).await;
    }
    assert!(!answer.is_finished());
    // It is performed before the delay begins.
    while !answer.is_finished() {
        pass(Duration::from_mins(10)).await;
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(answer.await.unwrap().body, json!({"created": true}));
}

#[tokio::test]
async fn a_request_whose_client_gave_up_has_no_status() {
    let simulator = Simulator::start().await;
    simulator
        .fault(json!({"apply": true, "delay_ms": 600_000}))
        .await;
    let request = simulator.prepared(Method::PUT, PROVISIONING, &documented_body());
    let answer = tokio::spawn(request.send());
    // Performed, and delayed from then on.
    while simulator.get("/_simulator/tenants").await.body == json!([]) {
        sleep(Duration::from_millis(5)).await;
    }
    answer.abort();
    assert!(answer.await.unwrap_err().is_cancelled());
    assert_eq!(simulator.tenant().await["body"], documented_body());
    assert_eq!(simulator.requests().await[0]["status"], Value::Null);
}

#[tokio::test]
async fn stopping_waits_for_an_answer_under_way() {
    let simulator = Simulator::start().await;
    let api = simulator.clone();
    api.fault(json!({"apply": true, "delay_ms": 300})).await;
    let answer = tokio::spawn({
        let api = api.clone();
        async move { api.put(&documented_body()).await }
    });
    while api.requests().await.is_empty() {
        sleep(Duration::from_millis(5)).await;
    }
    let stopped = simulator.stop();
    // From now on the time runs by itself: the answer comes first, then the end of all patience.
    tokio::time::pause();
    assert_eq!(answer.await.unwrap().status, 200);
    stopped.await.unwrap();
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let simulator = Simulator::start().await;
    let api = simulator.clone();
    api.fault(json!({"status": 200, "delay_ms": 600_000})).await;
    let request = api.prepared(Method::PUT, PROVISIONING, &documented_body());
    let answer = tokio::spawn(request.send());
    while api.requests().await.is_empty() {
        sleep(Duration::from_millis(5)).await;
    }
    simulator.stop().await.unwrap();
    assert!(answer.await.unwrap().is_err());
}
