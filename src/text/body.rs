//! The members of a body, and an index that finds them by their keys.
//!
//! The hash is unkeyed because `no_std` has no source of randomness. If too many keys collide, the
//! index falls back to sorting, which is O(n log n). A merge join of sorted keys was measured as
//! well: it is twice as slow for a document with appended keys.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::key::Key;
use super::list::List;
use super::measure::json_type;
use super::scan::{Member, Scanned, Scanner};
use super::seen::Seen;
use crate::error::JsonType;

/// The number of entries that need no allocation and no index.
pub(super) const FEW: usize = 8;
/// The maximum length of a hash chain. Unless an attacker chooses colliding keys, a chain has at
/// most a dozen entries.
const LONGEST: u32 = 32;

/// The root members of a patch, or of the body of a whole request.
pub(crate) struct Body<'a> {
    pub(crate) text: &'a str,
    entries: List<Entry<'a>, FEW>,
    index: Index,
}

/// A root member of a body.
#[derive(Clone, Copy, Default)]
pub(crate) struct Entry<'a> {
    pub(super) member: Member,
    pub(super) key: Key<'a>,
    /// The 1-based number of the previous entry in the hash chain; 0 if there is none.
    before: u32,
    pub(crate) effect: Effect,
    state: State,
    /// The offset in the target of the last value with this entry's key.
    found: usize,
}

/// The effect of an entry on the target's member with the same key.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Effect {
    /// Removes the member, if there is one.
    #[default]
    Remove,
    /// Stores the entry's value verbatim.
    Replace,
    /// Stores `{}`.
    Clear,
    /// Merges the entry's object into the stored object. A missing or non-object stored value
    /// counts as `{}`.
    Merge,
}

/// The state of an entry during a merge.
#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    /// The target has no such key so far.
    #[default]
    Missing,
    /// A later entry has the same key, so this entry is ignored.
    Shadowed,
    Found,
    /// The target repeats the key. The entry was applied to the first member; the others were left
    /// out.
    Repeated,
}

impl Entry<'_> {
    /// Returns whether the key decodes to `name`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.key.is(name)
    }

    #[inline]
    pub(crate) fn value<'t>(&self, body: &'t str) -> &'t str {
        self.member.value_in(body)
    }

    pub(crate) fn value_type(&self, body: &str) -> JsonType {
        json_type(self.value(body))
    }

    /// Records that the target has this key. Returns true for the first occurrence.
    #[inline(always)]
    pub(super) fn mark_found(&mut self) -> bool {
        if self.state != State::Missing {
            self.state = State::Repeated;
            return false;
        }
        self.state = State::Found;
        true
    }

    /// Records the offset of the target's value for this key.
    #[inline(always)]
    pub(super) fn note(&mut self, value: usize) {
        self.found = value;
    }

    /// Returns whether the entry merges with the next stored object that has its key.
    #[inline(always)]
    pub(super) fn merges(&self) -> bool {
        self.effect == Effect::Merge && self.state == State::Missing
    }

    /// Returns whether the entry adds a member.
    #[inline(always)]
    pub(crate) fn is_new(&self) -> bool {
        self.state == State::Missing && self.effect != Effect::Remove
    }

    /// Returns the target's text, starting at the last value with this key.
    pub(crate) fn found<'t>(&self, target: &'t str) -> Option<&'t str> {
        let found = matches!(self.state, State::Found | State::Repeated);
        if found { target.get(self.found..) } else { None }
    }

    /// Returns whether the target repeats the key.
    pub(crate) fn is_repeated(&self) -> bool {
        self.state == State::Repeated
    }

    /// Returns the sort key of the entry's value in the result.
    pub(crate) fn place(&self) -> usize {
        if self.state == State::Found { self.found } else { usize::MAX }
    }

    /// Returns the number of bytes between the quotes of the target's key.
    pub(crate) fn found_key_length(&self, target: &str) -> usize {
        let before = target.get(..self.found).unwrap_or_default().trim_ascii_end();
        let before = before.strip_suffix(':').unwrap_or_default().trim_ascii_end();
        let key = before.strip_suffix('"').unwrap_or_default();
        // A quote within a key follows a backslash. The quote before a key does not.
        let mut quotes = key.rmatch_indices('"').map(|(quote, _)| quote);
        let is_opening = |quote: &usize| !key.get(..*quote).is_some_and(|before| before.ends_with('\\'));
        key.len() - quotes.find(is_opening).map_or(0, |quote| quote + 1)
    }

    pub(crate) fn name(&self) -> Cow<'_, str> {
        self.key.decode()
    }

    /// Returns the number of bytes between the quotes of the key.
    pub(crate) fn key_length(&self) -> usize {
        self.key.length()
    }

    /// Returns whether a later entry has the same key. Call [`Body::index`] first.
    pub(crate) fn is_shadowed(&self) -> bool {
        self.state == State::Shadowed
    }

    /// Returns whether the entry was merged into an ignored value, because the target repeats the
    /// key.
    pub(crate) fn is_misapplied(&self) -> bool {
        self.effect == Effect::Merge && self.state == State::Repeated
    }
}

