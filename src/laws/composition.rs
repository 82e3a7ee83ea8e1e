//! The laws of several patches: how they compose, and when they commute.

use alloc::vec::Vec;

use serde_json::{Value, json};

use super::calls::Calls;
use super::law::{Law, Verdict, compare, effect, is_empty, merge};
use crate::conformance::Refusal;
use crate::equality::json_eq;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "Action",
        statement: "a composition has the effect of its patches, one after the other",
        operations: &["compose"],
        documents: 1,
        patches: 0..=3,
        any_json: false,
        holds: |calls, a, p| {
            let actual = calls.compose(p).and_then(|bodies| effect(&a[0], &bodies));
            compare(actual, effect(&a[0], p))
        },
    },
    Law {
        name: "ShortestComposition",
        statement: "a composition is empty for no patches, has two bodies for a clear and sets after it, and otherwise one",
        operations: &["compose"],
        documents: 0,
        patches: 0..=3,
        any_json: false,
        holds: shortest,
    },
    Law {
        name: "Associativity",
        statement: "composing (p, q) with r has the effect of composing p with (q, r)",
        operations: &["compose"],
        documents: 1,
        patches: 3..=3,
        any_json: false,
        holds: associativity,
    },
    Law {
        name: "Identity",
        statement: "composing an empty list gives an empty list, and composing p alone has the effect of p",
        operations: &["compose"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            compare(calls.compose(&[]).map(Value::Array), Ok(json!([])))?;
            let alone = calls.compose(p).and_then(|bodies| effect(&a[0], &bodies));
            compare(alone, merge(&a[0], &p[0]))
        },
    },
    Law {
        name: "Absorption",
        statement: "composing p, then `{}`, gives `{}`",
        operations: &["compose"],
        documents: 0,
        patches: 1..=1,
        any_json: false,
        holds: |calls, _, p| compare(calls.compose(&[p[0].clone(), json!({})]).map(Value::Array), Ok(json!([{}]))),
    },
    Law {
        name: "NoWipe",
        statement: "a composition contains `{}` if and only if a patch is `{}`; a diff, undo or reconcile never contains it",
        operations: &["compose", "diff", "undo", "reconcile"],
        documents: 2,
        patches: 0..=3,
        any_json: false,
        holds: no_wipe,
    },
    Law {
        name: "Commutation",
        statement: "p and q commute if and only if both orders have the same effect",
        operations: &["commute"],
        documents: 1,
        patches: 2..=2,
        any_json: false,
        holds: commutation,
    },
];

fn shortest(calls: &mut Calls<'_>, _: &[Value], p: &[Value]) -> Verdict {
    // A second body is needed only if keys are set after a clear.
    let clears = p.iter().any(is_empty);
    let sets = clears && effect(&json!({}), p) != Ok(json!({}));
    let expected = if p.is_empty() { 0 } else { 1 + usize::from(sets) };
    compare(calls.compose(p).map(|bodies| json!(bodies.len())), Ok(json!(expected)))
}

fn associativity(calls: &mut Calls<'_>, a: &[Value], p: &[Value]) -> Verdict {
    let mut compose = |first: Result<Vec<Value>, Refusal>, last: Result<Vec<Value>, Refusal>| {
        let bodies = calls.compose(&[first?, last?].concat())?;
        Ok(bodies)
    };
    let one = |index: usize| Ok(p[index..=index].to_vec());
    let left = compose(one(0), one(1));
    let left = compose(left, one(2)).and_then(|bodies| effect(&a[0], &bodies));
    let right = compose(one(1), one(2));
    let right = compose(one(0), right).and_then(|bodies| effect(&a[0], &bodies));
    compare(left, right)
}

/// One document suffices. If either patch clears, neither order depends on the document; otherwise
/// both orders change the same keys.
fn commutation(calls: &mut Calls<'_>, a: &[Value], p: &[Value]) -> Verdict {
    let (first, second) = (&p[0], &p[1]);
    let orders = [[first, second], [second, first]].map(|order| effect(&a[0], &order.map(Value::clone)));
    let expected = match orders {
        [Ok(one), Ok(other)] => Ok(json_eq(&one, &other).into()),
        [one, _] => one,
    };
    compare(calls.commute(first, second), expected.clone())?;
    compare(calls.commute(second, first), expected)
}

fn no_wipe(calls: &mut Calls<'_>, a: &[Value], p: &[Value]) -> Verdict {
    let none = || Ok(json!(false));
    for body in p {
        compare(wipes(calls.undo(&a[0], body)), none())?;
    }
    compare(wipes(calls.diff(&a[0], &a[1])), none())?;
    compare(wipes(calls.diff(&a[0], &json!({}))), none())?;
    for [mine, theirs] in [[&a[0], &a[0]], [&a[1], &a[0]], [&json!({}), &a[0]], [&a[0], &a[1]]] {
        let bodies = calls.reconcile(&a[0], mine, theirs).map(|result| result["bodies"].clone());
        compare(wipes(bodies.map(|bodies| bodies.as_array().cloned().unwrap_or_default())), none())?;
    }
    match calls.compose(p) {
        Err(_) => Ok(()), // other laws tell whether a rejection is right
        composed => compare(wipes(composed), Ok(json!(p.iter().any(is_empty)))),
    }
}

/// Returns whether `{}` is among the bodies; false for a rejection.
fn wipes(bodies: Result<Vec<Value>, Refusal>) -> Result<Value, Refusal> {
    Ok(json!(bodies.is_ok_and(|bodies| bodies.iter().any(is_empty))))
}
