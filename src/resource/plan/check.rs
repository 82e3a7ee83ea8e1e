//! The limits that a plan would break.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::{Action, Attribute, Entry, Plan};
use crate::error::Error;
use crate::in_place::keeps_order;
use crate::limits::{Document, Limit, Members, Object, View, Violation, change_violations};
use crate::patch::Patch;
use crate::resource::Cleared;

impl Plan<'_> {
    /// Returns the violations that [`apply`](Plan::apply) would add or worsen; see
    /// [`check_change`](crate::limits::check_change). No value is cloned.
    ///
    /// ```
    /// # use metadata_merge::{limits, resource::CLIENT};
    /// # use serde_json::json;
    /// let stored = CLIENT.create(json!({"client_metadata": {"größe": 1}}))?;
    /// let violations = CLIENT.plan(json!({"client_metadata": {"farbe": 2}}))?.check(limits::CLIENT, &stored)?;
    /// assert_eq!(violations.len(), 1); // what was stored before is not the fault of this body
    /// assert_eq!(violations[0].path, "/client_metadata/farbe");
    /// # Ok::<(), metadata_merge::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`apply`](Plan::apply) and [`check_change`](crate::limits::check_change).
    ///
    /// # Complexity
    ///
    /// That of [`check_change`](crate::limits::check_change). The memory is O(k), where k is the
    /// number of root keys in the resource and in the planned fields and attributes.
    pub fn check(&self, limits: &[Limit], stored: &Map<String, Value>) -> Result<Vec<Violation>, Error> {
        let planned: BTreeMap<&str, &Entry<'_>> = self.entries.iter().map(|entry| (entry.name(), entry)).collect();
        let mut after = Vec::new();
        for (name, value) in stored {
            let view = match planned.get(name.as_str()) {
                Some(entry) => entry.after(Some(value), stored)?,
                None => Some(View::Value(value)),
            };
            after.extend(view.map(|view| (Cow::Borrowed(name.as_str()), view)));
        }
        for entry in self.entries.iter().filter(|entry| !stored.contains_key(entry.name())) {
            after.extend(entry.after(None, stored)?.map(|view| (Cow::Borrowed(entry.name()), view)));
        }
        change_violations(limits, &Document::Map(stored), &Object::of(in_map_order(after)))
    }
}

impl Entry<'_> {
    /// Returns the value after the plan; none if it is absent then.
    fn after<'v>(
        &'v self,
        value: Option<&'v Value>,
        stored: &'v Map<String, Value>,
    ) -> Result<Option<View<'v>>, Error> {
        let patched = |patch, document| Some(View::Object(patched(patch, document)));
        Ok(match self {
            Entry::Field(field, action) => {
                let document = field.document(stored)?;
                match action {
                    Action::Merge(patch) => patched(patch, document),
                    Action::Clear if field.cleared == Cleared::Absent => None,
                    Action::Clear => Some(View::Object(Vec::new())),
                    Action::Replace(object) => Some(View::Object(View::members_of(object))),
                }
            }
            Entry::Attribute(_, Attribute::Set(value)) => Some(View::Value(value)),
            Entry::Attribute(_, Attribute::Remove) => None,
            Entry::Attribute(_, Attribute::Merge(patch)) => patched(patch, value.and_then(Value::as_object)),
        })
    }
}

/// Returns the members of a document after a patch.
fn patched<'v>(patch: &'v Patch, document: Option<&'v Map<String, Value>>) -> Members<'v> {
    let document = document.filter(|_| !patch.clears());
    let mut members = Vec::new();
    for (key, old) in document.into_iter().flatten() {
        match patch.entry(key) {
            None => members.push((Cow::Borrowed(key.as_str()), View::Value(old))),
            Some(Value::Null) => {}
            Some(new) => members.push((Cow::Borrowed(key.as_str()), View::Value(new))),
        }
    }
    let new = patch.sets().filter(|(key, _)| document.is_none_or(|document| !document.contains_key(*key)));
    members.extend(new.map(|(key, value)| (Cow::Borrowed(key), View::Value(value))));
    in_map_order(members)
}

/// Sorts the members if the map would.
fn in_map_order(mut members: Members<'_>) -> Members<'_> {
    if !keeps_order() {
        members.sort_by(|(key, _), (other, _)| key.cmp(other));
    }
    members
}
