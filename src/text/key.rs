//! Root keys, compared after decoding their escape sequences.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A valid key.
#[derive(Clone, Copy, Default)]
pub(super) struct Key<'a> {
    /// The bytes between its quotes.
    written: &'a [u8],
    /// Equal keys have equal hashes. The hash is unkeyed, so callers must tolerate collisions.
    pub(super) hash: u64,
}

impl<'a> Key<'a> {
    /// Returns the key with these bytes between its quotes. `hash` is the hash of these bytes, or
    /// `None` if they contain an escape sequence.
    #[inline(always)]
    pub(super) fn new(written: &'a [u8], hash: Option<Hash>) -> Key<'a> {
        Key { written, hash: hash.unwrap_or_else(|| Hash::of_escaped(written)).0 }
    }

    /// Returns whether two keys are equal (rule `exact-keys`).
    #[inline(always)]
    pub(super) fn same(self, other: Key<'_>) -> bool {
        self.hash == other.hash && (self.written == other.written || self.order(other).is_eq())
    }

    /// Returns whether the key decodes to `name`.
    pub(super) fn is(self, name: &str) -> bool {
        self.written == name.as_bytes() || self.written.contains(&b'\\') && decoded(self.written).eq(name.bytes())
    }

    /// Returns the number of bytes between its quotes.
    pub(super) fn length(self) -> usize {
        self.written.len()
    }

    pub(super) fn decode(self) -> Cow<'a, str> {
        if !self.written.contains(&b'\\') {
            return String::from_utf8_lossy(self.written);
        }
        Cow::Owned(String::from_utf8_lossy(&decoded(self.written).collect::<Vec<_>>()).into_owned())
    }

    /// Compares two keys by hash, and equal hashes by their decoded bytes.
    pub(super) fn order(self, other: Key<'_>) -> Ordering {
        self.hash.cmp(&other.hash).then_with(|| {
            // A common prefix without escape sequences need not be decoded.
            let both = self.written.iter().zip(other.written);
            let shared = both.take_while(|(byte, other)| byte == other && **byte != b'\\').count();
            let [one, other] = [self.written, other.written].map(|key| decoded(key.get(shared..).unwrap_or_default()));
            one.cmp(other)
        })
    }
}

/// Decodes lazily, so that comparing two keys decodes only their common prefix.
pub(super) fn decoded(written: &[u8]) -> impl Iterator<Item = u8> {
    let mut written = written.iter().copied();
    let mut character = [0; 4].into_iter().take(0);
    core::iter::from_fn(move || {
        character.next().or_else(|| match written.next()? {
            b'\\' => {
                let mut bytes = [0; 4];
                let length = escaped(&mut written)?.encode_utf8(&mut bytes).len();
                character = bytes.into_iter().take(length);
                character.next()
            }
            plain => Some(plain),
        })
    })
}

/// Decodes the rest of an escape sequence after its backslash.
fn escaped(written: &mut impl Iterator<Item = u8>) -> Option<char> {
    Some(match written.next()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => match unit(written)? {
            first @ 0xD800..0xDC00 => {
                let second = unit(&mut written.skip(2))?;
                char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))?
            }
            unit => char::from_u32(unit)?,
        },
        itself => char::from(itself),
    })
}

/// Returns the value of four hexadecimal digits.
fn unit(digits: &mut impl Iterator<Item = u8>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit * 16 + char::from(digits.next()?).to_digit(16)?))
}

/// The hash of a text, computed from words of eight bytes. The last word has at most seven bytes of
/// text and is padded with zeros.
#[derive(Clone, Copy)]
pub(super) struct Hash(u64);

impl Default for Hash {
    fn default() -> Hash {
        Hash(MIX)
    }
}

impl Hash {
    #[inline(always)]
    pub(super) fn add(&mut self, word: u64) {
        self.0 = fold(self.0 ^ word, MIX.rotate_left(32));
    }

    #[cold]
    fn of_escaped(written: &[u8]) -> Hash {
        Hash::of(decoded(written))
    }

    fn of(mut text: impl Iterator<Item = u8>) -> Hash {
        let mut hash = Hash::default();
        loop {
            let mut word = [0; 8];
            let length = word.iter_mut().zip(&mut text).map(|(place, byte)| *place = byte).count();
            hash.add(u64::from_le_bytes(word));
            if length < word.len() {
                return hash;
            }
        }
    }
}

/// An odd multiplier with well-distributed bits: 2^64 times the fractional part of the golden
/// ratio.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// Multiplies, and returns the XOR of both halves, so that each bit of the factors matters.
#[inline]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::vec::Vec;

    use serde_json::{Map, Value};

    use super::Hash;
    use crate::merge::merge;
    use crate::text;

    /// Each byte of a key affects its hash, and so does its length. Only speed depends on it.
    #[test]
    fn different_keys_have_hashes_that_spread() {
        let lengths = (0..40).map(|length| "a".repeat(length).into_bytes());
        let changes = (1..40).flat_map(|length| {
            (0..length).flat_map(move |place| {
                [b'b', b'c', b'q', b'A'].map(|byte| {
                    let mut key = "a".repeat(length).into_bytes();
                    key[place] = byte;
                    key
                })
            })
        });
        let numbers = (0..10_000).map(|number| format!("key_{number}").into_bytes());
        let padded = (0..10_000).map(|number| format!("a longer key of {number:05} and more").into_bytes());
        let keys: BTreeSet<Vec<u8>> = lengths.chain(changes).chain(numbers).chain(padded).collect();
        let hashes: Vec<u64> = keys.iter().map(|key| Hash::of(key.iter().copied()).0).collect();
        assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), keys.len());

        // As many keys as buckets, hashed at random, leave e^-1 of the buckets empty.
        let buckets = keys.len().next_power_of_two() as u64;
        for shift in [0, 6, 32] {
            let taken = hashes.iter().map(|hash| hash >> shift & (buckets - 1)).collect::<BTreeSet<_>>().len();
            let wanted = buckets as f64 * (1.0 - (-(keys.len() as f64) / buckets as f64).exp());
            assert!((taken as f64 - wanted).abs() < wanted * 0.05, "{taken} of {wanted}, shifted by {shift}");
        }
    }

    /// A word that equals the hash before it makes the hash 0, so an attacker can choose colliding
    /// keys.
    #[test]
    fn different_keys_with_one_hash_stay_apart() {
        let printable = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        let keys = (0..).map(|number| format!("{number:08}")).filter_map(|first| {
            let mut hash = Hash::default();
            hash.add(u64::from_le_bytes(first.as_bytes().try_into().expect("eight bytes")));
            let second = hash.0.to_le_bytes();
            second.iter().all(printable).then(|| first + core::str::from_utf8(&second).expect("ASCII"))
        });
        let keys: Vec<_> = keys.take(400).collect();
        assert!(keys.iter().all(|key| Hash::of(key.bytes()).0 == 0));

        let object = |members: &mut dyn Iterator<Item = usize>| {
            let members =
                members.filter_map(|n| Some((keys.get(n)?.clone(), if n % 3 == 0 { Value::Null } else { n.into() })));
            Value::Object(members.collect::<Map<_, _>>())
        };
        for (document, patch) in [(3, 5), (20, 5), (3, 100), (300, 100), (300, 300), (12, 400)] {
            let document = object(&mut (0..document));
            let patch = object(&mut (2..patch).step_by(2));
            let merged = text::merge(&format!("{document}"), &format!("{patch}")).expect("objects");
            assert_eq!(serde_json::from_str::<Value>(&merged).ok(), merge(&document, &patch).ok());
        }
    }
}
