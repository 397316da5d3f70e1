//! What another site has a browser do.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::refusal::Refusal;

/// Refuses what another site has a browser do here; what is no browser says no site.
pub(super) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site");
    let is_other = site.is_some_and(|site| site != "same-origin" && site != "none");
    if is_other && !request.method().is_safe() {
        return Refusal::CrossSite.into_response();
    }
    next.run(request).await
}
