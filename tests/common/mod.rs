//! Helpers of the tests.

#![allow(dead_code)] // no test uses all of them

use metadata_merge::resource::{Cleared, Field, Resource};
use proptest::test_runner::{Config, RngSeed};
use serde_json::{Map, Value, json};

pub(crate) mod json_test_suite;
pub(crate) mod json_text;
pub(crate) mod requests;

pub(crate) type Object = Map<String, Value>;

/// A resource with a field of each kind.
pub(crate) const TEAM: Resource = Resource::new(
    "team",
    &[
        Field::merge("a", Cleared::Empty),
        Field::merge("b", Cleared::Absent),
        Field::replace("c", Cleared::Empty),
        Field::replace("d", Cleared::Absent),
    ],
);

/// Returns the object in a literal.
pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => unreachable!("{other} is not an object"),
    }
}

/// Returns every object over `keys` in which each key is absent or has one of `values`.
pub(crate) fn objects(keys: &[&str], values: &[Value]) -> Vec<Object> {
    keys.iter().fold(vec![Map::new()], |objects, key| {
        let mut more = objects.clone();
        for value in values {
            more.extend(objects.iter().cloned().map(|mut object| {
                object.insert((*key).to_owned(), value.clone());
                object
            }));
        }
        more
    })
}

/// Returns the configuration of a property: the same samples each time, `PROPTEST_CASES` or `cases`
/// of them. A counterexample becomes a case of the vectors or a test, and not a file.
pub(crate) fn config(cases: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(4), ..Config::default() }
}

/// Returns whether `serde_json` keeps the order of members (feature `preserve_order`).
pub(crate) fn keeps_order() -> bool {
    json!({"b": 0, "a": 0}).as_object().is_some_and(|object| object.keys().eq(["b", "a"]))
}

/// Returns whether `serde_json` keeps the text of numbers (feature `arbitrary_precision`).
pub(crate) fn keeps_numbers() -> bool {
    serde_json::from_str::<Value>("1.50").map(|number| number.to_string()).is_ok_and(|text| text == "1.50")
}
