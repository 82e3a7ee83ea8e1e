//! proptest strategies for documents, bodies and patches.
//!
//! Root keys are four, so that collisions are common, and values are small, so that counterexamples are short.
//!
//! ```
//! use metadata_merge::{Patch, strategy};
//! use proptest::prelude::*;
//!
//! proptest!(|(document in strategy::document(), body in strategy::body())| {
//!     let mut once = document.clone();
//!     Patch::from_body(body.clone()).apply(&mut once);
//!     let mut twice = once.clone();
//!     Patch::from_body(body).apply(&mut twice);
//!     prop_assert_eq!(once, twice);
//! });
//! ```

use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use proptest::collection;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::patch::Patch;

/// One of four root keys. Two differ only by case, and one is empty.
pub fn key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "A", "b", ""]).prop_map(ToString::to_string)
}

/// A value that a root key may take: anything but null, nested at most three levels deep, with nulls and empty objects below
/// the root.
pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        prop::sample::select(vec![json!(0), json!(1), json!(false), json!(""), json!("a"), json!(2.5)]),
        Just(json!({})),
        Just(json!([])),
    ];
    let nested = prop_oneof![3 => leaf.clone(), 1 => Just(Value::Null)].prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            collection::vec((key(), inner), 0..3).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop_oneof![2 => leaf, 1 => nested.prop_filter_map("a null", |value| (!value.is_null()).then_some(value))]
}

/// A stored document: up to four root members, now and then a null among them.
pub fn document() -> impl Strategy<Value = Map<String, Value>> {
    members(prop_oneof![7 => value(), 1 => Just(Value::Null)])
}

/// What a client may send: sets, removals, both, or `{}`.
pub fn body() -> impl Strategy<Value = Map<String, Value>> {
    members(prop_oneof![1 => value(), 1 => Just(Value::Null)])
}

/// Any patch: an omit, a clear, a clear with sets, or sets and removals.
pub fn patch() -> impl Strategy<Value = Patch> {
    collection::vec(body(), 0..3).prop_map(|bodies| {
        let patches = bodies.into_iter().map(Patch::from_body);
        patches.fold(Patch::omit(), Patch::then)
    })
}

/// Any JSON value: an object in three of four.
pub fn json() -> impl Strategy<Value = Value> {
    prop_oneof![3 => document().prop_map(Value::Object), 1 => value(), 1 => Just(Value::Null)]
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    collection::vec((key(), value), 0..5).prop_map(|members: Vec<_>| members.into_iter().collect())
}
