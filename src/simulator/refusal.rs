//! Why a request is refused, and how that is answered.
//!
//! The documentation says that an error is returned if a required parameter is missing. Status
//! codes and bodies are the simulator's own: `{"error":{"code":…,"message":…,"parameters":[…]}}`.

use std::fmt::Write as _;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::rules::Problem;
use super::shared::Note;
use super::store::StoreError;
use super::tenant_database::NoLogIn;

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the header x-api-key is missing or blank")]
    NoKey,
    #[error("the header x-api-key holds no accepted key")]
    OtherKey,
    #[error("the header Content-Type must be application/json, in UTF-8")]
    ContentType,
    #[error("the body is not JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("{}", joined(.0))]
    Parameters(Vec<Problem>),
    #[error(transparent)]
    TenantDatabase(#[from] NoLogIn),
    #[error("another site may not change anything here")]
    CrossSite,
    #[error(
        "this simulator listens on loopback alone: ask it by its address or as localhost, by no other name"
    )]
    OtherName,
    #[error("there is no tenant of this ccid")]
    NoTenant,
    #[error("there is nothing under this path")]
    NoPath,
    #[error("this path does not know this method")]
    Method,
    #[error("the body is larger than {0} bytes, or broke off")]
    Body(usize),
    #[error("the fault can't be used: {0}")]
    Fault(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All problems in one sentence.
pub(super) fn joined(problems: &[Problem]) -> String {
    let mut text = String::new();
    for (index, problem) in problems.iter().enumerate() {
        let separator = if index == 0 { "" } else { "; " };
        let _ = write!(text, "{separator}{problem}");
    }
    text
}

impl Refusal {
    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NoKey => (StatusCode::UNAUTHORIZED, "missing_api_key"),
            Self::OtherKey => (StatusCode::FORBIDDEN, "forbidden_api_key"),
            Self::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type"),
            Self::NotJson(_) => (StatusCode::BAD_REQUEST, "invalid_json"),
            Self::Parameters(_) => (StatusCode::BAD_REQUEST, "invalid_parameters"),
            Self::TenantDatabase(_) => (StatusCode::INTERNAL_SERVER_ERROR, "tenant_database"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross_site"),
            Self::OtherName => (StatusCode::FORBIDDEN, "other_name"),
            Self::NoTenant => (StatusCode::NOT_FOUND, "unknown_tenant"),
            Self::NoPath => (StatusCode::NOT_FOUND, "unknown_path"),
            Self::Method => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Body(_) => (StatusCode::PAYLOAD_TOO_LARGE, "unreadable_body"),
            Self::Fault(_) => (StatusCode::BAD_REQUEST, "invalid_fault"),
            Self::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, "database"),
        }
    }

    fn parameters(&self) -> Vec<&str> {
        match self {
            Self::NoKey | Self::OtherKey => vec!["x-api-key"],
            Self::ContentType => vec!["Content-Type"],
            Self::TenantDatabase(_) => vec!["iwd.db"],
            Self::NoTenant => vec!["ccid"],
            Self::Parameters(problems) => problems.iter().map(Problem::parameter).collect(),
            _ => Vec::new(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code) = self.code();
        let message = self.to_string();
        let body = json!({
            "error": {"code": code, "message": message, "parameters": self.parameters()}
        });
        let mut response = (status, Json(body)).into_response();
        response.extensions_mut().insert(Note(message));
        response
    }
}