/// Finds the last entry with a key.
enum Index {
    /// Compares each entry.
    None,
    /// A hash table whose length is a power of two. The lower bits of a hash select its bucket.
    Chains(Vec<Chain>),
    /// The numbers of the entries, sorted by key.
    Sorted(Vec<usize>),
}

/// The entries in one bucket of the hash table.
#[derive(Clone, Copy, Default)]
struct Chain {
    /// The 1-based number of the last entry; 0 if there is none.
    last: u32,
    length: u32,
}

impl<'a> Body<'a> {
    pub(crate) fn new(text: &'a str) -> Body<'a> {
        Body { text, entries: List::new(), index: Index::None }
    }

    /// Reads the members, after the opening brace. A null removes its key. Any other value replaces
    /// the stored one.
    #[inline(always)]
    pub(super) fn read(&mut self, scanner: &mut Scanner<'a>) -> Scanned {
        let mut next = scanner.first()?;
        while let Some(start) = next {
            let (member, key, token) = scanner.member(start)?;
            let effect = if token == b'n' { Effect::Remove } else { Effect::Replace }; // delete, set
            let entry = Entry { member, key, effect, ..Entry::default() };
            if !self.entries.try_push(entry) {
                self.entries.push(entry, self.text.len() / (member.end - member.start));
            }
            next = scanner.next()?;
        }
        scanner.end()
    }

    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        self.entries.items()
    }

    pub(super) fn into_entries(self) -> List<Entry<'a>, FEW> {
        self.entries
    }

    pub(crate) fn entries_mut(&mut self) -> &mut [Entry<'a>] {
        self.entries.items_mut()
    }

    /// Returns whether all entries are stored inline, without an index.
    #[inline]
    pub(super) fn is_few(&self) -> bool {
        !self.entries.is_many()
    }

    /// Builds the index, marks each key as seen, and finds the shadowed entries.
    #[inline(always)]
    pub(super) fn index(&mut self, seen: &mut Seen) {
        let few = self.is_few();
        let entries = self.entries.items_mut();
        if !few {
            self.index = Index::chains(entries, seen).unwrap_or_else(|| Index::sorted(entries, seen));
            return;
        }
        for number in 0..entries.len() {
            let (earlier, rest) = entries.split_at_mut(number);
            let Some(entry) = rest.first().filter(|entry| !seen.mark(entry.key.hash)) else { continue };
            for earlier in earlier.iter_mut().filter(|earlier| earlier.key.same(entry.key)) {
                earlier.state = State::Shadowed;
            }
        }
    }

    /// Returns the entry of a key.
    #[inline(always)]
    pub(super) fn find(&mut self, key: Key<'_>) -> Option<&mut Entry<'a>> {
        let entries = self.entries.items_mut();
        match &self.index {
            Index::None => entries.iter_mut().rfind(|entry| entry.key.same(key)),
            Index::Chains(chains) => chains.get(key.hash as usize & (chains.len() - 1))?.find(key, entries),
            Index::Sorted(numbers) => {
                let order = |number: &usize| entries.get(*number).map(|entry| entry.key.order(key));
                let place = numbers.binary_search_by(|number| order(number).unwrap_or(Ordering::Less)).ok()?;
                entries.get_mut(*numbers.get(place)?)
            }
        }
    }
}

