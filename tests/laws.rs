//! The laws: this crate keeps each of them, and each can be broken. For every law there are wrong
//! implementations that break it, by hand and by generated samples.

#![cfg(all(feature = "conformance", feature = "proptest"))]

use std::collections::BTreeSet;

use common::{Object, config, object, objects};
use metadata_merge::conformance::{Implementation, OPERATIONS, Reference, Refusal, merge_only};
use metadata_merge::laws::{self, Sample};
use metadata_merge::{merge, merge_in_place, strategy};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

mod common;

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn this_crate_keeps_every_law(sample in strategy::sample()) {
        prop_assert_eq!(laws::check(&mut Reference, &sample), Ok(()));
    }

    #[test]
    fn this_crate_keeps_every_law_on_any_json(
        documents in [strategy::json(), strategy::json()],
        patches in [strategy::json(), strategy::json(), strategy::json()],
    ) {
        prop_assert_eq!(laws::check(&mut Reference, &Sample::new(documents, patches)), Ok(()));
    }

    #[test]
    fn merging_in_place_is_merging(a in strategy::json(), p in strategy::json()) {
        let mut merged = a.clone();
        let done = merge_in_place(&mut merged, p.clone());
        prop_assert!(done.is_ok() || merged == a, "changed on error");
        prop_assert_eq!(done.map(|()| merged), merge(&a, &p));
    }
}

#[test]
fn every_law_holds_in_a_small_scope() {
    let all: Vec<Value> = objects(&["a", "b"], &[json!(null), json!(1)]).into_iter().map(Value::Object).collect();
    let from = |start: usize| &all[start % all.len()];
    for (number, a) in all.iter().enumerate() {
        for (shift, p) in all.iter().enumerate() {
            for (next, q) in all.iter().enumerate() {
                // Each pair of documents and each pair of bodies comes up.
                let (b, r) = (from(number + shift), from(shift + next));
                let sample = Sample::new([a.clone(), b.clone()], [p.clone(), q.clone(), r.clone()]);
                assert_eq!(laws::check(&mut Reference, &sample), Ok(()), "{sample:?}");
            }
        }
    }
}

type Answer = Result<Value, Refusal>;

/// A way to break a law: an implementation, and a sample on which the law sees it.
struct Breach {
    law: &'static str,
    how: &'static str,
    wrong: fn(&str, &Object) -> Answer,
    documents: &'static str,
    patches: &'static str,
}

/// Returns the right answer.
fn right(op: &str, arguments: &Object) -> Answer {
    Reference.call(op, arguments)
}

fn ask(op: &str, arguments: Value) -> Answer {
    right(op, &object(arguments))
}

fn rejected() -> Answer {
    Err(Refusal::Rejected(String::new()))
}

fn is_empty(value: &Value) -> bool {
    *value == json!({})
}

