//! What an implementation gets wrong of one document and one patch, and the rule that it speaks of.

use metadata_merge::conformance::{Implementation, Outcome, Refusal, same};
use metadata_merge::merge;
use serde_json::{Map, Value, json};

use crate::shrink::length;

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
