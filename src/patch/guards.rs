//! Guards, which deny a patch that removes keys or empties the document.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::{Map, Value};

use super::Patch;
use crate::error::Error;

impl Patch {
    /// Returns the patch, or denies it if it removes a root key of `document` (rule
    /// `deny-removals`).
    ///
    /// Use it in a tool that only adds and changes keys. After a failed query or an empty template,
    /// a [`diff`](Patch::diff) removes many keys. Terraform's `prevent_destroy` is such a guard.
    ///
    /// ```
    /// use metadata_merge::{Patch, object};
    /// use serde_json::json;
    ///
    /// let (stored, wanted) = (json!({"plan": "full", "seats": 5}), json!({"plan": "free"}));
    /// let patch = Patch::diff(object(&stored)?, object(&wanted)?)?;
    /// let error = patch.deny_removals(object(&stored)?).unwrap_err();
    /// assert_eq!(error.to_string(), "the patch must not remove a stored root key, but removes \"seats\"");
    ///
    /// // A removal of a key that is not there removes nothing.
    /// assert!(Patch::omit().set("plan", "free").remove("beta").deny_removals(object(&stored)?).is_ok());
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// Read `document` in the transaction that applies the patch. The guard ignores values below
    /// the root. A nested object that is replaced may lose members, which [`Patch::changes`] shows.
    ///
    /// # Errors
    ///
    /// [`Error::WouldRemove`] if the patch removes a stored root key, by name or by a clear. A key
    /// that it sets after a clear is not removed.
    ///
    /// # Complexity
    ///
    /// O(n) lookups, where n is the number of removals, or of root keys in `document` if the patch
    /// clears.
    pub fn deny_removals(self, document: &Map<String, Value>) -> Result<Patch, Error> {
        let Some((first, _)) = self.removed_from(document).next() else { return Ok(self) };
        let count = self.removed_from(document).count();
        Err(Error::WouldRemove { first: first.to_owned(), count }) // deny-removals
    }

    /// Returns the patch, or denies it if it leaves a non-empty `document` empty (rule
    /// `deny-wipe`).
    ///
    /// It denies an accidental clear, such as `{}` from an empty list of changes, and the diff to
    /// an empty document.
    ///
    /// ```
    /// use metadata_merge::{Error, Patch, object};
    /// use serde_json::json;
    ///
    /// let stored = json!({"plan": "full", "seats": 5});
    /// let stored = object(&stored)?;
    /// assert_eq!(Patch::clear().deny_wipe(stored), Err(Error::WouldWipe { count: 2 }));
    /// assert_eq!(Patch::omit().remove("plan").remove("seats").deny_wipe(stored), Err(Error::WouldWipe { count: 2 }));
    /// assert!(Patch::omit().remove("plan").deny_wipe(stored).is_ok());
    /// assert!(Patch::clear().set("plan", "free").deny_wipe(stored).is_ok());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Read `document` in the transaction that applies the patch. Another writer may have removed
    /// all other keys.
    ///
    /// # Errors
    ///
    /// [`Error::WouldWipe`] if the document has keys and the patch leaves none.
    ///
    /// # Complexity
    ///
    /// As [`deny_removals`](Patch::deny_removals).
    pub fn deny_wipe(self, document: &Map<String, Value>) -> Result<Patch, Error> {
        let count = self.removed_from(document).count();
        if count > 0 && count == document.len() && self.sets().next().is_none() {
            return Err(Error::WouldWipe { count }); // deny-wipe
        }
        Ok(self)
    }
}
