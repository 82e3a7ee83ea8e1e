//! The names that the caller of a plan may change.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;

use super::{Entry, Plan};
use crate::error::Error;

impl Plan<'_> {
    /// Returns the plan, or rejects it if it has a field or an attribute that is not in `names`. An
    /// omitted typed field is not in the plan.
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// let error = USER.plan(json!({"name": "x", "user_id": "root"}))?.allow(&["name", "user_metadata"]).unwrap_err();
    /// assert_eq!(error.to_string(), r#"the caller may not change "user_id""#);
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotAllowed`], with the first name that is not allowed.
    ///
    /// # Complexity
    ///
    /// O((n + m) log m), where m is the number of `names`.
    pub fn allow(self, names: &[impl AsRef<str>]) -> Result<Self, Error> {
        let allowed: BTreeSet<&str> = names.iter().map(AsRef::as_ref).collect();
        let mut denied = self.entries.iter().map(Entry::name).filter(|name| !allowed.contains(name));
        match denied.next() {
            Some(first) => Err(Error::NotAllowed { first: first.to_owned(), count: 1 + denied.count() }),
            None => Ok(self),
        }
    }
}
