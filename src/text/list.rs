use alloc::vec;
use alloc::vec::Vec;

/// The maximum number of items for which an estimate may reserve memory.
pub(super) const MOST_EXPECTED: usize = 1 << 14;

/// A vector whose first `N` items need no allocation.
pub(super) struct List<T, const N: usize> {
    few: [T; N],
    count: usize,
    /// All items, if there are more than `N`.
    many: Vec<T>,
}

impl<T: Copy + Default, const N: usize> List<T, N> {
    pub(super) fn new() -> List<T, N> {
        List { few: [T::default(); N], count: 0, many: Vec::new() }
    }

    /// Returns a list of at least `count` default items.
    pub(super) fn filled(count: usize) -> List<T, N> {
        List { few: [T::default(); N], count: N, many: if count > N { vec![T::default(); count] } else { Vec::new() } }
    }

    /// Appends an item if there is room for it. Returns whether there is.
    #[inline(always)]
    pub(super) fn try_push(&mut self, item: T) -> bool {
        if let Some(place) = self.few.get_mut(self.count) {
            *place = item;
            self.count += 1;
            return true;
        }
        let fits = self.many.len() < self.many.capacity();
        if fits {
            self.many.push(item);
        }
        fits
    }

    /// Appends an item. If the list is full, reserves memory for up to `expected` items in total.
    #[cold]
    #[inline(never)]
    pub(super) fn push(&mut self, item: T, expected: usize) {
        if self.many.is_empty() {
            self.many.reserve(expected.clamp(2 * N, MOST_EXPECTED));
            self.many.extend_from_slice(&self.few);
        } else {
            self.many.reserve(expected.min(MOST_EXPECTED).saturating_sub(self.many.len()).max(1));
        }
        self.many.push(item);
    }

    /// Appends the items of a list. If this list is empty, a long list is moved.
    pub(super) fn append(&mut self, list: List<T, N>) {
        if self.len() == 0 && list.is_many() {
            self.many = list.many;
            return;
        }
        let items = list.items();
        let end = self.count + items.len();
        match self.few.get_mut(self.count..end) {
            Some(room) if self.many.is_empty() => {
                room.copy_from_slice(items);
                self.count = end;
            }
            _ => {
                if self.many.is_empty() {
                    self.many.extend_from_slice(self.few.get(..self.count).unwrap_or_default());
                }
                self.many.extend_from_slice(items);
            }
        }
    }

    /// Returns whether there are more than `N` items.
    #[inline]
    pub(super) fn is_many(&self) -> bool {
        !self.many.is_empty()
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        if self.many.is_empty() { self.count } else { self.many.len() }
    }

    #[inline]
    pub(super) fn items(&self) -> &[T] {
        if self.many.is_empty() { self.few.get(..self.count).unwrap_or_default() } else { &self.many }
    }

    #[inline]
    pub(super) fn items_mut(&mut self) -> &mut [T] {
        if self.many.is_empty() { self.few.get_mut(..self.count).unwrap_or_default() } else { &mut self.many }
    }
}
