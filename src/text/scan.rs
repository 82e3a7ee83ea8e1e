//! Finds the root members of a JSON text, or the offset of the first syntax error.
//!
//! The scanner does not decode, and its only state is its offset. [`text`](super) describes the
//! grammar.
//!
//! Branch mispredictions dominate the time, so there are few branches. Most bytes are skipped
//! eight at a time. The hot methods are `#[inline(always)]`. Rare paths take a copy of
//! the cursor ([`Scanner::out_of_line`]), so that it stays in registers. SIMD through a safe crate
//! was measured and is not faster, because most strings are short.

use super::key::{Hash, Key};
use crate::error::Expected;

/// The offsets of a root member in its text.
#[derive(Clone, Copy, Default)]
pub(super) struct Member {
    /// The offset after the brace or comma before it.
    pub(super) start: usize,
    /// The offset of its value.
    pub(super) value: usize,
    /// The offset after its value.
    pub(super) end: usize,
}

impl Member {
    /// Returns the text of its value, given the text that the member is part of.
    #[inline]
    pub(super) fn value_in<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.value..self.end).unwrap_or_default()
    }
}

/// A cursor over the rest of a text. After an error, it is at the offending byte.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'a> {
    rest: &'a [u8],
    length: usize,
}

/// The result of scanning, or the token that the grammar expects at the current byte.
pub(super) type Scanned<T = ()> = Result<T, Expected>;

/// A stack of open containers, the innermost in the lowest bit: 1 for an object, 0 for an array.
/// The leading 1 marks the bottom. If it reaches the highest bit, the stack is full.
type Stack = u128;

/// The nesting depth of an object whose members are scanned one by one.
#[derive(Clone, Copy)]
pub(super) enum Depth {
    /// The object is the whole text.
    Root,
    /// The object is the value of a root member.
    Member,
}

impl Depth {
    /// Returns the stack for the values of this object.
    #[inline(always)]
    fn stack(self) -> Stack {
        match self {
            Depth::Root => 0b11,
            Depth::Member => 0b111,
        }
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { rest: text.as_bytes(), length: text.len() }
    }

    /// Returns the offset.
    #[inline(always)]
    pub(super) fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    #[inline(always)]
    pub(super) fn seek(&mut self, at: usize) {
        self.advance(at - self.at());
    }

    /// Skips a whole text: `ws value ws`.
    pub(super) fn text(&mut self) -> Scanned {
        self.whole()?;
        self.end()
    }

    /// Skips a value that is in no object: `ws value`.
    pub(super) fn whole(&mut self) -> Scanned {
        let token = self.token();
        self.value_in(token, 1)
    }

    /// Skips the opening brace of an object. Returns whether there is one.
    #[inline(always)]
    pub(super) fn open(&mut self) -> bool {
        self.token();
        self.skip(b"{")
    }

    /// Skips to the first key of an object whose opening brace was skipped. Returns the start of
    /// its member, or `None` after the closing brace.
    #[inline(always)]
    pub(super) fn first(&mut self) -> Scanned<Option<usize>> {
        let start = self.at();
        match self.token() {
            b'"' => {
                self.advance(1);
                Ok(Some(start))
            }
            b'}' => {
                self.advance(1);
                Ok(None)
            }
            _ => Err(Expected::KeyOrBrace),
        }
    }

