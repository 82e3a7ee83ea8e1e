//! From a failing input to a smallest one, and to the rule that it breaks.

use metadata_merge::conformance::{Implementation, Outcome, Refusal, same};
use metadata_merge::merge;
use serde_json::{Map, Value, json};

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
fn length(sample: &[Value]) -> usize {
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

/// A document and a patch of which an implementation makes something else than it should.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    /// The slug of the rule that it speaks of.
    pub(crate) rule: String,
    /// The rule by whose mistake a case of this one fails, if it is another.
    pub(crate) because_of: Option<String>,
    pub(crate) document: Value,
    pub(crate) patch: Value,
    pub(crate) wanted: Outcome,
    pub(crate) actual: Outcome,
}

/// By which the smallest of several is chosen.
pub(crate) fn size(mistake: &Mistake) -> usize {
    length(&[mistake.document.clone(), mistake.patch.clone()])
}

/// What `implementation` gets wrong of these two, if it does.
pub(crate) fn mistake(implementation: &mut impl Implementation, document: &Value, patch: &Value) -> Option<Mistake> {
    let wanted = merge(document, patch).map_or(Outcome::Rejected, Outcome::Document);
    let actual = match implementation.merge(document, patch) {
        Ok(document) => Outcome::Document(document),
        Err(Refusal::Rejected(_)) => Outcome::Rejected,
        Err(Refusal::Unsupported) => return None,
    };
    let mut rule = broken_rule(document, patch, &wanted, &actual)?.to_owned();
    // What goes wrong with nothing stored too does not come from what is stored.
    if rule == "shallow" && mistake(implementation, &json!({}), patch).is_some_and(|found| found.rule == "verbatim") {
        rule = "verbatim".to_owned();
    }
    // Where there is no document to compare, an entry that has none by itself is to blame.
    if let (Outcome::Document(_), false, Some(entries)) = (&wanted, is_object(&actual), patch.as_object()) {
        let alone = entries.iter().filter(|_| entries.len() > 1).map(|(key, value)| json!({key: value}));
        let mut blamed = alone.filter_map(|entry| mistake(implementation, document, &entry));
        rule = blamed.find(|found| !is_object(&found.actual)).map_or(rule, |found| found.rule);
    }
    Some(Mistake { rule, because_of: None, document: document.clone(), patch: patch.clone(), wanted, actual })
}

fn is_object(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Document(Value::Object(_)))
}

/// The rule that the difference of the two outcomes speaks of; none if they are the same.
fn broken_rule(document: &Value, patch: &Value, wanted: &Outcome, actual: &Outcome) -> Option<&'static str> {
    let Outcome::Document(Value::Object(wanted)) = wanted else {
        return (*actual != Outcome::Rejected).then_some("reject");
    };
    let (document, patch) = (document.as_object()?, patch.as_object()?);
    let nothing = Map::new();
    let (actual, whole) = match actual {
        Outcome::Document(Value::Object(actual)) => (actual, true),
        _ => (&nothing, false),
    };
    let same = |key: &String| match (wanted.get(key), actual.get(key)) {
        (Some(wanted), Some(actual)) => same(wanted, actual),
        (wanted, actual) => wanted == actual,
    };
    let nested = |value: &Value| value.is_object() || value.is_array();
    // What the patch names comes first: it says more than what it leaves alone.
    let of_key = |key: &String| match (document.get(key), patch.get(key)) {
        (None, None) => "exact-keys",
        (None, Some(Value::Null)) => "delete-missing",
        (Some(_), Some(Value::Null)) if wanted.is_empty() => "emptied",
        (Some(old), Some(new)) if nested(old) && !new.is_null() => "shallow",
        (_, Some(new)) if nested(new) => "verbatim",
        (Some(Value::Null), _) => "stored-null",
        (Some(_), Some(Value::Null)) => "delete",
        (Some(_), None) => "keep",
        (None, Some(_)) | (Some(_), Some(_)) => "set",
    };
    let clears_by_nulls = whole && actual.is_empty() && patch.values().all(Value::is_null);
    let mut keys = patch.keys().chain(document.keys()).chain(actual.keys());
    match keys.find(|key| !whole || !same(key)) {
        _ if patch.is_empty() => (!whole || !actual.is_empty()).then_some("clear"),
        Some(key) if clears_by_nulls && document.get(key) != Some(&Value::Null) => Some("emptied"),
        Some(key) => Some(of_key(key)),
        None => None,
    }
}
