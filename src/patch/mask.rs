//! Values that are hidden before they are shown or logged.

use alloc::string::String;

use serde_json::{Map, Value};

use crate::equality::json_eq;

/// Replaces a hidden value.
const MASK: &str = "***";
/// Replaces the new value of two that differ, so that the difference stays visible.
const CHANGED: &str = "*** (changed)";

/// Returns `value`, which stands under `key`, with the values of hidden keys replaced.
pub(crate) fn mask(key: &str, value: &Value, hide: &dyn Fn(&str) -> bool) -> Value {
    if hide(key) {
        return MASK.into();
    }
    mask_shown(value, hide)
}

/// Masks the members of a value whose own key is shown.
fn mask_shown(value: &Value, hide: &dyn Fn(&str) -> bool) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| mask_shown(item, hide)).collect(),
        Value::Object(members) => members.iter().map(|(key, member)| (key.clone(), mask(key, member, hide))).collect(),
        _ => value.clone(),
    }
}

/// Masks an old and a new value of one key, so that hidden values that differ are still different.
pub(crate) fn mask_pair(key: &str, old: &Value, new: &Value, hide: &dyn Fn(&str) -> bool) -> (Value, Value) {
    if hide(key) {
        let changed = if json_eq(old, new) { MASK } else { CHANGED };
        return (MASK.into(), changed.into());
    }
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return (mask_shown(old, hide), mask_shown(new, hide));
    };
    let (mut masked_old, mut masked_new) = (Map::<String, Value>::new(), Map::<String, Value>::new());
    for (key, value) in old {
        match new.get(key) {
            Some(other) => {
                let (value, other) = mask_pair(key, value, other, hide);
                masked_old.insert(key.clone(), value);
                masked_new.insert(key.clone(), other);
            }
            None => {
                masked_old.insert(key.clone(), mask(key, value, hide));
            }
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        masked_new.insert(key.clone(), mask(key, value, hide));
    }
    (Value::Object(masked_old), Value::Object(masked_new))
}
