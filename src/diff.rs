//! From documents back to patches: diff, undo, and which patches commute.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::{Map, Value};

use crate::{Changes, Error, Patch};

impl Patch {
    /// The smallest patch that turns `before` into `after` and does not clear; an omit if they are equal.
    ///
    /// To empty a document, it removes each key by name, so that a key which somebody else adds in the
    /// meantime survives.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let before = json!({"hobby": "surfing", "addresses": {"home": "123 Main Street"}});
    /// let after = json!({"addresses": {"home": "123 Main Street", "work": "100 Industrial Way"}});
    /// let patch = Patch::diff(before.as_object().unwrap(), after.as_object().unwrap())?;
    /// assert_eq!(
    ///     serde_json::to_value(patch).unwrap(),
    ///     json!({"hobby": null, "addresses": {"home": "123 Main Street", "work": "100 Industrial Way"}}),
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if `after` holds null at a root key where `before` does not: no patch stores a null there.
    ///
    /// # Complexity
    ///
    /// One look-up a root key of either side, one comparison of each value that both hold, by `serde_json`'s `==` (which recurses
    /// as deep as both are nested; takes `1` and `1.0` as different, and `0.0` and `-0.0` as the same unless
    /// `arbitrary_precision` is on), and a clone of each value that is set.
    pub fn diff(before: &Map<String, Value>, after: &Map<String, Value>) -> Result<Patch, Error> {
        let wanted = after.iter().map(|(key, value)| (key.as_str(), value));
        let removed = before.iter().filter(|(key, _)| !after.contains_key(*key));
        let changes = Changes::new(Some(before), wanted, removed);
        let removals = changes.removed().map(|(key, _)| Ok((key.to_owned(), Value::Null)));
        let added = changes.added().map(|(key, new)| set(key, new));
        let replaced = changes.replaced().map(|(key, _, new)| set(key, new));
        removals.chain(replaced).chain(added).collect::<Result<_, _>>().map(Patch::of_entries)
    }

    /// The smallest patch that brings `document` back after this patch was applied to it, and does not clear.
    ///
    /// It is the [`diff`](Patch::diff) from the patched document to `document`.
    ///
    /// ```
    /// # use metadata_merge::Patch;
    /// # use serde_json::json;
    /// let document = json!({"mycolor": "red", "myflavor": "grape"});
    /// let patch = Patch::omit().set("mycolor", "blue").set("mysize", "L");
    /// let undo = patch.undo(document.as_object().unwrap())?;
    /// assert_eq!(undo, Patch::omit().set("mycolor", "red").remove("mysize"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::RootNull`] if `document` holds null at a root key that the patch changes: no patch stores it again.
    ///
    /// # Complexity
    ///
    /// As [`Patch::changes`], and a clone of each value that is brought back.
    pub fn undo(&self, document: &Map<String, Value>) -> Result<Patch, Error> {
        let changes = self.changes(document);
        let added = changes.added().map(|(key, _)| Ok((key.to_owned(), Value::Null)));
        let replaced = changes.replaced().map(|(key, old, _)| set(key, old));
        let removed = changes.removed().map(|(key, old)| set(key, old));
        added.chain(replaced).chain(removed).collect::<Result<_, _>>().map(Patch::of_entries)
    }

    /// Whether the two patches give the same in either order, on every document.
    ///
    /// They do exactly when neither clears and they agree on every key that both name; or both clear and set the same; or one
    /// clears, all that the other sets is among what it sets, and nothing that the other removes is.
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
    /// One look-up and at most one comparison for each key of the patch that does not clear; of this one, if both are alike.
    #[must_use]
    pub fn commutes_with(&self, other: &Patch) -> bool {
        match (self.clears(), other.clears()) {
            (false, false) => {
                self.entries.iter().all(|(key, mine)| other.entries.get(key).is_none_or(|theirs| mine == theirs))
            }
            (true, true) => self == other,
            (true, false) => self.absorbs(other),
            (false, true) => other.absorbs(self),
        }
    }

    /// Whether this patch, which clears, gives the same before `other`, which does not, as after it.
    fn absorbs(&self, other: &Patch) -> bool {
        other.sets().all(|(key, value)| self.entries.get(key) == Some(value))
            && other.removals().all(|key| self.entries.get(key).is_none_or(Value::is_null))
    }
}

/// The entry that sets `key` to `value`, for which null is no value.
fn set(key: &str, value: &Value) -> Result<(String, Value), Error> {
    match value {
        Value::Null => Err(Error::RootNull { key: key.to_owned() }),
        _ => Ok((key.to_owned(), value.clone())),
    }
}
