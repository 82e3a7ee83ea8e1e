//! Finds the rule that a wrong merge breaks.

use metadata_merge::conformance::Refusal;
use metadata_merge::json_eq;
use serde_json::{Map, Value, json};

use super::example::{Example, Side};
use super::subject::Subject;

/// A wrong answer to `merge`, with the id of the broken rule.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    pub(super) rule: String,
    pub(super) example: Example,
}

/// Sends a merge, and returns the mistake in the answer.
pub(super) fn mistake(subject: &mut Subject<'_>, sample: &[Value]) -> Option<Mistake> {
    let [document, patch] = sample else { return None };
    let example = Example::of_operation(subject, "merge", sample)?;
    let mut rule = broken_rule(document, patch, &example.expected, &example.found)?.to_owned();
    // If the value is also wrong with nothing stored, the stored value is not the cause.
    let on_nothing = || [json!({}), patch.clone()];
    if rule == "shallow" && mistake(subject, &on_nothing()).is_some_and(|found| found.rule == "verbatim") {
        rule = "verbatim".to_owned();
    }
    // If the answer is not an object, an entry that fails alone is the cause.
    if let (Ok(_), false, Some(entries)) = (&example.expected, is_object(&example.found), patch.as_object()) {
        let alone = entries.iter().filter(|_| entries.len() > 1).map(|(key, value)| json!({key: value}));
        let mut blamed = alone.filter_map(|entry| mistake(subject, &[document.clone(), entry]));
        rule = blamed.find(|found| !is_object(&found.example.found)).map_or(rule, |found| found.rule);
    }
    Some(Mistake { rule, example })
}

fn is_object(side: &Side) -> bool {
    matches!(side, Ok(Value::Object(_)))
}

/// Returns the broken rule, if the answers differ.
fn broken_rule(document: &Value, patch: &Value, expected: &Side, found: &Side) -> Option<&'static str> {
    let Ok(Value::Object(expected)) = expected else {
        return (!matches!(found, Err(Refusal::Rejected(_)))).then_some("reject");
    };
    let (document, patch) = (document.as_object()?, patch.as_object()?);
    let nothing = Map::new();
    let (found, whole) = match found {
        Ok(Value::Object(found)) => (found, true),
        _ => (&nothing, false),
    };
    let same = |key: &String| match (expected.get(key), found.get(key)) {
        (Some(expected), Some(found)) => json_eq(expected, found),
        (expected, found) => expected == found,
    };
    let nested = |value: &Value| value.is_object() || value.is_array();
    // Keys of the patch come first, because they show the cause.
    let of_key = |key: &String| match (document.get(key), patch.get(key)) {
        (None, None) => "exact-keys",
        (None, Some(Value::Null)) => "delete-missing",
        (Some(_), Some(Value::Null)) if expected.is_empty() => "emptied",
        (Some(old), Some(new)) if nested(old) && !new.is_null() => "shallow",
        (_, Some(new)) if nested(new) => "verbatim",
        (Some(Value::Null), _) => "stored-null",
        (Some(_), Some(Value::Null)) => "delete",
        (Some(_), None) => "keep",
        (None, Some(_)) | (Some(_), Some(_)) => "set",
    };
    let clears_by_nulls = whole && found.is_empty() && patch.values().all(Value::is_null);
    let mut keys = patch.keys().chain(document.keys()).chain(found.keys());
    match keys.find(|key| !whole || !same(key)) {
        _ if patch.is_empty() => (!whole || !found.is_empty()).then_some("clear"),
        Some(key) if clears_by_nulls && document.get(key) != Some(&Value::Null) => Some("emptied"),
        Some(key) => Some(of_key(key)),
        None => None,
    }
}
