//! Every answer that is not a resource.

use std::borrow::Cow;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use metadata_merge::Error;
use metadata_merge::limits::Violation;
use serde_json::json;

use crate::log;

/// At most this many violations are listed, since a body can hold a hundred thousand.
const LISTED: usize = 100;

/// A message, or one violation in it, has at most this many characters, since a key can be as long
/// as a body.
const CHARACTERS: usize = 300;

const RETRY: &str = "To repeat a PATCH or a DELETE is harmless; before you repeat a POST, look for the id.";

/// An answer of the service's form: `{"statusCode", "error", "message", "errorCode"}`. It may name
/// a field or a key, and never holds a value.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: Cow<'static, str>,
    message: String,
}

impl ApiError {
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> ApiError {
        ApiError { status, code: code.into(), message: message.into() }
    }

    /// The body is not valid.
    pub fn body(message: impl Into<String>) -> ApiError {
        let message = format!("Payload validation error: {}", cut(message.into()));
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_body", message)
    }

    /// The limits refuse the result.
    pub fn limits(violations: &[Violation]) -> ApiError {
        let mut texts: Vec<_> = violations.iter().take(LISTED).map(|violation| cut(violation.to_string())).collect();
        if violations.len() > LISTED {
            texts.push(format!("{} more", violations.len() - LISTED));
        }
        let message = format!("Payload validation error: {}", texts.join("; "));
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_body", message)
    }

    /// The query is not valid.
    pub fn query(message: impl Into<String>) -> ApiError {
        let message = format!("Query validation error: {}", cut(message.into()));
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_query_string", message)
    }

    /// If-Match names another version.
    pub fn changed() -> ApiError {
        let message = "The resource has another version than If-Match names.";
        ApiError::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", message)
    }

    /// The reason is for the log, not for the client.
    pub fn internal(why: &str) -> ApiError {
        log::line(json!({"event": "failure", "why": why}));
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "The store failed.")
    }

    /// Nothing was changed, and another try may succeed.
    pub fn unavailable(why: &str) -> ApiError {
        log::line(json!({"event": "unavailable", "why": why}));
        let message = format!("The store is not available: {why}.");
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", message)
    }

    /// The answer of the database to a commit is lost.
    pub fn unknown(id: &str) -> ApiError {
        log::line(json!({"event": "unknown"}));
        let message = format!("The outcome is not known: the change of {id} may have been stored. {RETRY}");
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "outcome_unknown", message)
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> ApiError {
        match error.is_from_request() {
            true => ApiError::body(error.to_string()),
            false => ApiError::internal(&format!("{:?}", error.kind())),
        }
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> ApiError {
        ApiError::query(rejection.body_text())
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "statusCode": self.status.as_u16(),
            "error": self.status.canonical_reason(),
            "message": self.message,
            "errorCode": self.code,
        });
        (self.status, Json(body)).into_response()
    }
}
