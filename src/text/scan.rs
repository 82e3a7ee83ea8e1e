//! The scanner: where the root members of a JSON text stand, and where a text that is not JSON goes wrong.
//!
//! It decodes nothing and keeps nothing but a position. The grammar is RFC 8259's as `serde_json` reads it into a `Value`: surrogates
//! must pair, and arrays and objects stand in one another [`DEPTH`] levels deep at most.
//!
//! What it costs is decisions, so there are few: most bytes are passed eight at a time, and blanks are looked for only where
//! something else than a token stands.

use super::key::Key;
use crate::Wanted;

/// How many levels of arrays and objects a text may have. `serde_json` counts from 128 down, and refuses at 0.
const DEPTH: u32 = 127;

/// Where a root member stands in its text.
#[derive(Clone, Copy, Default)]
pub(super) struct Member {
    /// Behind the brace or comma in front of it.
    pub(super) start: usize,
    /// Behind the opening quote of its key.
    key: usize,
    /// The closing quote of its key.
    key_end: usize,
    /// Whether there are backslashes in its key.
    escaped: bool,
    /// The first byte of its value.
    pub(super) value: usize,
    /// Behind its value.
    pub(super) end: usize,
}

impl Member {
    /// The key, given the member's text.
    #[inline]
    pub(super) fn key<'a>(&self, text: &'a str) -> Key<'a> {
        Key { written: text.as_bytes().get(self.key..self.key_end).unwrap_or_default(), escaped: self.escaped }
    }

    /// Whether the value is null.
    #[inline]
    pub(super) fn is_null(&self, text: &str) -> bool {
        text.as_bytes().get(self.value) == Some(&b'n')
    }
}

/// A position in a text. When a method is in error, it is that of the first byte that cannot stand where it does.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    pub(super) at: usize,
}

