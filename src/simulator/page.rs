//! The page for people at `/`: what is held and what was received, without secrets, and faults to add and clear.
//!
//! It refreshes itself by a script of its own. Nothing in it comes from elsewhere, and its policy lets nothing in: what
//! a tenant's name holds is text.

mod view;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Map, Number, Value};

use super::cross_site::{Sites, refuse_other_sites};
use super::faults::{Fault, FaultNumber};
use super::refusal::Refusal;
use super::shared::Simulator;
use view::Page;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How many requests the page shows.
const REQUESTS: usize = 20;

/// How many tenants the page shows: it is made anew every second.
const TENANTS: usize = 100;

/// The page, its parts and its buttons.
pub(super) fn router(sites: Sites) -> Router<Simulator> {
    Router::new()
        .route("/", get(page))
        .route("/_simulator/page/style.css", get(style))
        .route("/_simulator/page/refresh.js", get(script))
        .route("/_simulator/page/faults", post(add_fault))
        .route("/_simulator/page/faults/{number}/clear", post(clear_fault))
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(from_fn_with_state(sites, refuse_other_sites))
        .layer(map_response(protected))
}

async fn page(State(simulator): State<Simulator>) -> Result<Html<String>, Refusal> {
    let held = simulator.with_store(|store| store.tenants(TENANTS)).await?;
    let faults = simulator.faults.numbered();
    let page = Page::new(held, &faults, simulator.requests.last(REQUESTS));
    Ok(Html(page.render().expect("text can be written to memory")))
}

async fn style() -> impl IntoResponse {
    let css = [(CONTENT_TYPE, "text/css; charset=utf-8")];
    (css, include_str!("page/style.css"))
}

async fn script() -> impl IntoResponse {
    let javascript = [(CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (javascript, include_str!("page/refresh.js"))
}

async fn add_fault(State(simulator): State<Simulator>, form: Bytes) -> Result<Redirect, Refusal> {
    let fault = Fault::read(filled_in(&form)).map_err(Refusal::Fault)?;
    simulator.faults.add(fault);
    Ok(Redirect::to("/"))
}

async fn clear_fault(
    State(simulator): State<Simulator>,
    Path(number): Path<FaultNumber>,
) -> Redirect {
    simulator.faults.remove(number);
    Redirect::to("/")
}

/// The fields of a form that were filled in, as the object that `POST /_simulator/faults` takes.
fn filled_in(form: &[u8]) -> Value {
    let fields = url::form_urlencoded::parse(form).filter(|(_, text)| !text.is_empty());
    let object: Map<String, Value> = fields
        .map(|(name, text)| {
            let value = match &*name {
                "times" | "percent" | "status" | "delay_ms" => number_or_text(&text),
                "apply" => (text == "true").into(),
                _ => text.into(),
            };
            (name.into_owned(), value)
        })
        .collect();
    object.into()
}

/// What is no number is refused where the fault is read.
fn number_or_text(text: &str) -> Value {
    text.parse::<Number>()
        .map_or_else(|_| text.into(), Value::from)
}

async fn protected(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Without a referrer, a browser calls the origin of the page's own forms `null`.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_left_empty_in_the_form_is_left_out_of_the_fault() {
        let form =
            b"method=&ccid=a%2Fb&times=2&percent=2.5&status=503&body=%7B%7D&delay_ms=&apply=true";
        assert_eq!(
            filled_in(form),
            json!({"ccid": "a/b", "times": 2, "percent": 2.5, "status": 503, "body": "{}", "apply": true})
        );
    }

    #[test]
    fn what_is_no_number_or_no_field_is_refused() {
        for form in [
            &b"status=many"[..],
            b"status=503&times=-1",
            b"status=503&times=1.5",
            b"status=503&percent=0",
            b"status=503&then=200",
            b"times=1",
        ] {
            assert!(Fault::read(filled_in(form)).is_err());
        }
    }
}
