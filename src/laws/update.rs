//! The laws of `update`.

use serde_json::json;

use super::law::{Law, compare, merge};

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "UpdateField",
        statement: "updating one metadata field in merge mode equals merging that field",
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
        statement: "updating an object attribute of a client equals merging that attribute",
        operations: &["update"],
        documents: 1,
        patches: 1..=1,
        any_json: false,
        holds: |calls, a, p| {
            let actual = calls.update("client", json!({"mobile": a[0]}), json!({"mobile": p[0]}));
            compare(actual, merge(&a[0], &p[0]).map(|merged| json!({"mobile": merged})))
        },
    },
];
