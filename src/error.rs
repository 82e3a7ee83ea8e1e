//! The errors of the crate.

use alloc::format;
use alloc::string::String;
use core::fmt;

use serde_json::{Map, Value};

use crate::excerpt::Quoted;

mod syntax;

pub use self::syntax::{Expected, Found};

/// An error returned by this crate. Inputs passed by reference are then unchanged, and those passed
/// by value are dropped.
///
/// An error may name a key, but it never holds a value, so it can be logged.
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
        /// The input.
        input: Input,
        /// The type that was found.
        found: JsonType,
    },
    /// A root key would have to become null. No patch stores a root null, because null removes its
    /// key (rule `delete`).
    RootNull {
        /// The root key.
        key: String,
    },
    /// A text is not valid JSON, not UTF-8, or nested too deeply.
    Syntax {
        /// The text.
        input: Input,
        /// The 1-based line of the first invalid byte. An unpaired low surrogate is invalid at its
        /// escape, and an unpaired high one where the second escape should begin. A line ends with
        /// a line feed.
        line: usize,
        /// The 1-based column of that byte, in bytes. If the text ends too early, it is the column
        /// after the last byte.
        column: usize,
        /// The expected token.
        expected: Expected,
        /// The byte that was found.
        found: Found,
    },
    /// A metadata field of a [resource](crate::resource) has the wrong type (rules `reject`,
    /// `field-null`, `replace`).
    Field {
        /// The name of the field.
        field: String,
        /// The stored resource, the body, or a side of a reconcile.
        input: Input,
        /// The accepted types.
        expected: FieldType,
        /// The type that was found.
        found: JsonType,
    },
    /// [`Patch::deny_removals`](crate::Patch::deny_removals) denied a patch, because it removes a
    /// stored root key (rule `deny-removals`).
    WouldRemove {
        /// The first removed key, in the order of the patch, or of the document if the patch
        /// clears.
        first: String,
        /// The number of removed keys.
        count: usize,
    },
    /// [`Patch::deny_wipe`](crate::Patch::deny_wipe) denied a patch, because it leaves none of the
    /// document's keys (rule `deny-wipe`).
    WouldWipe {
        /// The number of root keys in the document.
        count: usize,
    },
    /// [`Plan::allow`](crate::resource::Plan::allow) rejected a plan, because it has fields or
    /// attributes that are not allowed.
    NotAllowed {
        /// The first name that is not allowed.
        first: String,
        /// The number of names that are not allowed.
        count: usize,
    },
    /// The resource has no metadata field of this name.
    UnknownField {
        /// The name of the resource.
        resource: String,
        /// The unknown name.
        name: String,
    },
    /// A plan has a patch for a field in replace mode, or a replacement for one in merge mode.
    WrongMode {
        /// The name of the field.
        field: String,
    },
    /// A metadata field was passed to a method for attributes.
    NotAnAttribute {
        /// The name.
        name: String,
    },
    /// [`Plan::attribute`](crate::resource::Plan::attribute) got null, to which `serde_json`
    /// converts `None`, NaN and infinities. To remove an attribute, call
    /// [`Plan::remove_attribute`](crate::resource::Plan::remove_attribute).
    NullAttribute {
        /// The name of the attribute.
        name: String,
    },
    /// A plan has a patch for an attribute, but attributes are replaced.
    NotMerged {
        /// The name of the attribute.
        name: String,
    },
    /// A change cannot be reverted, because no body can store its old value.
    NotRevertible {
        /// The name of the field or attribute.
        name: String,
    },
}

impl Error {
    pub(crate) fn not_an_object(input: Input, found: &Value) -> Error {
        Error::NotAnObject { input, found: JsonType::of(found) }
    }

    /// Returns the kind of the error, in O(1). A server maps it to an HTTP status:
    ///
    /// | kind | cause | status |
    /// |---|---|---|
    /// | [`Body`](ErrorKind::Body) | the request body breaks the rules | 400 |
    /// | [`NotAllowed`](ErrorKind::NotAllowed) | the caller may not change this | 403 |
    /// | [`Denied`](ErrorKind::Denied) | a guard denied the patch | 409 |
    /// | [`Stored`](ErrorKind::Stored) | the stored data breaks the rules | 500 |
    /// | [`Usage`](ErrorKind::Usage) | the program asked for something impossible | 500 |
    ///
    /// ```
    /// use metadata_merge::ErrorKind;
    /// use metadata_merge::resource::USER;
    /// use serde_json::json;
    ///
    /// let error = USER.plan(json!({"user_metadata": null})).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Body);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Error::NotAnObject { input, .. } | Error::Syntax { input, .. } | Error::Field { input, .. } => {
                match input {
                    Input::Patch | Input::Replacement | Input::Body => ErrorKind::Body,
                    Input::Document | Input::Resource => ErrorKind::Stored,
                    Input::Value | Input::Base | Input::Mine | Input::Theirs => ErrorKind::Usage,
                }
            }
            Error::NotAllowed { .. } => ErrorKind::NotAllowed,
            Error::WouldRemove { .. } | Error::WouldWipe { .. } => ErrorKind::Denied,
            Error::RootNull { .. }
            | Error::UnknownField { .. }
            | Error::WrongMode { .. }
            | Error::NotAnAttribute { .. }
            | Error::NullAttribute { .. }
            | Error::NotMerged { .. }
            | Error::NotRevertible { .. } => ErrorKind::Usage,
        }
    }

    /// Returns whether the request caused the error: true for `Body`, `NotAllowed` and `Denied`,
    /// whose status is 4xx. It takes O(1).
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// assert!(USER.plan(json!([])).unwrap_err().is_from_request());
    /// ```
    #[must_use]
    pub fn is_from_request(&self) -> bool {
        matches!(self.kind(), ErrorKind::Body | ErrorKind::NotAllowed | ErrorKind::Denied)
    }
}

