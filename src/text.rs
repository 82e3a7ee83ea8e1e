//! Merges a patch into a document, both as JSON text, without building `serde_json` values.
//!
//! Use it in a server that stores documents as text. Both texts are validated in one pass each.
//! Members that the patch does not name are copied verbatim.
//!
//! ```
//! use metadata_merge::text;
//!
//! let stored = r#"{"hobby": "surfing", "level": 1.50, "plan": "full"}"#;
//! let merged = text::merge(stored, r#"{"plan":null,"tags":["a"]}"#)?;
//! assert_eq!(merged, r#"{"hobby": "surfing", "level": 1.50,"tags":["a"]}"#);
//! # Ok::<(), metadata_merge::Error>(())
//! ```
//!
//! # Trees or text
//!
//! | | trees: `Map` and `Value` | text |
//! |---|---|---|
//! | use it if | the resource is decoded anyway, or your code reads its values | the store and the reply hold JSON text |
//! | one document | [`merge_in_place`](crate::merge_in_place) | [`merge`] |
//! | the body of a whole request | [`Resource::update`](crate::resource::Resource::update) | [`Resource::update_text`](crate::resource::Resource::update_text) |
//! | the same, with limits | [`Plan::check`](crate::resource::Plan::check) | [`Resource::update_text_checked`](crate::resource::Resource::update_text_checked) |
//! | a typed body, or one restricted by `Plan::allow` | [`Plan::apply`](crate::resource::Plan::apply) | [`Plan::apply_text`](crate::resource::Plan::apply_text), [`Plan::apply_text_checked`](crate::resource::Plan::apply_text_checked) |
//! | the limits of a stored resource | [`limits::check`](crate::limits::check) | [`limits::check_text`](crate::limits::check_text) |
//! | a preview or an audit log | [`Plan::changes`](crate::resource::Plan::changes) | decode first |
//! | time | proportional to the patch, plus decoding and encoding | one pass over both texts |
//! | kept values | are encoded again | keep their bytes |
//!
//! Decoding, merging trees and encoding takes 6 to 31 times as long as merging the same text.
//!
//! # Embed it in a server
//!
//! A request body can change metadata fields, such as `user_metadata`, and attributes, such as
//! `name`. [`Plan::allow`](crate::resource::Plan::allow) takes the names that the caller may
//! change, and rejects a plan that changes another. `apply_text_checked` returns the updated text
//! and its violations, usually in one pass. The caller stores the text, or nothing:
//!
//! ```
//! use std::collections::HashMap;
//!
//! use metadata_merge::resource::USER;
//! use metadata_merge::{Error, ErrorKind, limits};
//! use serde_json::{Value, json};
//!
//! /// `PATCH /users/{id}`: a status, and the reply.
//! fn patch(users: &mut HashMap<String, String>, id: &str, body: &str) -> (u16, String) {
//!     let Some(user) = users.get_mut(id) else { return (404, "there is no such user".to_owned()) };
//!     let body: Value = match serde_json::from_str(body) {
//!         Ok(body) => body,
//!         Err(error) => return (400, error.to_string()),
//!     };
//!     // Without `allow`, a body could overwrite user_id or email_verified.
//!     let plan = USER.plan(body).and_then(|plan| plan.allow(&["name", "user_metadata"]));
//!     let checked = match plan.and_then(|plan| plan.apply_text_checked(limits::USER, user)) {
//!         Ok(checked) => checked,
//!         Err(error) => return reply(error),
//!     };
//!     match checked.accept() {
//!         Ok(accepted) => {
//!             user.clone_from(&accepted.text);
//!             (200, accepted.text)
//!         }
//!         Err(violations) => (400, json!(violations).to_string()),
//!     }
//! }
//!
//! /// An error never holds a value, so it can be sent.
//! fn reply(error: Error) -> (u16, String) {
//!     let status = match error.kind() {
//!         ErrorKind::NotAllowed => 403,
//!         _ if error.is_from_request() => 400,
//!         _ => 500,
//!     };
//!     (status, error.to_string())
//! }
//!
//! let jane = r#"{"email": "jane@example.com", "user_metadata": {"hobby": "surfing", "level": 1.50}}"#;
//! let mut users = HashMap::from([("auth0|1".to_owned(), jane.to_owned())]);
//!
//! let (status, stored) = patch(&mut users, "auth0|1", r#"{"user_metadata":{"hobby":null},"name":"Jane"}"#);
//! assert_eq!(status, 200);
//! assert_eq!(stored, r#"{"email": "jane@example.com", "user_metadata": { "level": 1.50},"name":"Jane"}"#);
//!
//! let (status, reply) = patch(&mut users, "auth0|1", r#"{"user_metadata": {"a.b": 1}}"#);
//! assert_eq!(status, 400);
//! assert!(reply.contains("key-characters"));
//! let (status, _) = patch(&mut users, "auth0|1", r#"{"email_verified": true}"#);
//! assert_eq!(status, 403);
//! assert_eq!(users["auth0|1"], stored);
//! ```
//!
//! If the caller may change every attribute, call
//! [`update_text_checked`](crate::resource::Resource::update_text_checked), which does not decode
//! the body.
//!
//! # Output
//!
//! Decoding the result gives the value of [`merge`](crate::merge()) for the decoded texts.
//! The text follows these rules:
//!
//! - A member that the patch does not name keeps its bytes, including whitespace, escape sequences
//!   and the digits of numbers.
//! - A member that the patch replaces keeps its position, its key and the whitespace before its
//!   value.
//! - New members follow in the order of the patch, with the whitespace before their keys.
//! - Members that are adjacent in an input keep the bytes between them. Otherwise one comma
//!   follows the earlier member, and the whitespace before the later key is kept.
//! - The document's text up to the opening brace, and after its last member, is kept. A result
//!   without members is `{}` alone.
//!
//! If a document has members and repeats no key, a patch that only removes missing keys leaves its
//! text unchanged.
//!
//! If a text repeats a root key, the last value counts, and the key is written once (rule
//! `repeated-key`). The key stays at the position of its last member, or of its first member if the
//! patch replaces the value. A syntax error in an ignored value is still an error. Keys are
//! compared after decoding: `"\u0061"` is `"a"`.
//!
//! # Accepted input
//!
//! A text is accepted if `serde_json` decodes it to a `Value` (rule `json-text`). That is RFC 8259
//! with two limits: surrogates must be paired, and nesting has at most 127 levels.
//!
//! Numbers are an exception: they are copied and never evaluated. `1e999` is accepted, although it
//! exceeds `f64`, and `1E0` is not rewritten. Keys such as `$serde_json::private::Number` have no
//! special meaning.

