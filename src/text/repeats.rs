//! Whether a text repeats a root key, and how to leave the last of each.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::key::Key;
use super::scan::Scanner;

/// Whether keys with these hashes may be equal. Only equal hashes count: of keys that nobody chose, these are equal keys.
pub(super) fn may_repeat(hashes: &[u64]) -> bool {
    if hashes.len() <= 16 {
        let mut seen = [0; 32];
        let suspected = hashes.iter().any(|&hash| !mark(&mut seen, hash));
        return suspected
            && hashes.iter().enumerate().any(|(count, hash)| hashes.iter().take(count).any(|other| other == hash));
    }
    // Few are suspected, unless all are: then sorting them is what it costs.
    let mut seen = vec![0; hashes.len().next_power_of_two() / 4];
    let mut suspects = Vec::with_capacity(hashes.len() / 16);
    suspects.extend(hashes.iter().copied().filter(|&hash| !mark(&mut seen, hash)));
    suspects.sort_unstable();
    suspects.dedup();
    // Each suspect is one of the hashes; if it is two, they are more.
    seen.fill(0);
    for &hash in &suspects {
        mark(&mut seen, hash);
    }
    let suspected = |hash: u64| marked(&seen, hash) && suspects.binary_search(&hash).is_ok();
    hashes.iter().filter(|&&hash| suspected(hash)).count() > suspects.len()
}

/// Sets the bit of a hash, and returns whether it is new.
#[inline]
fn mark(bits: &mut [u64], hash: u64) -> bool {
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
fn marked(bits: &[u64], hash: u64) -> bool {
    bits.get((hash >> 6) as usize & (bits.len() - 1)).is_some_and(|word| word >> (hash & 63) & 1 == 1)
}

/// Takes out of the object that stands in `out` from `start` on each root member whose key comes again.
///
/// Keys are sorted, so it takes O(n log n) whoever chose them.
#[cold]
pub(super) fn keep_the_last(out: &mut String, start: usize) {
    let object = out.get(start..).unwrap_or_default();
    let mut scanner = Scanner::new(object);
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
    let mut repeated = repeated.into_iter().peekable();
    let mut at = 0;
    out.retain(|character| {
        let here = at;
        at += character.len_utf8();
        let Some(here) = here.checked_sub(start) else { return true };
        while repeated.next_if(|&(_, end)| end <= here).is_some() {}
        repeated.peek().is_none_or(|&(start, _)| here < start)
    });
}
