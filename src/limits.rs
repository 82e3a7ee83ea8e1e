//! Limits on what is stored, as data, and the check of a result against them.
//!
//! Limits are apart from the rules, and opt-in: [`check`] judges the resource that a create or an update *would* store, since
//! a body that is fine alone can overflow what is there. It finds all violations at once.
//!
//! ```
//! use metadata_merge::{limits, resource::CLIENT};
//! use serde_json::json;
//!
//! let stored = json!({"client_metadata": {"colour": "red", "größe": 1}});
//! let updated = CLIENT.update(&stored, &json!({"client_metadata": {"colour": "x".repeat(256)}}))?;
//! let violations = limits::check(limits::CLIENT, &updated)?;
//!
//! let texts: Vec<String> = violations.iter().map(ToString::to_string).collect();
//! assert_eq!(texts, [
//!     r#""/client_metadata/größe": holds the character "ö"; allowed are ASCII letters, digits and ":,-+=_*?\"/\\()<>@\t " (key-characters)"#,
//!     r#""/client_metadata/größe": is a number; allowed is a string (value-type)"#,
//!     r#""/client_metadata/colour": has 256 characters; allowed are 255 (value-too-long)"#,
//! ]);
//! assert_eq!(violations[2].path, "/client_metadata/colour");
//! assert_eq!(violations[2].limit.check.slug(), "value-too-long");
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! A table is a slice, so that limits of your own are a table of your own, or are added to one that is here:
//!
//! ```
//! use metadata_merge::limits::{self, Check, Limit, Strength};
//! use serde_json::json;
//!
//! let mut table = limits::USER.to_vec();
//! table.push(Limit { field: Some("app_metadata"), check: Check::Keys { at_most: 1 }, strength: Strength::Refused });
//!
//! let violations = limits::check(&table, &json!({"app_metadata": {"plan": "full", "level": 3}}))?;
//! assert_eq!(violations[0].to_string(), r#""/app_metadata": has 2 keys; allowed are 1 (too-many-keys)"#);
//! # Ok::<(), metadata_merge::Error>(())
//! ```

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use crate::excerpt::Quoted;
use crate::merge::not_an_object;
use crate::size::compact_size;
use crate::{Error, JsonType, Side};

/// One limit: what it asks of which field, and what becomes of a resource that breaks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<'a> {
    /// The field that is looked at; the whole resource if this is none.
    pub field: Option<&'a str>,
    /// What must hold.
    pub check: Check<'a>,
    /// Whether a violation is refused.
    pub strength: Strength,
}

/// What a limit asks of a field. Characters are Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check<'a> {
    /// No more root keys than this (`too-many-keys`).
    Keys {
        /// How many.
        at_most: usize,
    },
    /// No root key with more characters than this (`key-too-long`).
    KeyLength {
        /// How many.
        at_most: usize,
    },
    /// No root key with other characters than these (`key-characters`).
    KeyCharacters(Characters<'a>),
    /// No root key of these names (`reserved-name`).
    Reserved(&'a [&'a str]),
    /// All values at the root are strings (`value-type`).
    Strings,
    /// No string at the root with more characters than this (`value-too-long`).
    ValueLength {
        /// How many.
        at_most: usize,
    },
    /// As compact JSON text no more bytes than this (`profile-too-large`).
    Size {
        /// How many.
        at_most: usize,
    },
}

impl Check<'_> {
    /// The limit's slug, in O(1).
    ///
    /// ```
    /// use metadata_merge::limits::Check;
    ///
    /// assert_eq!(Check::Keys { at_most: 10 }.slug(), "too-many-keys");
    /// ```
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Check::Keys { .. } => "too-many-keys",
            Check::KeyLength { .. } => "key-too-long",
            Check::KeyCharacters(_) => "key-characters",
            Check::Reserved(_) => "reserved-name",
            Check::Strings => "value-type",
            Check::ValueLength { .. } => "value-too-long",
            Check::Size { .. } => "profile-too-large",
        }
    }
}

/// A set of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Characters<'a> {
    /// ASCII letters and digits, and these.
    AlphanumericOr(&'a str),
    /// All but these.
    AllBut(&'a str),
}

impl Characters<'_> {
    fn contain(&self, character: char) -> bool {
        match self {
            Characters::AlphanumericOr(others) => character.is_ascii_alphanumeric() || others.contains(character),
            Characters::AllBut(excluded) => !excluded.contains(character),
        }
    }
}

