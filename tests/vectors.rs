//! The vectors: every path of the crate passes them, and they follow their own rules.

#![cfg(feature = "conformance")]

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use metadata_merge::conformance::{
    Basis, Case, Implementation, Needs, OPERATIONS, Outcome, Reference, Refusal, Rule, VECTORS, agree, check,
    check_rules, merge_only, rules,
};
use metadata_merge::resource::{self, Attribute, Mode, Plan, Replacement, Resource};
use metadata_merge::{Error, Patch, json_eq, merge, merge_in_place};
use serde_json::{Map, Number, Value, json};

/// Checks the cases of one operation, all of them.
fn check_op(op: &str, mut call: impl FnMut(&Case) -> Result<Value, Refusal>) {
    let mut rules = rules();
    for rule in &mut rules {
        rule.cases.retain(|case| case.op == op);
    }
    assert!(rules.iter().any(|rule| !rule.cases.is_empty()), "no case of {op}");
    let report = check_rules(rules, |case| call(case));
    report.assert_conforms();
    assert!(report.rules().iter().all(|rule| report.skipped_of(rule) == 0), "skips cases of {op}");
}

#[test]
fn the_reference_passes_every_case() {
    let report = check_rules(rules(), |case| Reference.call(&case.op, &case.arguments));
    report.assert_conforms();
    assert!(report.rules().iter().all(|rule| report.skipped_of(rule) == 0));
    check(&mut Reference).assert_conforms();
}

#[test]
fn merging_in_place_passes() {
    check_op("merge", |case| {
        let (target, mut merged) = (&case.arguments["target"], case.arguments["target"].clone());
        let done = merge_in_place(&mut merged, case.arguments["patch"].clone());
        if done.is_err() {
            assert_eq!(&merged, target, "a rejected patch changes nothing: {}", case.id);
        }
        Ok(done.map(|()| merged)?)
    });
}

#[test]
fn a_decoded_patch_passes() {
    check_op("merge", |case| {
        let text = case.arguments["patch"].to_string();
        let patch: Patch = serde_json::from_str(&text).map_err(|error| Refusal::Rejected(error.to_string()))?;
        let mut document = metadata_merge::object(&case.arguments["target"])?.clone();
        patch.apply(&mut document);
        Ok(Value::Object(document))
    });
}

fn resource_of(case: &Case) -> Result<Resource<'static>, Refusal> {
    let known = resource::ALL.iter().find(|resource| case.arguments["resource"] == resource.name);
    known.copied().ok_or_else(|| Refusal::Rejected("an unknown resource".to_owned()))
}

/// Returns the stored resource of an update; for a create, nothing stored.
fn stored_of(case: &Case) -> Result<Map<String, Value>, Refusal> {
    match case.arguments.get("stored") {
        Some(stored) => Ok(metadata_merge::object(stored)?.clone()),
        None => Ok(Map::new()),
    }
}

#[test]
fn an_update_in_place_passes() {
    for op in ["create", "update"] {
        check_op(op, |case| {
            let stored = stored_of(case)?;
            let mut updated = stored.clone();
            let done = resource_of(case)?.update_in_place(&mut updated, case.arguments["body"].clone());
            if done.is_err() {
                assert_eq!(updated, stored, "a rejected body changes nothing: {}", case.id);
            }
            Ok(done.map(|()| Value::Object(updated))?)
        });
    }
}

#[test]
fn a_plan_passes() {
    for op in ["create", "update"] {
        check_op(op, |case| {
            let mut stored = stored_of(case)?;
            let plan = resource_of(case)?.plan(case.arguments["body"].clone())?;
            let changes = plan.changes(&stored).map(|changes| changes.into_owned());
            let applied = plan.apply(&mut stored);
            assert_eq!(changes.map(drop), applied.clone(), "the preview: {}", case.id);
            Ok(applied.map(|()| Value::Object(stored))?)
        });
    }
}

#[test]
fn a_plan_of_typed_parts_passes() {
    for op in ["create", "update"] {
        check_op(op, |case| {
            let mut stored = stored_of(case)?;
            let plan = typed(resource_of(case)?, metadata_merge::object(&case.arguments["body"])?.clone())?;
            plan.apply(&mut stored)?;
            Ok(Value::Object(stored))
        });
    }
}

