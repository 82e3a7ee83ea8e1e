//! The operations on whole resources, against this crate.

use metadata_merge::conformance::{Implementation, Outcome, Reference, Refusal, same};
use metadata_merge::strategy;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::breach::Breach;

pub(crate) const CREATE: &str = "create stores what the rules say, and rejects what they reject";
pub(crate) const UPDATE: &str = "update stores what the rules say, and rejects what they reject";
pub(crate) const LIMITS: &str = "limits lists exactly what breaks a limit";

/// A resource's name, what is stored of it, and a body. Root keys are those of any resource, and values are mostly objects.
pub(crate) fn sample() -> impl Strategy<Value = Vec<Value>> {
    let name = prop::sample::select(vec!["user", "client", "custom_domain", "organization"]).prop_map(Value::from);
    let field = || {
        prop::sample::select(vec![
            "user_metadata",
            "app_metadata",
            "client_metadata",
            "domain_metadata",
            "metadata",
            "name",
        ])
    };
    let stored = prop_oneof![8 => strategy::document().prop_map(Value::Object), 4 => limited(), 1 => strategy::json()];
    let sent =
        prop_oneof![8 => strategy::body().prop_map(Value::Object), 1 => Just(Value::Null), 1 => strategy::json()];
    let object =
        |members: Vec<(&str, Value)>| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let [stored, body] =
        [stored.boxed(), sent.boxed()].map(|value| prop::collection::vec((field(), value), 0..4).prop_map(object));
    (name, stored, body).prop_map(|(name, stored, body)| vec![name, stored, body])
}

/// Metadata at the edge of what the limits allow.
fn limited() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec![("", 1), ("k", 255), ("k", 256), ("\u{1f600}", 255), ("y", 11_000)]);
    let text = text.prop_map(|(part, times)| part.repeat(times));
    let key = prop_oneof![
        prop::sample::select(vec!["a.b", "$set", "email", "_id", "a~/b", "\u{e9}", "a b\t?", "line\n"])
            .prop_map(str::to_owned),
        "[a-z]",
        text.clone(),
    ];
    let value = prop_oneof![4 => text.prop_map(Value::String), 1 => strategy::value()];
    prop::collection::vec((key, value), 0..14)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

pub(crate) fn create(it: &mut impl Implementation, name: &Value, body: &Value) -> Result<(), Breach> {
    let Some(name) = name.as_str() else { return Ok(()) };
    compare(it.create(name, body), Reference.create(name, body))
}

pub(crate) fn update(it: &mut impl Implementation, name: &Value, stored: &Value, body: &Value) -> Result<(), Breach> {
    let Some(name) = name.as_str() else { return Ok(()) };
    compare(it.update(name, stored, body), Reference.update(name, stored, body))
}

pub(crate) fn limits(it: &mut impl Implementation, name: &Value, stored: &Value) -> Result<(), Breach> {
    let Some(name) = name.as_str() else { return Ok(()) };
    // The order of the list is free.
    let sorted = |mut list: Vec<Value>| {
        list.sort_by_key(|violation| (violation["path"].to_string(), violation["limit"].to_string()));
        json!(list)
    };
    compare(it.limits(name, stored).map(sorted), Reference.limits(name, stored).map(sorted))
}

fn compare(actual: Result<Value, Refusal>, wanted: Result<Value, Refusal>) -> Result<(), Breach> {
    let shown = |side| match side {
        Ok(value) => Outcome::Document(value).to_string(),
        Err(_) => Outcome::Rejected.to_string(),
    };
    match (&actual, &wanted) {
        (Err(Refusal::Unsupported), _) | (Err(_), Err(_)) => Ok(()),
        (Ok(found), Ok(right)) if same(found, right) => Ok(()),
        _ => Err(Breach { wanted: shown(wanted), actual: shown(actual) }),
    }
}
