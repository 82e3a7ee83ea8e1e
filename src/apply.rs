//! Sets and removals made in a map of either kind, without a clone of a value.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use serde_json::map::Entry;
use serde_json::{Map, Value};

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
pub(crate) fn keeps_order() -> bool {
    Map::new().swap_remove("").is_none()
}
