//! The preview of a plan.

use alloc::string::String;

use serde_json::{Map, Value};

use super::{Action, Attribute, Entry, Plan};
use crate::error::Error;
use crate::patch::{Changes, Patch};
use crate::resource::changes::ResourceChanges;
use crate::resource::{Cleared, Field, Mode};

impl Plan<'_> {
    /// Returns every change that [`apply`](Plan::apply) would make to `stored`. The result is empty
    /// if and only if nothing would change. An absent metadata field equals `{}`, and values
    /// compare as in [`json_eq`](crate::json_eq).
    ///
    /// ```
    /// # use metadata_merge::resource::USER;
    /// # use serde_json::json;
    /// let stored = USER.create(json!({"name": "Jane", "user_metadata": {"a": 1}, "app_metadata": {"plan": "full"}}))?;
    /// let plan = USER.plan(json!({"name": "Jane D.", "user_metadata": {"a": 1}, "app_metadata": {}}))?;
    /// assert_eq!(
    ///     plan.changes(&stored)?.to_string(),
    ///     r#"~ "name": "Jane" -> "Jane D."
    /// 0 added, 1 replaced, 0 removed
    /// "app_metadata"
    ///     - "plan": "full"
    ///     0 added, 0 replaced, 1 removed: NOTHING IS LEFT"#,
    /// );
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`apply`](Plan::apply).
    ///
    /// # Complexity
    ///
    /// That of [`Patch::changes`] for each object that merges. Each attribute that is set is
    /// compared. An object that replaces a field is cloned, and so is one that a patch creates.
    pub fn changes<'c>(&'c self, stored: &'c Map<String, Value>) -> Result<ResourceChanges<'c>, Error> {
        let mut changes = ResourceChanges::default();
        for entry in &self.entries {
            match entry {
                Entry::Field(field, action) => action.changes(field, field.document(stored)?, stored, &mut changes),
                Entry::Attribute(name, attribute) => attribute.changes(name, stored.get(name), &mut changes),
            }
        }
        Ok(changes)
    }
}

impl Action {
    fn changes<'c>(
        &'c self,
        field: &Field<'c>,
        document: Option<&'c Map<String, Value>>,
        stored: &'c Map<String, Value>,
        changes: &mut ResourceChanges<'c>,
    ) {
        // An absent field and `{}` count as the same.
        let old = stored.get(field.name).filter(|old| old.as_object().is_none_or(|old| !old.is_empty()));
        match (self, field.cleared) {
            (Action::Merge(patch), _) => changes.push(field.name, Changes::of_patch(patch, document)),
            (Action::Clear, _) if field.mode == Mode::Merge => {
                changes.push(field.name, Changes::of_clear(document));
            }
            (Action::Clear, Cleared::Absent) => changes.attributes.compare(field.name, old, None),
            (Action::Clear, Cleared::Empty) => {
                if old.is_some() {
                    changes.attributes.compare_owned(field.name, old, Value::Object(Map::new()));
                }
            }
            (Action::Replace(new), _) => {
                changes.attributes.compare_owned(field.name, old, Value::Object(new.clone()));
            }
        }
    }
}

impl Attribute {
    fn changes<'c>(&'c self, name: &'c str, old: Option<&'c Value>, changes: &mut ResourceChanges<'c>) {
        match (self, old) {
            (Attribute::Set(new), _) => changes.attributes.compare(name, old, Some(new)),
            (Attribute::Remove, _) => changes.attributes.compare(name, old, None),
            (Attribute::Merge(patch), Some(Value::Object(document))) => changes.push(name, patch.changes(document)),
            (Attribute::Merge(patch), _) => changes.attributes.compare_owned(name, old, appearing(patch)),
        }
    }
}

/// Returns the object that a patch of nothing stored makes.
fn appearing(patch: &Patch) -> Value {
    Value::Object(patch.sets().map(|(key, value)| (key.into(), value.clone())).collect())
}
