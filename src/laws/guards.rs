//! The laws of the guards.

use alloc::string::String;

use super::law::{Law, compare, is_empty, members, merge};
use crate::conformance::Refusal;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "DenyRemovals",
        statement: "the guard merges, and denies if and only if a root key of a would be removed",
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
        statement: "the guard merges, and denies if and only if it would empty an a that is not empty",
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
