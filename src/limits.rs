//! Checks a resource against limits, such as a maximum number of keys.
//!
//! A create or an update checks no limits. The functions look at the resource after the change,
//! because a small body and stored data can exceed a limit together. They report all violations at
//! once. The check of a change leaves out old ones. The constants are the service's limits.
//! `RULES.md` has their sources.
//!
//! | function | validates | for |
//! |---|---|---|
//! | [`check`] | a whole resource | a create, an audit of stored data |
//! | [`check_change`] | a change: reports new and worse violations | an update that was already computed |
//! | [`Plan::check`](crate::resource::Plan::check) | the same, before the write | an update |
//! | [`check_field`] | one document | typed code that holds a field alone |
//! | [`check_text`], [`check_change_text`] | the same over JSON text | a server that keeps text |
//! | [`Resource::update_text_checked`](crate::resource::Resource::update_text_checked) | a change over JSON text, in the same pass | an update |
//!
//! ```
//! use metadata_merge::{limits, resource::CLIENT};
//! use serde_json::json;
//!
//! let stored = CLIENT.create(json!({"client_metadata": {"colour": "red", "größe": 1}}))?;
//! let plan = CLIENT.plan(json!({"client_metadata": {"colour": "x".repeat(256)}}))?;
//!
//! // An update is not refused for what was there before.
//! let violations = plan.check(limits::CLIENT, &stored)?;
//! assert_eq!(
//!     violations[0].to_string(),
//!     r#""/client_metadata/colour": expected at most 255 characters, found 256 (value-too-long)"#,
//! );
//! assert_eq!(violations.len(), 1);
//!
//! let violations = limits::check(limits::CLIENT, &stored)?;
//! assert_eq!(
//!     violations[1].to_string(),
//!     r#""/client_metadata/größe": expected a string, found a number (value-type)"#,
//! );
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # Your own limits
//!
//! A table of limits is a slice of [`Limit`]s, and the parameter `limits` of each function. A table
//! is a constant, or is read from configuration:
//!
//! ```
//! use metadata_merge::limits::{self, Check, Limit};
//! use serde_json::json;
//!
//! let mut table = limits::USER.to_vec();
//! table.push(Limit::on("app_metadata", Check::MaxKeys(1)));
//! let configured = json!({"check": {"max_depth": 20}, "strength": "warned"});
//! table.push(serde_json::from_value(configured).unwrap());
//!
//! let stored = json!({"app_metadata": {"plan": "full", "level": 3}});
//! let violations = limits::check(&table, metadata_merge::object(&stored)?)?;
//! assert_eq!(
//!     violations[0].to_string(),
//!     r#""/app_metadata": expected at most 1 key, found 2 (too-many-keys)"#,
//! );
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # Compact JSON
//!
//! [`Check::MaxSize`] counts the bytes of `serde_json::to_string`, which writes no whitespace.
//! Strings escape only `"`, `\` and control characters below U+0020. The latter are written as
//! `\b \f \n \r \t` or as `\u00xx` in lower case.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::error::JsonType;
use crate::excerpt::Quoted;

mod check;
mod config;
mod pointer;
mod size;
mod tables;
mod update;
mod view;

pub(crate) use self::check::change_violations;
pub use self::check::{check, check_change, check_change_text, check_field, check_text};
pub(crate) use self::pointer::{names, pointer};
pub(crate) use self::tables::of_resource;
pub use self::tables::{CLIENT, CUSTOM_DOMAIN, ORGANIZATION, REFRESH_TOKEN, SESSION, SIGN_UP, USER};
pub(crate) use self::update::Update;
pub(crate) use self::view::{Document, Members, Object, View};

