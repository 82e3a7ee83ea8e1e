//! The laws of the guards.

use alloc::string::String;

use super::law::{Law, compare, is_empty, members, merge};
use crate::conformance::Refusal;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "DenyRemovals",
        statement: "deny_removals(a, p) denies p if merge(a, p) lacks a root key of a, and otherwise merges",
        operations: &["deny_removals"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let expected = merge(&a[0], &p[0]).and_then(|after| {
                let removes = members(&a[0]).any(|(key, _)| after.get(key).is_none());
                if removes { Err(denied("a root key would be removed")) } else { Ok(after) }
            });
            compare(calls.guarded("deny_removals", &a[0], &p[0]), expected)
        },
    },
    Law {
        name: "DenyWipe",
        statement: "deny_wipe(a, p) denies p if a has root keys and merge(a, p) has none, and otherwise merges",
        operations: &["deny_wipe"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let expected = merge(&a[0], &p[0]).and_then(|after| {
                let wipes = is_empty(&after) && !is_empty(&a[0]);
                if wipes { Err(denied("the document would be empty")) } else { Ok(after) }
            });
            compare(calls.guarded("deny_wipe", &a[0], &p[0]), expected)
        },
    },
];

fn denied(why: &str) -> Refusal {
    Refusal::Rejected(String::from(why))
}
