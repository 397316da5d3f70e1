//! What the simulator does to four requests of ten.

use serde_json::{Value as Json, json};

/// The share of all requests that each kind of fault takes, in percent: sixteen of them meet a request.
const SHARE: f64 = 2.5;

const PAGE: &str =
    "<!doctype html><html><title>Sign in</title><form>{{x-api-key}} {{body}}</form></html>";

/// The faults for all requests to come, drawn from `seed`. Where the request is echoed, its secrets are.
pub(crate) fn faults(seed: u64) -> Json {
    let echo = json!({"error": {"message": "{{body}} {{x-api-key}}"}}).to_string();
    let kinds = json!([
        // Refused or lost on the way.
        {"status": 429, "headers": {"Retry-After": "1"}},
        {"status": 500, "body": &echo},
        {"status": 502, "body": PAGE, "content_type": "text/html"},
        {"status": 503, "body": &echo},
        {"status": 504},
        {"connection": "close"},
        {"connection": "reset"},
        // Performed, and the answer lost, late or no use.
        {"apply": true, "status": 500, "body": &echo},
        {"apply": true, "status": 504, "body": PAGE, "content_type": "text/html"},
        {"apply": true, "connection": "close"},
        {"apply": true, "connection": "reset"},
        {"apply": true, "connection": "mid_body"},
        {"apply": true, "delay_ms": 300},
        {"apply": true, "status": 200, "body": "{\"crea"},
        // Somebody else's answers.
        {"status": 200, "body": PAGE, "content_type": "text/html"},
        {"status": 302, "headers": {"Location": "https://login.example.com/?next=iwd"}},
    ]);
    let mut kinds = kinds.as_array().cloned().unwrap_or_default();
    for kind in &mut kinds {
        kind["times"] = 0.into();
        kind["percent"] = SHARE.into();
        kind["seed"] = seed.into();
    }
    kinds.into()
}

/// The fault for one request that is performed and never answered.
pub(crate) fn hanging() -> Json {
    json!({"apply": true, "delay_ms": 3_600_000})
}
