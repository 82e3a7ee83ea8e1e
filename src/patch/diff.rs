//! The patch from one document to another.

use alloc::string::String;

use serde_json::{Map, Value};

use super::Patch;
use crate::equality::json_eq;
use crate::error::Error;

impl Patch {
    /// Returns the smallest patch without a clear that turns `before` into `after`. If they are
    /// equal, it is an omit.
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
    /// [`Error::RootNull`] if `after` holds a root null where `before` does not, because no patch
    /// stores one.
    ///
    /// # Complexity
    ///
    /// O(n) lookups, where n is the number of root keys in both documents. The values of shared
    /// keys are compared by [`json_eq`]. Each set value is cloned.
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
}
