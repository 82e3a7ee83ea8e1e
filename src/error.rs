//! The errors of the crate.

use alloc::format;
use alloc::string::String;
use core::fmt;

use serde_json::{Map, Value};

use crate::excerpt::Quoted;

mod syntax;

pub use self::syntax::{Expected, Found};

/// An error returned by this crate. The inputs are left unchanged.
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
    /// The new document holds null at a root key where the old one does not. No patch stores such a
    /// null, because a null in a patch deletes its key (rule `delete`).
    RootNull {
        /// The root key.
        key: String,
    },
    /// A text is not valid JSON.
    Syntax {
        /// The text.
        input: Input,
        /// The 1-based line of the first invalid byte. For an unpaired surrogate, the line of its
        /// escape, or where the second escape should begin. A line ends with a line feed.
        line: usize,
        /// The 1-based column of that byte, in bytes. If the text ends too early, the column after
        /// its last byte.
        column: usize,
        /// What the parser expected.
        expected: Expected,
        /// What the parser found.
        found: Found,
    },
    /// A metadata field of a [resource](crate::resource) has the wrong type (rules `reject`,
    /// `field-null`, `replace`).
    Field {
        /// The name of the field.
        field: String,
        /// The [stored resource](Input::Resource) or the [body](Input::Body).
        input: Input,
        /// The accepted types.
        expected: FieldType,
        /// The type that was found.
        found: JsonType,
    },
    /// A patch would remove a stored root key
    /// ([`Patch::deny_removals`](crate::Patch::deny_removals); rule `deny-removals`).
    WouldRemove {
        /// The first such root key, in the order of the patch, or of the document if the patch
        /// clears.
        first: String,
        /// The number of such root keys.
        count: usize,
    },
    /// A patch would leave no root key
    /// ([`Patch::deny_wipe`](crate::Patch::deny_wipe); rule `deny-wipe`).
    WouldWipe {
        /// The number of root keys in the document.
        count: usize,
    },
    /// A plan changes fields or attributes that its caller may not change
    /// ([`Plan::allow`](crate::resource::Plan::allow)).
    NotAllowed {
        /// The first of them.
        first: String,
        /// The number of them.
        count: usize,
    },
    /// The resource has no metadata field of this name.
    UnknownField {
        /// The name of the resource.
        resource: String,
        /// The name that was passed.
        name: String,
    },
    /// A plan has a patch for a field that is replaced as a whole, or an object for a field that
    /// merges.
    WrongMode {
        /// The name of the field.
        field: String,
    },
    /// The name of an attribute is that of a metadata field.
    NotAnAttribute {
        /// The name.
        name: String,
    },
    /// A plan sets an attribute to null, which JSON has for `None` and for numbers that are not
    /// finite. A removal has its own method.
    NullAttribute {
        /// The name of the attribute.
        name: String,
    },
    /// A plan has a patch for an attribute that is replaced as a whole.
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

    /// Returns the kind of the error, by which a server chooses its status.
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
                    Input::Patch | Input::Body => ErrorKind::Body,
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

    /// Returns whether the request is at fault, so that the status is 4xx.
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
    /// The calling program asked for something that no body can do.
    Usage,
}

/// Returns the object in `data`, or a message that names it.
pub(crate) fn decode_object(name: &str, data: Value) -> Result<Map<String, Value>, String> {
    match data {
        Value::Object(members) => Ok(members),
        other => Err(format!("{name} must be an object, but is {}", JsonType::of(&other))),
    }
}

/// Returns the object in `value`.
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
                write!(f, "the {input} must be a JSON object, but is {found}")
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

/// The input that an [`Error`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Input {
    /// The stored metadata object.
    Document,
    /// The body that a client sends for it.
    Patch,
    /// A stored user, client or other [resource](crate::resource).
    Resource,
    /// The body of a whole request, with its metadata fields and other attributes.
    Body,
    /// A value that was passed to [`object`].
    Value,
    /// The first document of a [reconcile](crate::Patch::reconcile): the one applied last.
    Base,
    /// The second document of a reconcile: the one that is wanted.
    Mine,
    /// The third document of a reconcile: the one that is stored now.
    Theirs,
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Input::Document => "document",
            Input::Patch => "patch",
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

/// With its article, for a sentence: `null`, `a boolean`, `an array`.
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
