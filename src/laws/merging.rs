//! The laws of merging.

use serde_json::Value;

use super::calls::Calls;
use super::law::{Law, Verdict, compare, merge};

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "Definition",
        statement: "merge(a, p) equals the result of metadata_merge::merge",
        operations: &["merge"],
        documents: 1,
        patches: 1..=1,
        any_json: true,
        holds: |calls, a, p| compare(calls.merge(&a[0], &p[0]), merge(&a[0], &p[0])),
    },
    Law {
        name: "Idempotence",
        statement: "merging p twice equals merging p once",
        operations: &["merge"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let once = calls.merge(&a[0], &p[0]);
            let twice = once.clone().and_then(|once| calls.merge(&once, &p[0]));
            compare(twice, once)
        },
    },
    Law {
        name: "RightRegular",
        statement: "merging p, then q, then p again equals merging q, then p",
        operations: &["merge"],
        documents: 1,
        patches: 2..=2,
        any_json: false,
        holds: right_regular,
    },
];

fn right_regular(calls: &mut Calls<'_>, a: &[Value], p: &[Value]) -> Verdict {
    let mut all =
        |patches: [&Value; 3]| patches.iter().try_fold(a[0].clone(), |document, patch| calls.merge(&document, patch));
    let twice = all([&p[0], &p[1], &p[0]]);
    let once = calls.merge(&a[0], &p[1]).and_then(|document| calls.merge(&document, &p[0]));
    compare(twice, once)
}
