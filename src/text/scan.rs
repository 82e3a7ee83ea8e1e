//! The scanner: where the root members of a JSON text stand, and where a text that is not JSON goes wrong.
//!
//! It decodes nothing and keeps nothing but a position. The grammar is RFC 8259's as `serde_json` reads it into a `Value`: surrogates
//! must pair, and arrays and objects stand in one another 127 levels deep at most.
//!
//! What it costs is decisions, so there are few: most bytes are passed eight at a time, and blanks are looked for only where
//! something else than a token stands.

use super::key::{Hash, Key};
use crate::error::Expected;

/// Where a root member stands in its text.
#[derive(Clone, Copy, Default)]
pub(crate) struct Member {
    /// Behind the brace or comma in front of it.
    pub(crate) start: usize,
    /// The first byte of its value.
    pub(crate) value: usize,
    /// Behind its value.
    pub(crate) end: usize,
}

impl Member {
    /// Whether the value is null.
    #[inline]
    pub(crate) fn is_null(&self, text: &str) -> bool {
        text.as_bytes().get(self.value) == Some(&b'n')
    }
}

/// What is left of a text. When a method is in error, it starts with the byte that cannot stand where it does.
#[derive(Clone, Copy)]
pub(crate) struct Scanner<'a> {
    rest: &'a [u8],
    length: usize,
}

/// Passed, or what is wanted instead of what stands here.
type Passed<T = ()> = Result<T, Expected>;

/// The arrays and objects around a value, innermost lowest: a bit each, set for an object, below a leading one. There is one bit
/// more than levels, so there is room as long as the highest one is free.
type Around = u128;

