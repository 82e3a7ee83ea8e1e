//! Strings and keys of wide samples.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use serde_json::Value;

use super::choices::Choices;
use super::words::{NUL, RANGES, WORDS};

impl Choices<'_> {
    /// Returns a string. A long one takes at most `room` bytes as JSON.
    pub(super) fn string(&mut self, room: usize) -> String {
        match self.below(8) {
            0 => String::new(),
            1..=3 => self.word().to_owned(),
            4 => {
                let parts = [self.word(), self.word()];
                if self.one_in(2) { parts.concat() } else { format!("a{}b", parts[0]) }
            }
            5 => {
                let count = 1 + self.below(8);
                (0..count).map(|_| self.character()).collect()
            }
            6 => self.number().to_string(),
            _ => self.run(room),
        }
    }

    /// Returns a key that is like a known one, or any other.
    pub(super) fn key(&mut self, known: Option<&str>, room: usize) -> String {
        match (self.below(4), known) {
            (0, _) => format!("k{}", self.below(400)),
            (1, Some(known)) => self.like(known),
            _ => self.string(room),
        }
    }

    fn word(&mut self) -> &'static str {
        let all = WORDS.len() + if self.profile.has_nul() { NUL.len() } else { 0 };
        let index = self.below(all);
        WORDS.get(index).unwrap_or_else(|| &NUL[index - WORDS.len()])
    }

    fn character(&mut self) -> char {
        let &(first, last) = self.pick(RANGES);
        let span = usize::try_from(last - first).unwrap_or(0);
        let offset = u32::try_from(self.below(span + 1)).unwrap_or(0);
        char::from_u32(first + offset).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// Returns one piece many times, with another end now and then.
    fn run(&mut self, room: usize) -> String {
        let (piece, most) = self.piece(room);
        let mut run = piece.repeat(self.length(most));
        if self.one_in(4) {
            run.push(self.character());
        }
        run
    }

    /// Returns one piece as often as `room` bytes of JSON hold it.
    pub(super) fn long(&mut self, room: usize) -> String {
        let (piece, most) = self.piece(room);
        piece.repeat(most)
    }

    fn piece(&mut self, room: usize) -> (String, usize) {
        let piece = match self.below(4) {
            0 => "a".to_owned(),
            1 => self.word().to_owned(),
            _ => self.character().to_string(),
        };
        let bytes = Value::from(piece.as_str()).to_string().len() - 2;
        (piece, (room / bytes).max(1))
    }

    /// Returns a key that a careless comparison takes for this one.
    fn like(&mut self, key: &str) -> String {
        match self.below(7) {
            0 => key.to_lowercase(),
            1 => key.to_uppercase(),
            2 => format!(" {key}"),
            3 => format!("{key} "),
            4 => format!("{key}.a"),
            5 => format!("{key}{}", self.character()),
            _ => {
                let mut shorter = key.to_owned();
                shorter.pop();
                shorter
            }
        }
    }
}
