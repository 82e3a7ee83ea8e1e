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
    /// A text is not the JSON that is asked for.
    Syntax {
        /// Which text.
        side: Side,
        /// The line of the first byte that cannot stand where it does, from 1; of half a surrogate pair, where its escape
        /// starts, or where the other half's should. A line ends with a line feed.
        line: usize,
        /// The place of that byte in its line, in bytes, from 1. Where the text ends too early, it is the place behind its end.
        column: usize,
        /// What could stand there.
        wanted: Wanted,
        /// What stands there.
        found: Found,
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
    /// A patch that must not remove a stored root key would ([`Patch::deny_removals`](crate::Patch::deny_removals); rule
    /// `deny-removals`).
    Removes {
        /// The first root key that it would remove, in the order of the patch, or of the document if the patch clears.
        first: String,
        /// How many it would remove.
        count: usize,
    },
    /// A patch that must leave a root key would leave none ([`Patch::deny_wipe`](crate::Patch::deny_wipe); rule `deny-wipe`).
    Wipes {
        /// How many root keys it would remove: all that the document holds.
        count: usize,
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
            Error::Syntax { side, line, column, wanted, found } => {
                write!(
                    f,
                    "the {side} cannot be read at line {line}, column {column}: expected {wanted}, but found {found}"
                )
            }
            Error::Field { field, side, or_null, found } => {
                let stored = if *side == Side::Resource { "stored " } else { "" };
                let or_null = if *or_null { " or null" } else { "" };
                write!(f, "the {stored}field {field} must be a JSON object{or_null}, but is {found}")
            }
            Error::Removes { first, count } => {
                f.write_str("the patch must not remove a stored root key, but removes ")?;
                match count {
                    1 => write!(f, "{}", Quoted(first)),
                    _ => write!(f, "{count}, the first of them {}", Quoted(first)),
                }
            }
            Error::Wipes { count } => {
                write!(f, "the patch must not leave the document empty, but removes all of its root keys: {count}")
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

/// What an [`Error::Syntax`] misses in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wanted {
    /// A value.
    Value,
    /// The rest of `true`, `false` or `null`.
    Literal,
    /// A digit of a number.
    Digit,
    /// The key of another member.
    Key,
    /// The key of a first member, or the end of the object.
    KeyOrBrace,
    /// The colon behind a key.
    Colon,
    /// Another member, or the end of the object.
    CommaOrBrace,
    /// Another item, or the end of the array.
    CommaOrBracket,
    /// A character of a string, none of which is a control character, or the string's end.
    StringCharacter,
    /// What may follow a backslash.
    Escape,
    /// One of the four digits of an escape.
    HexDigit,
    /// A first surrogate in front of a second one.
    FirstSurrogate,
    /// A second surrogate behind a first one.
    SecondSurrogate,
    /// No more arrays and objects in one another than `serde_json` decodes.
    LessDepth,
    /// Nothing more.
    End,
    /// UTF-8.
    Utf8,
}

/// As it stands in a sentence.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wanted::Value => "a value",
            Wanted::Literal => "the rest of `true`, `false` or `null`",
            Wanted::Digit => "a digit",
            Wanted::Key => "a key",
            Wanted::KeyOrBrace => "a key or `}`",
            Wanted::Colon => "`:`",
            Wanted::CommaOrBrace => "`,` or `}`",
            Wanted::CommaOrBracket => "`,` or `]`",
            Wanted::StringCharacter => "a character or the end of a string",
            Wanted::Escape => "one of `\"\\/bfnrtu`",
            Wanted::HexDigit => "a hexadecimal digit",
            Wanted::FirstSurrogate => "the first half of a surrogate pair",
            Wanted::SecondSurrogate => "the second half of a surrogate pair",
            Wanted::LessDepth => "no more than 127 levels of arrays and objects",
            Wanted::End => "the end of the text",
            Wanted::Utf8 => "UTF-8",
        })
    }
}

/// What kind of byte an [`Error::Syntax`] finds in a text. It holds the byte only where that is one of JSON's marks, since any
/// other may be part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Found {
    /// The end of the text.
    End,
    /// A brace, a bracket, a comma, a colon, a quote or a backslash.
    Mark(char),
    /// A letter of ASCII.
    Letter,
    /// A digit.
    Digit,
    /// A space.
    Space,
    /// A control character, such as a tab or a line feed.
    Control,
    /// Another character of ASCII.
    Symbol,
    /// Part of a character beyond ASCII, or of none.
    BeyondAscii,
}

#[cfg(feature = "text")]
impl Found {
    pub(crate) fn of(byte: Option<&u8>) -> Found {
        match byte {
            None => Found::End,
            Some(byte @ (b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"' | b'\\')) => Found::Mark(char::from(*byte)),
            Some(b'a'..=b'z' | b'A'..=b'Z') => Found::Letter,
            Some(b'0'..=b'9') => Found::Digit,
            Some(b' ') => Found::Space,
            Some(byte) if byte.is_ascii_control() => Found::Control,
            Some(byte) if byte.is_ascii() => Found::Symbol,
            Some(_) => Found::BeyondAscii,
        }
    }
}

/// As it stands in a sentence.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Found::End => "the end of the text",
            Found::Mark(mark) => return write!(f, "`{mark}`"),
            Found::Letter => "a letter",
            Found::Digit => "a digit",
            Found::Space => "a space",
            Found::Control => "a control character",
            Found::Symbol => "a symbol",
            Found::BeyondAscii => "a byte beyond ASCII",
        })
    }
}