impl Chain {
    #[cold]
    #[inline(never)]
    fn shadow(self, key: Key<'_>, entries: &mut [Entry<'_>]) {
        if let Some(entry) = self.find(key, entries) {
            entry.state = State::Shadowed;
        }
    }

    #[inline]
    fn find<'e, 'a>(self, key: Key<'_>, entries: &'e mut [Entry<'a>]) -> Option<&'e mut Entry<'a>> {
        let mut number = self.last;
        loop {
            let place = (number as usize).checked_sub(1)?;
            let entry = entries.get(place)?;
            if entry.key.same(key) {
                return entries.get_mut(place);
            }
            number = entry.before;
        }
    }
}

impl Index {
    /// Builds the hash table. Returns `None` if a chain would exceed [`LONGEST`].
    #[inline(never)]
    fn chains(entries: &mut [Entry<'_>], seen: &mut Seen) -> Option<Index> {
        let mut chains = vec![Chain::default(); 2 * entries.len().next_power_of_two()];
        for number in 0..entries.len() {
            let key = entries.get(number)?.key;
            let place = key.hash as usize & (chains.len() - 1);
            let chain = chains.get_mut(place)?;
            if !seen.mark(key.hash) {
                chain.shadow(key, entries);
            }
            if chain.length == LONGEST {
                return None;
            }
            entries.get_mut(number)?.before = chain.last;
            *chain = Chain { last: u32::try_from(number + 1).ok()?, length: chain.length + 1 };
        }
        Some(Index::Chains(chains))
    }

    #[cold]
    fn sorted<'a>(entries: &mut [Entry<'a>], seen: &mut Seen) -> Index {
        for entry in entries.iter() {
            seen.mark(entry.key.hash);
        }
        let mut numbers: Vec<usize> = (0..entries.len()).collect();
        let key = |number: usize, entries: &[Entry<'a>]| entries.get(number).map(|entry| entry.key).unwrap_or_default();
        numbers.sort_unstable_by(|&a, &b| key(a, entries).order(key(b, entries)).then(b.cmp(&a)));
        numbers.dedup_by(|earlier, last| {
            let again = key(*earlier, entries).same(key(*last, entries));
            if again {
                if let Some(entry) = entries.get_mut(*earlier) {
                    entry.state = State::Shadowed;
                }
            }
            again
        });
        Index::Sorted(numbers)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use serde_json::Value;

    use super::{Body, Index, LONGEST};
    use crate::merge::merge;
    use crate::text;
    use crate::text::key::Key;
    use crate::text::scan::Scanner;
    use crate::text::seen::Seen;

    /// Returns keys that collide in each table of up to 1,024 buckets.
    fn colliding(count: usize) -> Vec<String> {
        let keys = (0..).map(|number| format!("key {number}"));
        keys.filter(|key| Key::new(key.as_bytes(), None).hash % 1_024 == 7).take(count).collect()
    }

    fn object<'a>(members: impl Iterator<Item = (&'a String, &'a str)>) -> String {
        let members: Vec<String> = members.map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn the_index_is_sorted_once_many_keys_collide() {
        let keys = colliding(300);
        // In a filter for such a long text, few keys share a bit.
        let long = " ".repeat(100_000);
        let longest = LONGEST as usize - 9;
        for (count, sorted) in [(longest, false), (longest + 1, true), (300, true)] {
            let values = ["null", "1", "2", "null", "3", "4", "5"].into_iter().cycle();
            // Some keys repeat.
            let patch = object(keys.iter().take(count).chain(keys.iter().take(9)).zip(values));
            let document = object(keys.iter().rev().take(200).map(|key| (key, "0"))) + &long;

            let mut read = Body::new(&patch);
            let mut scanner = Scanner::new(&patch);
            assert!(scanner.open() && read.read(&mut scanner).is_ok());
            read.index(&mut Seen::new(patch.len()));
            assert_eq!(matches!(read.index, Index::Sorted(_)), sorted, "{count} keys");

            let tree = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
            let merged = text::merge(&document, &patch).expect("objects");
            let wanted = merge(&tree(&document), &tree(&patch)).expect("objects");
            assert_eq!(tree(&merged), wanted, "{count} keys");
            assert_eq!(
                Some(merged.matches(':').count()),
                wanted.as_object().map(serde_json::Map::len),
                "each key once"
            );
        }
    }
}
