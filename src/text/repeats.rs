//! Detects repeated root keys, and keeps the last member of each.

use alloc::string::String;
use alloc::vec::Vec;

use super::body::Body;
use super::key::Key;
use super::list::{List, MOST_EXPECTED};
use super::scan::Scanner;
use super::seen::Seen;

/// The number of keys that need no allocation.
const FEW: usize = 16;
/// The filter's growth factor. A new filter has room for `GROWTH` times the scanned length, at most
/// for both texts.
const GROWTH: usize = 64;

/// Detects whether the target repeats a key that the patch does not name.
pub(super) struct Repeats {
    seen: Seen,
    /// The length of the text that `seen` has room for.
    room: usize,
    /// The maximum of `room`: the length of both texts.
    most: usize,
    /// The hashes of the keys that the patch does not name.
    hashes: List<u64, FEW>,
    /// The hashes whose bit was already set, except for the first keys.
    suspects: Vec<u64>,
    suspected: bool,
}

impl Repeats {
    /// Indexes the patch. The target has at most `target` bytes.
    #[inline(always)]
    pub(super) fn new(patch: &mut Body<'_>, target: usize) -> Repeats {
        let most = target + patch.text.len();
        let room = if patch.is_few() { 0 } else { most.min(patch.text.len().saturating_mul(GROWTH)) };
        let mut seen = Seen::new(room);
        patch.index(&mut seen);
        Repeats { seen, room, most, hashes: List::new(), suspects: Vec::new(), suspected: false }
    }

    /// Marks a key of the target. Returns whether it is certainly new: the patch does not name it,
    /// and it was not marked before.
    #[inline(always)]
    pub(super) fn mark(&mut self, key: Key<'_>) -> bool {
        self.seen.mark(key.hash)
    }

    /// Records a possibly repeated key. The patch must not name it, and `mark` must have returned
    /// false.
    #[cold]
    pub(super) fn suspect(&mut self, key: Key<'_>) {
        self.suspected = true;
        if self.hashes.is_many() {
            if self.suspects.is_empty() {
                self.suspects.reserve((self.room / 256).clamp(2 * FEW, MOST_EXPECTED));
            }
            self.suspects.push(key.hash);
        }
    }

    /// Records a key that the patch does not name. `scanned` is the length of the target before the
    /// key.
    #[inline(always)]
    pub(super) fn keep(&mut self, key: Key<'_>, patch: &Body<'_>, scanned: usize) {
        if !self.hashes.try_push(key.hash) {
            self.grow(patch, scanned, key.hash);
        }
    }

    /// Makes room. The end of a nested object is not known yet, so the room grows with the scanned
    /// part. Reserving room for the rest of the text would take quadratic time for many short
    /// objects.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, patch: &Body<'_>, scanned: usize, hash: u64) {
        let count = self.hashes.items().len();
        let expected = (count.saturating_mul(self.most) / scanned.max(1)).min(count.saturating_mul(GROWTH));
        self.hashes.push(hash, expected);
        let room = self.most.min((scanned + patch.text.len()).saturating_mul(GROWTH));
        if room > self.room {
            self.room = room;
            self.seen = Seen::new(room);
            for entry in patch.entries() {
                self.seen.mark(entry.key.hash);
            }
            for &hash in self.hashes.items() {
                self.seen.mark(hash);
            }
        }
    }

    /// Returns the number of keys that the patch does not name.
    #[inline(always)]
    pub(super) fn kept(&self) -> usize {
        self.hashes.len()
    }

    /// Returns whether any two kept keys have the same hash. Unless an attacker chose them, such
    /// keys are equal.
    #[inline(always)]
    pub(super) fn found(self) -> bool {
        self.suspected && self.compare()
    }

    #[cold]
    #[inline(never)]
    fn compare(mut self) -> bool {
        let hashes = self.hashes.items();
        // The first `FEW` + 1 keys are not among the suspects, so they are compared with each
        // other.
        let few = hashes.get(..=FEW).unwrap_or(hashes);
        for (place, hash) in few.iter().enumerate() {
            if few.iter().take(place).any(|earlier| earlier == hash) {
                return true;
            }
        }
        // Usually few keys are suspects. In the worst case all are, and sorting dominates.
        self.seen.clear();
        for &hash in &self.suspects {
            self.seen.mark(hash);
        }
        let mut alike: Vec<u64> = Vec::with_capacity(4 * self.suspects.len());
        alike.extend(hashes.iter().copied().filter(|&hash| self.seen.marked(hash)));
        alike.sort_unstable();
        alike.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
    }
}

/// Removes the root members whose key repeats later, from the object in `out` at `start`. Sorts the
/// keys, in O(n log n) time, where n is the number of members.
#[cold]
pub(crate) fn keep_the_last(out: &mut String, start: usize) {
    let object = out.split_off(start);
    let mut members: Vec<(Key<'_>, usize)> = Vec::new();
    let mut scanner = Scanner::new(&object);
    scanner.open();
    let mut next = scanner.first();
    while let Ok(Some(start)) = next {
        let Ok((_, key, _)) = scanner.member(start) else { break };
        members.push((key, start));
        next = scanner.next();
    }
    // The last member is never removed, so a removed one ends where the next one starts.
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
