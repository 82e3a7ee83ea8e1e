//! The definition of a merge.

use serde_json::{Map, Value};

use crate::error::{Error, Input};

/// Returns the document `target` after `patch` is applied to it. This is the reference definition:
/// every other implementation in the crate is tested against it.
///
/// The patch sets its root keys, and removes those that it sets to null. Other root keys are kept.
/// The patch `{}` clears the document. Values below the root are stored as sent.
///
/// With the feature `preserve_order` of `serde_json`, existing keys keep their position. New keys
/// are appended in the order of the patch.
///
/// ```
/// use metadata_merge::merge;
/// use serde_json::json;
///
/// let stored = json!({"hobby": "surfing", "plan": "full", "addresses": {"home": "Here"}});
/// let patch = json!({"addresses": {"work": "There"}, "plan": null});
///
/// let merged = merge(&stored, &patch)?;
/// assert_eq!(merged, json!({"hobby": "surfing", "addresses": {"work": "There"}}));
/// # Ok::<(), metadata_merge::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::NotAnObject`] if `target` or `patch` is not an object. The target is validated first.
///
/// # Complexity
///
/// O(n + m) lookups, where the document has n root keys and the patch m. The document and each set
/// value are cloned. A clone recurses once for each nesting level.
pub fn merge(target: &Value, patch: &Value) -> Result<Value, Error> {
    let target = target.as_object().ok_or_else(|| Error::not_an_object(Input::Document, target))?; // reject
    let patch = patch.as_object().ok_or_else(|| Error::not_an_object(Input::Patch, patch))?; // reject
    if patch.is_empty() {
        return Ok(Value::Object(Map::new())); // clear
    }
    let mut merged = target.clone(); // keep, stored-null
    merged.retain(|key, _| patch.get(key) != Some(&Value::Null)); // delete, delete-missing, emptied
    for (key, new) in patch {
        if !new.is_null() {
            merged.insert(key.clone(), new.clone()); // set, shallow, verbatim, exact-keys
        }
    }
    Ok(Value::Object(merged))
}
