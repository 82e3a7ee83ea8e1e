//! Every implementation in this crate passes the vectors, and the vectors are well-formed.

use std::collections::HashSet;

use metadata_merge::conformance::{
    self, AnyCase, Basis, Outcome, Rule, VECTORS, guard_rules, limit_rules, reconcile_rules, resource_rules, rules,
};
use metadata_merge::{Patch, merge, merge_in_place};
use serde_json::Value;

#[test]
fn merge_passes_the_vectors() {
    conformance::check(merge).assert_conforms();
}

#[test]
fn merge_in_place_passes_the_vectors_and_leaves_a_rejected_document_alone() {
    conformance::check(|document, patch| {
        let mut merged = document.clone();
        merge_in_place(&mut merged, patch.clone()).inspect_err(|_| assert_eq!(&merged, document))?;
        Ok::<_, metadata_merge::Error>(merged)
    })
    .assert_conforms();
}

#[test]
fn a_parsed_patch_passes_the_vectors() {
    conformance::check(|document, patch| {
        let mut merged = document.as_object().ok_or("the document is no object")?.clone();
        let patch: Patch = serde_json::from_str(&patch.to_string()).map_err(|_| "the patch is no object")?;
        patch.apply(&mut merged);
        Ok::<_, &str>(Value::Object(merged))
    })
    .assert_conforms();
}

/// Looks at the rules of one level, and returns how many cases they have.
fn well_formed<C: AnyCase>(rules: &[Rule<C>], ids: &mut HashSet<String>) -> usize {
    let mut inputs = HashSet::new();
    for rule in rules {
        assert!(ids.insert(rule.id.clone()), "{} is there twice", rule.id);
        assert!(!rule.cases.is_empty(), "{} has no case", rule.id);
        for case in &rule.cases {
            assert!(case.id().starts_with(&format!("{}/", rule.id)), "{} stands under {}", case.id(), rule.id);
            assert!(ids.insert(case.id().to_owned()), "{} is there twice", case.id());
            assert!(inputs.insert(format!("{:?}", case.inputs())), "{} repeats another", case.id());
        }
    }
    inputs.len()
}

#[test]
fn every_rule_and_every_case_is_there_once_and_under_its_rule_with_an_input_of_its_own() {
    let mut ids = HashSet::new();
    let (documents, resources, limits) = (rules(), resource_rules(), limit_rules());
    let (reconciles, guards) = (reconcile_rules(), guard_rules());
    assert_eq!([documents.len(), resources.len(), limits.len(), reconciles.len(), guards.len()], [11, 9, 7, 5, 2]);
    assert!(well_formed(&documents, &mut ids) >= 60);
    assert!(well_formed(&resources, &mut ids) >= 70);
    assert!(well_formed(&limits, &mut ids) >= 30);
    assert!(well_formed(&reconciles, &mut ids) >= 35);
    // Which guard it is belongs to the input.
    assert!(guards.iter().map(|guard| well_formed(std::slice::from_ref(guard), &mut ids)).sum::<usize>() >= 20);
    assert!(documents.iter().flat_map(|rule| &rule.cases).all(|case| case.id.starts_with(case.rule())));
    let vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
    let written = ["rules", "limits", "tools"].map(|section| vectors[section].as_array().map_or(0, Vec::len));
    assert_eq!(written, [20, 7, 7], "every rule is of one of the levels");
}

#[test]
fn the_basis_and_the_outcome_are_read() {
    let rules = rules();
    let basis = |id: &str| rules.iter().find(|rule| rule.id == id).map(|rule| rule.basis);
    assert_eq!(basis("keep"), Some(Basis::Documented));
    assert_eq!(basis("emptied"), Some(Basis::Observed));
    assert_eq!(basis("reject"), Some(Basis::Decided));
    let rejected = rules.iter().flat_map(|rule| &rule.cases).filter(|case| case.expected == Outcome::Rejected);
    assert!(rejected.map(|case| case.rule()).eq(std::iter::repeat_n("reject", 11)));
}

/// Adapters compare numbers by value and may hold them as doubles, so no case may depend on more.
#[test]
fn every_number_in_the_vectors_is_one_that_every_language_holds() {
    fn numbers(value: &Value, found: &mut Vec<f64>) {
        match value {
            Value::Number(number) => found.push(number.as_f64().expect("a double")),
            Value::Array(items) => items.iter().for_each(|item| numbers(item, found)),
            Value::Object(members) => members.values().for_each(|member| numbers(member, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    numbers(&serde_json::from_str(VECTORS).expect("JSON"), &mut found);
    assert!(found.len() > 50);
    for number in found {
        assert!(number.abs() <= 9_007_199_254_740_991.0 && !(number == 0.0 && number.is_sign_negative()), "{number}");
    }
}

#[test]
fn a_report_compares_numbers_by_value_and_members_in_any_order() {
    fn doubles(value: Value) -> Value {
        match value {
            Value::Number(number) => number.as_f64().into(),
            Value::Array(items) => items.into_iter().map(doubles).collect(),
            Value::Object(members) => members.into_iter().rev().map(|(key, value)| (key, doubles(value))).collect(),
            other => other,
        }
    }
    conformance::check(|document, patch| merge(document, patch).map(doubles)).assert_conforms();
}

#[test]
fn numbers_are_the_same_by_value_and_an_integer_that_went_through_a_double_is_another() {
    let same = |left: &str, right: &str| {
        let [left, right] = [left, right].map(|text| serde_json::from_str(text).expect("JSON"));
        assert_eq!(conformance::same(&left, &right), conformance::same(&right, &left));
        conformance::same(&left, &right)
    };
    for (left, right) in [("1", "1.0"), ("-0", "0"), ("1e2", "100"), ("0.5", "5e-1"), ("1e300", "10e299")] {
        assert!(same(left, right), "{left} {right}");
    }
    let apart = [
        ("1", "1.5"),
        ("1.5", "2.5"),
        ("1", "-1"),
        ("1e300", "1e301"),
        ("9007199254740993", "9007199254740992"),
        ("9007199254740993", "9007199254740992.0"),
        ("18446744073709551615", "18446744073709551614"),
        ("18446744073709551615", "18446744073709551616"),
        ("1", "true"),
        ("1", "\"1\""),
        ("1", "[1]"),
    ];
    for (left, right) in apart {
        assert!(!same(left, right), "{left} {right}");
    }
}
