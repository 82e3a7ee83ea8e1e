//! What can be wrong with the input.

use alloc::string::String;
use core::fmt;

use serde_json::Value;

use crate::excerpt::Quoted;

/// Why an operation was refused. Whatever it was given is unchanged.
///
/// An error says what was found, what was wanted and where. It may name a key; it never holds a value, so that it can be
/// logged where users' data may not be.
///
/// ```
/// use metadata_merge::merge;
/// use serde_json::json;
///
/// let error = merge(&json!({"hobby": "surfing"}), &json!(["hobby"])).unwrap_err();
/// assert_eq!(error.to_string(), "the patch must be a JSON object, but is an array");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An input is not a JSON object (rule `reject`).
    NotAnObject {
        /// Which input.
        side: Side,
        /// What stands there instead.
        found: JsonType,
    },
    /// The wanted document holds null at a root key where the present one does not. No patch does that: a null in a patch
    /// deletes (rule `delete`).
    RootNull {
        /// The root key that was to become null.
        key: String,
    },
    /// A metadata field of a [resource](crate::resource) is not what the field takes (rules `reject`, `field-null`, `replace`).
    Field {
        /// The field's name.
        field: String,
        /// Where it stands: in the [stored resource](Side::Resource) or in the [body](Side::Body).
        side: Side,
        /// Whether null would have done, as it does in the body for a field that is replaced as a whole.
        or_null: bool,
        /// What stands there instead.
        found: JsonType,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotAnObject { side, found } => {
                write!(f, "the {side} must be a JSON object, but is {found}")
            }
            Error::RootNull { key } => {
                write!(f, "no patch sets the root key {} to null, since null in a patch deletes its key", Quoted(key))
            }
            Error::Field { field, side, or_null, found } => {
                let stored = if *side == Side::Resource { "stored " } else { "" };
                let or_null = if *or_null { " or null" } else { "" };
                write!(f, "the {stored}field {field} must be a JSON object{or_null}, but is {found}")
            }
        }
    }
}

impl core::error::Error for Error {}

/// Which of the inputs an [`Error`] speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Side {
    /// The stored metadata object.
    Document,
    /// The body that a client sends for it.
    Patch,
    /// A stored user, client or other [resource](crate::resource).
    Resource,
    /// The body of a whole request, with its metadata fields and other attributes.
    Body,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Document => "document",
            Side::Patch => "patch",
            Side::Resource => "stored resource",
            Side::Body => "body",
        })
    }
}

/// The type of a JSON value, without the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl JsonType {
    /// The type of `value`, in O(1).
    ///
    /// ```
    /// use metadata_merge::JsonType;
    /// use serde_json::json;
    ///
    /// assert_eq!(JsonType::of(&json!([1, 2])), JsonType::Array);
    /// ```
    #[must_use]
    pub fn of(value: &Value) -> JsonType {
        match value {
            Value::Null => JsonType::Null,
            Value::Bool(_) => JsonType::Boolean,
            Value::Number(_) => JsonType::Number,
            Value::String(_) => JsonType::String,
            Value::Array(_) => JsonType::Array,
            Value::Object(_) => JsonType::Object,
        }
    }
}

/// With its article, as it stands in a sentence: `null`, `a boolean`, `an array`.
impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JsonType::Null => "null",
            JsonType::Boolean => "a boolean",
            JsonType::Number => "a number",
            JsonType::String => "a string",
            JsonType::Array => "an array",
            JsonType::Object => "an object",
        })
    }
}