/// Plans a body part by part, as typed code does.
fn typed(resource: Resource<'static>, body: Map<String, Value>) -> Result<Plan<'static>, Error> {
    let mut plan = Plan::new(resource);
    for (name, value) in body {
        let field = resource.fields.iter().find(|field| field.name == name);
        plan = match field.map(|field| field.mode) {
            Some(Mode::Merge) => plan.field(&name, Patch::try_from(value)?)?,
            Some(Mode::Replace) => plan.replace(&name, Replacement::try_from(value)?)?,
            None if value.is_null() => plan.remove_attribute(name)?,
            None => plan.attribute(name, Attribute::from(value))?,
        };
    }
    Ok(plan)
}

#[test]
fn a_merge_alone_is_checked_on_its_cases() {
    let report = check(&mut merge_only(merge));
    report.assert_conforms();
    let merges = |rule: &Rule| rule.cases.iter().filter(|case| case.op == "merge").count();
    for rule in report.rules() {
        assert_eq!(rule.cases.len() - report.skipped_of(rule), merges(rule), "{}", rule.id);
    }
    let refused = check(&mut merge_only(|_, _| Err(())));
    assert!(refused.failures().iter().all(|failure| failure.case.outcome != Outcome::Rejected));
    assert!(!refused.conforms());
}

#[test]
fn ids_are_unique_and_begin_with_their_rule() {
    let mut seen = BTreeSet::new();
    for rule in rules() {
        assert!(seen.insert(rule.id.clone()), "the rule {} is repeated", rule.id);
        for case in rule.cases {
            assert_eq!(case.rule(), rule.id, "{}", case.id);
            assert!(case.id.strip_prefix(&rule.id).is_some_and(|name| name.len() > 1 && name.starts_with('/')));
            assert!(seen.insert(case.id.clone()), "the case {} is repeated", case.id);
        }
    }
}

#[test]
fn inputs_are_unique_in_a_rule() {
    for rule in rules() {
        let mut seen: Vec<(&str, &Map<String, Value>)> = Vec::new();
        for case in &rule.cases {
            let input = (case.op.as_str(), &case.arguments);
            assert!(!seen.contains(&input), "{} repeats the input of another case", case.id);
            seen.push(input);
        }
    }
}

#[test]
fn every_operation_has_cases_and_no_other_does() {
    let used: BTreeSet<String> = rules().into_iter().flat_map(|rule| rule.cases).map(|case| case.op).collect();
    let offered: BTreeSet<String> = OPERATIONS.iter().map(ToString::to_string).collect();
    assert_eq!(used, offered);
}

#[test]
fn a_basis_is_the_weakest_of_the_cases() {
    let mut mixed = 0;
    for rule in rules() {
        let has = |basis| rule.cases.iter().any(|case| case.basis == basis);
        let weakest = [Basis::Decided, Basis::Observed, Basis::Documented].into_iter().find(|basis| has(*basis));
        assert_eq!(Some(rule.basis()), weakest, "{}", rule.id);
        assert!(!rule.statement.is_empty() && !rule.source.is_empty(), "{}", rule.id);
        mixed += usize::from(rule.cases.iter().any(|case| Some(case.basis) != weakest));
    }
    assert!(mixed > 0, "some rule has cases of more than one basis");
}

#[test]
fn every_file_is_listed_and_has_this_release() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").file_name());
    let files: BTreeSet<String> = files.map(|name| name.into_string().expect("UTF-8")).collect();
    let listed = VECTORS.iter().map(|(name, _)| *name).chain(["schema.json"]).map(str::to_owned).collect();
    assert_eq!(files, listed);
    for (name, text) in VECTORS {
        let file: Value = serde_json::from_str(text).expect("JSON");
        let members: Vec<&str> = file.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members.iter().collect::<BTreeSet<_>>(), ["release", "rules", "version"].iter().collect(), "{name}");
        assert_eq!((&file["version"], &file["release"]), (&json!("2"), &json!(env!("CARGO_PKG_VERSION"))), "{name}");
        for rule in file["rules"].as_array().expect("an array") {
            assert_eq!(rule.get("basis"), None, "a rule's basis is derived: {}", rule["id"]);
        }
    }
}

