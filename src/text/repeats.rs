//! Whether a text repeats a root key, and how to leave the last of each.

use alloc::string::String;
use alloc::vec::Vec;

use super::key::Key;
use super::list::List;
use super::scan::Scanner;

/// Which hashes were seen: a bit each, which others may share.
pub(crate) struct Seen(List<u64, 8>);

impl Seen {
    /// A bit or two for each of so many bytes of text, so that few keys share one. For no bytes, what some dozen keys need, and
    /// no memory.
    pub(crate) fn new(bytes: usize) -> Seen {
        Seen(List::filled((bytes / 64).next_power_of_two()))
    }

    /// Sees a hash, and returns whether it is new; if not, another may have been taken for it.
    #[inline]
    pub(crate) fn mark(&mut self, hash: u64) -> bool {
        let bits = self.0.items_mut();
        let place = (hash >> 6) as usize & (bits.len() - 1);
        let bit = 1 << (hash & 63);
        match bits.get_mut(place) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn marked(&self, hash: u64) -> bool {
        let bits = self.0.items();
        bits.get((hash >> 6) as usize & (bits.len() - 1)).is_some_and(|word| word >> (hash & 63) & 1 == 1)
    }
}

/// Whether keys with these hashes may be equal, given those that were not new. Only equal hashes count: of keys that nobody chose,
/// these are equal keys.
pub(crate) fn may_repeat(hashes: &[u64], suspects: &[u64], mut seen: Seen) -> bool {
    // Few are suspected, unless all are: then sorting them is what it costs.
    seen.0.items_mut().fill(0);
    for &hash in suspects {
        seen.mark(hash);
    }
    let mut alike: List<u64, 16> = List::new();
    for &hash in hashes.iter().filter(|&&hash| seen.marked(hash)) {
        alike.push(hash, || 4 * suspects.len());
    }
    let alike = alike.items_mut();
    alike.sort_unstable();
    alike.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
}

/// Takes out of the object that stands in `out` from `start` on each root member whose key comes again.
///
/// Keys are sorted, so it takes O(n log n) whoever chose them.
#[cold]
pub(crate) fn keep_the_last(out: &mut String, start: usize) {
    let object = out.split_off(start);
    let mut scanner = Scanner::new(&object);
    scanner.open();
    let mut members: Vec<(Key<'_>, usize)> = Vec::new();
    let _ = scanner.members(|member, key| members.push((key, member.start)));
    // The last member's key does not come again, so whatever goes ends where another member starts.
    let ends = members.iter().skip(1).map(|&(_, start)| start);
    let mut members: Vec<_> =
        members.iter().zip(ends.chain([0])).map(|(&(key, start), end)| (key, start, end)).collect();
    members.sort_unstable_by(|a, b| a.0.order(b.0).then(a.1.cmp(&b.1)));
    let pairs = members.iter().zip(members.iter().skip(1));
    let repeated = pairs.filter(|(member, next)| member.0.same(next.0)).map(|(member, _)| (member.1, member.2));
    let mut repeated: Vec<(usize, usize)> = repeated.collect();
    repeated.sort_unstable();
    let mut from = 0;
    for (start, end) in repeated {
        out.push_str(object.get(from..start).unwrap_or_default());
        from = end;
    }
    out.push_str(object.get(from..).unwrap_or_default());
}
