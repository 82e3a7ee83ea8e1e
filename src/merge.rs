//! The rules.

use serde_json::{Map, Value};

use crate::apply::keeps_order;
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

pub(crate) fn not_an_object(side: Side, found: &Value) -> Error {
    Error::NotAnObject { side, found: JsonType::of(found) }
}
