//! The comparison of results, for each operation.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::equality::json_eq;
use crate::text::members::all_members;

/// Returns whether two results of an operation are the same.
///
/// | operation | compared |
/// |---|---|
/// | `limits` | by the text of each item, in any order |
/// | `text` | by root member: values from the patch without insignificant whitespace, kept values as bytes |
/// | any other | by [`json_eq`] |
///
/// ```
/// use metadata_merge::conformance::agree;
/// use serde_json::{Map, json};
///
/// assert!(agree("merge", &Map::new(), &json!({"a": 1}), &json!({"a": 1.0})));
/// let arguments = Map::from_iter([("patch".to_owned(), json!("{\"b\": 1}"))]);
/// assert!(!agree("text", &arguments, &json!("{\"a\": 1.50}"), &json!("{\"a\": 1.5}")));
/// ```
///
/// # Complexity
///
/// As [`json_eq`]; O(n log n) for `limits`, where n is the size of the results.
#[must_use]
pub fn agree(op: &str, arguments: &Map<String, Value>, expected: &Value, actual: &Value) -> bool {
    match op {
        "limits" => match (expected.as_array(), actual.as_array()) {
            (Some(expected), Some(actual)) => sorted(expected) == sorted(actual),
            _ => false,
        },
        "text" => match (expected.as_str(), actual.as_str()) {
            (Some(expected), Some(actual)) => {
                let patch = arguments.get("patch").and_then(Value::as_str).unwrap_or_default();
                texts_agree(patch, expected, actual)
            }
            _ => false,
        },
        _ => json_eq(expected, actual),
    }
}

/// Returns the values of a list as texts, sorted.
fn sorted(list: &[Value]) -> Vec<String> {
    let texts = list.iter().map(|value| match value {
        // With `preserve_order`, equal objects could print in different orders.
        Value::Object(members) => members.iter().collect::<BTreeMap<_, _>>().into_iter().map(show).collect(),
        other => format!("{other}"),
    });
    let mut texts: Vec<String> = texts.collect();
    texts.sort_unstable();
    texts
}

fn show((key, value): (&String, &Value)) -> String {
    format!("{key:?}: {value}, ")
}

fn texts_agree(patch: &str, expected: &str, actual: &str) -> bool {
    let (Some(named), Some(expected), Some(actual)) = (all_members(patch), all_members(expected), all_members(actual))
    else {
        return false;
    };
    let named: BTreeMap<_, _> = named.into_iter().collect();
    let (count, actual) = (actual.len(), actual.into_iter().collect::<BTreeMap<_, _>>());
    // A repeated key makes the map smaller than the list.
    count == actual.len()
        && count == expected.len()
        && expected.iter().all(|(key, value)| {
            actual.get(key).is_some_and(|found| {
                found == value || named.contains_key(key) && without_whitespace(found) == without_whitespace(value)
            })
        })
}

/// Returns a JSON text without its insignificant whitespace.
fn without_whitespace(json: &str) -> String {
    let (mut kept, mut quoted, mut escaped) = (String::new(), false, false);
    for character in json.chars() {
        if quoted || !matches!(character, ' ' | '\t' | '\n' | '\r') {
            kept.push(character);
        }
        if character == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && character == '\\' && !escaped;
    }
    kept
}
