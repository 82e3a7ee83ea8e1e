//! `json_eq`: members in any order, numbers by value (rule `equal-numbers`).

use common::{keeps_numbers, requests};
use metadata_merge::{Error, Patch, json_eq, object};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod common;

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn equal(left: &str, right: &str) -> bool {
    let (left, right) = (read(left), read(right));
    let equal = json_eq(&left, &right);
    assert_eq!(json_eq(&right, &left), equal, "{left} {right}: symmetric");
    equal
}

#[test]
fn numbers_are_equal_by_value() {
    let same = ["1", "1.0", "1e0", "10e-1", "1.000"];
    for left in same {
        for right in same {
            assert!(equal(left, right), "{left} {right}");
        }
    }
    assert!(equal("0", "-0") && equal("0", "-0.0") && equal("0", "1e-400") && equal("0.0", "-1e-400"));
    assert!(equal("0.1", "0.1000000000000000055"), "the nearest double counts");
    assert!(!equal("1", "1.0000000000000002") && !equal("1", "-1"));
    assert!(!equal("1", "\"1\"") && !equal("0", "false") && !equal("0", "null"));
}

#[test]
fn an_integer_of_64_bits_is_exact() {
    assert!(!equal("9007199254740993", "9007199254740992"));
    assert!(!equal("9007199254740993", "9007199254740992.0"));
    assert!(equal("9007199254740992", "9007199254740992.0"));
    assert!(equal("18446744073709551615", "18446744073709551615"));
    assert!(!equal("18446744073709551615", "18446744073709551616.0"), "2^64 - 1 and 2^64");
    assert!(equal("18446744073709551616", "18446744073709551616.0"));
    assert!(!equal("-9223372036854775807", "-9223372036854775808"));
    assert!(equal("-9223372036854775808", "-9223372036854775808.0"));
}

#[test]
fn only_exact_numbers_tell_larger_integers_apart() {
    // Without `arbitrary_precision`, serde_json reads both as the same double.
    let exact = keeps_numbers();
    let max = "170141183460469231731687303715884105727"; // 2^127 - 1
    let next = "170141183460469231731687303715884105728"; // 2^127
    assert_eq!(equal(max, next), !exact);
    assert_eq!(equal("340282366920938463463374607431768211455", "340282366920938463463374607431768211456"), !exact);
    assert_eq!(equal(&format!("-{max}"), &format!("-{next}")), !exact);
    assert!(equal(next, "1.70141183460469231731687303715884105728e38"));
    let written_out = format!("1{}", "0".repeat(30));
    assert_eq!(equal("1e30", &written_out), !exact, "1e30 is the nearest double, and not 10^30");
    assert!(equal("1e30", "1000000000000000019884624838656"));
}

#[test]
fn numbers_beyond_doubles_are_equal_by_their_text() {
    if keeps_numbers() {
        assert!(equal("1e400", "1e400") && !equal("1e400", "10e399") && !equal("1e400", "-1e400"));
        assert!(!equal("1e400", "1e308"));
    } else {
        assert!(serde_json::from_str::<Value>("1e400").is_err());
    }
}

#[test]
fn members_are_equal_in_any_order_and_items_are_not() {
    assert!(equal(r#"{"a": 1, "b": {"c": [1, 2], "d": null}}"#, r#"{"b": {"d": null, "c": [1.0, 2]}, "a": 1}"#));
    assert!(!equal("[1, 2]", "[2, 1]") && !equal("[1]", "[1, 1]"));
    assert!(!equal(r#"{"a": null}"#, "{}") && !equal(r#"{"a": 1}"#, r#"{"A": 1}"#));
    assert!(!equal(r#"{"a": 1, "b": 1}"#, r#"{"a": 1, "c": 1}"#) && !equal("[]", "{}"));
}

#[test]
fn equal_numbers_are_no_difference_and_no_conflict() -> Result<(), Error> {
    let (one, double) = (json!({"a": 1, "b": [{"c": 2}]}), json!({"a": 1.0, "b": [{"c": 2.0}]}));
    let (one, double) = (object(&one)?, object(&double)?);
    assert!(Patch::diff(one, double)?.is_omit());
    assert!(Patch::from_body(double.clone()).changes(one).is_empty());
    let nothing = Map::new();
    let reconciliation = Patch::reconcile(&nothing, double, one)?;
    assert!(reconciliation.patch.is_omit() && reconciliation.conflicts.is_empty());
    assert_eq!(Patch::from_body(one.clone()), Patch::from_body(double.clone()));
    assert!(Patch::from_body(one.clone()).commutes_with(&Patch::from_body(double.clone())));
    Ok(())
}

#[test]
fn a_deep_value_does_not_overflow_the_stack() {
    let deep = || (0..200_000).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    let (left, right) = (deep(), deep());
    assert!(json_eq(&left, &right));
    // serde_json drops such a value by recursion.
    std::mem::forget((left, right));
}

proptest! {
    #![proptest_config(common::config(1_000))]

    #[test]
    fn it_is_an_equivalence_that_ignores_order(
        left in requests::value(), middle in requests::value(), right in requests::value(),
    ) {
        prop_assert!(json_eq(&left, &left.clone()) && json_eq(&left, &backwards(&left)));
        prop_assert_eq!(json_eq(&left, &right), json_eq(&right, &left));
        prop_assert!(!(json_eq(&left, &middle) && json_eq(&middle, &right)) || json_eq(&left, &right));
        // Equal patches are `Eq`, so the same holds for them.
        let patch = |value: &Value| Patch::omit().set("k", value.clone());
        prop_assert_eq!(patch(&left) == patch(&right), json_eq(&left, &right));
    }
}

/// Returns the same value with the members of each object in the opposite order, and integers as
/// doubles.
fn backwards(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.iter().map(backwards).collect(),
        Value::Object(members) => members.iter().rev().map(|(key, member)| (key.clone(), backwards(member))).collect(),
        other => other.clone(),
    }
}
