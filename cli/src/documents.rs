//! Reads JSON files and lines.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::str;

use metadata_merge::{Error, Input, JsonType, text};
use serde_json::{Map, Value};

/// Some editors write it before a text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// The fault of a text that starts with it.
pub(crate) const MARKED: &str = "starts with a byte order mark, which is not part of JSON: remove it";

pub(crate) const ONE_INPUT: &str = "only one of the files can be standard input";

const BEYOND_DOUBLES: &str = "expected a number in the range of a double, found a larger one";

/// A file that holds a JSON object.
pub struct Document {
    /// The name of the file, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
    /// Its value.
    pub object: Map<String, Value>,
}

/// Reads files of JSON objects. `-` is standard input.
///
/// # Errors
///
/// One line that names the file, and the position if it is not JSON. At most one file can be
/// standard input.
pub fn read<const N: usize>(paths: [&OsStr; N]) -> Result<[Document; N], String> {
    if paths.iter().filter(|path| **path == "-").count() > 1 {
        return Err(ONE_INPUT.to_owned());
    }
    let documents: Vec<Document> = paths.into_iter().map(document).collect::<Result<_, _>>()?;
    documents.try_into().map_err(|_| "cannot read all files".to_owned())
}

/// Reads files as [`read`] does. Rejects integers that `serde_json` rounds, because two of them
/// could compare as equal.
///
/// # Errors
///
/// The errors of [`read`], and an integer of more than 64 bits.
pub fn read_exact<const N: usize>(paths: [&OsStr; N]) -> Result<[Document; N], String> {
    let documents = read(paths)?;
    let wide = documents.iter().find_map(|document| Some((&document.name, wide_integer(&document.text)?)));
    match wide {
        Some((name, (line, column))) => Err(format!(
            "{name}: line {line}, column {column}: expected an integer of at most 64 bits, found a larger one"
        )),
        None => Ok(documents),
    }
}

fn document(path: &OsStr) -> Result<Document, String> {
    let name = file_name(path);
    let bytes = if path == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.map_err(|error| format!("{name}: {error}"))?;
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return Err(format!("{name}: {MARKED}"));
    }
    // The library also names the position of bytes that are not UTF-8.
    text::merge_bytes(&bytes, b"{}").map_err(|error| format!("{name}: {}", message(&error)))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))?;
    let object = serde_json::from_str(&text).map_err(|error| match find_number(&text, is_beyond_doubles) {
        Some((line, column)) => format!("{name}: line {line}, column {column}: {BEYOND_DOUBLES}"),
        None => format!("{name}: {error}"),
    })?;
    Ok(Document { name, text, object })
}

/// Returns the name of a file for messages.
pub(crate) fn file_name(path: &OsStr) -> String {
    if path == "-" { "standard input".to_owned() } else { path.to_string_lossy().escape_debug().to_string() }
}

/// Returns an error of a reconcile with the name of the file that causes it.
pub(crate) fn in_file(error: &Error, [base, mine, theirs]: [&Document; 3]) -> String {
    let (file, why) = match error {
        Error::Field { input, field, expected, found } => {
            let file = match input {
                Input::Base => base,
                Input::Mine => mine,
                _ => theirs,
            };
            (file, format!("the field {} must be {expected}, but is {found}", Value::from(field.as_str())))
        }
        // Only `mine` can ask for a null.
        other => (mine, other.to_string()),
    };
    format!("{}: {why}", file.name)
}

/// Returns the fault of a text that must hold a JSON object.
fn message(error: &Error) -> String {
    match error {
        Error::Syntax { line, column, expected, found, .. } => {
            format!("not JSON at line {line}, column {column}: expected {expected}, found {found}")
        }
        Error::NotAnObject { found, .. } => format!("must be a JSON object, but is {found}"),
        other => other.to_string(),
    }
}

impl Document {
    /// Returns the file and the position of the first integer of more than 64 bits.
    #[must_use]
    pub fn wide_integer(&self) -> Option<String> {
        let (line, column) = wide_integer(&self.text)?;
        Some(format!("{}: line {line}, column {column}", self.name))
    }
}

/// Returns the line and the column of the first integer of more than 64 bits.
pub(crate) fn wide_integer(text: &str) -> Option<(usize, usize)> {
    find_number(text, |number| {
        let wide = number.parse::<i64>().is_err() && number.parse::<u64>().is_err();
        wide && !number.contains(['.', 'e', 'E'])
    })
}

fn is_beyond_doubles(number: &str) -> bool {
    number.parse().is_ok_and(f64::is_infinite)
}

/// Returns the line and the column, in bytes, of the first number that is `wanted`.
fn find_number(text: &str, wanted: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let (mut line, mut line_start, mut rest) = (1, 0, text.bytes().enumerate().peekable());
    while let Some((start, byte)) = rest.next() {
        match byte {
            b'\n' => (line, line_start) = (line + 1, start + 1),
            b'"' => {
                while let Some((_, byte)) = rest.next().filter(|(_, byte)| *byte != b'"') {
                    if byte == b'\\' {
                        rest.next();
                    }
                }
            }
            b'-' | b'0'..=b'9' => {
                let mut end = start + 1;
                while let Some((at, _)) = rest.next_if(|(_, byte)| b"0123456789.+-eE".contains(byte)) {
                    end = at + 1;
                }
                if wanted(&text[start..end]) {
                    return Some((line, start - line_start + 1));
                }
            }
            _ => {}
        }
    }
    None
}

/// Parses a line of the adapter protocol, or returns its fault.
pub(crate) fn protocol_line(line: &[u8]) -> Result<Map<String, Value>, String> {
    // A form feed is ASCII whitespace, but not JSON whitespace.
    let Some(last) = line.iter().rposition(|byte| !b" \t\r\n".contains(byte)) else {
        return Err("expected a JSON object, found an empty line".to_owned());
    };
    let line = &line[..=last];
    match serde_json::from_slice(line) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(format!("expected a JSON object, found {}", JsonType::of(&other))),
        Err(error) => Err(match text::merge_bytes(line, b"{}") {
            Err(Error::Syntax { column, expected, found, .. }) => {
                format!("not JSON at column {column}: expected {expected}, found {found}")
            }
            _ => match str::from_utf8(line).ok().and_then(|line| find_number(line, is_beyond_doubles)) {
                Some((_, column)) => format!("column {column}: {BEYOND_DOUBLES}"),
                None => error.to_string(),
            },
        }),
    }
}