/// Returns the body that sets all of `after`, and removes by name what only `before` has.
fn whole(before: &Value, after: &Value) -> Value {
    let (before, after) = (before.as_object().expect("an object"), after.as_object().expect("an object"));
    let removed = before.keys().filter(|key| !after.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    removed.chain(after.clone()).collect()
}

fn without_nulls(value: &Value) -> Value {
    let members = value.as_object().expect("an object").iter().filter(|(_, member)| !member.is_null());
    members.map(|(key, member)| (key.clone(), member.clone())).collect()
}

const MERGING: &[Breach] = &[
    Breach {
        law: "Definition",
        how: "replaces the whole document",
        wrong: |op, it| if op == "merge" { Ok(it["patch"].clone()) } else { right(op, it) },
        documents: r#"[{"a": 1}]"#,
        patches: r#"[{"b": 1}]"#,
    },
    Breach {
        law: "Idempotence",
        how: "takes a patch that changes nothing for a clear",
        wrong: |op, it| match right(op, it)? {
            same if op == "merge" && same == it["target"] => Ok(json!({})),
            result => Ok(result),
        },
        documents: "[{}]",
        patches: r#"[{"a": 1}]"#,
    },
    Breach {
        law: "RightRegular",
        how: "adds keys to an empty document alone",
        wrong: |op, it| {
            if op == "merge" && !is_empty(&it["target"]) { Ok(it["target"].clone()) } else { right(op, it) }
        },
        documents: "[{}]",
        patches: r#"[{"a": 1}, {"b": 2}]"#,
    },
];

const COMPOSITION: &[Breach] = &[
    Breach {
        law: "Action",
        how: "composes to nothing",
        wrong: |op, it| if op == "compose" { Ok(json!([])) } else { right(op, it) },
        documents: "[{}]",
        patches: r#"[{"a": 1}]"#,
    },
    Breach {
        law: "ShortestComposition",
        how: "composes to the list that it was given",
        wrong: |op, it| if op == "compose" { Ok(it["patches"].clone()) } else { right(op, it) },
        documents: "[]",
        patches: r#"[{"a": 1}, {"b": 1}]"#,
    },
    Breach {
        law: "ShortestComposition",
        how: "composes to a clear and the removals after it",
        wrong: |op, it| match right(op, it)? {
            clear if op == "compose" && clear == json!([{}]) => Ok(json!([{}, {"a": null}])),
            result => Ok(result),
        },
        documents: "[]",
        patches: r#"[{}, {"a": null}]"#,
    },
    Breach {
        law: "Associativity",
        how: "forgets what follows a patch that does not name a",
        wrong: |op, it| match it.get("patches").and_then(Value::as_array).map(Vec::as_slice) {
            Some([first, _]) if op == "compose" && first.get("a").is_none() => Ok(json!([first])),
            _ => right(op, it),
        },
        documents: "[{}]",
        patches: r#"[{"a": 1}, {"b": 1}, {"b": 2}]"#,
    },
    Breach {
        law: "Identity",
        how: "composes nothing to a clear",
        wrong: |op, it| if op == "compose" && it["patches"] == json!([]) { Ok(json!([{}])) } else { right(op, it) },
        documents: "[{}]",
        patches: r#"[{"a": 1}]"#,
    },
    Breach {
        law: "Identity",
        how: "drops a patch that stands alone",
        wrong: |op, it| match it.get("patches").and_then(Value::as_array) {
            Some(patches) if patches.len() == 1 => Ok(json!([])),
            _ => right(op, it),
        },
        documents: "[{}]",
        patches: r#"[{"a": 1}]"#,
    },
    Breach {
        law: "Absorption",
        how: "ignores a clear",
        wrong: |op, it| {
            if op != "compose" {
                return right(op, it);
            }
            let patches = it["patches"].as_array().expect("patches").iter().filter_map(Value::as_object);
            Ok(json!([patches.cloned().reduce(|mut first, next| {
                first.extend(next);
                first
            })]))
        },
        documents: "[]",
        patches: r#"[{"a": 1}]"#,
    },
    Breach {
        law: "Commutation",
        how: "holds that patches always commute",
        wrong: |op, it| if op == "commute" { Ok(json!(true)) } else { right(op, it) },
        documents: "[{}]",
        patches: r#"[{"a": 1}, {"a": 2}]"#,
    },
    Breach {
        law: "Commutation",
        how: "holds that patches never commute",
        wrong: |op, it| if op == "commute" { Ok(json!(false)) } else { right(op, it) },
        documents: "[{}]",
        patches: r#"[{"a": 1}, {"b": 2}]"#,
    },
    Breach {
        law: "Commutation",
        how: "holds that a clear commutes with what follows it",
        wrong: |op, it| match op {
            "commute" => Ok(json!(it["first"] == it["second"] || is_empty(&it["first"]))),
            _ => right(op, it),
        },
        documents: "[{}]",
        patches: r#"[{"a": 1}, {}]"#,
    },
];

const NO_WIPE: &[Breach] = &[
    Breach {
        law: "NoWipe",
        how: "strips nulls from a composition",
        wrong: |op, it| match (op, right(op, it)?) {
            ("compose", Value::Array(bodies)) => Ok(bodies.iter().map(without_nulls).collect()),
            (_, result) => Ok(result),
        },
        documents: "[{}, {}]",
        patches: r#"[{"a": null}]"#,
    },
    Breach {
        law: "NoWipe",
        how: "drops the clear before sets",
        wrong: |op, it| match (op, right(op, it)?) {
            ("compose", Value::Array(bodies)) if bodies.len() == 2 => Ok(json!([bodies[1]])),
            (_, result) => Ok(result),
        },
        documents: "[{}, {}]",
        patches: r#"[{}, {"a": 1}]"#,
    },
    Breach {
        law: "NoWipe",
        how: "says by {} that nothing differs",
        wrong: |op, it| match right(op, it)? {
            nothing if op == "diff" && nothing == json!([]) => Ok(json!([{}])),
            result => Ok(result),
        },
        documents: r#"[{"a": 1}, {"a": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "NoWipe",
        how: "empties a document by {}",
        wrong: |op, it| if op == "diff" && is_empty(&it["after"]) { Ok(json!([{}])) } else { right(op, it) },
        documents: r#"[{"a": 1}, {"b": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "NoWipe",
        how: "undoes by {}",
        wrong: |op, it| if op == "undo" { Ok(json!([{}])) } else { right(op, it) },
        documents: "[{}, {}]",
        patches: r#"[{"a": 1}]"#,
    },
    Breach {
        law: "NoWipe",
        how: "reconciles by {} if there is nothing to do",
        wrong: |op, it| match right(op, it)? {
            mut result if op == "reconcile" && result["bodies"] == json!([]) => {
                result["bodies"] = json!([{}]);
                Ok(result)
            }
            result => Ok(result),
        },
        documents: r#"[{"a": 1}, {"b": 1}]"#,
        patches: "[]",
    },
];

const DIFF: &[Breach] = &[
    Breach {
        law: "RoundTrip",
        how: "never removes",
        wrong: |op, it| if op == "diff" { Ok(json!([it["after"]])) } else { right(op, it) },
        documents: r#"[{"a": 1}, {"b": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "RoundTrip",
        how: "removes where null is wanted",
        wrong: |op, it| if op == "diff" { Ok(json!([whole(&it["before"], &it["after"])])) } else { right(op, it) },
        documents: r#"[{"a": 1}, {"a": null}]"#,
        patches: "[]",
    },
    Breach {
        law: "SmallestDiff",
        how: "names what stays as it is",
        wrong: |op, it| if op == "diff" { Ok(json!([whole(&it["before"], &it["after"])])) } else { right(op, it) },
        documents: r#"[{"a": 1}, {"a": 1, "b": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "SmallestDiff",
        how: "removes what is not there",
        wrong: |op, it| if op == "diff" { Ok(json!([{"gone": null}])) } else { right(op, it) },
        documents: r#"[{"a": 1}, {"a": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "Undo",
        how: "leaves what was added",
        wrong: |op, it| if op == "undo" { Ok(json!([it["document"]])) } else { right(op, it) },
        documents: r#"[{"a": 1}]"#,
        patches: r#"[{"b": 1}]"#,
    },
    Breach {
        law: "Undo",
        how: "restores a null by a removal",
        wrong: |op, it| if op == "undo" { Ok(json!([whole(&it["patch"], &it["document"])])) } else { right(op, it) },
        documents: r#"[{"a": null}]"#,
        patches: r#"[{"a": 1}]"#,
    },
    Breach {
        law: "Changes",
        how: "takes what is set for what is added",
        wrong: |op, it| match op {
            "changes" => Ok(json!({"added": it["patch"], "replaced": {}, "removed": {}})),
            _ => right(op, it),
        },
        documents: r#"[{"a": 1}]"#,
        patches: r#"[{"a": 1}]"#,
    },
];

const GUARDS: &[Breach] = &[
    Breach {
        law: "DenyRemovals",
        how: "denies removals that remove nothing",
        wrong: |op, it| {
            let nulls = || it["patch"].as_object().into_iter().flatten().any(|(_, value)| value.is_null());
            if op == "deny_removals" && nulls() { rejected() } else { right(op, it) }
        },
        documents: "[{}]",
        patches: r#"[{"a": null}]"#,
    },
    Breach {
        law: "DenyRemovals",
        how: "takes a clear for no removal",
        wrong: |op, it| if op == "deny_removals" && is_empty(&it["patch"]) { Ok(json!({})) } else { right(op, it) },
        documents: r#"[{"a": 1}]"#,
        patches: "[{}]",
    },
    Breach {
        law: "DenyWipe",
        how: "denies clears alone",
        wrong: |op, it| if op == "deny_wipe" && !is_empty(&it["patch"]) { right("merge", it) } else { right(op, it) },
        documents: r#"[{"a": 1}]"#,
        patches: r#"[{"a": null}]"#,
    },
    Breach {
        law: "DenyWipe",
        how: "denies to clear an empty document",
        wrong: |op, it| if op == "deny_wipe" && is_empty(&it["patch"]) { rejected() } else { right(op, it) },
        documents: "[{}]",
        patches: "[{}]",
    },
];

const RECONCILE: &[Breach] = &[
    Breach {
        law: "Reconcile",
        how: "removes foreign keys",
        wrong: |op, it| match op {
            "reconcile" => {
                let bodies = ask("diff", json!({"before": it["theirs"], "after": it["mine"]}))?;
                Ok(json!({"bodies": bodies, "conflicts": {}}))
            }
            _ => right(op, it),
        },
        documents: r#"[{}, {}, {"b": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "Reconcile",
        how: "forgets what it no longer wants",
        wrong: |op, it| match op {
            "reconcile" => ask(op, json!({"base": it["mine"], "mine": it["mine"], "theirs": it["theirs"]})),
            _ => right(op, it),
        },
        documents: r#"[{"a": 1}, {}, {"a": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "Reconcile",
        how: "names what is agreed",
        wrong: |op, it| match right(op, it)? {
            mut result if op == "reconcile" && !is_empty(&it["mine"]) && it["mine"] == it["theirs"] => {
                result["bodies"] = json!([it["mine"]]);
                Ok(result)
            }
            result => Ok(result),
        },
        documents: r#"[{}, {"a": 1}, {"a": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "Reconcile",
        how: "removes where null is wanted",
        wrong: |op, it| match op {
            "reconcile" => {
                let mine = without_nulls(&it["mine"]);
                ask(op, json!({"base": it["base"], "mine": mine, "theirs": it["theirs"]}))
            }
            _ => right(op, it),
        },
        documents: r#"[{"a": 1}, {"a": null}, {"a": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "Conflicts",
        how: "hides a change of what it leaves alone",
        wrong: |op, it| {
            let mut result = right(op, it)?;
            if let Some(conflicts) = result.get_mut("conflicts").and_then(Value::as_object_mut) {
                conflicts.retain(|_, sides| sides.get("base") != sides.get("mine"));
            }
            Ok(result)
        },
        documents: r#"[{"a": 1}, {"a": 1}, {"a": 2}]"#,
        patches: "[]",
    },
    Breach {
        law: "Force",
        how: "does not say what it wants in a conflict",
        wrong: |op, it| {
            let mut result = right(op, it)?;
            if let Some(conflicts) = result.get_mut("conflicts").and_then(Value::as_object_mut) {
                conflicts.values_mut().for_each(|sides| sides["mine"] = Value::Null);
            }
            Ok(result)
        },
        documents: r#"[{}, {"a": 1}, {"a": 2}]"#,
        patches: "[]",
    },
    Breach {
        law: "Undisturbed",
        how: "sees a conflict in its own change",
        wrong: |op, it| match op {
            "reconcile" => ask(op, json!({"base": {}, "mine": it["mine"], "theirs": it["theirs"]})),
            _ => right(op, it),
        },
        documents: r#"[{"a": 1}, {"a": 2}]"#,
        patches: "[]",
    },
    Breach {
        law: "Converge",
        how: "is never done",
        wrong: |op, it| match right(op, it)? {
            mut result if op == "reconcile" && it["base"] == it["mine"] && !is_empty(&it["mine"]) => {
                result["bodies"] = json!([it["mine"]]);
                Ok(result)
            }
            result => Ok(result),
        },
        documents: r#"[{}, {"a": 1}, {}]"#,
        patches: "[]",
    },
];

const RESOURCE: &[Breach] = &[
    Breach {
        law: "UpdateField",
        how: "replaces a metadata field",
        wrong: |op, it| match op {
            "update" if it["resource"] == "user" => Ok(it["body"].clone()),
            _ => right(op, it),
        },
        documents: r#"[{"a": 1}]"#,
        patches: r#"[{"b": 1}]"#,
    },
    Breach {
        law: "UpdateAttribute",
        how: "replaces a client's object attribute",
        wrong: |op, it| match op {
            "update" if it["resource"] == "client" => Ok(it["body"].clone()),
            _ => right(op, it),
        },
        documents: r#"[{"a": 1}]"#,
        patches: r#"[{"b": 1}]"#,
    },
    Breach {
        law: "ReconcileResource",
        how: "reconciles a merged field as one unit",
        wrong: |op, it| match op {
            "reconcile_resource" if it["resource"] == "user" => {
                let mut rest = it.clone();
                rest.insert("resource".to_owned(), json!("session"));
                right(op, &rest)
            }
            _ => right(op, it),
        },
        documents: r#"[{"a": 1}, {"a": 2}, {"a": 1, "b": 1}]"#,
        patches: "[]",
    },
    Breach {
        law: "ReconcileUnit",
        how: "reconciles a replaced field by its keys",
        wrong: |op, it| match op {
            "reconcile_resource" if it["resource"] == "organization" => {
                let side = |name: &str| it[name].get("metadata").cloned().unwrap_or(json!({}));
                let sides = json!({"base": side("base"), "mine": side("mine"), "theirs": side("theirs")});
                let bodies = ask("reconcile", sides)?["bodies"].clone();
                let bodies = bodies.as_array().expect("bodies").iter().map(|body| json!({"metadata": body}));
                Ok(json!({"bodies": bodies.collect::<Vec<_>>(), "conflicts": {}}))
            }
            _ => right(op, it),
        },
        documents: r#"[{"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 1}]"#,
        patches: "[]",
    },
];

fn breaches() -> impl Iterator<Item = &'static Breach> {
    [MERGING, COMPOSITION, NO_WIPE, DIFF, GUARDS, RECONCILE, RESOURCE].into_iter().flatten()
}

