//! Every path the simulator answers, and what each request passes through on its way.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde_json::Value;
use tokio::time::sleep;

use super::connection::{Ending, Interruption};
use super::cross_site::{Sites, refuse_other_sites};
use super::faults::Target;
use super::log::{MetFault, log};
use super::refusal::Refusal;
use super::shared::Simulator;
use super::{inspection, page, provisioning};

const PROVISIONING: &str = "/iwd/v3/provisioning";

/// The largest body accepted, in bytes.
const BODY_LIMIT: usize = 1 << 20;

/// All routes.
pub(super) fn router(simulator: Simulator, sites: Sites) -> Router {
    let api = Router::new()
        .route(
            PROVISIONING,
            post(provisioning::provision).put(provisioning::provision),
        )
        .route(
            &format!("{PROVISIONING}/{{ccid}}"),
            delete(provisioning::delete),
        )
        .fallback(async || Refusal::NoPath)
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(from_fn_with_state(simulator.clone(), receive));
    let inspection = Router::new()
        .route("/tenants", get(inspection::tenants))
        .route("/tenants/{ccid}", get(inspection::tenant))
        .route(
            "/requests",
            get(inspection::requests).delete(inspection::clear_requests),
        )
        .route(
            "/faults",
            get(inspection::faults)
                .post(inspection::add_faults)
                .delete(inspection::clear_faults),
        )
        .fallback(async || Refusal::NoPath)
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(from_fn_with_state(sites, refuse_other_sites));
    Router::new()
        .nest("/_simulator", inspection)
        .merge(api)
        .layer(from_fn_with_state(simulator.clone(), log))
        // Not in the log: it asks every second.
        .merge(page::router(sites))
        .with_state(simulator)
}

/// Remembers the request, and lets a fault that waits for it have its way.
async fn receive(State(simulator): State<Simulator>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return Refusal::Body(BODY_LIMIT).into_response();
    };
    let number = simulator.requests.add(&parts, &body);
    let ccid = ccid(parts.uri.path(), &body);
    let target = Target {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        ccid: ccid.as_deref(),
    };
    let response = match simulator.faults.take(&target) {
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
        Some(fault) => {
            if let Some(met) = parts.extensions.get::<MetFault>() {
                met.set(fault.to_string());
            }
            let text = String::from_utf8_lossy(&body).into_owned();
            let api_key = parts
                .headers
                .get("x-api-key")
                .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned())
                .unwrap_or_default();
            let mut real = None;
            if fault.apply {
                real = Some(next.run(Request::from_parts(parts, Body::from(body))).await);
            }
            sleep(fault.delay()).await;
            fault.answer(real, &text, &api_key)
        }
    };
    if is_answered(&response) {
        simulator
            .requests
            .answered(number, response.status().as_u16());
    }
    response
}

/// The tenant that a request is about, named in its path or its body.
fn ccid(path: &str, body: &[u8]) -> Option<String> {
    if let Some(ccid) = path
        .strip_prefix(PROVISIONING)
        .and_then(|rest| rest.strip_prefix('/'))
    {
        return Some(ccid.to_owned());
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body["tenant"]["ccid"].as_str()?.to_owned())
}

fn is_answered(response: &Response) -> bool {
    let interruption = response.extensions().get::<Interruption>();
    interruption.is_none_or(|interruption| interruption.ending == Ending::MidBody)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_is_named_in_the_path_or_the_body() {
        let body = br#"{"tenant": {"ccid": "b"}}"#;
        assert_eq!(ccid("/iwd/v3/provisioning/a", b""), Some("a".to_owned()));
        assert_eq!(ccid("/iwd/v3/provisioning", body), Some("b".to_owned()));
        assert_eq!(ccid("/iwd/v3/provisioning", b"{"), None);
    }
}
