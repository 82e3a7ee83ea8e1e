//! The effects in a plan.

use alloc::vec::Vec;

use super::{Action, Attribute, Entry, Plan};
use crate::resource::Field;

impl<'a> Plan<'a> {
    /// Returns whether the plan changes nothing in any resource, so that a store needs no
    /// statement.
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

    /// Returns the metadata fields that the plan changes, with the action for each, in the body's
    /// order.
    pub fn fields(&self) -> impl Iterator<Item = (&Field<'a>, &Action)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Field(field, action) => Some((field, action)),
            Entry::Attribute(..) => None,
        })
    }

    /// Returns the action for the metadata field of this name, if the plan changes it.
    #[must_use]
    pub fn action(&self, field: &str) -> Option<&Action> {
        self.fields().find(|(planned, _)| planned.name == field).map(|(_, action)| action)
    }

    /// Returns the attributes that the plan changes, with the effect on each, in the body's order.
    pub fn attributes(&self) -> impl ExactSizeIterator<Item = (&str, &Attribute)> {
        let attributes = self.entries.iter().filter_map(|entry| match entry {
            Entry::Attribute(name, attribute) => Some((name.as_str(), attribute)),
            Entry::Field(..) => None,
        });
        attributes.collect::<Vec<_>>().into_iter()
    }
}