fn list(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a list")
}

#[test]
fn every_law_can_be_broken_and_sees_it() {
    for law in laws::all() {
        assert!(breaches().any(|breach| breach.law == law.name), "{} has no breach", law.name);
    }
    for Breach { law, how, wrong, documents, patches } in breaches() {
        let law = laws::all().find(|known| known.name == *law).expect("a law of this name");
        let (documents, patches) = (list(documents), list(patches));
        assert_eq!(law.check(&mut Reference, &documents, &patches), Ok(()), "the reference, for: {how}");
        let counterexample = law.check(&mut { *wrong }, &documents, &patches).expect_err(how);
        assert_eq!(counterexample.law.name, law.name);
        assert_eq!((&counterexample.documents, &counterexample.patches), (&documents, &patches), "{how}");
        assert_ne!(counterexample.actual, counterexample.expected, "{how}");
    }
}

#[test]
fn generated_samples_find_every_breach() {
    let mut runner = TestRunner::new(config(1_000));
    let samples: Vec<_> =
        (0..1_000).map(|_| strategy::sample().new_tree(&mut runner).expect("a sample").current()).collect();
    for Breach { how, wrong, .. } in breaches() {
        assert!(samples.iter().any(|sample| laws::check(&mut { *wrong }, sample).is_err()), "{how}");
    }
}

