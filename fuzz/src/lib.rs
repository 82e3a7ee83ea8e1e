//! An input is text that a person can read and write: one JSON value per line, or two texts that are
//! separated by a line of three dashes. Any other input is the choices of a sample.

use libfuzzer_sys::arbitrary::Unstructured;
use metadata_merge::Error;
use metadata_merge::laws::{Profile, Sample};
use serde_json::Value;

/// Returns the JSON values of the first `N` lines, or nothing if one of them is missing or not JSON.
pub fn lines<const N: usize>(input: &[u8]) -> Option<[Value; N]> {
    let mut lines = input.split(|byte| *byte == b'\n').map(serde_json::from_slice);
    let mut values = [const { Value::Null }; N];
    for value in &mut values {
        *value = lines.next()?.ok()?;
    }
    Some(values)
}

/// Returns the sample that the bytes choose. It may hold any number of up to 64 bits.
pub fn sample(input: &[u8]) -> Sample {
    let mut bytes = Unstructured::new(input);
    let below = |bound| bytes.int_in_range(0..=bound - 1).unwrap_or(0);
    Sample::generate(Profile::new().with_exact_numbers(), below)
}

/// Separates two texts.
pub const SEPARATOR: &str = "\n---\n";

/// Returns whether only a tree rejects the text, because a number is beyond the range of `f64`.
pub fn is_beyond_f64(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}

/// Asserts that appending to a buffer gives the same as returning: the same text after the old content, or the same error and no
/// text.
pub fn assert_appends(returned: &Result<String, Error>, append: impl FnOnce(&mut String) -> Result<(), Error>) {
    let mut out = String::from("before");
    let done = append(&mut out);
    let written = returned.as_deref().unwrap_or_default();
    assert_eq!((out.strip_prefix("before"), done), (Some(written), returned.clone().map(|_| ())));
}
