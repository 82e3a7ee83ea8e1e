//! The laws of diff, undo and changes.

use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::calls::Calls;
use super::law::{Law, Verdict, compare, effect, members, merge, unless_new_root_null};
use crate::equality::json_eq;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "RoundTrip",
        statement: "diff(a, b) turns a into b, and is rejected if b holds a root null that a lacks",
        operations: &["diff"],
        documents: 2,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| {
            let actual = calls.diff(&a[0], &a[1]).and_then(|bodies| effect(&a[0], &bodies));
            compare(actual, unless_new_root_null(&a[0], &a[1]))
        },
    },
    Law {
        name: "SmallestDiff",
        statement: "diff(a, b) is one body that names exactly the root keys that differ, or is empty if a equals b",
        operations: &["diff"],
        documents: 2,
        patches: 0..=0,
        any_json: false,
        holds: |calls, a, _| {
            smallest(calls, &a[0], &a[1])?;
            smallest(calls, &a[0], &a[0])
        },
    },
    Law {
        name: "Undo",
        statement: "undo(p, a) after p restores a, and is rejected if p changes a root null of a",
        operations: &["undo"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let after = merge(&a[0], &p[0]);
            let expected = after.clone().and_then(|after| unless_new_root_null(&after, &a[0]));
            compare(calls.undo(&a[0], &p[0]).and_then(|bodies| effect(&after?, &bodies)), expected)
        },
    },
    Law {
        name: "Changes",
        statement: "changes(a, p) lists the root keys in which a and merge(a, p) differ",
        operations: &["changes"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let expected = merge(&a[0], &p[0]).map(|after| difference(&a[0], &after));
            compare(calls.changes(&a[0], &p[0]), expected)
        },
    },
];

fn smallest(calls: &mut Calls<'_>, a: &Value, b: &Value) -> Verdict {
    let keys = |value: &Value| value.as_object().map_or(0, Map::len);
    let parts = difference(a, b);
    let differ: usize = members(&parts).map(|(_, part)| keys(part)).sum();
    let Ok(bodies) = calls.diff(a, b) else { return Ok(()) };
    let expected: &[usize] = if differ == 0 { &[] } else { &[differ] };
    compare(Ok(json!(bodies.iter().map(keys).collect::<Vec<_>>())), Ok(json!(expected)))
}

/// Returns the difference of two documents, as the operation `changes` reports it.
fn difference(before: &Value, after: &Value) -> Value {
    let mut difference = json!({"added": {}, "replaced": {}, "removed": {}});
    for (key, new) in members(after) {
        match before.get(key) {
            None => difference["added"][key] = new.clone(),
            Some(old) if json_eq(old, new) => {}
            Some(old) => difference["replaced"][key] = json!({"old": old, "new": new}),
        }
    }
    for (key, old) in members(before) {
        if after.get(key).is_none() {
            difference["removed"][key] = old.clone();
        }
    }
    difference
}
