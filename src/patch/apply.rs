//! Applies a patch, or converts it into bodies or parts.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::Patch;
use crate::in_place::{apply, drop_nulls};

impl Patch {
    /// Applies the patch to `document`, moving the patch's values.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::Map;
    /// let mut document = Map::from_iter([("mycolor".to_owned(), "red".into())]);
    /// Patch::omit().remove("mycolor").set("mysize", "L").apply(&mut document);
    /// assert!(document.keys().eq(["mysize"]));
    /// ```
    ///
    /// # Complexity
    ///
    /// O(n) lookups, where n is the number of root keys in the patch, or in the document if it has
    /// fewer. With the feature `preserve_order` of `serde_json`, n is that of the patch, and
    /// removals add at most three passes over the document's root keys. A clear drops the document.
    /// Values are neither cloned nor inspected.
    #[inline]
    pub fn apply(self, document: &mut Map<String, Value>) {
        if self.clear {
            *document = self.entries;
        } else {
            apply(self.entries, document);
        }
    }

    /// Converts the patch into request bodies, in sending order. An omit has none. A clear followed
    /// by sets has two: `{}`, then the sets. Any other patch has one. `{}` is among them only if
    /// the patch [`clears`](Patch::clears).
    ///
    /// **Two requests are not atomic.** A reader can see the empty document between them. If the
    /// second request fails, its values are lost. To avoid both, send the one body of
    /// [`Patch::diff`], which removes the unwanted keys by name.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::{Value, json};
    /// let bodies: Vec<_> = Patch::clear().set("plan", "full").bodies().map(Value::Object).collect();
    /// assert_eq!(bodies, [json!({}), json!({"plan": "full"})]);
    /// ```
    pub fn bodies(self) -> impl ExactSizeIterator<Item = Map<String, Value>> {
        let mut bodies = Vec::new();
        if self.clear {
            bodies.push(Map::new());
        }
        if !self.entries.is_empty() {
            bodies.push(self.entries);
        }
        bodies.into_iter()
    }

    /// Splits the patch into the parameters of an SQL statement; see
    /// [`push_down`](crate::resource::push_down).
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// let parts = Patch::omit().set("a", 1).remove("b").into_parts();
    /// assert!(!parts.clear);
    /// assert_eq!(
    ///     (parts.sets["a"].as_i64(), parts.removals),
    ///     (Some(1), vec!["b".to_owned()])
    /// );
    /// ```
    #[must_use]
    pub fn into_parts(self) -> Parts {
        let Patch { clear, entries: mut sets } = self;
        let removals = sets.iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key.clone()).collect();
        drop_nulls(&mut sets);
        Parts { clear, sets, removals }
    }
}

/// The parts of a [`Patch`], as [`Patch::into_parts`] returns them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Whether every key is removed first.
    pub clear: bool,
    /// The root keys to set, with their values, which are never null.
    pub sets: Map<String, Value>,
    /// The root keys to remove; none if `clear` is true.
    pub removals: Vec<String>,
}
