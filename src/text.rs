//! The rules over JSON text: document and body in, new document out, and no tree in between.
//!
//! For a server that keeps documents as text. Both texts are checked in full, in one pass each, so that what is stored can be
//! read again; what the body does not name is copied as it stands, without looking at it twice.
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
//! # Embed it in a server
//!
//! A request does not come alone for one field: its body carries several, and other attributes.
//! [`Resource::update_text`](crate::resource::Resource::update_text) applies all of it, or nothing, to a resource that is
//! stored as text:
//!
//! ```
//! use std::collections::HashMap;
//!
//! use metadata_merge::resource::USER;
//!
//! /// `PATCH /users/{id}`: a status, and what to reply.
//! fn patch(users: &mut HashMap<String, String>, id: &str, body: &str) -> (u16, String) {
//!     let Some(user) = users.get_mut(id) else { return (404, "there is no such user".to_owned()) };
//!     match USER.update_text(user, body) {
//!         Ok(updated) => {
//!             user.clone_from(&updated);
//!             (200, updated)
//!         }
//!         // What is stored was written here, so it is the body that is refused. An error never holds a value.
//!         Err(error) => (400, error.to_string()),
//!     }
//! }
//!
//! let jane = r#"{"email": "jane.doe@example.com", "user_metadata": {"hobby": "surfing", "level": 1.50}}"#;
//! let mut users = HashMap::from([("auth0|1".to_owned(), jane.to_owned())]);
//!
//! let (status, reply) = patch(&mut users, "auth0|1", r#"{"user_metadata":{"hobby":null},"app_metadata":{"plan":"full"}}"#);
//! assert_eq!(status, 200);
//! assert_eq!(
//!     reply,
//!     r#"{"email": "jane.doe@example.com", "user_metadata": { "level": 1.50},"app_metadata":{"plan":"full"}}"#,
//! );
//!
//! let refused = patch(&mut users, "auth0|1", "{\n\"email\": \"new@example.com\",\n\"user_metadata\": {}");
//! assert_eq!(refused.0, 400);
//! assert_eq!(refused.1, "the body is not valid JSON at line 3, column 20: expected `,` or `}`, found the end of the text");
//! assert_eq!(users["auth0|1"], reply);
//! ```
//!
//! # What is written
//!
//! By value it is what decoding both, [`merge`](crate::merge) and encoding give. By text:
//!
//! - A member that the body does not name keeps its bytes: its key's escapes, its number's digits, its blanks.
//! - A member that the body replaces keeps its place, its key as it was written, and the blanks up to its value, which is then the
//!   body's.
//! - New members follow in the body's order, as the body writes them, from the comma or brace before their blanks to the end of
//!   their value.
//! - Between two members that were neighbours stands what stood between them; between others, a comma.
//! - Around the members stands what stood around them in the document, but a document without members is just `{}`.
//!
//! So a body that removes only keys which are not there leaves a document's text as it is, byte for byte, if it has members
//! and repeats none.
//!
//! Where a text repeats a root key, the last value counts, and the key is written once: in the place of its last, or, where the
//! body replaces it, of its first. What is wrong in a value that does not count is refused all the same. Keys are compared as what
//! they mean: `"\u0061"` is `"a"`.
//!
//! # What is accepted
//!
//! What `serde_json` decodes to a `Value`, which is RFC 8259 but for two things that trees cannot hold: lone surrogates
//! (`"\ud800"`), and more than 127 arrays and objects in one another.
//!
//! Numbers differ on purpose: their text is copied and never evaluated. So `1e999`, which is JSON but no `f64`, is accepted here, and
//! refused by a `serde_json` without its `arbitrary_precision`; `1E0` is not rewritten; and the private keys by which that
//! feature, and `raw_value`, mark values for trees mean nothing here.

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

/// Returns the text of the document in `target` as it is after a PATCH with the body in `patch`.
///
/// ```
/// use metadata_merge::text;
///
/// assert_eq!(text::merge(r#"{"a": 1, "b": 2}"#, r#"{"a": null, "b": 3}"#)?, r#"{ "b": 3}"#);
/// assert_eq!(text::merge(r#"{"a": 1}"#, "{}")?, "{}");
///
/// let error = text::merge("{\n  \"a\": 01\n}", "{}").unwrap_err();
/// assert_eq!(error.to_string(), "the document is not valid JSON at line 2, column 9: expected `,` or `}`, found a digit");
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Syntax`] if a text is not JSON as the [module](self) describes it, [`Error::NotAnObject`] if it is, but no object. The
/// target is judged first, in both respects.
///
/// # Complexity
///
/// One pass over either text, and a look-up a root key of the target. One allocation, of as many bytes as both texts have, if
/// the patch has no more than 8 root keys and the target no more than 16; beyond, some more for what finds keys again: some
/// dozen bytes for each root key of the target, about 90 for each of the patch, and up to a quarter of what both texts take. Keys
/// that were chosen to collide, or that repeat, are sorted: O(n log n) for n bytes of them. Where the target repeats one, that takes
/// a copy of the result and up to 150 bytes for each of its root keys.
pub fn merge(target: &str, patch: &str) -> Result<String, Error> {
    let mut merged = String::new();
    merge_into(target, patch, &mut merged)?;
    Ok(merged)
}

/// Appends to `out` what [`merge`] returns, so that a server can use one buffer again and again.
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
/// As [`merge`]; `out` then holds what it held.
///
/// # Complexity
///
/// As [`merge`], whose one allocation is left out where `out` has room for both texts.
pub fn merge_into(target: &str, patch: &str, out: &mut String) -> Result<(), Error> {
    let mut body = Body::new(patch);
    let read = read(Input::Patch, &mut body);
    if read.is_err() || body.entries().is_empty() {
        validate(Input::Document, target)?; // the document is validated first
        return read.map(|()| out.push_str("{}")); // clear
    }
    write(Input::Document, target, &mut body, out)
}

/// As [`merge`], for texts whose encoding is not known to be UTF-8.
///
/// ```
/// use metadata_merge::text;
///
/// assert_eq!(text::merge_bytes(br#"{"a":1}"#, br#"{"b":2}"#)?, r#"{"a":1,"b":2}"#);
///
/// let error = text::merge_bytes(br#"{"a":1}"#, b"{\"name\":\"Z\xfcrich\"}").unwrap_err();
/// assert_eq!(error.to_string(), "the patch is not valid JSON at line 1, column 11: expected UTF-8, found a byte outside ASCII");
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// As [`merge`], and [`Error::Syntax`] if a text is not UTF-8, which is judged before what it says.
///
/// # Complexity
///
/// As [`merge`], and another pass over either text.
pub fn merge_bytes(target: &[u8], patch: &[u8]) -> Result<String, Error> {
    let target = utf8(Input::Document, target)?;
    match utf8(Input::Patch, patch) {
        Ok(patch) => merge(target, patch),
        Err(error) => validate(Input::Document, target).and(Err(error)),
    }
}