/// The kind of an [`Error`]; see [`Error::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The body of the request breaks the rules.
    Body,
    /// The caller may not change a field or attribute that the body names.
    NotAllowed,
    /// A guard denied the patch.
    Denied,
    /// The stored data breaks the rules.
    Stored,
    /// The calling program passed a wrong argument, or asked for something that no body can do.
    Usage,
}

/// Returns the object in `data`, or a message that names it.
pub(crate) fn decode_object(name: &str, data: Value) -> Result<Map<String, Value>, String> {
    match data {
        Value::Object(members) => Ok(members),
        other => Err(format!("{name} must be an object, but is {}", JsonType::of(&other))),
    }
}

/// Returns `value` as a map, in O(1).
///
/// ```
/// use metadata_merge::object;
/// use serde_json::json;
///
/// assert_eq!(object(&json!({"a": 1}))?.len(), 1);
/// assert_eq!(object(&json!([1])).unwrap_err().to_string(), "the value must be a JSON object, but is an array");
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::NotAnObject`] if `value` is not an object.
pub fn object(value: &Value) -> Result<&Map<String, Value>, Error> {
    value.as_object().ok_or_else(|| Error::not_an_object(Input::Value, value))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotAnObject { input, found } => {
                let expected = match input {
                    Input::Replacement => FieldType::ObjectOrNull,
                    _ => FieldType::Object,
                };
                write!(f, "the {input} must be {expected}, but is {found}")
            }
            Error::RootNull { key } => {
                write!(f, "cannot set the root key {} to null: a null in a patch deletes its key", Quoted(key))
            }
            Error::Syntax { input, line, column, expected, found } => {
                write!(
                    f,
                    "the {input} is not valid JSON at line {line}, column {column}: expected {expected}, found {found}"
                )
            }
            Error::Field { field, input, expected, found } => {
                let field = Quoted(field);
                match input {
                    Input::Resource => write!(f, "the stored field {field} must be {expected}, but is {found}"),
                    Input::Base | Input::Mine | Input::Theirs => {
                        write!(f, "the field {field} of {input} must be {expected}, but is {found}")
                    }
                    _ => write!(f, "the field {field} must be {expected}, but is {found}"),
                }
            }
            Error::WouldRemove { first, count } => {
                f.write_str("the patch must not remove a stored root key, but removes ")?;
                match count {
                    1 => write!(f, "{}", Quoted(first)),
                    _ => write!(f, "{count} keys, the first of them {}", Quoted(first)),
                }
            }
            Error::WouldWipe { count } => {
                f.write_str("the patch must not empty the document, but removes ")?;
                if *count == 1 { f.write_str("its only key") } else { write!(f, "all {count} keys") }
            }
            Error::NotAllowed { first, count: 1 } => write!(f, "the caller may not change {}", Quoted(first)),
            Error::NotAllowed { first, count } => {
                write!(f, "the caller may not change {count} of the names, the first of them {}", Quoted(first))
            }
            Error::UnknownField { resource, name } => {
                write!(f, "the resource {} has no metadata field {}", Quoted(resource), Quoted(name))
            }
            Error::WrongMode { field } => {
                write!(f, "the field {} takes a patch if it merges, and an object if it is replaced", Quoted(field))
            }
            Error::NotAnAttribute { name } => {
                write!(f, "{} is a metadata field, not an attribute", Quoted(name))
            }
            Error::NullAttribute { name } => {
                write!(f, "the attribute {} must not be null: plan its removal by name", Quoted(name))
            }
            Error::NotMerged { name } => {
                write!(f, "the attribute {} is replaced as a whole and takes no patch", Quoted(name))
            }
            Error::NotRevertible { name } => {
                write!(f, "the change of {} cannot be reverted: no body stores its old value", Quoted(name))
            }
        }
    }
}

impl core::error::Error for Error {}

/// The faulty input of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Input {
    /// The stored metadata object.
    Document,
    /// A patch of one metadata object.
    Patch,
    /// A [`Replacement`](crate::resource::Replacement), which is an object or null.
    Replacement,
    /// A stored [resource](crate::resource), such as a user.
    Resource,
    /// The body of a request on a resource.
    Body,
    /// A value that was passed to [`object`].
    Value,
    /// The parameter `base` of a [reconcile](crate::Patch::reconcile): the version applied last.
    Base,
    /// The parameter `mine` of a reconcile: the wanted version.
    Mine,
    /// The parameter `theirs` of a reconcile: the stored version.
    Theirs,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Input::Document => "document",
            Input::Patch => "patch",
            Input::Replacement => "replacement",
            Input::Resource => "stored resource",
            Input::Body => "body",
            Input::Value => "value",
            Input::Base => "base",
            Input::Mine => "mine",
            Input::Theirs => "theirs",
        })
    }
}

/// The types that a metadata field accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldType {
    /// An object.
    Object,
    /// An object, or null, which clears a field in replace mode.
    ObjectOrNull,
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldType::Object => "a JSON object",
            FieldType::ObjectOrNull => "a JSON object or null",
        })
    }
}

/// The type of a JSON value.
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
    /// Returns the type of `value`, in O(1).
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

/// Writes the type with its article, such as `null`, `a boolean` or `an array`.
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
