//! An input is text that a person can read and write: one JSON value a line.

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
