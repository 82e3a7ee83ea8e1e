//! A plan applied to a stored resource.

use alloc::borrow::ToOwned;
use alloc::string::String;

use serde_json::{Map, Value};

use super::{Action, Attribute, Entry, Plan};
use crate::error::Error;
use crate::in_place;
use crate::patch::Patch;
use crate::resource::{Cleared, Field};

impl Plan<'_> {
    /// Applies the plan to `stored`, as a whole or not at all (rule `atomic`).
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// let mut stored = USER.create(json!({"user_metadata": {"a": 1}}))?;
    /// USER.plan(json!({"user_metadata": {"b": 2}}))?.apply(&mut stored)?;
    /// assert_eq!(stored["user_metadata"], json!({"a": 1, "b": 2}));
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Field`] if the plan has a field in merge mode whose stored value is not an object,
    /// even to clear it. `stored` is then unchanged.
    ///
    /// # Complexity
    ///
    /// O(n) lookups, and [`Patch::apply`] for each object that merges. With the feature
    /// `preserve_order` of `serde_json`, removals add at most three passes over the root keys of
    /// `stored`. Values are neither cloned nor inspected.
    pub fn apply(self, stored: &mut Map<String, Value>) -> Result<(), Error> {
        for (field, _) in self.fields() {
            field.document(stored)?; // atomic
        }
        // Removed together, because each removal from a map that keeps order moves all later
        // members.
        let mut removals = Map::new();
        for entry in self.entries {
            match entry {
                Entry::Field(field, action) => action.apply(&field, stored, &mut removals),
                Entry::Attribute(name, attribute) => attribute.apply(name, stored, &mut removals),
            }
        }
        if !removals.is_empty() {
            in_place::apply(removals, stored);
        }
        Ok(()) // omit: nothing else is touched
    }
}

impl Action {
    fn apply(self, field: &Field<'_>, stored: &mut Map<String, Value>, removals: &mut Map<String, Value>) {
        let name = field.name.to_owned();
        let new = match self {
            Action::Merge(patch) => return merge_into(name, patch, stored), // independent, absent
            Action::Clear if field.cleared == Cleared::Absent => {
                removals.insert(name, Value::Null); // cleared-form
                return;
            }
            Action::Clear => Map::new(),       // cleared-form
            Action::Replace(object) => object, // replace
        };
        stored.insert(name, Value::Object(new));
    }
}

impl Attribute {
    fn apply(self, name: String, stored: &mut Map<String, Value>, removals: &mut Map<String, Value>) {
        match self {
            Attribute::Remove => {
                removals.insert(name, Value::Null); // attribute-null
            }
            Attribute::Merge(patch) => merge_into(name, patch, stored), // attribute-object
            Attribute::Set(value) => {
                stored.insert(name, value); // attribute
            }
        }
    }
}

/// Applies a patch to the object under `name`. Anything else there counts as `{}`.
fn merge_into(name: String, patch: Patch, stored: &mut Map<String, Value>) {
    let value = stored.entry(name).or_insert(Value::Null);
    if let Value::Object(document) = value {
        patch.apply(document);
    } else {
        let mut document = Map::new();
        patch.apply(&mut document);
        *value = Value::Object(document);
    }
}