    /// Skips to the next key of an object after a member. Returns the start of its member, or
    /// `None` after the closing brace.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Scanned<Option<usize>> {
        let comma = self.at();
        if self.skip(b",\"") {
            return Ok(Some(comma + 1));
        }
        match self.token() {
            b',' => {
                self.advance(1);
                let start = self.at();
                self.quote()?;
                Ok(Some(start))
            }
            b'}' => {
                self.advance(1);
                Ok(None)
            }
            _ => Err(Expected::CommaOrBrace),
        }
    }

    /// Skips a key whose opening quote was skipped, and its colon: `*char '"' ws ":"`.
    #[inline(always)]
    pub(super) fn key(&mut self) -> Scanned<Key<'a>> {
        let (key, mut hash) = (self.rest, Hash::default());
        self.plain(|word| hash.add(word));
        let mut length = key.len() - self.rest.len();
        let mut escaped = false;
        if !self.skip(b"\":") {
            escaped = self.string_end()?;
            length = key.len() - self.rest.len() - 1;
            self.colon()?;
        }
        Ok(Key::new(key.get(..length).unwrap_or_default(), if escaped { None } else { Some(hash) }))
    }

    /// Skips the rest of a root member after its opening quote. Returns its offsets, its key and
    /// its value's first byte.
    #[inline(always)]
    pub(super) fn member(&mut self, start: usize) -> Scanned<(Member, Key<'a>, u8)> {
        let key = self.key()?;
        let token = self.token();
        let value = self.at();
        self.value(token, Depth::Root)?;
        Ok((Member { start, value, end: self.at() }, key, token))
    }

    /// Skips a value. `token` is its first byte.
    #[inline(always)]
    pub(super) fn value(&mut self, token: u8, depth: Depth) -> Scanned {
        self.value_in(token, depth.stack())
    }

    /// Skips whitespace. Returns an error unless the text ends there.
    #[inline(always)]
    pub(super) fn end(&mut self) -> Scanned {
        if !self.rest.is_empty() {
            self.token();
        }
        if self.rest.is_empty() { Ok(()) } else { Err(Expected::End) }
    }

    #[inline(always)]
    fn value_in(&mut self, token: u8, outside: Stack) -> Scanned {
        if is_open(token) {
            return self.out_of_line(move |scanner| scanner.container(token, outside));
        }
        self.scalar(token)
    }

    /// Skips an array or an object. `token` is its first byte.
    #[inline(always)]
    fn container(&mut self, mut token: u8, outside: Stack) -> Scanned {
        let mut stack = outside;
        loop {
            // `token` is the first byte of a value.
            if is_open(token) {
                if stack.leading_zeros() == 0 {
                    return Err(Expected::DepthLimit);
                }
                let object = token == b'{';
                stack = stack << 1 | Stack::from(object);
                self.advance(1);
                token = self.token();
                if object && token == b'"' {
                    self.advance(1);
                    token = self.nested_key()?;
                    continue;
                } else if object && token != b'}' {
                    return Err(Expected::KeyOrBrace);
                } else if !object && token != b']' {
                    continue;
                }
                // The container is empty, so the loop below ends it.
            } else {
                self.scalar(token)?;
            }
            // The value has ended. Now its container continues or ends.
            token = loop {
                if stack & 1 == 1 {
                    if self.skip(b",\"") {
                        break self.nested_key()?;
                    }
                    match self.token() {
                        b',' => {
                            self.advance(1);
                            self.quote()?;
                            break self.nested_key()?;
                        }
                        b'}' => {}
                        _ => return Err(Expected::CommaOrBrace),
                    }
                } else {
                    match self.token() {
                        b',' => {
                            self.advance(1);
                            break self.token();
                        }
                        b']' => {}
                        _ => return Err(Expected::CommaOrBracket),
                    }
                }
                self.advance(1);
                stack >>= 1;
                if stack == outside {
                    return Ok(());
                }
            };
        }
    }

    /// `ws '"'`
    #[inline(always)]
    fn quote(&mut self) -> Scanned {
        if self.token() != b'"' {
            return Err(Expected::Key);
        }
        self.advance(1);
        Ok(())
    }

    /// Skips a nested key whose opening quote was skipped: `*char '"' ws ":" ws`. Returns the next
    /// byte.
    #[inline(always)]
    fn nested_key(&mut self) -> Scanned<u8> {
        self.plain(|_| ());
        if !self.skip(b"\":") {
            self.string_end()?;
            self.colon()?;
        }
        Ok(self.token())
    }

    /// `ws ":"`
    #[inline(always)]
    fn colon(&mut self) -> Scanned {
        if self.token() != b':' {
            return Err(Expected::Colon);
        }
        self.advance(1);
        Ok(())
    }

    /// Skips a value that is not a container. `token` is its first byte.
    #[inline(always)]
    fn scalar(&mut self, token: u8) -> Scanned {
        // Strings and integers are tested first. A single `match` would compile to a jump table.
        if token == b'"' {
            return self.string();
        }
        if matches!(token, b'1'..=b'9') {
            self.digits();
            return self.fraction();
        }
        match token {
            b'0' => {
                self.advance(1);
                self.fraction()
            }
            b'-' => self.out_of_line(Scanner::negative),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => Err(Expected::Value),
        }
    }

    /// Skips a string: `'"' *char '"'`.
    #[inline(always)]
    fn string(&mut self) -> Scanned {
        self.advance(1);
        self.plain(|_| ());
        self.string_end()?;
        Ok(())
    }

    /// Skips the rest of a string, from its closing quote or first escape sequence. Returns whether
    /// it has an escape sequence.
    #[inline(always)]
    fn string_end(&mut self) -> Scanned<bool> {
        if self.skip(b"\"") {
            return Ok(false);
        }
        self.out_of_line(Scanner::escapes)?;
        Ok(true)
    }

    /// Skips the rest of a string, from an escape sequence.
    fn escapes(&mut self) -> Scanned {
        while self.byte() == b'\\' {
            self.escape()?;
            self.plain(|_| ());
        }
        if self.skip(b"\"") { Ok(()) } else { Err(Expected::StringCharacter) }
    }

    /// Skips the bytes of a string before a quote, a backslash or a control character. Calls `show`
    /// with each word of eight bytes. The last word has at most seven, and is padded with zeros.
    #[inline(always)]
    fn plain(&mut self, mut show: impl FnMut(u64)) {
        while let Some((word, after)) = self.word() {
            // A quote is 0x22. With the bit 0x02 flipped, it and the control characters are the
            // only bytes below 0x21. A borrow may flag bytes after a flagged one, but none before
            // it.
            let flipped = word ^ (EACH * 0x02);
            let slashed = word ^ (EACH * b'\\' as u64);
            let stops = (flipped.wrapping_sub(EACH * 0x21) | slashed.wrapping_sub(EACH)) & !word & HIGH;
            if stops != 0 {
                show(word & (stops ^ (stops - 1)) >> 8);
                return self.advance(first(stops));
            }
            show(word);
            self.rest = after;
        }
        let (mut word, mut place) = (0, 0);
        while !matches!(self.byte(), b'"' | b'\\' | ..0x20) {
            word |= u64::from(self.byte()) << place;
            place += 8;
            self.advance(1);
        }
        show(word);
    }

    /// Skips `\" \\ \/ \b \f \n \r \t \uXXXX`, or two `\uXXXX` that are a surrogate pair.
    fn escape(&mut self) -> Scanned {
        let start = self.rest;
        self.advance(1);
        match self.byte() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.advance(1);
                return Ok(());
            }
            b'u' => self.advance(1),
            _ => return Err(Expected::Escape),
        }
        match self.hex()? {
            0xDC00..=0xDFFF => {
                self.rest = start;
                return Err(Expected::FirstSurrogate);
            }
            0xD800..=0xDBFF => {
                let second = self.rest;
                if !self.skip(b"\\u") {
                    if self.rest == b"\\" {
                        self.advance(1); // the text ends within the escape sequence
                    }
                    return Err(Expected::SecondSurrogate);
                }
                if !matches!(self.hex()?, 0xDC00..=0xDFFF) {
                    self.rest = second;
                    return Err(Expected::SecondSurrogate);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Skips four hexadecimal digits. Returns their value.
    fn hex(&mut self) -> Scanned<u32> {
        (0..4).try_fold(0, |unit, _| {
            let digit = char::from(self.byte()).to_digit(16).ok_or(Expected::HexDigit)?;
            self.advance(1);
            Ok(unit * 16 + digit)
        })
    }

    /// Skips a number that starts with a minus sign: `"-" ("0" / digit1-9 *digit)`, and its
    /// fraction.
    fn negative(&mut self) -> Scanned {
        self.advance(1);
        match self.byte() {
            b'0' => self.advance(1),
            b'1'..=b'9' => self.digits(),
            _ => return Err(Expected::Digit),
        }
        self.fraction()
    }

    /// Skips the rest of a number after its integer. Most numbers have none.
    #[inline(always)]
    fn fraction(&mut self) -> Scanned {
        match self.byte() {
            b'.' | b'e' | b'E' => self.out_of_line(Scanner::any_fraction),
            _ => Ok(()),
        }
    }

    /// Skips `["." 1*digit] [("e" / "E") ["+" / "-"] 1*digit]`.
    fn any_fraction(&mut self) -> Scanned {
        if self.skip(b".") {
            self.some_digits()?;
        }
        if self.skip(b"e") || self.skip(b"E") {
            let _ = self.skip(b"+") || self.skip(b"-");
            self.some_digits()?;
        }
        Ok(())
    }

    /// Skips `1*digit`.
    fn some_digits(&mut self) -> Scanned {
        if !self.byte().is_ascii_digit() {
            return Err(Expected::Digit);
        }
        self.digits();
        Ok(())
    }

    /// Skips `*digit`.
    #[inline(always)]
    fn digits(&mut self) {
        while let Some((word, after)) = self.word() {
            let stops = not_digits(word);
            // Most numbers are short. Comparing is faster than computing the count, because a
            // predicted branch does not wait for the word.
            for count in 0..5 {
                if stops & (0x80 << (8 * count)) != 0 {
                    return self.advance(count);
                }
            }
            if stops != 0 {
                return self.advance(first(stops));
            }
            self.rest = after;
        }
        while self.byte().is_ascii_digit() {
            self.advance(1);
        }
    }

    #[inline(always)]
    fn literal<const N: usize>(&mut self, literal: &[u8; N]) -> Scanned {
        if self.skip(literal) {
            return Ok(());
        }
        self.advance(self.rest.iter().zip(literal).take_while(|(here, byte)| here == byte).count());
        Err(Expected::Literal)
    }

    /// Skips whitespace. Returns the next byte.
    #[inline(always)]
    pub(super) fn token(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' {
            return byte;
        }
        if byte == b' ' {
            // Usually there is one space.
            self.advance(1);
            let byte = self.byte();
            if byte > b' ' {
                return byte;
            }
        }
        let _ = self.out_of_line(Scanner::whitespace);
        self.byte()
    }

    /// Skips `*(" " / "\n" / "\r" / "\t")`.
    fn whitespace(&mut self) -> Scanned {
        loop {
            match (self.byte(), self.word()) {
                // Indented lines start with many spaces.
                (b' ', Some((SPACES, after))) => self.rest = after,
                (b' ', Some((word, _))) => self.advance(first(word ^ SPACES)),
                (b' ' | b'\n' | b'\r' | b'\t', _) => self.advance(1),
                _ => return Ok(()),
            }
        }
    }

    /// Calls a rare path with a copy of the cursor, so that the cursor can stay in registers.
    #[inline(always)]
    fn out_of_line(&mut self, skip: impl FnOnce(&mut Scanner<'a>) -> Scanned) -> Scanned {
        #[inline(never)]
        fn call<'a>(rest: &'a [u8], skip: impl FnOnce(&mut Scanner<'a>) -> Scanned) -> (usize, Scanned) {
            let mut scanner = Scanner { rest, length: rest.len() };
            let scanned = skip(&mut scanner);
            (scanner.at(), scanned)
        }
        let (count, scanned) = call(self.rest, skip);
        self.advance(count);
        scanned
    }

    /// Skips `bytes` if they are next. Returns whether they are.
    #[inline(always)]
    fn skip<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        match self.rest.split_first_chunk() {
            Some((here, after)) if here == bytes => {
                self.rest = after;
                true
            }
            _ => false,
        }
    }

    #[inline(always)]
    fn advance(&mut self, count: usize) {
        if let Some(rest) = self.rest.get(count..) {
            self.rest = rest;
        }
    }

    /// Returns the next byte, or 0 at the end of the text. The grammar accepts 0 nowhere.
    #[inline(always)]
    fn byte(&self) -> u8 {
        self.rest.first().copied().unwrap_or(0)
    }

    /// Returns the next eight bytes, the first one lowest, and the bytes after them.
    #[inline(always)]
    fn word(&self) -> Option<(u64, &'a [u8])> {
        let (word, after) = self.rest.split_first_chunk()?;
        Some((u64::from_le_bytes(*word), after))
    }
}

/// Returns whether a value whose first byte is `token` is an array or an object.
#[inline(always)]
fn is_open(token: u8) -> bool {
    matches!(token, b'{' | b'[')
}

/// The lowest bit of each byte of a word.
const EACH: u64 = u64::MAX / 255;
/// The highest bit of each byte of a word.
const HIGH: u64 = EACH << 7;
const SPACES: u64 = EACH * b' ' as u64;

/// Returns the position of the first byte that has a bit set; 8 if there is none.
#[inline(always)]
fn first(flags: u64) -> usize {
    (flags.trailing_zeros() / 8) as usize
}

/// Flags the first byte that is not a digit. It may flag bytes after that one.
#[inline(always)]
fn not_digits(word: u64) -> u64 {
    // A digit becomes 0 to 9. Any other byte has the highest bit set, or reaches it when 0x76 is
    // added.
    let digits = word ^ (EACH * b'0' as u64);
    (digits.wrapping_add(EACH * (0x80 - 10)) | digits) & HIGH
}