#[test]
fn names_are_unique_and_operations_are_known() {
    let mut names = BTreeSet::new();
    for law in laws::all() {
        assert!(names.insert(law.name), "{} is repeated", law.name);
        assert!(!law.operations.is_empty() && law.operations.iter().all(|op| OPERATIONS.contains(op)), "{}", law.name);
    }
}

#[test]
fn of_several_broken_laws_the_first_is_reported() {
    // It breaks the later law without patches, and the earlier one with some.
    let mut wrong = |op: &str, it: &Object| match op {
        "compose" if it["patches"] == json!([]) => Ok(json!([{"no such key": null}])),
        "compose" => Ok(json!([])),
        _ => right(op, it),
    };
    let (a, p) = (json!({"a": 1}), json!({"a": null}));
    let sample = Sample::new([a.clone(), a], [p.clone(), p.clone(), p]);
    let broken = laws::check(&mut wrong, &sample).expect_err("broken");
    assert_eq!(broken.law.name, "Action");
}

#[test]
fn laws_of_operations_that_are_not_offered_are_skipped() {
    let (a, p) = (json!({"a": 1}), json!({"a": null}));
    let sample = Sample::new([a.clone(), a], [p.clone(), p.clone(), p]);
    let mut asked = BTreeSet::new();
    let mut merges = |op: &str, it: &Object| {
        asked.insert(op.to_owned());
        merge_only(merge).call(op, it)
    };
    assert_eq!(laws::check(&mut merges, &sample), Ok(()));
    let about: BTreeSet<String> = laws::all().flat_map(|law| law.operations).map(ToString::to_string).collect();
    assert_eq!(asked, about, "a law asks for the operations that it names");
}

