//! The expectation of a syntax error, and the byte that was found.

use core::fmt;

/// The token that was expected at an [`Error::Syntax`](super::Error::Syntax).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expected {
    /// A value.
    Value,
    /// The rest of `true`, `false` or `null`.
    Literal,
    /// A digit of a number.
    Digit,
    /// The key of the next member.
    Key,
    /// The key of the first member, or the end of the object.
    KeyOrBrace,
    /// The colon after a key.
    Colon,
    /// Another member, or the end of the object.
    CommaOrBrace,
    /// Another item, or the end of the array.
    CommaOrBracket,
    /// The closing quote of a string, an escape sequence, or a character that needs none.
    StringCharacter,
    /// A character that may follow a backslash.
    Escape,
    /// One of the four digits of a `\u` escape sequence.
    HexDigit,
    /// A high surrogate before a low one.
    FirstSurrogate,
    /// A low surrogate after a high one.
    SecondSurrogate,
    /// A value that is nested at most 127 levels deep.
    DepthLimit,
    /// The end of the text.
    End,
    /// UTF-8.
    Utf8,
}

/// Writes a noun phrase, such as `a value`.
impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Expected::Value => "a value",
            Expected::Literal => "the rest of `true`, `false` or `null`",
            Expected::Digit => "a digit",
            Expected::Key => "a double-quoted key",
            Expected::KeyOrBrace => "a double-quoted key or `}`",
            Expected::Colon => "`:`",
            Expected::CommaOrBrace => "`,` or `}`",
            Expected::CommaOrBracket => "`,` or `]`",
            Expected::StringCharacter => "`\"`, an escape sequence or a character that needs none",
            Expected::Escape => "one of `\"\\/bfnrtu`",
            Expected::HexDigit => "a hexadecimal digit",
            Expected::FirstSurrogate => "the first half of a surrogate pair",
            Expected::SecondSurrogate => "the second half of a surrogate pair",
            Expected::DepthLimit => "at most 127 levels of arrays and objects",
            Expected::End => "the end of the text",
            Expected::Utf8 => "UTF-8",
        })
    }
}

/// The kind of the byte at an [`Error::Syntax`](super::Error::Syntax).
///
/// Only JSON punctuation is held as it is. Any other byte may be part of a value, and errors never
/// hold values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Found {
    /// The end of the text.
    End,
    /// A brace, a bracket, a comma, a colon, a quote or a backslash.
    Mark(char),
    /// An ASCII letter.
    Letter,
    /// A digit.
    Digit,
    /// A space.
    Space,
    /// A control character, such as a tab or a line feed.
    Control,
    /// Another ASCII character.
    Symbol,
    /// A character outside ASCII.
    NonAscii,
    /// A byte that is not UTF-8.
    InvalidUtf8,
}

impl Found {
    pub(crate) fn of(byte: Option<&u8>) -> Found {
        match byte {
            None => Found::End,
            Some(byte @ (b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"' | b'\\')) => Found::Mark(char::from(*byte)),
            Some(b'a'..=b'z' | b'A'..=b'Z') => Found::Letter,
            Some(b'0'..=b'9') => Found::Digit,
            Some(b' ') => Found::Space,
            Some(byte) if byte.is_ascii_control() => Found::Control,
            Some(byte) if byte.is_ascii() => Found::Symbol,
            Some(_) => Found::NonAscii,
        }
    }
}

/// Writes a noun phrase, such as `a letter`.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Found::End => "the end of the text",
            Found::Mark(mark) => return write!(f, "`{mark}`"),
            Found::Letter => "a letter",
            Found::Digit => "a digit",
            Found::Space => "a space",
            Found::Control => "a control character",
            Found::Symbol => "a symbol",
            Found::NonAscii => "a character outside ASCII",
            Found::InvalidUtf8 => "an invalid byte",
        })
    }
}
