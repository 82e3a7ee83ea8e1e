//! The definition of a merge.

use serde_json::{Map, Value};

use crate::error::{Error, Input};

/// Applies `patch` to `target` and returns the result. This is the reference definition: every
/// other implementation in the crate is tested against it.
///
/// A root key that the patch does not name is kept. A root key that it names is set, or deleted if
/// its value is null. The patch `{}` clears the document. Values below the root are data and are
/// stored as they are.
///
/// If the feature `preserve_order` of `serde_json` is on, existing keys keep their position, and new keys are appended in
/// the order of the patch.
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
/// [`Error::NotAnObject`] if `target` or `patch` is not an object. The target is validated first.
///
/// # Complexity
///
/// O(n + m) lookups, where n and m are the numbers of root keys of the document and the patch, and
/// a clone of the document and of each value that is set. The clone is `serde_json`'s, which
/// recurses to the depth of a value.
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
