//! A Bloom filter of the hashes of keys.

use super::list::List;

/// Marks a hash by setting one bit, which other hashes can share.
pub(super) struct Seen(List<u64, 8>);

impl Seen {
    /// Returns a filter for the keys of a text of this length. The filter has one or two bits for
    /// each byte, so few keys share a bit. For short texts, nothing is allocated.
    pub(super) fn new(bytes: usize) -> Seen {
        Seen(List::filled((bytes / 64).next_power_of_two()))
    }

    /// Sets the bit of a hash. Returns whether the bit was unset. If it was set, this or another
    /// hash was marked before.
    #[inline(always)]
    pub(super) fn mark(&mut self, hash: u64) -> bool {
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

    /// Returns whether the bit of a hash is set.
    pub(super) fn marked(&self, hash: u64) -> bool {
        let bits = self.0.items();
        bits.get((hash >> 6) as usize & (bits.len() - 1)).is_some_and(|word| word >> (hash & 63) & 1 == 1)
    }

    pub(super) fn clear(&mut self) {
        self.0.items_mut().fill(0);
    }
}
