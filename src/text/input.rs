//! Reads input texts and reports their errors.

use super::body::Body;
use super::measure::json_type;
use super::scan::Scanner;
use crate::error::{Error, Expected, Found, Input};

/// Reads the members of a body.
#[inline(never)]
pub(crate) fn read(input: Input, body: &mut Body<'_>) -> Result<(), Error> {
    let mut scanner = open(input, body.text)?;
    body.read(&mut scanner).map_err(|expected| syntax_error(input, body.text.as_bytes(), scanner.at(), expected))
}

/// Skips the opening brace of a text that must hold an object.
#[inline(always)]
pub(super) fn open(input: Input, text: &str) -> Result<Scanner<'_>, Error> {
    let mut scanner = Scanner::new(text);
    if scanner.open() { Ok(scanner) } else { Err(not_an_object(input, text)) }
}

/// Validates a text that must hold an object.
pub(crate) fn validate(input: Input, text: &str) -> Result<(), Error> {
    open(input, text)?;
    let mut scanner = Scanner::new(text);
    scanner.text().map_err(|expected| syntax_error(input, text.as_bytes(), scanner.at(), expected))
}

/// Validates the encoding of a text.
pub(super) fn utf8(input: Input, text: &[u8]) -> Result<&str, Error> {
    core::str::from_utf8(text).map_err(|error| syntax_error(input, text, error.valid_up_to(), Expected::Utf8))
}

/// Returns the error of a text that does not start with an opening brace.
#[cold]
fn not_an_object(input: Input, text: &str) -> Error {
    let mut scanner = Scanner::new(text);
    match scanner.text() {
        Ok(()) => Error::NotAnObject { input, found: json_type(text.trim_start()) },
        Err(expected) => syntax_error(input, text.as_bytes(), scanner.at(), expected),
    }
}

#[cold]
pub(super) fn syntax_error(input: Input, text: &[u8], at: usize, expected: Expected) -> Error {
    let before = text.get(..at).unwrap_or_default();
    let mut lines = before.rsplit(|&byte| byte == b'\n');
    let column = 1 + lines.next().map_or(0, <[u8]>::len);
    let found = if expected == Expected::Utf8 { Found::InvalidUtf8 } else { Found::of(text.get(at)) };
    Error::Syntax { input, line: 1 + lines.count(), column, expected, found }
}
