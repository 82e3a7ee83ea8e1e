//! The root members of a valid text, with decoded keys.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::body::Body;
use super::input::read;
use super::seen::Seen;
use crate::error::{Error, Input};

/// Returns each root member of an object as decoded key and value text, in text order. For a
/// repeated key, returns the last member.
pub(crate) fn members(input: Input, text: &str) -> Result<Vec<(Cow<'_, str>, &str)>, Error> {
    let mut body = Body::new(text);
    read(input, &mut body)?;
    body.index(&mut Seen::new(text.len())); // repeated-key
    let counting = body.entries().iter().filter(|entry| !entry.is_shadowed());
    Ok(counting.map(|entry| (entry.key.decode(), entry.value(text))).collect())
}

/// Returns all root members, including repeated keys. Returns `None` if the text is not an object.
#[cfg(feature = "conformance")]
pub(crate) fn all_members(text: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let mut body = Body::new(text);
    read(Input::Document, &mut body).ok()?;
    Some(body.entries().iter().map(|entry| (entry.key.decode(), entry.value(text))).collect())
}
