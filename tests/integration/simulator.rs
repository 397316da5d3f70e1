//! The simulated API as its clients meet it.

#![expect(
    clippy::unwrap_used,
    reason = "what a test can't go on without should stop it, in its harness too"
)]

mod faults;
mod harness;
mod inspection;
mod page;
mod process;

use reqwest::Method;
use serde_json::{Value, json};

use harness::{Answer, CCID, PROVISIONING, Simulator, documented_body, tenant_path};

/// The required parameters of the documentation's table, and those of its `tenant.gws` example.
const REQUIRED: [&str; 27] = [
    "tenant",
    "tenant.id",
    "tenant.name",
    "tenant.ccid",
    "tenant.apiKey",
    "tenant.gws.gwsUrl",
    "tenant.gws.data",
    "tenant.gws.data.authUrl",
    "tenant.gws.data.authredircetUrl",
    "tenant.gws.secret",
    "tenant.gws.secret.clientId",
    "tenant.gws.secret.clientSecret",
    "tenant.gws.secret.apikey",
    "tenant.gws.secret.username",
    "tenant.gws.secret.token",
    "iwd",
    "iwd.url",
    "iwd.db",
    "iwd.db.host",
    "iwd.db.port",
    "iwd.db.database",
    "iwd.db.user",
    "iwd.db.password",
    "iwd.db.ssl",
    "iwd.apiKeys",
    "iwd.apiKeys.IWD_APIKEY_TENANT",
    "iwdEmail",
];

fn without(name: &str) -> Value {
    let mut body = documented_body();
    let (outer, key) = name.rsplit_once('.').unwrap_or(("", name));
    let pointer: String = outer
        .split_terminator('.')
        .flat_map(|key| ["/", key])
        .collect();
    let outer = body.pointer_mut(&pointer).unwrap().as_object_mut().unwrap();
    outer.remove(key).unwrap();
    body
}

fn parameters(answer: &Answer) -> Vec<&str> {
    let named = answer.body["error"]["parameters"].as_array().unwrap();
    named.iter().map(|name| name.as_str().unwrap()).collect()
}

#[tokio::test]
async fn post_and_put_both_create_and_update() {
    for (create, update) in [(Method::POST, Method::PUT), (Method::PUT, Method::POST)] {
        let simulator = Simulator::start().await;
        let mut body = documented_body();
        for method in [create, update] {
            body["iwd"]["db"]["password"] = json!(format!("sent by {method}"));
            let answer = simulator.send(method, PROVISIONING, &body).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.body, json!({"created": true}));
            assert_eq!(simulator.tenant().await["body"], body);
        }
    }
}

#[tokio::test]
async fn each_required_parameter_left_out_is_named_and_nothing_is_kept() {
    let simulator = Simulator::start().await;
    for name in REQUIRED {
        let answer = simulator.put(&without(name)).await;
        assert_eq!(answer.status, 400, "{name}");
        assert_eq!(parameters(&answer)[0], name);
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("{name} is missing")), "{message}");
    }
    assert_eq!(simulator.get("/_simulator/tenants").await.body, json!([]));
}

