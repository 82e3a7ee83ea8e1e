//! Whatever is answered instead of a resource.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An answer of the service's form: `{"statusCode", "error", "message", "errorCode"}`. It may name a field or a key, and never
/// holds a value.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> ApiError {
        ApiError { status, code, message: message.into() }
    }

    /// 400: the body is not what the route takes.
    pub fn body(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::BAD_REQUEST, "invalid_body", format!("Payload validation error: {}", message.into()))
    }

    /// 400: the path or the query is not what the route takes.
    pub fn query(message: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_query_string",
            format!("Query validation error: {}", message.into()),
        )
    }

    /// 401
    pub fn token(message: &str) -> ApiError {
        ApiError::new(StatusCode::UNAUTHORIZED, "invalid_token", message)
    }

    /// 404
    pub fn not_found(code: &'static str, message: &str) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, code, message)
    }

    /// 405
    pub fn method() -> ApiError {
        ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The route does not have this method.")
    }

    /// 409
    pub fn conflict(message: &str) -> ApiError {
        ApiError::new(StatusCode::CONFLICT, "auth0_idp_error", message)
    }

    /// 413
    pub fn too_large(at_most: usize) -> ApiError {
        let message = format!("The body has more than {at_most} bytes.");
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", message)
    }

    /// 500, or 503 if it is worth another try. What went wrong is for the log, not for the client.
    pub fn store(again: bool) -> ApiError {
        match again {
            false => ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "The store failed."),
            true => {
                ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "service_unavailable", "The store is not available.")
            }
        }
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
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}
