//! The members of a body, found by their keys.
//!
//! The hash has no secret, since a crate without the standard library has none to draw. Keys that are chosen to collide are met
//! by giving the table up: then keys are sorted, in a time that depends on nobody's choice.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::key::Key;
use super::list::List;
use super::repeats::Seen;
use super::scan::{Member, Scanner};
use crate::error::Expected;

/// So many keys take no memory.
const FEW: usize = 8;
/// So many keys may want the same place. Of keys that nobody chose, one or two do, and never more than a dozen.
const LONGEST: u32 = 32;

/// A body whose text is an object, read: a patch, or that of a whole request.
pub(crate) struct Body<'a> {
    pub(crate) text: &'a str,
    entries: List<Entry<'a>, FEW>,
    index: Index,
}

/// A root member of a body.
#[derive(Clone, Copy, Default)]
pub(crate) struct Entry<'a> {
    pub(crate) member: Member,
    pub(crate) key: Key<'a>,
    /// The number of the entry before it in its chain, from 1.
    before: u32,
    /// Whether its part is done: the document has the key, or a later member of the body does.
    pub(crate) done: bool,
}

/// Finds entries by their keys; among equal ones, the last.
enum Index {
    /// By a look at each.
    None,
    /// A power of two of them. An entry's is where the lower bits of its key's hash say.
    Chains(Vec<Chain>),
    /// The numbers of the entries in the order of their keys.
    Sorted(Vec<usize>),
}

/// Entries that share a place.
#[derive(Clone, Copy, Default)]
struct Chain {
    /// The number of the last one, from 1.
    last: u32,
    length: u32,
}

impl<'a> Body<'a> {
    pub(crate) fn new(text: &'a str) -> Body<'a> {
        Body { text, entries: List::new(), index: Index::None }
    }

    /// Reads the members of a root object whose opening brace the scanner has passed.
    #[inline(always)]
    pub(crate) fn read(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Expected> {
        scanner.members(|member, key| {
            let entry = Entry { member, key, before: 0, done: false };
            self.entries.push(entry, || self.text.len() / (member.end - member.start));
        })
    }

    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        self.entries.items()
    }

    /// Whether there are so few entries that none of what finds them takes memory.
    pub(crate) fn is_few(&self) -> bool {
        self.entries().len() <= FEW
    }

    /// Makes the index, marks as done each entry whose key comes again, and sees all keys.
    #[inline(always)]
    pub(crate) fn index(&mut self, seen: &mut Seen) {
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
                earlier.done = true;
            }
        }
    }

    /// The entry of a key.
    #[inline]
    pub(crate) fn find(&mut self, key: Key<'_>) -> Option<&mut Entry<'a>> {
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
    fn finish(self, key: Key<'_>, entries: &mut [Entry<'_>]) {
        if let Some(entry) = self.find(key, entries) {
            entry.done = true;
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
    /// None if too many keys want the same place.
    #[inline(never)]
    fn chains(entries: &mut [Entry<'_>], seen: &mut Seen) -> Option<Index> {
        let mut chains = vec![Chain::default(); 2 * entries.len().next_power_of_two()];
        for number in 0..entries.len() {
            let key = entries.get(number)?.key;
            let place = key.hash as usize & (chains.len() - 1);
            let chain = chains.get_mut(place)?;
            if !seen.mark(key.hash) {
                chain.finish(key, entries);
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
            if let Some(entry) = entries.get_mut(*earlier) {
                entry.done |= again;
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
    use crate::text::repeats::Seen;
    use crate::text::scan::Scanner;

    /// Keys that all want the same place among up to 1,024.
    fn colliding(count: usize) -> Vec<String> {
        let keys = (0..).map(|number| format!("key {number}"));
        keys.filter(|key| Key::new(key.as_bytes(), None).hash % 1_024 == 7).take(count).collect()
    }

    fn object<'a>(members: impl Iterator<Item = (&'a String, &'a str)>) -> String {
        let members: Vec<String> = members.map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn keys_that_collide_are_found_sorted_once_they_are_many() {
        let keys = colliding(300);
        // So long a text that few keys are taken for others.
        let long = " ".repeat(100_000);
        let longest = LONGEST as usize - 9;
        for (count, sorted) in [(longest, false), (longest + 1, true), (300, true)] {
            let values = ["null", "1", "2", "null", "3", "4", "5"].into_iter().cycle();
            // Some come twice, and then the later value counts.
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