/// What becomes of a resource that breaks a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strength {
    /// It is not stored.
    Refused,
    /// It is stored, and somebody should know.
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

/// A limit that a resource breaks. It may name a key, and never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation<'a> {
    /// Where, as a JSON Pointer (RFC 6901): a key of a field, a field, or, as the empty pointer, the whole resource.
    pub path: String,
    /// The limit, with what is allowed.
    pub limit: Limit<'a>,
    /// What stands there instead.
    pub found: Found,
}

/// What was found where a limit is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// So many keys.
    Keys(usize),
    /// So many characters.
    Characters(usize),
    /// So many bytes.
    Bytes(usize),
    /// This character, as the first that is not allowed.
    Character(char),
    /// A value of this type.
    Type(JsonType),
    /// A reserved name.
    Reserved,
}

/// `"/app_metadata/email": is a reserved name (reserved-name)`, with control and other invisible characters escaped.
impl fmt::Display for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", Quoted(&self.path))?;
        match self.found {
            Found::Keys(found) => write!(f, "has {found} keys")?,
            Found::Characters(found) => write!(f, "has {found} characters")?,
            Found::Bytes(found) => write!(f, "has {found} bytes as compact JSON")?,
            Found::Character(found) => write!(f, "holds the character {}", Quoted(found.encode_utf8(&mut [0; 4])))?,
            Found::Type(found) => write!(f, "is {found}")?,
            Found::Reserved => f.write_str("is a reserved name")?,
        }
        match self.limit.check {
            Check::Keys { at_most }
            | Check::KeyLength { at_most }
            | Check::ValueLength { at_most }
            | Check::Size { at_most } => write!(f, "; allowed are {at_most}")?,
            Check::KeyCharacters(Characters::AlphanumericOr(others)) => {
                write!(f, "; allowed are ASCII letters, digits and {}", Quoted(others))?;
            }
            Check::KeyCharacters(Characters::AllBut(excluded)) => {
                write!(f, "; allowed are all but {}", Quoted(excluded))?;
            }
            Check::Strings => f.write_str("; allowed is a string")?,
            Check::Reserved(_) => {}
        }
        write!(f, " ({})", self.limit.check.slug())
    }
}

/// What the service asks of a stored user: `.` and `$` in no root key, and, as a warning, a profile of at most 10,240 bytes.
///
/// In `app_metadata` these 18 names are reserved: `__tenant`, `_id`, `blocked`, `clientID`, `created_at`, `email_verified`, `email`,
/// `globalClientID`, `global_client_id`, `identities`, `lastIP`, `lastLogin`, `loginsCount`, `metadata`,
/// `multifactor_last_modified`, `multifactor`, `updated_at` and `user_id`.
pub const USER: &[Limit<'static>] = &[
    refused("user_metadata", Check::KeyCharacters(Characters::AllBut(".$"))),
    refused("app_metadata", Check::KeyCharacters(Characters::AllBut(".$"))),
    refused("app_metadata", Check::Reserved(RESERVED)),
    Limit { field: None, check: Check::Size { at_most: 10_240 }, strength: Strength::Warned },
];

/// What the service asks of `user_metadata` where a user signs up, a table of its own for the caller that is a sign-up: at most
/// 10 keys, keys of at most 100 characters and values of at most 500.
pub const SIGN_UP: &[Limit<'static>] = &[
    refused("user_metadata", Check::Keys { at_most: 10 }),
    refused("user_metadata", Check::KeyLength { at_most: 100 }),
    refused("user_metadata", Check::ValueLength { at_most: 500 }),
];

/// What the service asks of a stored client: at most 10 keys, keys and values of at most 255 characters, keys of few
/// characters, and values that are strings.
pub const CLIENT: &[Limit<'static>] = &[
    refused("client_metadata", Check::Keys { at_most: 10 }),
    refused("client_metadata", Check::KeyLength { at_most: 255 }),
    refused("client_metadata", Check::KeyCharacters(Characters::AlphanumericOr(":,-+=_*?\"/\\()<>@\t "))),
    refused("client_metadata", Check::Strings),
    refused("client_metadata", Check::ValueLength { at_most: 255 }),
];