/// One limit: a check of a field or of the whole resource, and its strength.
///
/// A limit is decoded from `{"field": NAME, "check": CHECK, "strength": "refused"}`. Without
/// `field`, the limit is on the whole resource. Without `strength`, a violation is refused. CHECK
/// is the name of a [`Check`] in snake case with its bound: `{"max_keys": 10}`, `{"reserved_names":
/// ["email"]}`, `{"key_characters": {"all_but": ".$"}}` or `{"key_characters": {"alphanumeric_or":
/// "_-"}}`. `"strings"` has no bound. An unknown member or name is an error.
///
/// ```
/// # use metadata_merge::limits::{Characters, Check, Limit, Strength};
/// # use serde_json::json;
/// let limit = Limit::on("labels", Check::KeyCharacters(Characters::AllBut(".".into()))).warned();
/// let data = json!({"field": "labels", "check": {"key_characters": {"all_but": "."}}, "strength": "warned"});
/// assert_eq!(limit, serde_json::from_value(data).unwrap());
/// assert_eq!(Limit::whole(Check::MaxSize(10_240)).strength, Strength::Refused);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// The field, or `None` for the whole resource.
    pub field: Option<Cow<'static, str>>,
    /// The condition.
    pub check: Check,
    /// The effect of a violation.
    pub strength: Strength,
}

impl Limit {
    /// Returns a limit on a metadata field. A resource that breaks it is refused.
    #[must_use]
    pub const fn on(field: &'static str, check: Check) -> Self {
        Limit { field: Some(Cow::Borrowed(field)), check, strength: Strength::Refused }
    }

    /// Returns a limit on the whole resource. A resource that breaks it is refused.
    #[must_use]
    pub const fn whole(check: Check) -> Self {
        Limit { field: None, check, strength: Strength::Refused }
    }

    /// Returns the same limit with [`Strength::Warned`].
    #[must_use]
    pub const fn warned(mut self) -> Self {
        self.strength = Strength::Warned;
        self
    }
}

/// The condition of a limit. Characters are Unicode code points.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// At most this many root keys (`too-many-keys`).
    MaxKeys(usize),
    /// Root keys of at most this many characters (`key-too-long`).
    MaxKeyLength(usize),
    /// Root keys that have only these characters (`key-characters`).
    KeyCharacters(Characters),
    /// No root key with one of these names (`reserved-name`).
    ReservedNames(Cow<'static, [Cow<'static, str>]>),
    /// Root values that are strings (`value-type`).
    Strings,
    /// Root strings of at most this many characters (`value-too-long`).
    MaxValueLength(usize),
    /// At most this many bytes as [compact JSON](self#compact-json) (`too-large`).
    MaxSize(usize),
    /// At most this nesting depth (`too-deep`). The object itself counts 1, and scalars count 0.
    MaxDepth(usize),
}

impl Check {
    /// Returns the id of the check, in O(1).
    ///
    /// ```
    /// use metadata_merge::limits::Check;
    ///
    /// assert_eq!(Check::MaxKeys(10).id(), "too-many-keys");
    /// ```
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Check::MaxKeys(_) => "too-many-keys",
            Check::MaxKeyLength(_) => "key-too-long",
            Check::KeyCharacters(_) => "key-characters",
            Check::ReservedNames(_) => "reserved-name",
            Check::Strings => "value-type",
            Check::MaxValueLength(_) => "value-too-long",
            Check::MaxSize(_) => "too-large",
            Check::MaxDepth(_) => "too-deep",
        }
    }
}

/// A set of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Characters {
    /// ASCII letters and digits, and the characters of this string.
    AlphanumericOr(Cow<'static, str>),
    /// All characters except those of this string.
    AllBut(Cow<'static, str>),
}

impl Characters {
    fn contain(&self, character: char) -> bool {
        match self {
            Characters::AlphanumericOr(others) => character.is_ascii_alphanumeric() || others.contains(character),
            Characters::AllBut(excluded) => !excluded.contains(character),
        }
    }
}

/// The effect of a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// The resource is not stored.
    Refused,
    /// The resource is stored with a warning.
    Warned,
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Strength::Refused => "refused",
            Strength::Warned => "warned",
        })
    }
}

