//! From the bytes of a request to a change of a resource.

use metadata_merge::JsonType;
use metadata_merge::resource::{Attribute, Plan};
use serde_json::Value;

use crate::error::ApiError;
use crate::exact;
use crate::kind::{Kind, Type};

/// The most characters of a unique attribute: an index of PostgreSQL has no room for long ones.
const UNIQUE: usize = 320;

/// The change that a body asks for.
#[derive(Debug)]
pub struct Change {
    pub plan: Plan<'static>,
    /// The new value of the attribute that must be unique, if the body names it.
    pub unique: Option<Option<String>>,
}

/// Reads the body of a create.
pub fn create(kind: &Kind, bytes: &[u8]) -> Result<Change, ApiError> {
    let change = update(kind, bytes)?;
    match kind.required {
        Some(name) if !change.plan.attributes().any(|(planned, _)| planned == name) => {
            Err(ApiError::body(format!("the attribute {name} is missing")))
        }
        _ => Ok(change),
    }
}

/// Reads the body of an update.
pub fn update(kind: &Kind, bytes: &[u8]) -> Result<Change, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ApiError::body("the body is not UTF-8"))?;
    let mut body: Value =
        serde_json::from_str(text).map_err(|error| ApiError::body(format!("the body is not JSON: {error}")))?;
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
            unique = Some(lower_case(name, attribute)?);
        }
    }
    Ok(Change { plan, unique })
}

impl Kind {
    /// Validates one attribute. The library's `Plan::allow` takes a list of what may be changed; this service accepts any
    /// attribute that is not listed here.
    fn accept(&self, name: &str, attribute: &Attribute) -> Result<(), ApiError> {
        if self.read_only.contains(&name) {
            return Err(ApiError::body(format!("the attribute {name} cannot be set")));
        }
        let Some((_, expected)) = self.types.iter().find(|(typed, _)| *typed == name) else { return Ok(()) };
        let found = match attribute {
            Attribute::Remove if self.permanent.contains(&name) => JsonType::Null,
            Attribute::Remove => return Ok(()),
            Attribute::Set(value) => JsonType::of(value),
            Attribute::Merge(_) => JsonType::Object,
        };
        let expected = match (expected, found) {
            (Type::Text, JsonType::String) | (Type::Boolean, JsonType::Boolean) => return Ok(()),
            (Type::Text, _) => "a string",
            (Type::Boolean, _) => "a boolean",
        };
        Err(ApiError::body(format!("the attribute {name} must be {expected}, but is {found}")))
    }
}

fn lower_case(name: &str, attribute: &Attribute) -> Result<Option<String>, ApiError> {
    match attribute {
        Attribute::Set(Value::String(text)) if text.chars().count() > UNIQUE => {
            Err(ApiError::body(format!("the attribute {name} has more than {UNIQUE} characters")))
        }
        Attribute::Set(Value::String(text)) => Ok(Some(text.to_lowercase())),
        _ => Ok(None),
    }
}
