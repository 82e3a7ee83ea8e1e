//! The laws of the reconcile of one document.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::calls::Calls;
use super::law::{Law, Verdict, compare, effect, members, unless_new_root_null};
use crate::conformance::Refusal;
use crate::patch::same;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "Reconcile",
        statement: "reconcile(a, b, c) names the root keys of a and b that c holds as a does but not as b does, and is \
                    rejected if b holds a root null that c does not",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| part(calls, a, "bodies"),
    },
    Law {
        name: "Conflicts",
        statement: "its conflicts are the root keys of a and b that c holds neither as a does nor as b does",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| part(calls, a, "conflicts"),
    },
    Law {
        name: "Force",
        statement: "with b's values for its conflicts, it gives c each root key of a and b as b has it, and keeps the others",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: force,
    },
    Law {
        name: "Undisturbed",
        statement: "reconcile(a, b, a) is diff(a, b), without conflicts",
        operations: &["reconcile", "diff"],
        documents: 2,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| {
            let actual = calls.reconcile(&a[0], &a[1], &a[0]);
            let diff = calls.diff(&a[0], &a[1]);
            compare(actual, diff.map(|bodies| json!({"bodies": bodies, "conflicts": {}})))
        },
    },
    Law {
        name: "Converge",
        statement: "reconcile(b, b, c) does nothing for the c that a forced reconcile made",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: converge,
    },
];

fn part(calls: &mut Calls<'_>, a: &[Value], name: &str) -> Verdict {
    let actual = calls.reconcile(&a[0], &a[1], &a[2]).map(|result| result[name].clone());
    compare(actual, expected(&a[0], &a[1], &a[2]).map(|result| result[name].clone()))
}

fn force(calls: &mut Calls<'_>, a: &[Value], _: &[Value]) -> Verdict {
    let (base, mine, theirs) = (&a[0], &a[1], &a[2]);
    let actual = calls.reconcile(base, mine, theirs).and_then(|result| forced(&result, theirs));
    let foreign = members(theirs).filter(|(key, _)| base.get(key).is_none() && mine.get(key).is_none());
    let all = foreign.chain(members(mine)).map(|(key, value)| (key.to_owned(), value.clone())).collect();
    compare(actual, unless_new_root_null(theirs, mine).map(|_| all))
}

fn converge(calls: &mut Calls<'_>, a: &[Value], _: &[Value]) -> Verdict {
    let forced = calls.reconcile(&a[0], &a[1], &a[2]).and_then(|result| forced(&result, &a[2]));
    let Ok(stored) = forced else { return Ok(()) }; // other laws tell whether a rejection is right
    compare(calls.reconcile(&a[1], &a[1], &stored), Ok(json!({"bodies": [], "conflicts": {}})))
}

/// Returns the result, computed key by key.
fn expected(base: &Value, mine: &Value, theirs: &Value) -> Result<Value, Refusal> {
    unless_new_root_null(theirs, mine)?;
    let (mut body, mut conflicts) = (Map::new(), Map::new());
    for (key, _) in members(base).chain(members(mine)) {
        if same(theirs.get(key), mine.get(key)) {
            continue;
        }
        if same(theirs.get(key), base.get(key)) {
            body.insert(key.to_owned(), mine.get(key).cloned().unwrap_or_default());
            continue;
        }
        let sides = [("base", base), ("mine", mine), ("theirs", theirs)].into_iter();
        let held: Map<String, Value> =
            sides.filter_map(|(name, side)| Some((name.into(), side.get(key)?.clone()))).collect();
        conflicts.insert(key.to_owned(), held.into());
    }
    let bodies = if body.is_empty() { Vec::new() } else { [body].into() };
    Ok(json!({"bodies": bodies, "conflicts": conflicts}))
}

/// Returns `theirs` after the bodies of a result and after `mine` for each conflict.
fn forced(result: &Value, theirs: &Value) -> Result<Value, Refusal> {
    let conflicts = members(&result["conflicts"]);
    let mine: Map<String, Value> =
        conflicts.map(|(key, sides)| (key.to_owned(), sides.get("mine").cloned().unwrap_or_default())).collect();
    let bodies = result["bodies"].as_array().into_iter().flatten().cloned();
    let forced = (!mine.is_empty()).then_some(Value::Object(mine));
    effect(theirs, &bodies.chain(forced).collect::<Vec<_>>())
}
