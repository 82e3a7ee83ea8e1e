//! What wrong implementations are made of.

#![allow(dead_code)] // no file uses all of it

use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

pub(crate) fn objects<'a>(document: &'a Value, patch: &'a Value) -> Result<(&'a Object, &'a Object), ()> {
    document.as_object().zip(patch.as_object()).ok_or(())
}

pub(crate) fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

pub(crate) fn falsy(value: &Value) -> bool {
    [json!(null), json!(false), json!(0), json!(""), json!([]), json!({})].contains(value)
}

pub(crate) fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(strip_nulls);
        }
        _ => {}
    }
}
