//! The size and the keys of samples.

use serde_json::Value;

/// Returns the length of all values as text. An empty key counts as two characters, because a
/// letter is easier to read.
pub(super) fn length(sample: &[Value]) -> usize {
    sample.iter().map(|value| value.to_string().replace("\"\":", "\"--\":").len() + 1).sum()
}

/// Returns an object without one member.
pub(super) fn without(value: &Value, key: &str) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(other, _)| *other != key)
            .map(|(key, member)| (key.clone(), member.clone()))
            .collect(),
        other => other.clone(),
    }
}

/// Returns all keys, at any depth.
pub(super) fn keys(sample: &[Value]) -> Vec<String> {
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
