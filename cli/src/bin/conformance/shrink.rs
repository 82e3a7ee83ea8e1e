//! From a failing sample to a smallest one.

use serde_json::{Value, json};

/// Makes `sample` smaller for as long as it `still_fails`. Besides its values, it may lose those that stand behind the first
/// `least`.
///
/// No null is made or replaced, since a null means something else than any other value; and keys are shortened only where
/// `rename` says so.
pub(crate) fn shrink(
    mut sample: Vec<Value>,
    least: usize,
    rename: bool,
    mut still_fails: impl FnMut(&[Value]) -> bool,
) -> Vec<Value> {
    // Each step makes the text shorter, so it ends; the bound is for programs that answer as they please.
    let mut tries = 5_000;
    loop {
        let mut candidates = Vec::new();
        for (index, value) in sample.iter().enumerate() {
            candidates.extend(smaller(value).into_iter().map(|value| replaced(&sample, index, value)));
            if sample.len() > least {
                candidates
                    .push(sample.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, v)| v.clone()).collect());
            }
        }
        for key in keys(&sample) {
            // Keys go from all values at once, or two documents that agree would have to differ on the way.
            candidates.push(sample.iter().map(|value| without(value, &key)).collect());
            if let Some(short) =
                ["a", "b", "c", "d"].iter().find(|short| !keys(&sample).contains(&(**short).to_owned()))
            {
                if rename && key.len() > short.len() {
                    candidates.push(sample.iter().map(|value| renamed(value, &key, short)).collect());
                }
            }
        }
        let now = length(&sample);
        candidates.retain(|candidate| length(candidate) < now);
        candidates.sort_by_key(|candidate| length(candidate));
        candidates.truncate(tries);
        let found = candidates.into_iter().find(|candidate| {
            tries -= 1;
            still_fails(candidate)
        });
        match found {
            Some(candidate) => sample = candidate,
            None => return sample,
        }
    }
}

/// The length of all values as text.
pub(crate) fn length(sample: &[Value]) -> usize {
    sample.iter().map(|value| value.to_string().len() + 1).sum()
}

fn replaced(sample: &[Value], index: usize, value: Value) -> Vec<Value> {
    let mut sample = sample.to_vec();
    sample[index] = value;
    sample
}

/// Values with less in them.
fn smaller(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => vec![],
        Value::Bool(_) | Value::Number(_) => vec![json!(1), json!(0)],
        Value::String(_) => vec![json!(""), json!("a"), json!(1)],
        Value::Array(items) => {
            let mut all = vec![json!([]), json!(1)];
            for (index, item) in items.iter().enumerate() {
                let mut fewer = items.clone();
                fewer.remove(index);
                all.push(Value::Array(fewer));
                all.extend(smaller(item).into_iter().map(|item| Value::Array(replaced(items, index, item))));
            }
            all
        }
        Value::Object(members) => {
            let mut all = vec![json!({}), json!(1)];
            for (key, member) in members {
                all.push(without(value, key));
                all.extend(smaller(member).into_iter().map(|member| {
                    let mut members = members.clone();
                    members.insert(key.clone(), member);
                    Value::Object(members)
                }));
            }
            all
        }
    }
}

fn without(value: &Value, key: &str) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(other, _)| *other != key)
            .map(|(key, member)| (key.clone(), member.clone()))
            .collect(),
        other => other.clone(),
    }
}

/// All keys, at any depth.
fn keys(sample: &[Value]) -> Vec<String> {
    let mut keys = Vec::new();
    let mut values: Vec<&Value> = sample.iter().collect();
    while let Some(value) = values.pop() {
        values.extend(value.as_array().into_iter().flatten());
        for (key, member) in value.as_object().into_iter().flatten() {
            keys.push(key.clone());
            values.push(member);
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The value with `key` as `short` wherever it stands.
fn renamed(value: &Value, key: &str, short: &str) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| renamed(item, key, short)).collect(),
        Value::Object(members) => {
            let name = |other: &String| if other == key { short.to_owned() } else { other.clone() };
            Value::Object(members.iter().map(|(other, member)| (name(other), renamed(member, key, short))).collect())
        }
        other => other.clone(),
    }
}
