//! From the bytes of a request to a change of a resource.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use metadata_merge::JsonType;
use metadata_merge::resource::{Attribute, Plan};
use serde_json::Value;

use crate::error::ApiError;
use crate::etag::IfMatch;
use crate::exact;
use crate::kind::Kind;
use crate::store::Event;

/// The largest body that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// The longest time that a body may take.
const SLOWEST: Duration = Duration::from_secs(30);

/// The most characters of a unique attribute: an index of PostgreSQL has no room for long ones.
const UNIQUE: usize = 320;

/// The change that a body asks for.
#[derive(Debug)]
pub struct Change {
    pub plan: Plan<'static>,
    /// The new value of the attribute that must be unique, if the body names it.
    pub unique: Option<Option<String>>,
    pub if_match: IfMatch,
    /// Whether the change is only shown.
    pub dry_run: bool,
}

/// The bytes of a request with JSON.
pub struct Body(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Body, ApiError> {
        // A web page cannot send this type to another server without asking it first.
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            let message = "The Content-Type must be application/json.";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
        }
        match tokio::time::timeout(SLOWEST, to_bytes(request.into_body(), LARGEST)).await {
            Ok(Ok(bytes)) => Ok(Body(bytes)),
            Ok(Err(_)) => {
                let message = format!("The body has more than {LARGEST} bytes, or its end is missing.");
                Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", message))
            }
            Err(_) => Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", "The body came too slowly.")),
        }
    }
}

/// Reads the body of a create or an update.
pub fn read(kind: &Kind, body: &Body, event: Event) -> Result<Change, ApiError> {
    let text = std::str::from_utf8(&body.0).map_err(|_| ApiError::body("the body is not UTF-8"))?;
    // Other requests go on while a large body is parsed.
    let mut body: Value = tokio::task::block_in_place(|| serde_json::from_str(text))
        .map_err(|error| ApiError::body(format!("the body is not JSON: {error}")))?;
    exact::check(text).map_err(ApiError::body)?;
    if let Value::Object(members) = &mut body {
        for name in kind.not_stored {
            members.remove(*name);
        }
    }
    let plan = kind.resource.plan(body)?;
    let mut unique = None;
    for (name, attribute) in plan.attributes() {
        kind.accept(name, attribute)?;
        if kind.unique == Some(name) {
            unique = Some(match attribute {
                Attribute::Set(Value::String(text)) if text.chars().count() > UNIQUE => {
                    return Err(ApiError::body(format!("the attribute {name} has more than {UNIQUE} characters")));
                }
                Attribute::Set(Value::String(text)) => Some(text.to_lowercase()),
                _ => None,
            });
        }
    }
    match kind.required {
        Some(name) if event == Event::Create && !plan.attributes().any(|(planned, _)| planned == name) => {
            Err(ApiError::body(format!("the attribute {name} is missing")))
        }
        _ => Ok(Change { plan, unique, if_match: IfMatch::default(), dry_run: false }),
    }
}

impl Kind {
    /// Validates one attribute. The library's `Plan::allow` takes a list of what may be changed;
    /// this service accepts any attribute that is not listed here.
    fn accept(&self, name: &str, attribute: &Attribute) -> Result<(), ApiError> {
        if self.read_only.contains(&name) {
            return Err(ApiError::body(format!("the attribute {name} cannot be set")));
        }
        let found = match attribute {
            Attribute::Remove if self.permanent.contains(&name) => JsonType::Null,
            Attribute::Remove => return Ok(()),
            Attribute::Set(value) => JsonType::of(value),
            Attribute::Merge(_) => JsonType::Object,
        };
        let expected = if self.texts.contains(&name) && found != JsonType::String {
            "a string"
        } else if self.booleans.contains(&name) && found != JsonType::Boolean {
            "a boolean"
        } else {
            return Ok(());
        };
        Err(ApiError::body(format!("the attribute {name} must be {expected}, but is {found}")))
    }
}
