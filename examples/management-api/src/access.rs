//! Who may call: the token, and, without one, programs on this machine but not web pages.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

use crate::error::ApiError;

pub async fn with_token(State(token): State<Arc<str>>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    let sent = header.and_then(|header| header.split_at_checked("bearer ".len()));
    let message = match sent.filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer ")) {
        Some((_, sent)) if sent.ct_eq(token.as_bytes()).into() => return next.run(request).await,
        _ if header.is_none() => "Missing authentication",
        _ => "Invalid token",
    };
    let error = ApiError::new(StatusCode::UNAUTHORIZED, "invalid_token", message);
    ([(header::WWW_AUTHENTICATE, "Bearer")], error).into_response()
}

/// A web page can send requests to this machine. Its browser names the page's origin, or a host
/// that is not this one.
pub async fn without_token(request: Request, next: Next) -> Result<Response, ApiError> {
    let headers = request.headers();
    let host = headers.get(header::HOST).is_some_and(|host| is_loopback(host, ""));
    let origin = headers.get(header::ORIGIN).is_none_or(|origin| is_loopback(origin, "http://"));
    if host && origin {
        return Ok(next.run(request).await);
    }
    let message = "Without a token, the Host and the Origin must be this machine.";
    Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", message))
}

fn is_loopback(value: &HeaderValue, scheme: &str) -> bool {
    let authority = value.to_str().ok().and_then(|value| value.strip_prefix(scheme)?.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let host = authority.host().trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}
