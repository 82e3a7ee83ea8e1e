//! The rules.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use serde_json::map::Entry;
use serde_json::{Map, Value};

use crate::{Error, JsonType, Patch, Side};

/// Returns `target` as it is after a PATCH with `patch`: the definition that everything else in this crate is proved equal to.
///
/// A root key that the patch does not name is kept; one that it names is set, or, if the patch says null, deleted; and `{}`
/// clears the whole document. Below the root, values are data and are taken as they are.
///
/// Where `serde_json` preserves order, survivors and replaced keys keep their place, and new keys follow in the patch's order.
///
/// ```
/// use metadata_merge::merge;
/// use serde_json::json;
///
/// let stored = json!({"hobby": "surfing", "addresses": {"home": "123 Main Street"}, "plan": "full"});
/// let patch = json!({"addresses": {"work": "100 Industrial Way"}, "plan": null});
///
/// let merged = merge(&stored, &patch)?;
/// assert_eq!(merged, json!({"hobby": "surfing", "addresses": {"work": "100 Industrial Way"}}));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::NotAnObject`] if `target` or `patch` is not an object; the target is judged first.
///
/// # Complexity
///
/// A clone of the document and of each value that is set, and a look-up for each root key of the patch; where order is kept, one
/// for each of the document too. Only that clone, which is `serde_json`'s, looks into a value; it recurses as deep as the value
/// is nested.
pub fn merge(target: &Value, patch: &Value) -> Result<Value, Error> {
    let target = target.as_object().ok_or_else(|| not_an_object(Side::Document, target))?;
    let patch = patch.as_object().ok_or_else(|| not_an_object(Side::Patch, patch))?;
    if patch.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let mut merged = target.clone();
    if keeps_order() && patch.values().any(Value::is_null) {
        // In one pass, as each `remove` would disturb the order of what is left.
        merged.retain(|key, _| !patch.get(key).is_some_and(Value::is_null));
    }
    for (key, new) in patch {
        if new.is_null() {
            merged.remove(key);
        } else {
            merged.insert(key.clone(), new.clone());
        }
    }
    Ok(Value::Object(merged))
}

/// Turns `target` into what [`merge`] of the two returns, moving the patch's values instead of cloning them.
///
/// This is what a server wants: it has just decoded the body, and owns it.
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
/// [`Error::NotAnObject`] if `target` or `patch` is not an object; the target is judged first, and stays as it was.
///
/// # Complexity
///
/// As [`Patch::apply`]: what the patch's root keys cost, however large or deep the values are.
#[inline]
pub fn merge_in_place(target: &mut Value, patch: Value) -> Result<(), Error> {
    let Value::Object(document) = target else {
        return Err(not_an_object(Side::Document, target));
    };
    match patch {
        Value::Object(body) => {
            Patch::from(body).apply(document);
            Ok(())
        }
        other => Err(not_an_object(Side::Patch, &other)),
    }
}

/// Sets and removes what `entries` names, null meaning removal.
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

/// To so many entries of a sorted map, its owning iterator costs more than a second search and a copied key for each new one.
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

/// Each member that is moved costs a search. Where the document has fewer than the patch, its survivors are moved.
fn apply_to_fewer(mut entries: Map<String, Value>, document: &mut Map<String, Value>) {
    let survivors: Vec<_> = mem::take(document).into_iter().filter(|(key, _)| !entries.contains_key(key)).collect();
    drop_nulls(&mut entries);
    entries.extend(survivors);
    *document = entries;
}

/// In a map that keeps order, a removal moves all later members up. One is made as it comes; several are marked by null and
/// made in one pass over the document, so that removing n of n keys takes linear time. Where null is stored already, it can be
/// no mark, and the pass looks up each key instead.
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
            // Not `Map::insert`, which makes room for a new member before it looks for the old one.
            match document.entry(key) {
                Entry::Occupied(mut stored) => drop(stored.insert(value)),
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

/// Removes every member that is null.
pub(crate) fn drop_nulls(members: &mut Map<String, Value>) {
    if members.values().any(Value::is_null) {
        members.retain(|_, value| !value.is_null());
    }
}

/// Takes one key out, and leaves the others in their order.
pub(crate) fn remove(document: &mut Map<String, Value>, key: &str) {
    document.shift_remove(key);
}

/// The two methods of an order-preserving `Map` that the sorted one lacks, for the sorted one. `serde_json` does not say which
/// of the two it was built with, but an inherent method goes before a trait's.
#[allow(dead_code)] // where the inherent methods exist
trait Sorted {
    fn shift_remove(&mut self, key: &str) -> Option<Value>;
    fn swap_remove(&mut self, key: &str) -> Option<Value>;
}

impl Sorted for Map<String, Value> {
    fn shift_remove(&mut self, key: &str) -> Option<Value> {
        self.remove(key)
    }

    /// Answers what the inherent method never would.
    fn swap_remove(&mut self, _: &str) -> Option<Value> {
        Some(Value::Null)
    }
}

/// Whether `Map` keeps its members in the order of their insertion: then an empty one has nothing to remove.
#[inline]
fn keeps_order() -> bool {
    Map::new().swap_remove("").is_none()
}

pub(crate) fn not_an_object(side: Side, found: &Value) -> Error {
    Error::NotAnObject { side, found: JsonType::of(found) }
}
