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

    /// Returns the patch of a body. An empty `body` **clears**; a null in it removes its key.
    ///
    /// Do not call this with a map that was filtered. If nulls were stripped from it, or unchanged
    /// entries were dropped, an empty map means "no change" and this function would wipe the
    /// document.
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

    /// Adds: `key` takes `value` (rule `set`).
    ///
    /// A null removes the key, as in JSON. Beware that `serde_json` converts `None` and numbers
    /// that are not finite (`f64::NAN`) to null.
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

    /// Adds: `key` is removed, present or not (rules `delete` and `delete-missing`).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// assert_eq!(Patch::omit().set("a", 1).remove("a"), Patch::omit().remove("a"));
    /// assert_eq!(Patch::clear().set("a", 1).remove("a"), Patch::clear());
    /// ```
    ///
    /// # Complexity
    ///
    /// One insertion. After a clear it is a removal, which takes O(n) under `preserve_order`.
    #[must_use]
    pub fn remove(self, key: impl Into<String>) -> Patch {
        self.set(key, Value::Null)
    }
}
