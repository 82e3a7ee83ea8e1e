//! Choices among values, from any source of numbers. If all are 0, the sample is the smallest.

use serde_json::{Number, Value};

use super::profile::Profile;

pub(super) struct Choices<'s> {
    pub(super) profile: Profile,
    source: &'s mut dyn FnMut(usize) -> usize,
}

/// The largest integers: of a double without gaps, and of 64 bits.
const LARGEST: [i128; 2] = [1 << 53, u64::MAX as i128];
const SMALLEST: [i128; 2] = [-(1 << 53), i64::MIN as i128];

/// Numbers with a fraction, a large exponent, or more digits than a single-precision float holds.
/// They survive parsers that round twice, as `serde_json` does without `float_roundtrip`, even if
/// written without an exponent.
const FLOATS: &[f64] = &[
    0.1,
    -0.5,
    1.0,
    0.0,
    1e-7,
    -1e-10,
    0.300_000_000_000_000_04,
    1.234_567_890_123_456_7,
    123_456.789,
    16_777_217.5,
    3.5e38,
    1.5e300,
    -1.5e308,
    1e-100,
    2.225_073_858_507_201_4e-308,
    5e-324,
];

/// Powers of ten by which a division is rounded once.
const POWERS: &[f64] = &[10.0, 100.0, 1_000.0, 10_000.0, 1_000_000.0];

impl<'s> Choices<'s> {
    pub(super) fn new(profile: Profile, source: &'s mut dyn FnMut(usize) -> usize) -> Choices<'s> {
        Choices { profile, source }
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        if bound < 2 { 0 } else { (self.source)(bound) % bound }
    }

    /// Returns true in one of `count` cases.
    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub(super) fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    /// Returns a length of at most `most`. Orders of magnitude are equally likely, and lengths
    /// beside a power of two are common.
    pub(super) fn length(&mut self, most: usize) -> usize {
        let bits = self.below(most.ilog2() as usize + 2);
        let power = 1_usize << bits;
        let length = match self.below(4) {
            0 => power - 1,
            1 => power,
            2 => power + 1,
            _ => power / 2 + self.below(power),
        };
        length.min(most)
    }

    pub(super) fn number(&mut self) -> Value {
        match self.below(5) {
            0 => self.below(10).into(),
            1 => (*self.pick(FLOATS)).into(),
            2 => {
                // Both are exact, so the quotient is the double nearest to the decimal number.
                let digits = self.below(1_000_000) as f64;
                (digits / *self.pick(POWERS)).into()
            }
            3 if self.profile.has_exact_numbers() && self.one_in(4) => (-0.0).into(),
            3 => {
                let exponent = self.below(20);
                self.beside(10_i128.pow(u32::try_from(exponent).unwrap_or(0)))
            }
            _ => {
                let exponent = self.below(65);
                self.beside(1 << exponent)
            }
        }
    }

    /// Returns an integer beside a power, which may be negative.
    fn beside(&mut self, power: i128) -> Value {
        let exact = usize::from(self.profile.has_exact_numbers());
        let integer = power + [0, -1, 1][self.below(3)];
        let integer = if self.one_in(2) { -integer } else { integer };
        let integer = integer.clamp(SMALLEST[exact], LARGEST[exact]);
        let negative = i64::try_from(integer).map(Number::from);
        negative.or_else(|_| u64::try_from(integer).map(Number::from)).map_or(Value::Null, Value::Number)
    }
}
