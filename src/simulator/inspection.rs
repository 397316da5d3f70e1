//! Everything under `/_simulator`: what is held, what was received, and faults to come. All of it
//! is the simulator's own and needs no key.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::faults::Fault;
use super::mask;
use super::refusal::Refusal;
use super::shared::Simulator;
use super::store::Store;

/// `?masked=true` hides every secret value.
#[derive(Deserialize)]
pub(super) struct View {
    #[serde(default)]
    masked: bool,
}

/// `GET /_simulator/tenants`: the contact center ids held, sorted.
pub(super) async fn tenants(State(simulator): State<Simulator>) -> Result<Response, Refusal> {
    let ccids = simulator.with_store(Store::ccids).await?;
    Ok(Json(ccids).into_response())
}

/// `GET /_simulator/tenants/{ccid}`: the tenant, its services and API keys, and the last body received.
pub(super) async fn tenant(
    State(simulator): State<Simulator>,
    Path(ccid): Path<String>,
    Query(view): Query<View>,
) -> Result<Response, Refusal> {
    let mut tenant = simulator
        .with_store(move |store| store.tenant(&ccid))
        .await?
        .ok_or(Refusal::NoTenant)?;
    if view.masked {
        mask::secrets(&mut tenant);
    }
    Ok(Json(tenant).into_response())
}

/// `GET /_simulator/requests`: the requests received outside `/_simulator`, in order.
pub(super) async fn requests(
    State(simulator): State<Simulator>,
    Query(view): Query<View>,
) -> Json<Vec<Value>> {
    let mut requests = simulator.requests.all();
    if view.masked {
        requests.iter_mut().for_each(mask::request);
    }
    Json(requests)
}

/// `DELETE /_simulator/requests`: forgets them.
pub(super) async fn clear_requests(State(simulator): State<Simulator>) -> StatusCode {
    simulator.requests.clear();
    StatusCode::NO_CONTENT
}

/// `POST /_simulator/faults`: queues one fault or an array of them, and answers with the queue.
pub(super) async fn add_faults(
    State(simulator): State<Simulator>,
    body: Bytes,
) -> Result<Json<Vec<Fault>>, Refusal> {
    let value = serde_json::from_slice(&body).map_err(Refusal::NotJson)?;
    simulator
        .faults
        .add(Fault::read(value).map_err(Refusal::Fault)?);
    Ok(Json(simulator.faults.all()))
}

/// `GET /_simulator/faults`: those that still wait.
pub(super) async fn faults(State(simulator): State<Simulator>) -> Json<Vec<Fault>> {
    Json(simulator.faults.all())
}

/// `DELETE /_simulator/faults`: drops them.
pub(super) async fn clear_faults(State(simulator): State<Simulator>) -> StatusCode {
    simulator.faults.clear();
    StatusCode::NO_CONTENT
}
