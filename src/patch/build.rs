//! Patches built by hand or from a body.

use alloc::string::String;

use serde_json::{Map, Value};

use super::Patch;
use crate::in_place::remove;

impl Patch {
    /// Returns the patch that changes nothing: the field is absent from the request.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::omit().is_omit());
    /// assert_eq!(Patch::omit().bodies().len(), 0);
    /// ```
    #[must_use]
    pub fn omit() -> Patch {
        Patch::default()
    }

    /// Returns the patch that removes every key, with the body `{}` (rule `clear`).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// assert_eq!(Patch::clear(), Patch::try_from(json!({}))?);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn clear() -> Patch {
        Patch { clear: true, entries: Map::new() }
    }

    /// Returns the patch of a body. An empty `body` **clears**. A root null removes its key.
    ///
    /// Do not pass a filtered map. If nulls or unchanged entries were dropped from it, an empty map
    /// means "no change", but this patch would clear the document.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert!(Patch::from_body(serde_json::Map::new()).is_clear());
    /// ```
    ///
    /// # Complexity
    ///
    /// O(1).
    #[must_use]
    pub fn from_body(body: Map<String, Value>) -> Patch {
        Patch { clear: body.is_empty(), entries: body }
    }

    /// Returns the patch extended to set `key` to `value` (rule `set`), in place of an earlier
    /// entry for `key`.
    ///
    /// A null removes the key, as in a body. `serde_json` converts `None`, NaN and infinities to
    /// null.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let patch = Patch::omit().set("level", 3).set("tags", json!(["a", "b"]));
    /// assert_eq!(patch.sets().count(), 2);
    /// ```
    ///
    /// # Complexity
    ///
    /// One insertion.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Patch {
        let (key, value) = (key.into(), value.into());
        if self.clear && value.is_null() {
            remove(&mut self.entries, &key);
        } else {
            self.entries.insert(key, value);
        }
        self
    }

    /// Returns the patch extended to remove `key` (rule `delete`), in place of an earlier entry. An
    /// absent key is not an error (rule `delete-missing`).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert_eq!(Patch::omit().set("a", 1).remove("a"), Patch::omit().remove("a"));
    /// assert_eq!(Patch::clear().set("a", 1).remove("a"), Patch::clear());
    /// ```
    ///
    /// # Complexity
    ///
    /// One insertion. If the patch clears, one removal instead, which takes O(n) with the feature
    /// `preserve_order` of `serde_json`.
    #[must_use]
    pub fn remove(self, key: impl Into<String>) -> Patch {
        self.set(key, Value::Null)
    }
}
