//! From the bytes of a request to what it asks of a resource.

use axum::body::Bytes;
use metadata_merge::JsonType;
use metadata_merge::resource::Plan;
use serde_json::Value;

use crate::error::ApiError;
use crate::exact;
use crate::kind::{Kind, Type};

/// What a body asks of a resource: its plan, and what becomes of the attribute that must be unique, if the body names it.
#[derive(Debug)]
pub struct Change {
    pub plan: Plan<'static>,
    pub unique: Option<Option<String>>,
}

/// Reads the body of a create.
pub fn create(kind: &Kind, bytes: &Bytes) -> Result<Change, ApiError> {
    let change = update(kind, bytes)?;
    match kind.required {
        Some(name) if !change.plan.attributes().contains_key(name) => {
            Err(ApiError::body(format!("the attribute {name} is missing")))
        }
        _ => Ok(change),
    }
}

/// Reads the body of an update.
pub fn update(kind: &Kind, bytes: &Bytes) -> Result<Change, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ApiError::body("the body is not UTF-8"))?;
    let mut body: Value =
        serde_json::from_str(text).map_err(|error| ApiError::body(format!("the body is not JSON: {error}")))?;
    exact::check(text).map_err(ApiError::body)?;
    if let Value::Object(members) = &mut body {
        kind.not_kept.iter().for_each(|name| drop(members.remove(*name)));
    }
    let plan = kind.resource.plan(body).map_err(|error| ApiError::body(error.to_string()))?;
    if let Some(name) = kind.read_only.iter().find(|name| plan.attributes().contains_key(**name)) {
        return Err(ApiError::body(format!("the attribute {name} cannot be set")));
    }
    for (name, wanted) in kind.types {
        plan.attributes().get(*name).map_or(Ok(()), |value| wanted.check(name, value))?;
    }
    let unique = kind.unique.and_then(|name| plan.attributes().get(name));
    let unique = unique.map(|value| value.as_str().map(str::to_lowercase));
    Ok(Change { plan, unique })
}

impl Type {
    fn check(self, name: &str, value: &Value) -> Result<(), ApiError> {
        let wanted = match self {
            Type::Text if !value.is_string() => "a string",
            Type::TextOrNull if !value.is_string() && !value.is_null() => "a string or null",
            Type::Boolean if !value.is_boolean() => "a boolean",
            _ => return Ok(()),
        };
        Err(ApiError::body(format!("the attribute {name} must be {wanted}, but is {}", JsonType::of(value))))
    }
}