/// Around the root value.
const NOTHING: Around = 1;
/// Around the values of the root object.
const ROOT: Around = 0b11;

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { rest: text.as_bytes(), length: text.len() }
    }

    /// How many bytes were passed.
    #[inline(always)]
    pub(crate) fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    /// Passes a whole text: `ws value ws`.
    pub(crate) fn text(&mut self) -> Passed {
        let token = self.token();
        self.value(token, NOTHING)?;
        self.end()
    }

    /// Passes the opening brace of a root object, if that is what the text has.
    #[inline(always)]
    pub(crate) fn open(&mut self) -> bool {
        self.token();
        self.skip(b"{")
    }

    /// Passes the rest of a text whose root object was opened, and shows each of its members with its key.
    #[inline(always)]
    pub(crate) fn members(&mut self, mut show: impl FnMut(Member, Key<'a>)) -> Passed {
        let mut start = self.at();
        match self.token() {
            b'"' => self.advance(1),
            b'}' => {
                self.advance(1);
                return self.end();
            }
            _ => return Err(Expected::KeyOrBrace),
        }
        loop {
            let (key, mut hash) = (self.rest, Hash::default());
            self.plain(|word| hash.add(word));
            let mut length = key.len() - self.rest.len();
            let mut escaped = false;
            if !self.skip(b"\":") {
                escaped = self.string_end()?;
                length = key.len() - self.rest.len() - 1;
                self.colon()?;
            }
            let key = Key::new(key.get(..length).unwrap_or_default(), if escaped { None } else { Some(hash) });
            let token = self.token();
            let value = self.at();
            self.value(token, ROOT)?;
            let end = self.at();
            show(Member { start, value, end }, key);
            if self.skip(b",\"") {
                start = end + 1;
                continue;
            }
            match self.token() {
                b',' => self.advance(1),
                b'}' => {
                    self.advance(1);
                    return self.end();
                }
                _ => return Err(Expected::CommaOrBrace),
            }
            start = self.at();
            self.quote()?;
        }
    }

    /// `ws`, and then nothing.
    #[inline(always)]
    fn end(&mut self) -> Passed {
        if !self.rest.is_empty() {
            self.token();
        }
        if self.rest.is_empty() { Ok(()) } else { Err(Expected::End) }
    }

    /// Passes a value that starts with this token.
    #[inline(always)]
    fn value(&mut self, token: u8, outside: Around) -> Passed {
        match token {
            b'{' | b'[' => self.out_of_line(|scanner| scanner.container(token, outside)),
            _ => self.scalar(token),
        }
    }

    /// Passes an array or an object, with everything in it.
    #[inline(always)]
    fn container(&mut self, mut token: u8, outside: Around) -> Passed {
        let mut around = outside;
        loop {
            // A value starts with this token ...
            if is_open(token) {
                if around.leading_zeros() == 0 {
                    return Err(Expected::DepthLimit);
                }
                let object = token == b'{';
                around = around << 1 | Around::from(object);
                self.advance(1);
                token = self.token();
                if object && token == b'"' {
                    self.advance(1);
                    token = self.key()?;
                    continue;
                } else if object && token != b'}' {
                    return Err(Expected::KeyOrBrace);
                } else if !object && token != b']' {
                    continue;
                }
                // One without members or items is a value too.
            } else {
                self.scalar(token)?;
            }
            // ... and is behind: what is around it goes on, or ends and is such a value itself.
            token = loop {
                if around & 1 == 1 {
                    if self.skip(b",\"") {
                        break self.key()?;
                    }
                    match self.token() {
                        b',' => {
                            self.advance(1);
                            self.quote()?;
                            break self.key()?;
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
                around >>= 1;
                if around == outside {
                    return Ok(());
                }
            };
        }
    }

    /// `ws '"'`
    #[inline(always)]
    fn quote(&mut self) -> Passed {
        if self.token() != b'"' {
            return Err(Expected::Key);
        }
        self.advance(1);
        Ok(())
    }

    /// The rest of a key, behind its quote, and `ws ":" ws`; returns the token behind it.
    #[inline(always)]
    fn key(&mut self) -> Passed<u8> {
        self.plain(|_| ());
        if !self.skip(b"\":") {
            self.string_end()?;
            self.colon()?;
        }
        Ok(self.token())
    }

    /// `ws ":"`
    #[inline(always)]
    fn colon(&mut self) -> Passed {
        if self.token() != b':' {
            return Err(Expected::Colon);
        }
        self.advance(1);
        Ok(())
    }

    /// Passes a value that starts with this token and is no container.
    #[inline(always)]
    fn scalar(&mut self, token: u8) -> Passed {
        match token {
            b'"' => self.string().map(|_| ()),
            b'1'..=b'9' => {
                self.digits();
                self.fraction()
            }
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

    /// `'"' *char '"'`; returns whether there are escapes in it.
    #[inline(always)]
    fn string(&mut self) -> Passed<bool> {
        self.advance(1);
        self.plain(|_| ());
        self.string_end()
    }

    /// The rest of a string, from where it ends or is not plain.
    #[inline(always)]
    fn string_end(&mut self) -> Passed<bool> {
        if self.skip(b"\"") {
            return Ok(false);
        }
        self.out_of_line(Scanner::escapes)?;
        Ok(true)
    }

    /// The rest of a string, from an escape.
    fn escapes(&mut self) -> Passed {
        while self.byte() == b'\\' {
            self.escape()?;
            self.plain(|_| ());
        }
        if self.skip(b"\"") { Ok(()) } else { Err(Expected::StringCharacter) }
    }

    /// Passes what needs no second look in a string: up to a quote, a backslash or a control character. It is shown in
    /// words, of which the last one is not full: what it lacks is zeros.
    #[inline(always)]
    fn plain(&mut self, mut show: impl FnMut(u64)) {
        while let Some((word, behind)) = self.word() {
            // A quote is 0x22: with that bit flipped, it and the control characters are all that is below 0x21. A borrow may
            // flag bytes behind a flagged one, but none in front of it.
            let flipped = word ^ (EACH * 0x02);
            let slashed = word ^ (EACH * b'\\' as u64);
            let stops = (flipped.wrapping_sub(EACH * 0x21) | slashed.wrapping_sub(EACH)) & !word & HIGH;
            if stops != 0 {
                show(word & (stops ^ (stops - 1)) >> 8);
                return self.advance(first(stops));
            }
            show(word);
            self.rest = behind;
        }
        let (mut word, mut place) = (0, 0);
        while !matches!(self.byte(), b'"' | b'\\' | ..0x20) {
            word |= u64::from(self.byte()) << place;
            place += 8;
            self.advance(1);
        }
        show(word);
    }

    /// `\" \\ \/ \b \f \n \r \t \uXXXX`, or two of the last that are a surrogate pair.
    fn escape(&mut self) -> Passed {
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

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Passed<u32> {
        (0..4).try_fold(0, |unit, _| {
            let digit = char::from(self.byte()).to_digit(16).ok_or(Expected::HexDigit)?;
            self.advance(1);
            Ok(unit * 16 + digit)
        })
    }

    /// The rest of a number that starts with a minus: `"0" / digit1-9 *digit`, and perhaps a fraction.
    fn negative(&mut self) -> Passed {
        self.advance(1);
        match self.byte() {
            b'0' => self.advance(1),
            b'1'..=b'9' => self.digits(),
            _ => return Err(Expected::Digit),
        }
        self.fraction()
    }

    /// The rest of a number behind its integer, most often nothing.
    #[inline(always)]
    fn fraction(&mut self) -> Passed {
        match self.byte() {
            b'.' | b'e' | b'E' => self.out_of_line(Scanner::any_fraction),
            _ => Ok(()),
        }
    }

    /// `["." 1*digit] [("e" / "E") ["+" / "-"] 1*digit]`
    fn any_fraction(&mut self) -> Passed {
        if self.skip(b".") {
            self.some_digits()?;
        }
        if self.skip(b"e") || self.skip(b"E") {
            let _ = self.skip(b"+") || self.skip(b"-");
            self.some_digits()?;
        }
        Ok(())
    }

    /// `1*digit`
    fn some_digits(&mut self) -> Passed {
        if !self.byte().is_ascii_digit() {
            return Err(Expected::Digit);
        }
        self.digits();
        Ok(())
    }

    /// `*digit`
    #[inline(always)]
    fn digits(&mut self) {
        while let Some((word, behind)) = self.word() {
            let stops = not_digits(word);
            // Most numbers are short. To ask how short is quicker than to work it out, since what follows need not wait for it.
            for count in 0..5 {
                if stops & (0x80 << (8 * count)) != 0 {
                    return self.advance(count);
                }
            }
            if stops != 0 {
                return self.advance(first(stops));
            }
            self.rest = behind;
        }
        while self.byte().is_ascii_digit() {
            self.advance(1);
        }
    }

    #[inline(always)]
    fn literal<const N: usize>(&mut self, literal: &[u8; N]) -> Passed {
        if self.skip(literal) {
            return Ok(());
        }
        self.advance(self.rest.iter().zip(literal).take_while(|(here, byte)| here == byte).count());
        Err(Expected::Literal)
    }

    /// Passes `ws`, and returns the byte behind it.
    #[inline(always)]
    fn token(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' {
            return byte;
        }
        if byte == b' ' {
            // Most often by itself.
            self.advance(1);
            let byte = self.byte();
            if byte > b' ' {
                return byte;
            }
        }
        let _ = self.out_of_line(Scanner::blanks);
        self.byte()
    }

    /// `*(" " / "\n" / "\r" / "\t")`
    fn blanks(&mut self) -> Passed {
        loop {
            match (self.byte(), self.word()) {
                // An indented line starts with many spaces.
                (b' ', Some((SPACES, behind))) => self.rest = behind,
                (b' ', Some((word, _))) => self.advance(first(word ^ SPACES)),
                (b' ' | b'\n' | b'\r' | b'\t', _) => self.advance(1),
                _ => return Ok(()),
            }
        }
    }

    /// What is seldom needed, as a call by value, so that what is left of the text may stay in registers.
    #[inline(always)]
    fn out_of_line(&mut self, pass: impl FnOnce(&mut Scanner<'a>) -> Passed) -> Passed {
        #[inline(never)]
        fn call<'a>(rest: &'a [u8], pass: impl FnOnce(&mut Scanner<'a>) -> Passed) -> (usize, Passed) {
            let mut scanner = Scanner { rest, length: rest.len() };
            let passed = pass(&mut scanner);
            (scanner.at(), passed)
        }
        let (count, passed) = call(self.rest, pass);
        self.advance(count);
        passed
    }

    /// Passes these bytes, if they stand here.
    #[inline(always)]
    fn skip<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        match self.rest.split_first_chunk() {
            Some((here, behind)) if here == bytes => {
                self.rest = behind;
                true
            }
            _ => false,
        }
    }

    /// Passes so many bytes.
    #[inline(always)]
    fn advance(&mut self, count: usize) {
        if let Some(rest) = self.rest.get(count..) {
            self.rest = rest;
        }
    }

    /// The byte here. At the end of the text it is one that the grammar has no use for, so that nobody need ask for the end.
    #[inline(always)]
    fn byte(&self) -> u8 {
        self.rest.first().copied().unwrap_or(0)
    }

    /// The eight bytes here, the first one lowest, and what is behind them.
    #[inline(always)]
    fn word(&self) -> Option<(u64, &'a [u8])> {
        let (word, behind) = self.rest.split_first_chunk()?;
        Some((u64::from_le_bytes(*word), behind))
    }
}

/// Whether the token is a brace or a bracket that opens; they differ by one bit.
#[inline(always)]
fn is_open(token: u8) -> bool {
    token | (b'{' ^ b'[') == b'{'
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
