//! Standard output and standard error.

use std::io::{self, Write};

use metadata_merge::conformance::Outcome;
use serde_json::{Map, Value};

/// Prints a text and a line feed to standard output. A reader that closes it early is not an error.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn print(text: &str) -> Result<(), String> {
    let mut output = io::stdout().lock();
    match writeln!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(()),
    }
}

/// Prints a line to standard error. Failures are ignored, because there is no place to report them.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints a body, if there is one.
///
/// # Errors
///
/// As [`print()`].
pub fn print_body(body: Option<Map<String, Value>>) -> Result<(), String> {
    body.map_or(Ok(()), |body| print(&format!("{:#}", Value::Object(body))))
}

/// Returns foreign text as one line that is safe to print. It is cut, and control characters and
/// invisible characters are escaped.
#[must_use]
pub fn escaped(text: &str) -> String {
    // `Outcome` escapes a JSON string in this way.
    let quoted = Outcome::Result(text.into()).to_string();
    let inside = quoted.strip_prefix('"').unwrap_or(&quoted);
    // A cut string has no closing quote.
    let inside = inside.strip_suffix('"').unwrap_or(inside);
    inside.replace("\\\"", "\"").replace("\\\\", "\\")
}
