//! Files of JSON as arguments.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};

use metadata_merge::{Error, Input, text};
use serde_json::{Map, Value};

/// What some editors write before a text.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Says what is wrong with a text that starts with it.
pub(crate) const MARKED: &str = "starts with a byte order mark, which is not part of JSON: remove it";

/// Says that two files cannot be standard input.
pub(crate) const ONE_INPUT: &str = "only one of the files can be standard input";

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
/// One line that names the file, and the position if it is not JSON. Two files that are standard
/// input are an error.
pub fn read<const N: usize>(paths: [&OsStr; N]) -> Result<[Document; N], String> {
    if paths.iter().filter(|path| **path == "-").count() > 1 {
        return Err(ONE_INPUT.to_owned());
    }
    let documents: Vec<Document> = paths.into_iter().map(document).collect::<Result<_, _>>()?;
    documents.try_into().map_err(|_| "cannot read all files".to_owned())
}

/// Reads files as [`read`] does, and rejects integers that `serde_json` rounds, since they would
/// compare wrongly.
///
/// # Errors
///
/// As [`read`], and if a file holds an integer of more than 64 bits.
pub fn read_exact<const N: usize>(paths: [&OsStr; N]) -> Result<[Document; N], String> {
    let documents = read(paths)?;
    match documents.iter().find_map(Document::wide_integer) {
        Some(found) => Err(format!("{found}, which this command cannot compare")),
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
    // The library names the position in bytes, also of bytes that are not UTF-8.
    text::merge_bytes(&bytes, b"{}").map_err(|error| format!("{name}: {}", message(&error)))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))?;
    // What is left are numbers that no double holds.
    let object = serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
    Ok(Document { name, text, object })
}

/// Returns the name of a file for messages.
pub(crate) fn file_name(path: &OsStr) -> String {
    if path == "-" { "standard input".to_owned() } else { path.to_string_lossy().escape_debug().to_string() }
}

/// Names the file that an error of a reconcile is about. The files are those of `base`, `mine` and
/// `theirs`.
pub(crate) fn in_file(error: &Error, [base, mine, theirs]: [&Document; 3]) -> String {
    let (file, what) = match error {
        Error::Field { input, field, expected, found } => {
            let file = match input {
                Input::Base => base,
                Input::Mine => mine,
                _ => theirs,
            };
            (file, format!("the field {} must be {expected}, but is {found}", Value::from(field.as_str())))
        }
        // The only one who wants a key to be null is `mine`.
        other => (mine, other.to_string()),
    };
    format!("{}: {what}", file.name)
}

/// Says what is wrong with a text that must hold a JSON object.
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
    /// Returns the position of the first integer of more than 64 bits, as the beginning of a
    /// message.
    #[must_use]
    pub fn wide_integer(&self) -> Option<String> {
        let (line, column) = wide_integer(&self.text)?;
        Some(format!("{}: an integer of more than 64 bits at line {line}, column {column}", self.name))
    }
}

/// Returns the line and the column of the first integer of more than 64 bits.
pub(crate) fn wide_integer(text: &str) -> Option<(usize, usize)> {
    let (mut line, mut line_start, mut rest) = (1, 0, text.char_indices().peekable());
    while let Some((start, character)) = rest.next() {
        match character {
            '\n' => (line, line_start) = (line + 1, start + 1),
            '"' => {
                while let Some((_, character)) = rest.next().filter(|(_, character)| *character != '"') {
                    if character == '\\' {
                        rest.next();
                    }
                }
            }
            '-' | '0'..='9' => {
                let mut end = start + 1;
                while let Some((at, _)) = rest.next_if(|(_, character)| "0123456789.+-eE".contains(*character)) {
                    end = at + 1;
                }
                let number = &text[start..end];
                let wide = number.parse::<i64>().is_err() && number.parse::<u64>().is_err();
                if wide && !number.contains(['.', 'e', 'E']) {
                    return Some((line, text[line_start..start].chars().count() + 1));
                }
            }
            _ => {}
        }
    }
    None
}
