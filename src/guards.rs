//! Guards: a patch that must not delete, or must not wipe, is judged before it is sent.

use alloc::string::String;

use serde_json::{Map, Value};

use crate::{Error, Patch};

impl Patch {
    /// This patch, unless it would remove a root key that `document` holds (rule `deny-removals`).
    ///
    /// For a tool that only ever adds and changes: a file that was half written, a template that rendered empty or a query that
    /// returned too little makes a [`diff`](Patch::diff) full of removals. It is what `prevent_destroy` is in Terraform.
    ///
    /// ```
    /// use metadata_merge::Patch;
    /// use serde_json::json;
    ///
    /// let [stored, wanted] = [json!({"plan": "full", "seats": 5}), json!({"plan": "free"})];
    /// let [stored, wanted] = [&stored, &wanted].map(|document| document.as_object().unwrap());
    /// let refused = Patch::diff(stored, wanted)?.deny_removals(stored).unwrap_err();
    /// assert_eq!(refused.to_string(), "the patch must not remove a stored root key, but removes \"seats\"");
    ///
    /// // To remove what is not there removes nothing.
    /// let retried = Patch::omit().set("plan", "free").remove("beta").deny_removals(stored)?;
    /// assert_eq!(retried, Patch::omit().set("plan", "free").remove("beta"));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// `document` should be what the patch is applied to: read it in the same transaction, if there is one. Below the root,
    /// nothing is judged: a nested object that is replaced may lose members, which [`Patch::changes`] shows.
    ///
    /// # Errors
    ///
    /// [`Error::Removes`] if it would, by a removal or by a clear. A key that a clear takes and the patch sets again stays.
    ///
    /// # Complexity
    ///
    /// One look-up for each key that the patch removes, or, if it clears, for each root key of `document`.
    pub fn deny_removals(self, document: &Map<String, Value>) -> Result<Patch, Error> {
        let Some((first, _)) = self.removed_from(document).next() else { return Ok(self) };
        let count = self.removed_from(document).count();
        Err(Error::Removes { first: first.clone(), count })
    }

    /// This patch, unless it would leave `document`, which holds something, without any root key (rule `deny-wipe`).
    ///
    /// It stops a clear that nobody meant: `{}` sent where *no change* was, because the changes were filtered until none was
    /// left. And it stops the diff to an empty document, which removes every key by name.
    ///
    /// ```
    /// use metadata_merge::{Error, Patch};
    /// use serde_json::json;
    ///
    /// let stored = json!({"plan": "full", "seats": 5});
    /// let stored = stored.as_object().unwrap();
    /// assert_eq!(Patch::clear().deny_wipe(stored), Err(Error::Wipes { count: 2 }));
    /// assert_eq!(Patch::omit().remove("plan").remove("seats").deny_wipe(stored), Err(Error::Wipes { count: 2 }));
    /// assert!(Patch::omit().remove("plan").deny_wipe(stored).is_ok());
    /// assert!(Patch::clear().set("plan", "free").deny_wipe(stored).is_ok());
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// `document` should be what the patch is applied to, as with [`deny_removals`](Patch::deny_removals): once another writer has
    /// removed the rest, what removes one key leaves none.
    ///
    /// # Errors
    ///
    /// [`Error::Wipes`] if it would, by a clear or by removing the last key.
    ///
    /// # Complexity
    ///
    /// As [`deny_removals`](Patch::deny_removals).
    pub fn deny_wipe(self, document: &Map<String, Value>) -> Result<Patch, Error> {
        let count = self.removed_from(document).count();
        // If all keys of the document go, those that are set are new.
        if count > 0 && count == document.len() && self.sets().next().is_none() {
            return Err(Error::Wipes { count });
        }
        Ok(self)
    }
}
