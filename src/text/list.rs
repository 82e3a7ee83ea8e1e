//! A list that takes memory only when it is long.

use alloc::vec;
use alloc::vec::Vec;

/// No more memory than for so many items is taken on a guess.
const AT_FIRST: usize = 1 << 14;

/// A list whose first `N` items take no allocation.
pub(crate) struct List<T, const N: usize> {
    few: [T; N],
    count: usize,
    /// All of them, once they are more than `N`.
    many: Vec<T>,
}

impl<T: Copy + Default, const N: usize> List<T, N> {
    pub(crate) fn new() -> List<T, N> {
        List { few: [T::default(); N], count: 0, many: Vec::new() }
    }

    /// So many items, each of which is the default.
    pub(crate) fn filled(count: usize) -> List<T, N> {
        List { few: [T::default(); N], count: N, many: if count > N { vec![T::default(); count] } else { Vec::new() } }
    }

    /// Appends an item, and returns whether it is the first one that takes memory. `expected` is asked then, for how many there
    /// may be in all: a guess.
    #[inline]
    pub(crate) fn push(&mut self, item: T, expected: impl FnOnce() -> usize) -> bool {
        if let Some(place) = self.few.get_mut(self.count) {
            *place = item;
            self.count += 1;
            return false;
        }
        let first = self.many.is_empty();
        if first {
            self.many.reserve(expected().clamp(2 * N, AT_FIRST));
            self.many.extend_from_slice(&self.few);
        }
        self.many.push(item);
        first
    }

    #[inline]
    pub(crate) fn items(&self) -> &[T] {
        if self.many.is_empty() { self.few.get(..self.count).unwrap_or_default() } else { &self.many }
    }

    #[inline]
    pub(crate) fn items_mut(&mut self) -> &mut [T] {
        if self.many.is_empty() { self.few.get_mut(..self.count).unwrap_or_default() } else { &mut self.many }
    }
}
