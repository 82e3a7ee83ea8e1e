//! Formats JSON as one line of limited length, with control and invisible characters escaped.

use core::fmt::{self, Write};

use serde_json::Value;

/// A JSON value, cut after `limit` characters. The limit also bounds the recursion depth.
pub(crate) struct Excerpt<'a> {
    value: &'a Value,
    limit: usize,
}

const SHORT: usize = 120;

impl<'a> Excerpt<'a> {
    /// Returns an excerpt for lists.
    pub(crate) fn short(value: &'a Value) -> Excerpt<'a> {
        Excerpt { value, limit: SHORT }
    }

    /// Returns an excerpt for a single value.
    #[cfg(feature = "conformance")]
    pub(crate) fn long(value: &'a Value) -> Excerpt<'a> {
        Excerpt { value, limit: 2_000 }
    }
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bounded(f, self.limit, |out| value(out, self.value))
    }
}

/// A key as JSON, cut after `SHORT` characters.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bounded(f, SHORT, |out| string(out, self.0))
    }
}

fn bounded<W: Write>(out: W, left: usize, write: impl FnOnce(&mut Bounded<W>) -> fmt::Result) -> fmt::Result {
    let mut text = Bounded { out, left, cut: false };
    match write(&mut text) {
        Err(fmt::Error) if text.cut => text.out.write_char('…'),
        done => done,
    }
}

/// Forwards `left` characters. Later writes return an error.
struct Bounded<W> {
    out: W,
    left: usize,
    cut: bool,
}

impl<W: Write> Write for Bounded<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| {
            if self.left == 0 {
                self.cut = true;
                return Err(fmt::Error);
            }
            self.left -= 1;
            self.out.write_char(character)
        })
    }
}

fn value(out: &mut impl Write, json: &Value) -> fmt::Result {
    match json {
        Value::Null => out.write_str("null"),
        Value::Bool(boolean) => write!(out, "{boolean}"),
        Value::Number(number) => write!(out, "{number}"),
        Value::String(text) => string(out, text),
        Value::Array(items) => {
            out.write_char('[')?;
            for (index, item) in items.iter().enumerate() {
                separate(out, index)?;
                value(out, item)?;
            }
            out.write_char(']')
        }
        Value::Object(members) => {
            out.write_char('{')?;
            for (index, (key, member)) in members.iter().enumerate() {
                separate(out, index)?;
                string(out, key)?;
                out.write_str(": ")?;
                value(out, member)?;
            }
            out.write_char('}')
        }
    }
}

fn separate(out: &mut impl Write, index: usize) -> fmt::Result {
    if index > 0 { out.write_str(", ") } else { Ok(()) }
}

fn string(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(out, "\\{character}")?,
            '\n' => out.write_str("\\n")?,
            '\t' => out.write_str("\\t")?,
            '\r' => out.write_str("\\r")?,
            _ if hidden(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            _ => out.write_char(character)?,
        }
    }
    out.write_char('"')
}

/// Returns whether to escape a character: control, bidirectional, combining and invisible
/// characters, and spaces other than U+0020.
///
/// `escape_debug` covers these, except for blank letters and symbols: Hangul fillers, the blank
/// Braille pattern and the null notehead. It also escapes quotes.
fn hidden(character: char) -> bool {
    let blank = matches!(character, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{1d159}');
    blank || character != '\'' && character.escape_debug().len() > 1
}
