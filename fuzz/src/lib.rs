//! An input is text that a person can read and write: one JSON value a line, or two texts with a line of three dashes between
//! them. And what the targets of text hold in the same way.

use metadata_merge::Error;
use serde_json::Value;

/// The JSON values in the first `N` lines; none if there are fewer, or one of them is not JSON.
pub fn lines<const N: usize>(input: &[u8]) -> Option<[Value; N]> {
    let mut lines = input.split(|byte| *byte == b'\n').map(serde_json::from_slice);
    let mut values = [const { Value::Null }; N];
    for value in &mut values {
        *value = lines.next()?.ok()?;
    }
    Some(values)
}

/// What stands between two texts.
pub const BETWEEN: &str = "\n---\n";

/// Whether a tree alone refuses the text, for a number beyond `f64`.
pub fn beyond_f64(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}

/// Appending to a buffer does what returning does: the same text behind what is there, or the same error and no text.
pub fn appends(returned: &Result<String, Error>, append: impl FnOnce(&mut String) -> Result<(), Error>) {
    let mut out = String::from("before");
    let done = append(&mut out);
    let written = returned.as_deref().unwrap_or_default();
    assert_eq!((out.strip_prefix("before"), done), (Some(written), returned.clone().map(drop)));
}
