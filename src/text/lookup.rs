//! The members of a patch, found by their keys.
//!
//! The hash has no secret, since a crate without the standard library has none to draw. Keys that are chosen to collide are met
//! by giving the table up: then keys are sorted, in a time that depends on nobody's choice.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::key::Key;
use super::list::List;
use super::scan::{Member, Scanner};
use crate::Wanted;

/// So many keys are compared one by one.
const FEW: usize = 8;
/// So many slots are looked at for a key. With half of all free, keys that nobody chose take one or two.
const PROBES: usize = 128;

/// A patch whose text is an object, read.
pub(super) struct Patch<'a> {
    pub(super) text: &'a str,
    entries: List<Entry, FEW>,
    index: Index,
}

/// A root member of a patch.
#[derive(Clone, Copy, Default)]
pub(super) struct Entry {
    pub(super) member: Member,
    /// Whether its part is done: the document has the key, or a later member of the patch does.
    pub(super) done: bool,
}

/// Finds entries by their keys; among equal ones, the last.
enum Index {
    /// The hashes of the keys.
    Few([u64; FEW]),
    Table(Table),
    /// The numbers of the entries in the order of their keys.
    Sorted(Vec<usize>),
}

impl<'a> Patch<'a> {
    pub(super) fn new(text: &'a str) -> Patch<'a> {
        Patch { text, entries: List::new(), index: Index::Few([0; FEW]) }
    }

    /// Reads the members of a root object whose opening brace the scanner has passed.
    #[inline(always)]
    pub(super) fn read(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Wanted> {
        scanner.members(|member, _| {
            self.entries.push(Entry { member, done: false }, || self.text.len() / (member.end - member.start));
        })?;
        self.index();
        Ok(())
    }

    pub(super) fn entries(&self) -> &[Entry] {
        self.entries.items()
    }

    /// Makes the index, and marks as done each entry whose key comes again.
    fn index(&mut self) {
        let entries = self.entries.items_mut();
        let Index::Few(hashes) = &mut self.index else { return };
        if entries.len() > FEW {
            self.index = match Table::new(self.text, entries) {
                Some(table) => Index::Table(table),
                None => Index::sorted(self.text, entries),
            };
            return;
        }
        for number in 0..entries.len() {
            let (earlier, rest) = entries.split_at_mut(number);
            let Some(entry) = rest.first() else { return };
            let key = entry.member.key(self.text);
            let hash = key.hash();
            for (entry, other) in earlier.iter_mut().zip(&*hashes) {
                entry.done |= *other == hash && entry.is(key, self.text);
            }
            if let Some(place) = hashes.get_mut(number) {
                *place = hash;
            }
        }
    }

    /// The entry of a key, whose hash is given.
    #[inline]
    pub(super) fn find(&mut self, key: Key<'_>, hash: u64) -> Option<&mut Entry> {
        let entries = self.entries.items_mut();
        let number = match &self.index {
            Index::Few(hashes) => {
                let mut number = entries.len();
                loop {
                    number = number.checked_sub(1)?;
                    if hashes.get(number) == Some(&hash) && entries.get(number)?.is(key, self.text) {
                        break number;
                    }
                }
            }
            Index::Table(table) => table.find(self.text, entries, key, hash)?.1?,
            Index::Sorted(numbers) => {
                let order = |number: &usize| entries.get(*number).map(|entry| entry.member.key(self.text).order(key));
                let place = numbers.binary_search_by(|number| order(number).unwrap_or(Ordering::Less)).ok()?;
                *numbers.get(place)?
            }
        };
        entries.get_mut(number)
    }
}

impl Index {
    fn sorted(text: &str, entries: &mut [Entry]) -> Index {
        let mut numbers: Vec<usize> = (0..entries.len()).collect();
        let key = |number: usize, entries: &[Entry]| {
            entries.get(number).map(|entry| entry.member.key(text)).unwrap_or_default()
        };
        numbers.sort_unstable_by(|&a, &b| key(a, entries).order(key(b, entries)).then(b.cmp(&a)));
        numbers.dedup_by(|earlier, last| {
            let again = key(*earlier, entries).same(key(*last, entries));
            if let Some(entry) = entries.get_mut(*earlier) {
                entry.done |= again;
            }
            again
        });
        Index::Sorted(numbers)
    }
}

impl Entry {
    #[inline]
    fn is(&self, key: Key<'_>, text: &str) -> bool {
        self.member.key(text).same(key)
    }
}

/// A hash table of the numbers of entries.
struct Table {
    /// Which bits of a slot hold an entry's number, from 1. Those above are of its key's hash. A slot that is 0 is free.
    numbers: u32,
    /// A power of two of them. An entry's is where the lower bits of its key's hash say, or soon behind.
    slots: Vec<u32>,
}

impl Table {
    /// Marks as done each entry whose key comes again. None if too many keys want the same place.
    fn new(text: &str, entries: &mut [Entry]) -> Option<Table> {
        let count = u32::try_from(entries.len()).ok()?;
        let numbers = count.checked_next_power_of_two()?.checked_mul(2)? - 1;
        let mut table = Table { numbers, slots: vec![0; 2 * entries.len().next_power_of_two()] };
        for number in 0..entries.len() {
            let key = entries.get(number)?.member.key(text);
            let hash = key.hash();
            let (place, earlier) = table.find(text, entries, key, hash)?;
            if let Some(earlier) = earlier {
                entries.get_mut(earlier)?.done = true;
            }
            *table.slots.get_mut(place)? = table.tag(hash) | (number as u32 + 1);
        }
        Some(table)
    }

    #[inline(always)]
    fn tag(&self, hash: u64) -> u32 {
        (hash >> 32) as u32 & !self.numbers
    }

    /// The place of a key and the number of its entry; no number if the place is free, and nothing if there is no place.
    #[inline(always)]
    fn find(&self, text: &str, entries: &[Entry], key: Key<'_>, hash: u64) -> Option<(usize, Option<usize>)> {
        for step in 0..PROBES {
            let place = (hash as usize).wrapping_add(step) & (self.slots.len() - 1);
            let slot = *self.slots.get(place)?;
            if slot == 0 {
                return Some((place, None));
            }
            let number = (slot & self.numbers) as usize - 1;
            if slot & !self.numbers == self.tag(hash) && entries.get(number)?.is(key, text) {
                return Some((place, Some(number)));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use serde_json::Value;

    use super::{Index, PROBES, Patch};
    use crate::text::key::Key;
    use crate::text::scan::Scanner;
    use crate::{merge, text};

    /// Keys that all want the same place in a table of up to 1,024 slots.
    fn colliding(count: usize) -> Vec<String> {
        let keys = (0..).map(|number| format!("key {number}"));
        keys.filter(|key| Key { written: key.as_bytes(), escaped: false }.hash() % 1_024 == 7).take(count).collect()
    }

    fn object<'a>(members: impl Iterator<Item = (&'a String, &'a str)>) -> String {
        let members: Vec<String> = members.map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn keys_that_collide_are_found_sorted_once_they_are_many() {
        let keys = colliding(300);
        for (count, sorted) in [(PROBES, false), (PROBES + 1, true), (300, true)] {
            let values = ["null", "1", "2", "null", "3", "4", "5"].into_iter().cycle();
            // Some come twice, and then the later value counts.
            let patch = object(keys.iter().take(count).chain(keys.iter().take(9)).zip(values));
            let document = object(keys.iter().rev().take(200).map(|key| (key, "0")));

            let mut read = Patch::new(&patch);
            let mut scanner = Scanner::new(&patch);
            assert!(scanner.open() && read.read(&mut scanner).is_ok());
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