/// Or what is wanted instead of what stands here.
type Passed<T = ()> = Result<T, Wanted>;

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text: text.as_bytes(), at: 0 }
    }

    /// Passes a whole text: `ws value ws`.
    pub(super) fn text(&mut self) -> Passed {
        self.token();
        self.value(0)?;
        self.end()
    }

    /// Passes the opening brace of a root object, if that is what the text has.
    pub(super) fn open(&mut self) -> bool {
        let open = self.token() == b'{';
        self.at += usize::from(open);
        open
    }

    /// Passes the next member of the root object, of which nothing or another member was passed before; none if the object ends,
    /// and the text.
    #[inline(always)]
    pub(super) fn member(&mut self, first: bool) -> Passed<Option<Member>> {
        let mut start = self.at;
        let mut token = self.token();
        if token == b'}' {
            self.at += 1;
            return self.end().map(|()| None);
        }
        if !first {
            if token != b',' {
                return Err(Wanted::CommaOrBrace);
            }
            self.at += 1;
            start = self.at;
            token = self.token();
        }
        if token != b'"' {
            return Err(if first { Wanted::KeyOrBrace } else { Wanted::Key });
        }
        let key = self.at + 1;
        let escaped = self.string()?;
        let key_end = self.at - 1;
        self.colon()?;
        let value = self.at;
        self.value(1)?;
        Ok(Some(Member { start, key, key_end, escaped, value, end: self.at }))
    }

    /// `ws`, and then nothing.
    fn end(&mut self) -> Passed {
        self.token();
        if self.at < self.text.len() { Err(Wanted::End) } else { Ok(()) }
    }

    /// Passes a value that stands in so many levels of others.
    #[inline(always)]
    fn value(&mut self, level: u32) -> Passed {
        match self.byte() {
            b'{' | b'[' => self.out_of_line(|scanner| scanner.container(level)),
            byte => self.scalar(byte),
        }
    }

    /// Passes an array or an object, with everything in it.
    #[inline(always)]
    fn container(&mut self, level: u32) -> Passed {
        // What is around, innermost lowest: a bit each, set for an object, below a leading one.
        let mut around = 1_u128;
        let full = 1 << (DEPTH - level);
        let mut token = self.byte();
        loop {
            // A value starts with this token ...
            match token {
                b'{' | b'[' => {
                    if around >= full {
                        return Err(Wanted::LessDepth);
                    }
                    let object = token == b'{';
                    around = around << 1 | u128::from(object);
                    self.at += 1;
                    token = self.token();
                    if object && token == b'"' {
                        token = self.key()?;
                        continue;
                    } else if object && token != b'}' {
                        return Err(Wanted::KeyOrBrace);
                    } else if !object && token != b']' {
                        continue;
                    }
                }
                _ => {
                    self.scalar(token)?;
                    token = self.token();
                }
            }
            // ... and this one is behind a value, or closes what has none.
            loop {
                let object = around & 1 == 1;
                if token == b',' {
                    self.at += 1;
                    token = self.token();
                    if object {
                        if token != b'"' {
                            return Err(Wanted::Key);
                        }
                        token = self.key()?;
                    }
                    break;
                }
                if token != if object { b'}' } else { b']' } {
                    return Err(if object { Wanted::CommaOrBrace } else { Wanted::CommaOrBracket });
                }
                self.at += 1;
                around >>= 1;
                if around == 1 {
                    return Ok(());
                }
                token = self.token();
            }
        }
    }

    /// `string ws ":" ws`; returns the token behind it.
    #[inline(always)]
    fn key(&mut self) -> Passed<u8> {
        self.string()?;
        self.colon()
    }

    /// `ws ":" ws`; returns the token behind it.
    #[inline(always)]
    fn colon(&mut self) -> Passed<u8> {
        if self.token() != b':' {
            return Err(Wanted::Colon);
        }
        self.at += 1;
        Ok(self.token())
    }

    /// Passes a value that starts with this byte and is no container.
    #[inline(always)]
    fn scalar(&mut self, byte: u8) -> Passed {
        match byte {
            b'"' => self.string().map(|_| ()),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => Err(Wanted::Value),
        }
    }

    /// `'"' *char '"'`; returns whether there are escapes in it.
    #[inline(always)]
    fn string(&mut self) -> Passed<bool> {
        self.at += 1;
        let mut escaped = false;
        loop {
            let stop = match self.word() {
                Some(word) => {
                    // A quote is 0x22: with that bit flipped, it and the control characters are all that is below 0x21. A borrow
                    // may flag bytes behind a flagged one, but none in front of it.
                    let flipped = word ^ (EACH * 0x02);
                    let slashed = word ^ (EACH * b'\\' as u64);
                    let stops = (flipped.wrapping_sub(EACH * 0x21) | slashed.wrapping_sub(EACH)) & !word & HIGH;
                    if stops == 0 {
                        self.at += 8;
                        continue;
                    }
                    self.at += first(stops);
                    (word >> (8 * first(stops))) as u8
                }
                None => self.byte(),
            };
            match stop {
                b'"' => {
                    self.at += 1;
                    return Ok(escaped);
                }
                b'\\' => {
                    escaped = true;
                    self.out_of_line(Scanner::escape)?;
                }
                ..0x20 => return Err(Wanted::StringCharacter),
                _ => self.at += 1,
            }
        }
    }

    /// `\" \\ \/ \b \f \n \r \t \uXXXX`, or two of the last that are a surrogate pair.
    fn escape(&mut self) -> Passed {
        let start = self.at;
        self.at += 1;
        match self.byte() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.at += 1;
                return Ok(());
            }
            b'u' => self.at += 1,
            _ => return Err(Wanted::Escape),
        }
        match self.hex()? {
            0xDC00..=0xDFFF => {
                self.at = start;
                return Err(Wanted::FirstSurrogate);
            }
            0xD800..=0xDBFF => {
                let second = self.at;
                for byte in *b"\\u" {
                    if self.byte() != byte {
                        return Err(Wanted::SecondSurrogate);
                    }
                    self.at += 1;
                }
                if !matches!(self.hex()?, 0xDC00..=0xDFFF) {
                    self.at = second;
                    return Err(Wanted::SecondSurrogate);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Passed<u32> {
        (0..4).try_fold(0, |unit, _| {
            let digit = char::from(self.byte()).to_digit(16).ok_or(Wanted::HexDigit)?;
            self.at += 1;
            Ok(unit * 16 + digit)
        })
    }

    /// `["-"] ("0" / digit1-9 *digit) ["." 1*digit] [("e" / "E") ["+" / "-"] 1*digit]`
    #[inline(always)]
    fn number(&mut self) -> Passed {
        // Most numbers are short integers, which one word tells.
        if let Some(word) = self.word() {
            let stops = not_digits(word);
            let count = first(stops);
            let stop = (word >> (8 * (count & 7))) as u8;
            let integer = stops != 0 && (count == 1 || (count > 1 && word as u8 != b'0'));
            if integer && !matches!(stop, b'.' | b'e' | b'E') {
                self.at += count;
                return Ok(());
            }
        }
        self.out_of_line(Scanner::any_number)
    }

    fn any_number(&mut self) -> Passed {
        self.at += usize::from(self.byte() == b'-');
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), b'+' | b'-'));
            self.digits()?;
        }
        Ok(())
    }

    /// `1*digit`
    fn digits(&mut self) -> Passed {
        if !self.byte().is_ascii_digit() {
            return Err(Wanted::Digit);
        }
        while let Some(word) = self.word() {
            let stops = not_digits(word);
            if stops != 0 {
                self.at += first(stops);
                return Ok(());
            }
            self.at += 8;
        }
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }

    #[inline(always)]
    fn literal<const N: usize>(&mut self, literal: &[u8; N]) -> Passed {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(literal)) {
            self.at += N;
            return Ok(());
        }
        self.at += literal
            .iter()
            .enumerate()
            .take_while(|&(place, byte)| self.text.get(self.at + place) == Some(byte))
            .count();
        Err(Wanted::Literal)
    }

    /// Passes `ws`, and returns the byte behind it.
    #[inline(always)]
    fn token(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' {
            return byte;
        }
        let _ = self.out_of_line(Scanner::blanks);
        self.byte()
    }

    /// `*(" " / "\n" / "\r" / "\t")`
    fn blanks(&mut self) -> Passed {
        loop {
            if self.byte() == b' ' {
                // An indented line starts with many.
                match self.word() {
                    Some(SPACES) => self.at += 8,
                    Some(word) => self.at += first(word ^ SPACES),
                    None => self.at += 1,
                }
            } else if matches!(self.byte(), b'\n' | b'\r' | b'\t') {
                self.at += 1;
            } else {
                return Ok(());
            }
        }
    }

    /// What is seldom needed, as a call by value, so that the position may stay in a register.
    #[inline(always)]
    fn out_of_line(&mut self, pass: impl FnOnce(&mut Scanner<'a>) -> Passed) -> Passed {
        #[inline(never)]
        fn call<'a>(mut scanner: Scanner<'a>, pass: impl FnOnce(&mut Scanner<'a>) -> Passed) -> (usize, Passed) {
            let passed = pass(&mut scanner);
            (scanner.at, passed)
        }
        let passed;
        (self.at, passed) = call(*self, pass);
        passed
    }

    /// The byte here. At the end of the text it is one that the grammar has no use for, so that nobody need ask for the end.
    #[inline(always)]
    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    /// The eight bytes here, the first one lowest.
    #[inline(always)]
    fn word(&self) -> Option<u64> {
        Some(u64::from_le_bytes(*self.text.get(self.at..)?.first_chunk()?))
    }
}

/// A one in each byte of a word.
const EACH: u64 = u64::MAX / 255;
/// The highest bit of each byte of a word.
const HIGH: u64 = EACH << 7;
const SPACES: u64 = EACH * b' ' as u64;

/// The number of the first byte in which a bit is set; 8 if there is none.
#[inline(always)]
fn first(flags: u64) -> usize {
    (flags.trailing_zeros() / 8) as usize
}

/// Flags the first byte that is no digit, and perhaps others behind it.
#[inline(always)]
fn not_digits(word: u64) -> u64 {
    // A digit's upper half is 3, so 0 to 9 is left of it; all else reaches the highest bit when 0x76 is added, or has it.
    let digits = word ^ (EACH * b'0' as u64);
    (digits.wrapping_add(EACH * (0x80 - 10)) | digits) & HIGH
}
