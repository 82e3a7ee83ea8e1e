//! Computes the type, size and depth of a valid JSON value from its text.

use super::key::decoded;
use super::scan::Scanner;
use crate::error::JsonType;

/// Returns the type of the value at the start of `text`.
pub(crate) fn json_type(text: &str) -> JsonType {
    match text.bytes().next().unwrap_or(0) {
        b'{' => JsonType::Object,
        b'[' => JsonType::Array,
        b'"' => JsonType::String,
        b't' | b'f' => JsonType::Boolean,
        b'n' => JsonType::Null,
        _ => JsonType::Number,
    }
}

/// Returns the value at the start of `text`. Other text may follow it.
pub(crate) fn first_value(text: &str) -> &str {
    let mut scanner = Scanner::new(text);
    let _ = scanner.whole(); // the value is valid
    text.get(..scanner.at()).unwrap_or_default()
}

/// Returns the size of `value` in bytes, without insignificant whitespace.
pub(crate) fn compact_size(value: &str) -> usize {
    if is_scalar(value) {
        return value.len();
    }
    let mut whitespace = 0;
    for_each_outer_byte(value, |byte| whitespace += usize::from(matches!(byte, b' ' | b'\t' | b'\n' | b'\r')));
    value.len() - whitespace
}

/// Returns the nesting depth: 0 for a scalar, 1 for a container of scalars.
pub(crate) fn depth(value: &str) -> usize {
    if is_scalar(value) {
        return 0;
    }
    let (mut level, mut deepest) = (0_usize, 0);
    for_each_outer_byte(value, |byte| match byte {
        b'{' | b'[' => {
            level += 1;
            deepest = deepest.max(level);
        }
        b'}' | b']' => level = level.saturating_sub(1),
        _ => {}
    });
    deepest
}

/// Returns the text between the quotes of a string, or `None` for any other value.
pub(crate) fn string(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// Returns the number of characters of a string whose text between its quotes is `written`.
pub(crate) fn characters(written: &str) -> usize {
    decoded(written.as_bytes()).filter(|byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

/// Returns whether a text is a scalar without whitespace around it.
#[inline]
pub(crate) fn is_scalar(value: &str) -> bool {
    !matches!(value.bytes().next(), Some(b'{' | b'[' | b' ' | b'\t' | b'\n' | b'\r'))
}

/// Calls `each` with every byte that is not inside a string.
fn for_each_outer_byte(value: &str, mut each: impl FnMut(u8)) {
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'"' {
            while let Some(byte) = bytes.next() {
                match byte {
                    b'"' => break,
                    b'\\' => {
                        bytes.next();
                    }
                    _ => {}
                }
            }
        } else {
            each(byte);
        }
    }
}
