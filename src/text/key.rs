//! Root keys as a text writes them, compared as what they decode to.

use alloc::string::String;
use core::cmp::Ordering;
use core::str::Chars;

/// A key as it stands between its quotes. It is known to be well-formed.
#[derive(Clone, Copy, Default)]
pub(super) struct Key<'a> {
    pub(super) written: &'a [u8],
    /// Whether there are backslashes in it.
    pub(super) escaped: bool,
}

impl<'a> Key<'a> {
    /// Equal for equal keys. Anybody can work out keys that share a hash: whoever relies on it must be ready for them.
    #[inline(always)]
    pub(super) fn hash(self) -> u64 {
        if self.escaped { self.hash_decoded() } else { hash(self.written) }
    }

    #[cold]
    fn hash_decoded(self) -> u64 {
        let mut decoded = String::with_capacity(self.written.len());
        decoded.extend(self.decoded());
        hash(decoded.as_bytes())
    }

    #[inline(always)]
    pub(super) fn same(self, other: Key<'_>) -> bool {
        if self.escaped || other.escaped { self.order(other).is_eq() } else { self.written == other.written }
    }

    /// Whether this is what the key means.
    pub(super) fn means(self, name: &str) -> bool {
        if self.escaped { self.decoded().eq(name.chars()) } else { self.written == name.as_bytes() }
    }

    /// The order of what the keys mean, by code points.
    pub(super) fn order(self, other: Key<'_>) -> Ordering {
        if self.escaped || other.escaped {
            self.decoded().cmp(other.decoded())
        } else {
            self.written.cmp(other.written)
        }
    }

    /// The characters that the key means.
    fn decoded(self) -> impl Iterator<Item = char> + use<'a> {
        let mut written = core::str::from_utf8(self.written).unwrap_or_default().chars();
        core::iter::from_fn(move || match written.next()? {
            '\\' => escaped(&mut written),
            plain => Some(plain),
        })
    }
}

/// The character that is written behind a backslash.
fn escaped(written: &mut Chars<'_>) -> Option<char> {
    Some(match written.next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => match unit(written)? {
            first @ 0xD800..0xDC00 => {
                let second = unit(&mut written.skip(2))?;
                char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))?
            }
            unit => char::from_u32(unit)?,
        },
        itself => itself,
    })
}

/// The value of four hexadecimal digits.
fn unit(digits: &mut impl Iterator<Item = char>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit * 16 + digits.next()?.to_digit(16)?))
}

#[inline]
fn hash(bytes: &[u8]) -> u64 {
    let (mut state, mut rest) = ((bytes.len() as u64 + 1).wrapping_mul(MIX), bytes);
    while let Some((word, more)) = rest.split_first_chunk().filter(|(_, more)| more.len() > 8) {
        state = fold(state ^ u64::from_le_bytes(*word), MIX);
        rest = more;
    }
    // What is left is two words that may overlap, or less.
    let (low, high) = match (rest.first_chunk(), rest.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (rest.first_chunk(), rest.last_chunk()) {
            (Some(first), Some(last)) => (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last))),
            _ => (rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)), 0),
        },
    };
    fold(state ^ low, MIX.rotate_left(32) ^ high)
}

/// An odd number without a pattern: the fraction of the golden ratio.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// Both halves of a product, in which each bit of the factors has its say.
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

    use super::{MIX, fold, hash};
    use crate::{merge, text};

    /// Every byte of a key has its say, and so has its length: speed depends on it, though nothing else does.
    #[test]
    fn different_keys_have_different_hashes_whose_lower_bits_spread() {
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
        let hashes: Vec<u64> = keys.iter().map(|key| hash(key)).collect();
        assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), keys.len());

        // So many things thrown into so many places at random leave e^-1 of these empty.
        let places = keys.len().next_power_of_two() as u64;
        for shift in [0, 6, 32] {
            let taken = hashes.iter().map(|hash| hash >> shift & (places - 1)).collect::<BTreeSet<_>>().len();
            let wanted = places as f64 * (1.0 - (-(keys.len() as f64) / places as f64).exp());
            assert!((taken as f64 - wanted).abs() < wanted * 0.05, "{taken} of {wanted}, shifted by {shift}");
        }
    }

    /// Where what is mixed in is 0, nothing that follows has a say. Whoever knows that makes as many such keys as they like.
    #[test]
    fn keys_that_share_a_hash_are_told_apart() {
        let printable = |byte: &u8| byte.is_ascii_alphanumeric();
        let stem = (0..).find_map(|number| {
            let first = format!("{number:08}");
            let word = u64::from_le_bytes(first.as_bytes().try_into().expect("eight bytes"));
            let second = fold(25_u64.wrapping_mul(MIX) ^ word, MIX).to_le_bytes();
            second.iter().all(printable).then(|| first + core::str::from_utf8(&second).expect("ASCII"))
        });
        let keys: Vec<_> = (0..400).map(|n| format!("{}{n:08}", stem.as_deref().expect("found"))).collect();
        assert!(keys.iter().all(|key| hash(key.as_bytes()) == 0));

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
