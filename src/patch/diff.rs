//! From documents back to patches: diff, undo, and which patches commute.

use alloc::string::String;

use serde_json::{Map, Value};

use super::Patch;
use crate::equality::json_eq;
use crate::error::Error;

impl Patch {
    /// Returns the smallest patch that turns `before` into `after` and does not clear; an omit if
    /// they are equal.
    ///
    /// To empty a document, the patch removes each key by name. A key that someone else adds in the
    /// meantime survives.
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let before = json!({"hobby": "surfing", "addresses": {"home": "123 Main Street"}});
    /// let after = json!({"addresses": {"home": "123 Main Street", "work": "100 Industrial Way"}});
    /// let patch = Patch::diff(object(&before)?, object(&after)?)?;
    /// assert_eq!(
    ///     serde_json::to_value(patch).unwrap(),
    ///     json!({"hobby": null, "addresses": {"home": "123 Main Street", "work": "100 Industrial Way"}}),
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if `after` holds null at a root key where `before` does not: no patch
    /// stores a null there.
    ///
    /// # Complexity
    ///
    /// O(n) lookups, where n is the number of root keys in both documents; a comparison by
    /// [`json_eq`] of each value that both hold; and a clone of each value that is set.
    pub fn diff(before: &Map<String, Value>, after: &Map<String, Value>) -> Result<Patch, Error> {
        let mut entries = Map::new();
        for key in before.keys().filter(|key| !after.contains_key(*key)) {
            entries.insert(key.clone(), Value::Null); // diff
        }
        for (key, new) in after {
            if before.get(key).is_some_and(|old| json_eq(old, new)) {
                continue;
            }
            if new.is_null() {
                return Err(Error::RootNull { key: key.clone() });
            }
            entries.insert(key.clone(), new.clone()); // diff
        }
        Ok(Patch::of_entries(entries))
    }

    /// Returns the smallest patch that restores `document` after this patch was applied to it, and
    /// does not clear.
    ///
    /// It is the [`diff`](Patch::diff) from the patched document to `document`. To revert a change
    /// that was recorded earlier, see [`Changes::revert`](super::Changes::revert).
    ///
    /// ```
    /// # use metadata_merge::{Patch, object};
    /// # use serde_json::json;
    /// let document = json!({"mycolor": "red", "myflavor": "grape"});
    /// let patch = Patch::omit().set("mycolor", "blue").set("mysize", "L");
    /// let undo = patch.undo(object(&document)?)?;
    /// assert_eq!(undo, Patch::omit().set("mycolor", "red").remove("mysize"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if `document` holds null at a root key that the patch changes: no patch
    /// stores it again.
    ///
    /// # Complexity
    ///
    /// As [`Patch::changes`], and a clone of each value that is restored.
    pub fn undo(&self, document: &Map<String, Value>) -> Result<Patch, Error> {
        self.changes(document).revert() // undo
    }

    /// Returns whether the two patches have the same effect in either order, on every document.
    ///
    /// They do if and only if
    /// - neither clears and they agree on every key that both name, or
    /// - both clear and set the same, or
    /// - one clears, it sets every key that the other sets to the same value, and it sets no key
    ///   that the other removes.
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
    /// O(n) lookups and comparisons, where n is the number of keys in the patch that does not clear
    /// (in `self`, if both or neither do).
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