/// A violation of a limit. It may name a key, but it never holds a value.
///
/// The `Display` output is `"/app_metadata/email": the name is reserved (reserved-name)`, with
/// invisible characters escaped. A violation serializes to an object of `path`, `limit`, `strength`
/// and `message`. `limit` is the id of the check, and `message` the `Display` output.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// A JSON Pointer (RFC 6901) to the key, the field or the resource that breaks the limit. The
    /// pointer to the resource is empty.
    pub path: String,
    /// The limit.
    pub limit: Limit,
    /// The measurement that breaks the limit.
    pub found: Measured,
}

/// A measurement that breaks a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measured {
    /// The number of keys.
    Keys(usize),
    /// The number of characters.
    Characters(usize),
    /// The number of bytes.
    Bytes(usize),
    /// The nesting depth.
    Depth(usize),
    /// The first character that is not allowed.
    Character(char),
    /// The type of a value that is not a string.
    Type(JsonType),
    /// A reserved name.
    Reserved,
}

impl Measured {
    /// Returns whether this violation is worse than one before it at the same path.
    fn is_worse_than(self, before: Measured) -> bool {
        match (self, before) {
            (Measured::Keys(after), Measured::Keys(before))
            | (Measured::Characters(after), Measured::Characters(before))
            | (Measured::Bytes(after), Measured::Bytes(before))
            | (Measured::Depth(after), Measured::Depth(before)) => after > before,
            _ => false,
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => f.write_str("the resource: ")?,
            path => write!(f, "{}: ", Quoted(path))?,
        }
        let most = |max: usize, unit| format!("at most {max} {unit}{}", if max == 1 { "" } else { "s" });
        match &self.limit.check {
            Check::MaxKeys(max) => write!(f, "expected {}", most(*max, "key"))?,
            Check::MaxKeyLength(max) | Check::MaxValueLength(max) => write!(f, "expected {}", most(*max, "character"))?,
            Check::MaxSize(max) => write!(f, "expected {} as compact JSON", most(*max, "byte"))?,
            Check::MaxDepth(max) => write!(f, "expected {}", most(*max, "level"))?,
            Check::KeyCharacters(Characters::AlphanumericOr(others)) => {
                write!(f, "expected ASCII letters, digits and {}", Quoted(others))?;
            }
            Check::KeyCharacters(Characters::AllBut(excluded)) => {
                write!(f, "expected a key with none of {}", Quoted(excluded))?;
            }
            Check::Strings => f.write_str("expected a string")?,
            Check::ReservedNames(_) => f.write_str("the name is reserved")?,
        }
        match self.found {
            Measured::Keys(found) | Measured::Characters(found) | Measured::Bytes(found) | Measured::Depth(found) => {
                write!(f, ", found {found}")?
            }
            Measured::Character(found) => write!(f, ", found {}", Quoted(found.encode_utf8(&mut [0; 4])))?,
            Measured::Type(found) => write!(f, ", found {found}")?,
            Measured::Reserved => {}
        }
        write!(f, " ({})", self.limit.check.id())
    }
}

/// Returns the violations if all are [warnings](Strength::Warned), in O(n) for n violations.
///
/// ```
/// # use metadata_merge::limits;
/// # use serde_json::Map;
/// let document = Map::from_iter([("plan".to_owned(), 3.into())]);
/// let violations = limits::check_field(limits::CLIENT, "client_metadata", &document);
/// assert_eq!(limits::accept(violations).unwrap_err().len(), 1);
/// ```
///
/// # Errors
///
/// All violations, if one of them [refuses](Strength::Refused) the resource.
pub fn accept(violations: Vec<Violation>) -> Result<Vec<Violation>, Vec<Violation>> {
    if violations.iter().any(|violation| violation.limit.strength == Strength::Refused) {
        return Err(violations);
    }
    Ok(violations)
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (strength, message) = (self.limit.strength.to_string(), self.to_string());
        let mut object = serializer.serialize_map(Some(4))?;
        object.serialize_entry("path", &self.path)?;
        object.serialize_entry("limit", self.limit.check.id())?;
        object.serialize_entry("strength", &strength)?;
        object.serialize_entry("message", &message)?;
        object.end()
    }
}
