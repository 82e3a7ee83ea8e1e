//! The merge in place, for both of `serde_json`'s maps.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::error::{Error, Input};

/// Applies `patch` to `target` in place, as [`merge`](crate::merge()) does, and moves the values of
/// the patch instead of cloning them.
///
/// ```
/// use metadata_merge::merge_in_place;
/// use serde_json::json;
///
/// let mut stored = json!({"mycolor": "red", "myflavor": "grape"});
/// merge_in_place(&mut stored, json!({"mycolor": "blue"}))?;
/// assert_eq!(stored, json!({"mycolor": "blue", "myflavor": "grape"}));
///
/// assert!(merge_in_place(&mut stored, json!("blue")).is_err());
/// assert_eq!(stored, json!({"mycolor": "blue", "myflavor": "grape"}));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::NotAnObject`] if `target` or `patch` is not an object. `target` is validated first, and
/// is unchanged after an error. `patch` is dropped.
///
/// # Complexity
///
/// As [`Patch::apply`](crate::Patch::apply).
#[inline]
pub fn merge_in_place(target: &mut Value, patch: Value) -> Result<(), Error> {
    let Value::Object(document) = target else {
        return Err(Error::not_an_object(Input::Document, target));
    };
    match patch {
        Value::Object(body) if body.is_empty() => *document = body,
        Value::Object(body) => apply(body, document),
        other => return Err(Error::not_an_object(Input::Patch, &other)),
    }
    Ok(())
}

/// Applies `entries` to `document`. A null removes its key.
pub(crate) fn apply(entries: Map<String, Value>, document: &mut Map<String, Value>) {
    if keeps_order() {
        apply_in_order(entries, document);
    } else if entries.len() > document.len() {
        apply_to_fewer(entries, document);
    } else if entries.len() > FEW {
        apply_sorted(entries, document);
    } else {
        apply_few(entries, document);
    }
}

/// Up to this many entries, the owning iterator of a sorted map costs more than a second search and
/// a copy of each new key.
const FEW: usize = 8;

fn apply_few(mut entries: Map<String, Value>, document: &mut Map<String, Value>) {
    for (key, value) in &mut entries {
        if value.is_null() {
            document.remove(key);
        } else if let Some(stored) = document.get_mut(key) {
            mem::swap(stored, value);
        } else {
            document.insert(key.clone(), mem::take(value));
        }
    }
}

fn apply_sorted(entries: Map<String, Value>, document: &mut Map<String, Value>) {
    for (key, value) in entries {
        if value.is_null() {
            document.remove(&key);
        } else {
            document.insert(key, value);
        }
    }
}

/// Each member that is moved costs a search. If the document has fewer members than the patch, the
/// members of the document are moved.
fn apply_to_fewer(mut entries: Map<String, Value>, document: &mut Map<String, Value>) {
    let survivors: Vec<_> = mem::take(document).into_iter().filter(|(key, _)| !entries.contains_key(key)).collect();
    drop_nulls(&mut entries);
    entries.extend(survivors);
    *document = entries;
}

/// In a map that keeps order, a removal moves all later members. Several removals are therefore
/// marked by null and done in one pass over the document, so that removing n of n keys takes linear
/// time. If the document already holds a null, null cannot be the mark, and the pass looks up each
/// key.
fn apply_in_order(mut entries: Map<String, Value>, document: &mut Map<String, Value>) {
    if document.is_empty() {
        drop_nulls(&mut entries);
        *document = entries;
        return;
    }
    let several = entries.values().filter(|value| value.is_null()).nth(1).is_some();
    let marks = several && !document.values().any(Value::is_null);
    if several && !marks {
        document.retain(|key, _| !entries.get(key).is_some_and(Value::is_null));
    }
    for (key, value) in entries {
        if !value.is_null() {
            // `Map::insert` would reserve room for a new member before it looks for the old one.
            match document.entry(key) {
                Entry::Occupied(mut stored) => {
                    stored.insert(value);
                }
                Entry::Vacant(new) => {
                    new.insert(value);
                }
            }
        } else if !marks {
            document.shift_remove(&key);
        } else if let Some(stored) = document.get_mut(&key) {
            *stored = value;
        }
    }
    if marks {
        drop_nulls(document);
    }
}

/// Removes all members that are null.
pub(crate) fn drop_nulls(members: &mut Map<String, Value>) {
    if members.values().any(Value::is_null) {
        members.retain(|_, value| !value.is_null());
    }
}

/// Removes one key and keeps the order of the others.
pub(crate) fn remove(document: &mut Map<String, Value>, key: &str) {
    document.shift_remove(key);
}

/// The two methods of the order-preserving `Map` that the sorted `Map` lacks.
///
/// `serde_json` does not say which of the two it was built with. An inherent method takes
/// precedence over a trait method, so calls reach this trait only for the sorted map.
#[allow(dead_code)] // unused if the inherent methods exist
trait Sorted {
    fn shift_remove(&mut self, key: &str) -> Option<Value>;
    fn swap_remove(&mut self, key: &str) -> Option<Value>;
}

impl Sorted for Map<String, Value> {
    fn shift_remove(&mut self, key: &str) -> Option<Value> {
        self.remove(key)
    }

    /// Returns a value that the inherent method cannot return for an empty map.
    fn swap_remove(&mut self, _: &str) -> Option<Value> {
        Some(Value::Null)
    }
}

/// Returns whether `Map` keeps its members in insertion order.
#[inline]
pub(crate) fn keeps_order() -> bool {
    Map::new().swap_remove("").is_none()
}
