//! The strategies give narrow values, and now and then wide ones, which shrink.

#![cfg(feature = "proptest")]

use metadata_merge::laws::Sample;
use metadata_merge::strategy;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value};

/// Returns how many of 1,000 values have a text that is longer than any narrow one.
fn wide<T>(narrow: usize, strategy: impl Strategy<Value = T>, text: impl Fn(&T) -> String) -> usize {
    let mut runner = TestRunner::deterministic();
    let mut draw = || strategy.new_tree(&mut runner).expect("a value").current();
    (0..1_000).filter(|_| text(&draw()).len() > narrow).count()
}

#[test]
fn few_values_of_each_strategy_are_wide() {
    let object = |object: &Map<String, Value>| Value::Object(object.clone()).to_string();
    let sample = |sample: &Sample| sample.documents.iter().chain(&sample.patches).map(Value::to_string).collect();
    let counts = [
        ("document", wide(300, strategy::document(), object)),
        ("body", wide(300, strategy::body(), object)),
        ("json", wide(300, strategy::json(), Value::to_string)),
        ("value", wide(300, strategy::value(), Value::to_string)),
        ("key", wide(1, strategy::key(), String::clone)),
        ("patch", wide(300, strategy::patch(), |patch| format!("{patch:?}"))),
        ("sample", wide(300, strategy::sample(), sample)),
    ];
    for (name, count) in counts {
        assert!((1..=250).contains(&count), "{count} of 1,000 values of {name} are wide");
    }
}

#[test]
fn values_are_not_null() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..2_000 {
        assert!(!strategy::value().new_tree(&mut runner).expect("a value").current().is_null());
    }
}

#[test]
fn a_wide_sample_shrinks_to_the_keys_that_matter() {
    let mut runner = TestRunner::deterministic();
    let members = |sample: &Sample| sample.documents[0].as_object().map_or(0, Map::len);
    let mut draw = || strategy::sample().new_tree(&mut runner).expect("a sample");
    let mut tree = (0..2_000).map(|_| draw()).find(|tree| members(&tree.current()) > 40).expect("a wide sample");
    // What a test runner does: this sample fails as long as the document has more than 10 members.
    loop {
        let fails = members(&tree.current()) > 10;
        if !(if fails { tree.simplify() } else { tree.complicate() }) {
            break;
        }
    }
    assert_eq!(members(&tree.current()), 11);
    let keys = |value: &Value| value.as_object().map_or(0, Map::len);
    assert!(tree.current().patches.iter().all(|patch| keys(patch) <= 11), "{:?}", tree.current());
}
