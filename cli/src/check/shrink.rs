//! From a failing sample to the smallest one.

use serde_json::{Value, json};

use super::example::Example;
use super::subject::Subject;

/// Bounds the tries, because a program may answer as it likes.
const TRIES: usize = 5_000;

pub(super) const NOT_DETERMINISTIC: &str = "not deterministic: the same request got the right answer later";

/// What shrinking may do besides making values smaller.
#[derive(Clone, Copy)]
pub(super) struct Freedom {
    /// Values after these may be left out.
    pub(super) least: usize,
    /// Keys may get shorter names. They may not where a key has a meaning.
    pub(super) rename: bool,
}

/// Tests a sample, and returns the example of the smallest one that fails in the same way.
///
/// A note says if the same request gets another answer, here or in a fresh process.
pub(super) fn smallest(
    subject: &mut Subject<'_>,
    sample: Vec<Value>,
    freedom: Freedom,
    mut test: impl FnMut(&mut Subject<'_>, &[Value]) -> Option<Example>,
) -> Option<Example> {
    let first = test(subject, &sample)?;
    let sample = shrink(sample, freedom, |smaller| test(subject, smaller).is_some_and(|found| found.is_like(&first)));
    let example = test(subject, &sample).unwrap_or(first);
    let note = note(subject, |subject| test(subject, &sample).is_some());
    Some(Example { note, ..example })
}

/// Asks again, here and in a fresh process, and returns a note if the answer is right there.
pub(super) fn note(subject: &mut Subject<'_>, mut fails: impl FnMut(&mut Subject<'_>) -> bool) -> Option<&'static str> {
    if !fails(subject) {
        return Some(NOT_DETERMINISTIC);
    }
    let mut fresh = subject.fresh()?;
    let right = !fails(&mut fresh) && !fresh.is_broken();
    right.then_some("depends on earlier requests: a fresh process gives the right answer")
}

/// Makes `sample` smaller as long as it `still_fails`. No null is made or replaced, because a null
/// has a meaning of its own.
fn shrink(mut sample: Vec<Value>, freedom: Freedom, mut still_fails: impl FnMut(&[Value]) -> bool) -> Vec<Value> {
    let mut tries = TRIES;
    loop {
        let now = length(&sample);
        let mut candidates = candidates(&sample, freedom);
        candidates.retain(|candidate| length(candidate) < now); // so it ends
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

fn candidates(sample: &[Value], freedom: Freedom) -> Vec<Vec<Value>> {
    let mut candidates = Vec::new();
    for (index, value) in sample.iter().enumerate() {
        candidates.extend(smaller(value).into_iter().map(|value| replaced(sample, index, value)));
        if sample.len() > freedom.least {
            candidates.push(sample.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, v)| v.clone()).collect());
        }
    }
    let keys = keys(sample);
    let short = ["a", "b", "c", "d"].iter().find(|short| !keys.iter().any(|key| key == *short));
    for key in &keys {
        // A key goes from all values at once; otherwise documents that agree would differ on the
        // way.
        candidates.push(sample.iter().map(|value| without(value, key)).collect());
        if let Some(short) = short.filter(|short| freedom.rename && key.len() != short.len()) {
            candidates.push(sample.iter().map(|value| renamed(value, key, short)).collect());
        }
    }
    candidates
}

/// Returns the length of all values as text. An empty key counts as longer than one letter, which
/// is easier to read.
fn length(sample: &[Value]) -> usize {
    sample.iter().map(|value| value.to_string().replace("\"\":", "\"--\":").len() + 1).sum()
}

fn replaced(sample: &[Value], index: usize, value: Value) -> Vec<Value> {
    let mut sample = sample.to_vec();
    sample[index] = value;
    sample
}

/// Returns values with less in them.
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

/// Returns all keys, at any depth.
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

/// Renames a key at any depth.
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
