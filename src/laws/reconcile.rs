//! The laws of `reconcile` and `reconcile_resource`.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::calls::Calls;
use super::law::{Law, Verdict, compare, effect, is_empty, members, unless_new_root_null};
use crate::conformance::Refusal;
use crate::equality::same;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "Reconcile",
        statement: "reconcile(base, mine, theirs) takes from mine the root keys where theirs equals base but not \
                    mine, and is rejected if mine holds a root null that theirs lacks",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| part(calls, a, "bodies"),
    },
    Law {
        name: "Conflicts",
        statement: "the conflicts of a reconcile are the root keys of base or mine where theirs differs from both",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| part(calls, a, "conflicts"),
    },
    Law {
        name: "Force",
        statement: "a reconcile that also overwrites its conflicts turns theirs into mine plus the root keys that only \
                    theirs has",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: force,
    },
    Law {
        name: "Undisturbed",
        statement: "reconcile(a, b, a) equals diff(a, b), without conflicts",
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
        statement: "after a reconcile that also overwrites its conflicts, reconcile(mine, mine, result) is empty",
        operations: &["reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: converge,
    },
    Law {
        name: "ReconcileResource",
        statement: "reconciling resources that hold one field in merge mode equals reconciling that field",
        operations: &["reconcile_resource", "reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: of_field,
    },
    Law {
        name: "ReconcileUnit",
        statement: "reconciling a field in replace mode sends nothing or the whole of mine, as null if mine is empty",
        operations: &["reconcile_resource"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| {
            let sides = [&a[0], &a[1], &a[2]].map(|side| json!({"metadata": side}));
            let Ok(result) = calls.reconcile_resource("organization", sides) else { return Ok(()) };
            let Some(sent) = result["bodies"].get(0) else { return Ok(()) };
            let whole = if is_empty(&a[1]) { Value::Null } else { a[1].clone() };
            compare(Ok(sent.clone()), Ok(json!({"metadata": whole})))
        },
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

/// Applies the bodies to `theirs`, then `mine` for each conflict.
fn forced(result: &Value, theirs: &Value) -> Result<Value, Refusal> {
    let conflicts = members(&result["conflicts"]);
    let mine: Map<String, Value> =
        conflicts.map(|(key, sides)| (key.to_owned(), sides.get("mine").cloned().unwrap_or_default())).collect();
    let bodies = result["bodies"].as_array().into_iter().flatten().cloned();
    let forced = (!mine.is_empty()).then_some(Value::Object(mine));
    effect(theirs, &bodies.chain(forced).collect::<Vec<_>>())
}

fn of_field(calls: &mut Calls<'_>, a: &[Value], _: &[Value]) -> Verdict {
    let sides = [&a[0], &a[1], &a[2]].map(|side| json!({"user_metadata": side}));
    let actual = calls.reconcile_resource("user", sides);
    let expected = calls.reconcile(&a[0], &a[1], &a[2]).map(|result| {
        let bodies = result["bodies"].as_array().into_iter().flatten();
        let bodies: Value = bodies.map(|body| json!({"user_metadata": body})).collect();
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        let conflicts = members(&result["conflicts"]);
        let conflicts: Map<String, Value> =
            conflicts.map(|(key, sides)| (["/user_metadata/", &escaped(key)].concat(), sides.clone())).collect();
        json!({"bodies": bodies, "conflicts": conflicts})
    });
    compare(actual, expected)
}
