//! Every answer that is not a resource.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metadata_merge::limits::Violation;
use metadata_merge::{Error, ErrorKind};
use serde_json::json;

use crate::log;

/// At most this many violations are listed, since a body can hold a hundred thousand.
const LISTED: usize = 100;

/// A message, or one violation in it, has at most this many characters, since a key can be as long
/// as a body.
const CHARACTERS: usize = 300;

/// An answer of the service's form: `{"statusCode", "error", "message", "errorCode"}`. It may name
/// a field or a key, and never holds a value.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> ApiError {
        ApiError { status, code, message: message.into() }
    }

    /// 400: the body is not valid.
    pub fn body(message: impl Into<String>) -> ApiError {
        let message = format!("Payload validation error: {}", cut(message.into()));
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_body", message)
    }

    /// 400: the limits refuse the result.
    pub fn limits(violations: &[Violation]) -> ApiError {
        let mut texts: Vec<_> = violations.iter().take(LISTED).map(|violation| cut(violation.to_string())).collect();
        if violations.len() > LISTED {
            texts.push(format!("{} more", violations.len() - LISTED));
        }
        let message = format!("Payload validation error: {}", texts.join("; "));
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_body", message)
    }

    /// 400: the path or the query is not valid.
    pub fn query(message: impl Into<String>) -> ApiError {
        let message = format!("Query validation error: {}", message.into());
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_query_string", message)
    }

    /// 401
    pub fn token(message: &str) -> ApiError {
        ApiError::new(StatusCode::UNAUTHORIZED, "invalid_token", message)
    }

    /// 412
    pub fn changed() -> ApiError {
        let message = "The resource has another version than If-Match names.";
        ApiError::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", message)
    }

    /// 413
    pub fn too_large(at_most: usize) -> ApiError {
        let message = format!("The body has more than {at_most} bytes.");
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", message)
    }

    /// 500. The reason is for the log, not for the client.
    pub fn internal(why: &str) -> ApiError {
        log::line(json!({"event": "failure", "why": why}));
        ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "The store failed.")
    }

    /// 503: nothing was changed, and another try may succeed.
    pub fn unavailable(why: &str) -> ApiError {
        log::line(json!({"event": "unavailable", "why": why}));
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            format!("The store is not available: {why}."),
        )
    }

    /// 503: the answer of the database to a commit is lost.
    pub fn unknown(id: &str) -> ApiError {
        log::line(json!({"event": "unknown"}));
        let message = format!(
            "The outcome is not known: the change of {id} may have been stored. To repeat a PATCH or a DELETE is \
             harmless; before you repeat a POST, look for the id."
        );
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "outcome_unknown", message)
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> ApiError {
        match error.kind() {
            ErrorKind::Body | ErrorKind::NotAllowed | ErrorKind::Denied => ApiError::body(error.to_string()),
            ErrorKind::Stored => ApiError::internal("the stored data breaks the rules"),
            _ => ApiError::internal("the library was called wrong"),
        }
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
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
