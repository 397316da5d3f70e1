//! Looking inside: what is held and what was received.

use reqwest::Method;
use serde_json::json;

use super::harness::{CCID, PROVISIONING, Simulator, documented_body};

const SECRETS: [&str; 6] = [
    "049111b4-6cac-4e83-a7bf-37c057b45b0f",
    "\"clientSecret\":\"secret\"",
    ":;pYV1lNWh0-",
    "\"password\":\"iwd-100\"",
    "22552b96-8783-46a9-b0eb-075ddfa8893e",
    "d6b68a7b-12ed-4c3c-830d-215eecdd1a48",
];

#[tokio::test]
async fn a_tenant_shows_what_iwd_creates_and_the_body() {
    let simulator = Simulator::start().await;
    simulator.put(&documented_body()).await;
    assert_eq!(
        simulator.get("/_simulator/tenants").await.body,
        json!([CCID])
    );
    let body = documented_body();
    let expected = json!({
        "ccid": CCID,
        "tenant": {
            "id": "100",
            "name": "t100",
            "ccid": CCID,
            "apiKey": "049111b4-6cac-4e83-a7bf-37c057b45b0f",
        },
        "services": {
            "GAPI": body["tenant"]["gws"],
            "iWD": {
                "url": "http://iwd.iwd:4024",
                "db": body["iwd"]["db"],
                "options": {},
                "categories": [],
                "filters": [],
                "prioritization": [],
                "secret": {"apiKey": "049111b4-6cac-4e83-a7bf-37c057b45b0f"},
            },
            "iWDEmail": {"url": "N/A", "options": {}, "mailboxes": []},
        },
        "apiKeys": {
            "iWD 100 t100 Tenant Key": "22552b96-8783-46a9-b0eb-075ddfa8893e",
            "iWD 100 t100 IWDDM Key": "d6b68a7b-12ed-4c3c-830d-215eecdd1a48",
        },
        "body": body,
    });
    assert_eq!(simulator.tenant().await, expected);
}

#[tokio::test]
async fn requests_are_shown_in_order_until_cleared() {
    let simulator = Simulator::start().await;
    simulator.put(&documented_body()).await;
    simulator.delete("service=iWD,iWDEmail").await;
    simulator
        .send(Method::PATCH, "/elsewhere", &json!("x"))
        .await;

    let requests = simulator.requests().await;
    let seen: Vec<_> = requests
        .iter()
        .map(|request| {
            let part = |name: &str| request[name].as_str().map(ToOwned::to_owned);
            (
                part("method").unwrap(),
                part("path").unwrap(),
                part("query"),
                request["status"].as_u64(),
            )
        })
        .collect();
    let expected = |method: &str, path: &str, query: Option<&str>, status| {
        (
            method.to_owned(),
            path.to_owned(),
            query.map(ToOwned::to_owned),
            Some(status),
        )
    };
    assert_eq!(
        seen,
        [
            expected("PUT", PROVISIONING, None, 200),
            expected(
                "DELETE",
                &format!("{PROVISIONING}/{CCID}"),
                Some("service=iWD,iWDEmail"),
                200
            ),
            expected("PATCH", "/elsewhere", None, 404),
        ]
    );
    assert_eq!(requests[0]["body"], documented_body());
    assert_eq!(
        requests[0]["headers"]["x-api-key"],
        "ed99c91d-dd18-4c96-af8e-86f8e8105bc4"
    );
    assert!(requests[0]["time"].as_str().unwrap() < requests[1]["time"].as_str().unwrap());

    let cleared = simulator.request(Method::DELETE, "/_simulator/requests");
    assert_eq!(simulator.answer(cleared).await.status, 204);
    assert!(simulator.requests().await.is_empty());
}

#[tokio::test]
async fn masked_views_hold_no_secret() {
    let simulator = Simulator::start().await;
    simulator.put(&documented_body()).await;
    for path in [
        format!("/_simulator/tenants/{CCID}"),
        "/_simulator/requests".to_owned(),
    ] {
        let plain = simulator.get(&path).await.body.to_string();
        let masked = simulator
            .get(&format!("{path}?masked=true"))
            .await
            .body
            .to_string();
        for secret in SECRETS {
            assert!(plain.contains(secret), "{secret} in {path}");
            assert!(!masked.contains(secret), "{secret} in {path}");
        }
        assert!(!masked.contains("ed99c91d"), "{path}");
        assert!(masked.contains("pgdb-dgt-postgresql.infra"), "{path}");
    }
}
