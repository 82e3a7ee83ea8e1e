//! Damage by languages and stores, in every operation.

use metadata_merge::conformance::OPERATIONS;
use serde_json::{Number, Value, json};

use crate::call::{Object, Row};

pub(crate) const ROWS: &[Row] = &[
    ("cuts strings at 255 characters", "value-too-long", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.chars().take(255).collect::<String>().into()))
    }),
    ("trims strings", "verbatim", OPERATIONS, |call| call.damaged(|value| strings(value, &|text| text.trim().into()))),
    ("loses characters beyond the basic plane", "exact-keys", OPERATIONS, |call| {
        let basic = |text: &str| text.chars().map(|c| if c > '\u{ffff}' { '\u{fffd}' } else { c }).collect::<String>();
        call.damaged(|value| keys(&strings(value, &|text| basic(text).into()), &basic))
    }),
    ("drops characters without width", "set", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.replace(['\u{200b}', '\u{200d}', '\u{feff}'], "").into()))
    }),
    ("escapes HTML", "set", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.replace('&', "&amp;").replace('<', "&lt;").into()))
    }),
    ("doubles apostrophes", "set", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.replace('\'', "''").into()))
    }),
    ("strips backslashes", "set", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.replace('\\', "").into()))
    }),
    ("replaces line ends", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.replace("\r\n", "\n").into()))
    }),
    ("drops milliseconds from times", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.replace(".000Z", "Z").into()))
    }),
    ("reads strings of digits as numbers", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.parse::<i32>().map_or(text.into(), Value::from)))
    }),
    ("reads strings as numbers", "verbatim", OPERATIONS, |call| {
        let number = |text: &str| text.parse::<f64>().ok().and_then(Number::from_f64);
        call.damaged(|value| strings(value, &|text| number(text).map_or(text.into(), Value::Number)))
    }),
    ("reads strings as booleans", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| text.parse::<bool>().map_or(text.into(), Value::from)))
    }),
    ("stores empty strings as null", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| strings(value, &|text| if text.is_empty() { Value::Null } else { text.into() }))
    }),
    ("holds numbers in single precision", "set", OPERATIONS, |call| {
        call.damaged(|value| numbers(value, &|number| json!(number.as_f64().unwrap_or_default() as f32)))
    }),
    ("holds unsigned integers of 32 bits", "set", OPERATIONS, |call| {
        call.damaged(|value| {
            numbers(value, &|number| number.as_u64().map_or(number.clone().into(), |n| json!(n as u32)))
        })
    }),
    ("holds every number as a double", "equal-numbers", OPERATIONS, |call| {
        call.damaged(|value| numbers(value, &|number| json!(number.as_f64())))
    }),
    ("takes tiny numbers for 0", "set", OPERATIONS, |call| {
        let tiny = |number: &Number| number.as_f64().is_some_and(|number| number.abs() < 1e-6);
        call.damaged(|value| numbers(value, &|number| if tiny(number) { json!(0) } else { number.clone().into() }))
    }),
    ("drops the sign of numbers", "set", OPERATIONS, |call| {
        call.damaged(|value| {
            numbers(value, &|number| number.as_i64().map_or(number.clone().into(), |n| json!(n.unsigned_abs())))
        })
    }),
    ("cuts arrays at 20 items", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| arrays(value, &|items| items.iter().take(20).cloned().collect()))
    }),
    ("sorts arrays", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| {
            arrays(value, &|items| {
                let mut items = items.to_vec();
                items.sort_by_key(Value::to_string);
                items
            })
        })
    }),
    ("removes repeated items from arrays", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| {
            arrays(value, &|items| {
                let mut items = items.to_vec();
                items.dedup();
                items
            })
        })
    }),
    ("unwraps arrays of one item", "verbatim", OPERATIONS, |call| call.damaged(|value| bottom_up(value, &unwrapped))),
    ("cuts objects at 9 members", "set", OPERATIONS, |call| call.damaged(|value| cut(value, 9))),
    ("cuts objects at 16 members", "set", OPERATIONS, |call| call.damaged(|value| cut(value, 16))),
    ("loses what is nested deeper than 5 levels", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| shallow(value, 5))
    }),
    ("loses what is nested deeper than 8 levels", "verbatim", OPERATIONS, |call| {
        call.damaged(|value| shallow(value, 8))
    }),
    ("drops `__proto__` at any depth", "exact-keys", OPERATIONS, |call| {
        call.damaged(|value| members(value, &|key| key != "__proto__"))
    }),
    ("drops `constructor` and `toString`", "exact-keys", OPERATIONS, |call| {
        call.damaged(|value| members(value, &|key| !["constructor", "toString", "length"].contains(&key)))
    }),
    ("drops keys with a dollar", "exact-keys", OPERATIONS, |call| {
        call.damaged(|value| members(value, &|key| !key.starts_with('$')))
    }),
    ("drops keys with an at sign", "exact-keys", OPERATIONS, |call| {
        call.damaged(|value| members(value, &|key| !key.starts_with('@')))
    }),
    ("drops keys with an underscore", "exact-keys", OPERATIONS, |call| {
        call.damaged(|value| members(value, &|key| !key.starts_with('_')))
    }),
    ("folds the case of keys at any depth", "exact-keys", OPERATIONS, |call| {
        call.damaged(|value| keys(value, &str::to_lowercase))
    }),
    ("cuts keys at 255 characters", "key-too-long", OPERATIONS, |call| {
        call.damaged(|value| keys(value, &|key| key.chars().take(255).collect()))
    }),
    ("reads keys with brackets as indices", "exact-keys", OPERATIONS, |call| {
        call.damaged(|value| keys(value, &|key| key.split('[').next().unwrap_or_default().to_owned()))
    }),
];

