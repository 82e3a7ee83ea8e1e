//! Who may call: the token, and, without one, programs on this machine but not web pages.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq;

use crate::error::ApiError;

pub async fn with_token(State(token): State<Arc<str>>, request: Request, next: Next) -> Result<Response, ApiError> {
    let header =
        request.headers().get(header::AUTHORIZATION).ok_or_else(|| ApiError::token("Missing authentication"))?;
    let sent = header.as_bytes().split_at_checked("bearer ".len());
    let sent = sent.filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer ")).map(|(_, sent)| sent);
    match sent {
        Some(sent) if sent.ct_eq(token.as_bytes()).into() => Ok(next.run(request).await),
        _ => Err(ApiError::token("Invalid token")),
    }
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
    let Some(authority) = value.to_str().ok().and_then(|value| value.strip_prefix(scheme)) else { return false };
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}
