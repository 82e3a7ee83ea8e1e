//! The effects of a plan.

use alloc::vec::Vec;

use super::{Action, Attribute, Entry, Plan};
use crate::resource::Field;

impl<'a> Plan<'a> {
    /// Returns whether nothing is planned, in O(1). A database then needs no statement.
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// assert!(USER.plan(json!({}))?.is_omit());
    /// assert!(!USER.plan(json!({"user_metadata": {}}))?.is_omit());
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    #[must_use]
    pub fn is_omit(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the planned metadata fields, each with its action, in the order of the body.
    pub fn fields(&self) -> impl Iterator<Item = (&Field<'a>, &Action)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Field(field, action) => Some((field, action)),
            Entry::Attribute(..) => None,
        })
    }

    /// Returns the action for the metadata field of this name, if it is planned.
    #[must_use]
    pub fn action(&self, field: &str) -> Option<&Action> {
        self.fields().find(|(planned, _)| planned.name == field).map(|(_, action)| action)
    }

    /// Returns the planned attributes, each with its effect, in the order of the body. They are
    /// collected first.
    pub fn attributes(&self) -> impl ExactSizeIterator<Item = (&str, &Attribute)> {
        let attributes = self.entries.iter().filter_map(|entry| match entry {
            Entry::Attribute(name, attribute) => Some((name.as_str(), attribute)),
            Entry::Field(..) => None,
        });
        attributes.collect::<Vec<_>>().into_iter()
    }
}
