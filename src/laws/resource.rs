//! The laws of whole resources: each part follows the laws of one document.

use alloc::string::String;

use serde_json::{Map, Value, json};

use super::calls::Calls;
use super::law::{Law, Verdict, compare, is_empty, members, merge};

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "UpdateField",
        statement: "an update of one metadata field that merges is a merge of that field",
        operations: &["update"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let actual = calls.update("user", json!({"user_metadata": a[0]}), json!({"user_metadata": p[0]}));
            compare(actual, merge(&a[0], &p[0]).map(|merged| json!({"user_metadata": merged})))
        },
    },
    Law {
        name: "UpdateAttribute",
        statement: "an update of a client's object attribute is a merge of that attribute",
        operations: &["update"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let actual = calls.update("client", json!({"mobile": a[0]}), json!({"mobile": p[0]}));
            compare(actual, merge(&a[0], &p[0]).map(|merged| json!({"mobile": merged})))
        },
    },
    Law {
        name: "ReconcileResource",
        statement: "the reconcile of resources that hold one field that merges is the reconcile of that field",
        operations: &["reconcile_resource", "reconcile"],
        documents: 3,
        patches: 0..=0,
        any_json: false,
        holds: of_field,
    },
    Law {
        name: "ReconcileUnit",
        statement: "the reconcile of a field in replace mode sends the whole field, null, or nothing",
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
