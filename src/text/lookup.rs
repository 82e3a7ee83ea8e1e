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
/// So many slots are looked at for a key. With three quarters of all free, keys that nobody chose take one or two.
const PROBES: usize = 64;

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
    /// A slot: the upper half of a key's hash, and below it the entry's number, from 1. It stands where the lower bits of the
    /// hash say, or soon behind.
    Table(Vec<u64>),
    /// The numbers of the entries in the order of their keys.
    Sorted(Vec<usize>),
}

impl<'a> Patch<'a> {
    /// Reads the members of a root object whose opening brace the scanner has passed.
    pub(super) fn read(text: &'a str, scanner: &mut Scanner<'_>) -> Result<Patch<'a>, Wanted> {
        let mut entries: List<Entry, FEW> = List::new();
        while let Some(member) = scanner.member(entries.items().is_empty())? {
            entries.push(Entry { member, done: false }, || FEW * text.len() / member.start);
        }
        let index = Index::new(text, entries.items_mut());
        Ok(Patch { text, entries, index })
    }

    pub(super) fn entries(&self) -> &[Entry] {
        self.entries.items()
    }

    /// The entry of a key, whose hash is given.
    #[inline]
    pub(super) fn find(&mut self, key: Key<'_>, hash: u64) -> Option<&mut Entry> {
        let entries = self.entries.items_mut();
        let number = match &self.index {
            Index::Few(hashes) => {
                let mut alike = 0;
                for (number, other) in hashes.iter().enumerate() {
                    alike |= u32::from(*other == hash) << number;
                }
                loop {
                    let number = alike.checked_ilog2()?;
                    if entries.get(number as usize)?.is(key, self.text) {
                        break number as usize;
                    }
                    alike ^= 1 << number;
                }
            }
            Index::Table(slots) => match probe(slots, self.text, entries, key, hash)? {
                (_, 0) => return None,
                (_, number) => number - 1,
            },
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
    /// Marks as done each entry whose key comes again.
    fn new(text: &str, entries: &mut [Entry]) -> Index {
        if entries.len() > FEW {
            return Index::table(text, entries).unwrap_or_else(|| Index::sorted(text, entries));
        }
        let mut hashes = [0; FEW];
        for (hash, entry) in hashes.iter_mut().zip(&*entries) {
            *hash = entry.member.key(text).hash();
        }
        let mut later = entries;
        let mut later_hashes = &hashes[..];
        while let (Some((entry, entries)), Some((hash, hashes))) = (later.split_first_mut(), later_hashes.split_first())
        {
            let key = entry.member.key(text);
            entry.done = entries.iter().zip(hashes).any(|(later, other)| hash == other && later.is(key, text));
            (later, later_hashes) = (entries, hashes);
        }
        Index::Few(hashes)
    }

    /// None if too many keys want the same place.
    fn table(text: &str, entries: &mut [Entry]) -> Option<Index> {
        if entries.len() >= u32::MAX as usize {
            return None;
        }
        let mut slots = vec![0; 4 * entries.len().next_power_of_two()];
        for number in 0..entries.len() {
            let key = entries.get(number)?.member.key(text);
            let hash = key.hash();
            let (place, earlier) = probe(&slots, text, entries, key, hash)?;
            if earlier > 0 {
                entries.get_mut(earlier - 1)?.done = true;
            }
            *slots.get_mut(place)? = hash & UPPER | (number as u64 + 1);
        }
        Some(Index::Table(slots))
    }

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

const UPPER: u64 = !0 << 32;

/// The place of a key in the table, and the number in it: 0 if the place is free. None if the key is not there, nor any room.
#[inline]
fn probe(slots: &[u64], text: &str, entries: &[Entry], key: Key<'_>, hash: u64) -> Option<(usize, usize)> {
    for step in 0..PROBES {
        let place = (hash as usize).wrapping_add(step) & (slots.len() - 1);
        let slot = *slots.get(place)?;
        let number = (slot & !UPPER) as usize;
        if number == 0 || (slot & UPPER == hash & UPPER && entries.get(number - 1)?.is(key, text)) {
            return Some((place, number));
        }
    }
    None
}