#[test]
fn numbers_and_strings_are_portable_unless_needed() {
    for case in rules().into_iter().flat_map(|rule| rule.cases) {
        let result = match &case.outcome {
            Outcome::Result(result) => result.clone(),
            Outcome::Rejected => Value::Null,
        };
        let all = Value::Array(vec![Value::Object(case.arguments.clone()), result]);
        let exact = any(&all, &|value| value.as_number().is_some_and(|number| !is_portable(number)));
        let nul = any(&all, &|value| value.as_str().is_some_and(has_nul));
        let expected = match (exact, nul) {
            (true, _) => Some(Needs::ExactNumbers),
            (_, true) => Some(Needs::Nul),
            _ => None,
        };
        // A text may need exact numbers for what stands in it.
        assert!(case.needs == expected || case.op == "text" && case.needs.is_some(), "{}: {expected:?}", case.id);
    }
}

/// Returns whether `is` holds for any value, key or member.
fn any(value: &Value, is: &dyn Fn(&Value) -> bool) -> bool {
    is(value)
        || match value {
            Value::Array(items) => items.iter().any(|item| any(item, is)),
            Value::Object(members) => members.iter().any(|(key, member)| is(&json!(key)) || any(member, is)),
            _ => false,
        }
}

fn has_nul(text: &str) -> bool {
    text.contains('\0') || text.contains("\\u0000")
}

/// Returns whether every language can hold the number: no integer beyond 2^53, no `-0`, and nothing
/// that a double changes.
fn is_portable(number: &Number) -> bool {
    let Some(double) = number.as_f64() else { return false };
    let same = Number::from_f64(double).is_some_and(|double| json_eq(&double.into(), &number.clone().into()));
    let integer = double.fract() == 0.0 && !number.to_string().contains(['.', 'e', 'E']);
    same && !(double == 0.0 && double.is_sign_negative()) && !(integer && double.abs() > 9_007_199_254_740_992.0)
}

#[test]
fn violations_agree_in_any_order() {
    let mut backwards = |op: &str, arguments: &Map<String, Value>| match (op, Reference.call(op, arguments)?) {
        ("limits", Value::Array(mut violations)) => {
            violations.reverse();
            Ok(Value::Array(violations))
        }
        (_, result) => Ok(result),
    };
    check(&mut backwards).assert_conforms();
    let none = Map::new();
    assert!(!agree("limits", &none, &json!([]), &json!(null)), "null is not an empty list");
    assert!(!agree("limits", &none, &json!([1]), &json!([1, 1])), "a repeated violation is another list");
    assert!(!agree("compose", &none, &json!([1, 2]), &json!([2, 1])), "other lists have an order");
}

#[test]
fn texts_agree_by_their_untouched_bytes() {
    let arguments = |patch: &str| Map::from_iter([("patch".to_owned(), json!(patch))]);
    let same =
        |patch: &str, expected: &str, actual: &str| agree("text", &arguments(patch), &json!(expected), &json!(actual));
    assert!(same("{\"b\": 1}", r#"{"a": 1.50, "b": 1}"#, r#"{"b":1,"a":1.50}"#));
    assert!(same("{\"b\": [1, 2]}", r#"{"b": [1, 2]}"#, r#"{"b":[1,2]}"#), "whitespace of a set value is free");
    assert!(!same("{\"b\": 1}", r#"{"a": [1, 2]}"#, r#"{"a":[1,2]}"#), "whitespace of a kept value is not");
    assert!(!same("{\"b\": \"x y\"}", r#"{"b": "x y"}"#, r#"{"b": "xy"}"#));
    assert!(!same("{}", r#"{"a": 1}"#, r#"{"a": 1, "a": 1}"#), "a repeated key in a result is a failure");
    assert!(!same("{}", "{}", "{"), "a result that is not JSON is a failure");
    assert!(!agree("text", &arguments("{}"), &json!("{}"), &json!({})));
}