pub(crate) mod body;
pub(crate) mod input;
mod key;
mod list;
pub(crate) mod measure;
pub(crate) mod members;
pub(crate) mod repeats;
mod scan;
mod seen;
pub(crate) mod write;

use alloc::string::String;

use self::body::Body;
use self::input::{read, utf8, validate};
use self::write::write;
use crate::error::{Error, Input};

/// Applies `patch` to `target`, the document, and returns the result.
///
/// ```
/// use metadata_merge::text;
///
/// assert_eq!(text::merge(r#"{"a": 1, "b": 2}"#, r#"{"a": null, "b": 3}"#)?, r#"{ "b": 3}"#);
/// assert_eq!(text::merge(r#"{"a": 1}"#, "{}")?, "{}");
///
/// let error = text::merge("{\n  \"a\": 01\n}", "{}").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the document is not valid JSON at line 2, column 9: expected `,` or `}`, found a digit",
/// );
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Syntax`] if a text is not [accepted](self#accepted-input). [`Error::NotAnObject`] if it
/// is not an object. `target` is validated first.
///
/// # Complexity
///
/// O(n), where n is the number of bytes of both texts. Keys with colliding hashes, and repeated
/// keys, are sorted, in O(n log n).
///
/// If `patch` has at most 8 root keys and `target` at most 16, only the result is allocated, with
/// as many bytes as both texts. Otherwise an index of the keys takes up to about 100 bytes for
/// each, and a Bloom filter up to a quarter of the size of both texts. If `target` repeats a key,
/// the result is copied once.
pub fn merge(target: &str, patch: &str) -> Result<String, Error> {
    let mut merged = String::new();
    merge_into(target, patch, &mut merged)?;
    Ok(merged)
}

/// Merges as [`merge`] does, and appends the result to `out`, so that a buffer can be reused.
///
/// ```
/// use metadata_merge::text;
///
/// let mut reply = String::from(r#"{"user_metadata":"#);
/// text::merge_into(r#"{"a":1}"#, r#"{"b":2}"#, &mut reply)?;
/// reply.push('}');
/// assert_eq!(reply, r#"{"user_metadata":{"a":1,"b":2}}"#);
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// As [`merge`]; `out` is left unchanged.
///
/// # Complexity
///
/// As [`merge`]. If `out` has room for both texts, the result needs no allocation.
pub fn merge_into(target: &str, patch: &str, out: &mut String) -> Result<(), Error> {
    let mut body = Body::new(patch);
    let read = read(Input::Patch, &mut body);
    if read.is_err() || body.entries().is_empty() {
        validate(Input::Document, target)?; // the document is validated first
        return read.map(|()| out.push_str("{}")); // clear
    }
    write(Input::Document, target, &mut body, out)
}

/// Merges as [`merge`] does, and validates that both texts are UTF-8.
///
/// ```
/// use metadata_merge::text;
///
/// assert_eq!(text::merge_bytes(br#"{"a":1}"#, br#"{"b":2}"#)?, r#"{"a":1,"b":2}"#);
///
/// let error = text::merge_bytes(br#"{"a":1}"#, b"{\"name\":\"Z\xfcrich\"}").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the patch is not valid JSON at line 1, column 11: expected UTF-8, found an invalid byte",
/// );
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// As [`merge`]. [`Error::Syntax`] if a text is not UTF-8.
///
/// # Complexity
///
/// As [`merge`], with another pass over each text.
pub fn merge_bytes(target: &[u8], patch: &[u8]) -> Result<String, Error> {
    let target = utf8(Input::Document, target)?;
    match utf8(Input::Patch, patch) {
        Ok(patch) => merge(target, patch),
        Err(error) => validate(Input::Document, target).and(Err(error)),
    }
}