#[test]
fn a_sample_that_is_too_small_breaks_no_law() {
    let mut refuses = |_: &str, _: &Object| -> Answer { Ok(Value::Null) };
    for law in laws::all().filter(|law| law.documents > 0 || *law.patches.start() > 0) {
        assert_eq!(law.check(&mut refuses, &[], &[]), Ok(()), "{}", law.name);
    }
}

#[test]
fn other_json_must_be_rejected_too() {
    let mut lenient = merge_only(|document, patch| match patch {
        Value::Null => Ok(document.clone()),
        _ => merge(document, patch),
    });
    let sample = Sample::new([json!({}), json!({})], [Value::Null, Value::Null, Value::Null]);
    let broken = laws::check(&mut lenient, &sample).expect_err("broken");
    assert_eq!(broken.law.name, "Definition");
}

#[test]
fn results_of_a_wrong_type_break_a_law_and_do_not_panic() {
    for wrong in [json!(null), json!(7), json!([7]), json!("text"), json!({}), json!({"bodies": 7, "conflicts": [1]})] {
        let (a, p) = (json!({"a": 1, "b": 1}), json!({"a": null}));
        let sample = Sample::new([a.clone(), json!({"c": 1})], [p.clone(), p.clone(), p]);
        let mut always = |_: &str, _: &Object| -> Answer { Ok(wrong.clone()) };
        assert!(laws::check(&mut always, &sample).is_err(), "{wrong}");
        for law in laws::all() {
            let documents = [a.clone(), json!({"c": 1}), json!({"a": 2})];
            let _ = law.check(&mut always, &documents, &sample.patches);
        }
    }
}
