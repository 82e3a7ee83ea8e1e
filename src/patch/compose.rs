//! Two patches: their composition, and whether they commute.

use super::Patch;
use crate::equality::json_eq;
use crate::in_place::drop_nulls;

impl Patch {
    /// Composes two patches: applying the result is the same as applying `self` and then `next`.
    ///
    /// Composition is associative, with [`Patch::omit`] as its identity. A patch composed with
    /// itself equals that patch, so a retry is harmless.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let first = Patch::omit().set("a", 1).set("b", 1);
    /// let next = Patch::omit().set("b", 2).remove("c");
    /// assert_eq!(
    ///     first.clone().then(next),
    ///     Patch::omit().set("a", 1).set("b", 2).remove("c")
    /// );
    /// assert_eq!(first.then(Patch::clear()), Patch::clear());
    /// ```
    ///
    /// # Complexity
    ///
    /// O(m) insertions, where m is the number of root keys in `next`. If `self` clears and `next`
    /// removes a key, this adds one pass over the result. No value is cloned.
    #[must_use]
    pub fn then(mut self, next: Patch) -> Patch {
        if next.clear {
            return next;
        }
        self.entries.extend(next.entries); // compose
        if self.clear {
            drop_nulls(&mut self.entries);
        }
        self
    }

    /// Returns whether the two patches have the same effect in either order, on every document.
    ///
    /// They do if and only if
    /// - neither clears and they agree on every key that both name, or
    /// - both clear and set the same, or
    /// - only one clears; it sets every key that the other sets, to the same value, and no key that
    ///   the other removes.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let blue = Patch::omit().set("mycolor", "blue");
    /// assert!(blue.commutes_with(&Patch::omit().remove("myflavor")));
    /// assert!(!blue.commutes_with(&Patch::omit().set("mycolor", "red")));
    /// assert!(blue.commutes_with(&Patch::clear().set("mycolor", "blue")));
    /// ```
    ///
    /// # Complexity
    ///
    /// O(n) lookups and comparisons of values, where n is the number of root keys in `self`. If one
    /// of the patches clears, n is that of the other.
    #[must_use]
    pub fn commutes_with(&self, other: &Patch) -> bool {
        match (self.clear, other.clear) {
            // commute
            (false, false) => {
                self.entries.iter().all(|(key, mine)| other.entries.get(key).is_none_or(|theirs| json_eq(mine, theirs)))
            }
            (true, true) => self == other,
            (true, false) => self.absorbs(other),
            (false, true) => other.absorbs(self),
        }
    }

    /// Returns whether this patch, which clears, has the same effect before `other`, which does
    /// not, as after it.
    fn absorbs(&self, other: &Patch) -> bool {
        other.entries.iter().all(|(key, value)| match self.entries.get(key) {
            Some(set) => json_eq(set, value),
            None => value.is_null(),
        })
    }
}