const RESERVED: &[&str] = &[
    "__tenant",
    "_id",
    "blocked",
    "clientID",
    "created_at",
    "email_verified",
    "email",
    "globalClientID",
    "global_client_id",
    "identities",
    "lastIP",
    "lastLogin",
    "loginsCount",
    "metadata",
    "multifactor_last_modified",
    "multifactor",
    "updated_at",
    "user_id",
];

const fn refused(field: &'static str, check: Check<'static>) -> Limit<'static> {
    Limit { field: Some(field), check, strength: Strength::Refused }
}

/// The limits that `stored` breaks, in the order of the table and then of the keys.
///
/// A field that is not stored breaks none.
///
/// ```
/// use metadata_merge::limits::{self, Strength};
/// use serde_json::json;
///
/// let stored = json!({"user_metadata": {"notes": "x".repeat(11_000)}, "app_metadata": {"a/b.c": 1}});
/// let violations = limits::check(limits::USER, &stored)?;
/// assert_eq!(violations[0].path, "/app_metadata/a~1b.c");
/// assert_eq!(violations[1].limit.strength, Strength::Warned);
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::NotAnObject`] if `stored` is not an object, [`Error::Field`] if a field of the table is there and is not one.
///
/// # Complexity
///
/// For each limit one look at the field's root keys, and at those strings at its root that have more bytes than it allows characters.
/// [`Check::Size`] alone looks deeper: it walks the whole value and adds up what the compact text would take, number by number
/// and character by character, without building it; the walk keeps its place on the heap, so that no depth overflows the
/// stack.
pub fn check<'a>(limits: &[Limit<'a>], stored: &Value) -> Result<Vec<Violation<'a>>, Error> {
    let resource = stored.as_object().ok_or_else(|| not_an_object(Side::Resource, stored))?;
    let mut violations = Vec::new();
    for limit in limits {
        let Some(value) = limit.field.map_or(Some(stored), |field| resource.get(field)) else { continue };
        let Value::Object(document) = value else {
            let (field, found) = (limit.field.unwrap_or_default().to_owned(), JsonType::of(value));
            return Err(Error::Field { field, side: Side::Resource, or_null: false, found });
        };
        limit.judge(value, document, &mut violations);
    }
    Ok(violations)
}

impl<'a> Limit<'a> {
    fn judge(self, value: &Value, document: &Map<String, Value>, violations: &mut Vec<Violation<'a>>) {
        let whole = match self.check {
            Check::Keys { at_most } => Some(document.len()).filter(|keys| *keys > at_most).map(Found::Keys),
            Check::Size { at_most } => Some(compact_size(value)).filter(|bytes| *bytes > at_most).map(Found::Bytes),
            _ => None,
        };
        let entries =
            document.iter().filter_map(|(key, value)| Some((Some(key.as_str()), self.judge_entry(key, value)?)));
        violations.extend(whole.map(|found| (None, found)).into_iter().chain(entries).map(|(key, found)| Violation {
            path: pointer(self.field, key),
            limit: self,
            found,
        }));
    }

    fn judge_entry(self, key: &str, value: &Value) -> Option<Found> {
        match self.check {
            Check::KeyLength { at_most } => too_long(key, at_most),
            Check::KeyCharacters(allowed) => {
                key.chars().find(|character| !allowed.contain(*character)).map(Found::Character)
            }
            Check::Reserved(names) => names.contains(&key).then_some(Found::Reserved),
            Check::Strings => (!value.is_string()).then(|| Found::Type(JsonType::of(value))),
            Check::ValueLength { at_most } => too_long(value.as_str()?, at_most),
            Check::Keys { .. } | Check::Size { .. } => None,
        }
    }
}

fn too_long(text: &str, at_most: usize) -> Option<Found> {
    if text.len() <= at_most {
        return None; // a character takes a byte or more
    }
    Some(text.chars().count()).filter(|characters| *characters > at_most).map(Found::Characters)
}

/// The JSON Pointer to a field, or to a key of it.
fn pointer(field: Option<&str>, key: Option<&str>) -> String {
    let escape = |name: &str| name.replace('~', "~0").replace('/', "~1");
    field.into_iter().chain(key).map(|name| format!("/{}", escape(name))).collect()
}