/// Changes each value below the root, innermost first.
fn bottom_up(value: &Value, change: &dyn Fn(Value) -> Value) -> Value {
    change(match value {
        Value::Array(items) => items.iter().map(|item| bottom_up(item, change)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, member)| (key.clone(), bottom_up(member, change))).collect()
        }
        other => other.clone(),
    })
}

pub(crate) fn strings(value: &Value, change: &dyn Fn(&str) -> Value) -> Value {
    bottom_up(value, &|value| value.as_str().map(change).unwrap_or(value))
}

pub(crate) fn numbers(value: &Value, change: &dyn Fn(&Number) -> Value) -> Value {
    bottom_up(value, &|value| value.as_number().map(change).unwrap_or(value))
}

pub(crate) fn arrays(value: &Value, change: &dyn Fn(&[Value]) -> Vec<Value>) -> Value {
    bottom_up(value, &|value| value.as_array().map(|items| change(items).into()).unwrap_or(value))
}

fn objects(value: &Value, change: &dyn Fn(&Object) -> Object) -> Value {
    bottom_up(value, &|value| value.as_object().map(|members| change(members).into()).unwrap_or(value))
}

pub(crate) fn keys(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    objects(value, &|members| members.iter().map(|(key, member)| (change(key), member.clone())).collect())
}

fn members(value: &Value, kept: &dyn Fn(&str) -> bool) -> Value {
    objects(value, &|members| {
        members.iter().filter(|(key, _)| kept(key)).map(|(key, member)| (key.clone(), member.clone())).collect()
    })
}

pub(crate) fn cut(value: &Value, count: usize) -> Value {
    objects(value, &|members| members.iter().take(count).map(|(key, member)| (key.clone(), member.clone())).collect())
}

fn unwrapped(value: Value) -> Value {
    match value.as_array().map(Vec::as_slice) {
        Some([only]) => only.clone(),
        _ => value,
    }
}

pub(crate) fn shallow(value: &Value, levels: usize) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => Value::Null,
        Value::Array(items) => items.iter().map(|item| shallow(item, levels - 1)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, member)| (key.clone(), shallow(member, levels - 1))).collect()
        }
        other => other.clone(),
    }
}