#[tokio::test]
async fn what_is_optional_may_be_left_out() {
    let simulator = Simulator::start().await;
    for name in ["tenant.gws", "iwd.apiKeys.IWD_APIKEY_IWDDM"] {
        assert_eq!(simulator.put(&without(name)).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn several_problems_come_in_one_answer() {
    let simulator = Simulator::start().await;
    let mut body = without("iwd.db.host");
    body["iwd"]["db"]["port"] = json!("5432");
    body["iwdEmail"]["uri"] = json!("N/A");
    let answer = simulator.put(&body).await;
    assert_eq!(
        parameters(&answer),
        ["iwd.db.host", "iwd.db.port", "iwdEmail.uri"]
    );
    assert_eq!(
        answer.body["error"]["message"],
        "iwd.db.host is missing; iwd.db.port must be a number; iwdEmail.uri is unknown"
    );
}

#[tokio::test]
async fn a_request_without_a_key_is_refused_whatever_it_is() {
    let simulator = Simulator::start().await;
    for (method, path) in [
        (Method::POST, PROVISIONING.to_owned()),
        (Method::PUT, PROVISIONING.to_owned()),
        (Method::DELETE, tenant_path("deleteTenant=true")),
    ] {
        for key in [None, Some(""), Some("  ")] {
            let mut request = simulator
                .request(method.clone(), &path)
                .header("content-type", "application/json")
                .body(documented_body().to_string());
            if let Some(key) = key {
                request = request.header("x-api-key", key);
            }
            let answer = simulator.answer(request).await;
            assert_eq!(answer.status, 401, "{method} with {key:?}");
            assert_eq!(parameters(&answer), ["x-api-key"]);
        }
    }
    assert_eq!(simulator.get("/_simulator/tenants").await.body, json!([]));
}

#[tokio::test]
async fn with_keys_named_any_other_is_refused() {
    let simulator = Simulator::start_accepting("the one key").await;
    assert_eq!(simulator.put(&documented_body()).await.status, 403);
}

#[tokio::test]
async fn a_body_that_is_not_json_or_not_called_so_is_refused() {
    let simulator = Simulator::start().await;
    for (content_type, body, status, code) in [
        (Some("text/plain"), "{}", 415, "content_type"),
        (None, "{}", 415, "content_type"),
        (Some("application/json"), "{", 400, "invalid_json"),
        (Some("application/json"), "", 400, "invalid_json"),
        (Some("application/json"), "[]", 400, "invalid_parameters"),
    ] {
        let mut request = simulator
            .request(Method::PUT, PROVISIONING)
            .header("x-api-key", "key")
            .body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let answer = simulator.answer(request).await;
        assert_eq!(answer.status, status, "{content_type:?} {body}");
        assert_eq!(answer.body["error"]["code"], code);
    }
}

#[tokio::test]
async fn deleting_the_tenant_leaves_nothing() {
    let simulator = Simulator::start().await;
    simulator.put(&documented_body()).await;
    let answer = simulator.delete("deleteTenant=true").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, json!({"deleted": true}));
    let tenant = format!("/_simulator/tenants/{CCID}");
    assert_eq!(simulator.get(&tenant).await.status, 404);
    assert_eq!(simulator.get("/_simulator/tenants").await.body, json!([]));
}

#[tokio::test]
async fn deleting_services_leaves_the_others_and_the_tenant() {
    let simulator = Simulator::start().await;
    simulator.put(&documented_body()).await;
    assert_eq!(simulator.delete("service=iWD,iWDEmail").await.status, 200);
    let tenant = simulator.tenant().await;
    let services: Vec<&String> = tenant["services"].as_object().unwrap().keys().collect();
    assert_eq!(services, ["GAPI"]);
}

#[tokio::test]
async fn a_delete_that_names_nothing_is_refused_and_deletes_nothing() {
    let simulator = Simulator::start().await;
    simulator.put(&documented_body()).await;
    for (query, named) in [
        ("", vec!["service", "deleteTenant"]),
        ("deleteTenant=false", vec!["service", "deleteTenant"]),
        ("service=Chat", vec!["service"]),
        ("deletetenant=true", vec!["deletetenant"]),
    ] {
        let answer = simulator.delete(query).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(parameters(&answer), named);
    }
    assert_eq!(
        simulator.tenant().await["services"]
            .as_object()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn deleting_an_unknown_tenant_is_not_found() {
    let simulator = Simulator::start().await;
    for query in ["deleteTenant=true", "service=iWD"] {
        let answer = simulator.delete(query).await;
        assert_eq!(answer.status, 404, "{query}");
        assert_eq!(answer.body["error"]["code"], "unknown_tenant");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_in_the_same_form() {
    let simulator = Simulator::start().await;
    for (method, path, status) in [
        (Method::GET, PROVISIONING, 405),
        (Method::DELETE, PROVISIONING, 405),
        (Method::PUT, "/provisioning", 404),
        (Method::PUT, "/", 405),
        (Method::GET, "/_simulator", 404),
        (Method::GET, "/_simulator/nothing", 404),
        (Method::PUT, "/_simulator/faults", 405),
    ] {
        let answer = simulator.send(method, path, &json!({})).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.body["error"]["message"].is_string());
    }
}
