//! proptest strategies for documents, bodies, patches and samples of the laws.
//!
//! Nine of ten values are narrow and one of ten is wide, as in [`Sample::generate`]. Wide documents
//! and patches that share keys come from [`sample`]; two strategies draw from different members.
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

use std::collections::BTreeSet;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use proptest::collection;
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Map, Value, json};

use crate::laws::{Profile, Sample};
use crate::patch::Patch;

/// A key: mostly one of four, of which two differ only by case, and one is empty.
pub fn key() -> impl Strategy<Value = String> {
    prop_oneof![9 => narrow_key(), 1 => wide_member().prop_map(|(key, _)| key)]
}

/// A value that a root key may take: anything but null. It may hold nulls and empty objects. Narrow
/// values nest at most three levels deep.
pub fn value() -> impl Strategy<Value = Value> {
    prop_oneof![9 => narrow_value(), 1 => wide_member().prop_map(|(_, value)| value)]
}

/// A stored document, now and then with a null among its root members.
pub fn document() -> impl Strategy<Value = Map<String, Value>> {
    prop_oneof![
        9 => narrow_document(),
        1 => wide().prop_map(|Sample { documents: [document, _], .. }| object(document)),
    ]
}

/// A body that a client may send: sets, removals, both, or `{}`.
pub fn body() -> impl Strategy<Value = Map<String, Value>> {
    prop_oneof![
        9 => narrow_body(),
        1 => wide().prop_map(|Sample { patches: [body, ..], .. }| object(body)),
    ]
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

/// Documents and bodies for the laws. All of them are objects, and those of a wide sample share
/// most of their members.
///
/// ```
/// use metadata_merge::conformance::Reference;
/// use metadata_merge::{laws, strategy};
/// use proptest::prelude::*;
///
/// proptest!(|(sample in strategy::sample())| {
///     prop_assert_eq!(laws::check(&mut Reference, &sample), Ok(()));
/// });
/// ```
pub fn sample() -> impl Strategy<Value = Sample> {
    let document = || narrow_document().prop_map(Value::Object);
    let body = || narrow_body().prop_map(Value::Object);
    let narrow = ([document(), document()], [body(), body(), body()]);
    prop_oneof![9 => narrow.prop_map(|(documents, patches)| Sample::new(documents, patches)), 1 => wide()]
}

// The narrow strategies mirror the generator of `Sample`, because proptest shrinks their values to
// the smallest ones. A wide sample shrinks to the root keys that matter.

fn narrow_key() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "A", "b", ""]).prop_map(ToString::to_string)
}

fn narrow_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        prop::sample::select(vec![json!(0), json!(1), json!(false), json!(""), json!("a"), json!(2.5)]),
        Just(json!({})),
        Just(json!([])),
    ];
    let nested = prop_oneof![3 => leaf.clone(), 1 => Just(Value::Null)].prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            collection::vec((narrow_key(), inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop_oneof![2 => leaf, 1 => nested.prop_filter_map("a null", |value| (!value.is_null()).then_some(value))]
}

fn narrow_document() -> impl Strategy<Value = Map<String, Value>> {
    members(prop_oneof![7 => narrow_value(), 1 => Just(Value::Null)])
}

fn narrow_body() -> impl Strategy<Value = Map<String, Value>> {
    members(prop_oneof![1 => narrow_value(), 1 => Just(Value::Null)])
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    collection::vec((narrow_key(), value), 0..5).prop_map(|members: Vec<_>| members.into_iter().collect())
}

fn wide() -> impl Strategy<Value = Sample> {
    generated().prop_flat_map(|sample| {
        let all = sample.documents.iter().chain(&sample.patches).filter_map(Value::as_object);
        let keys: BTreeSet<String> = all.flat_map(Map::keys).cloned().collect();
        let count = keys.len();
        subsequence(Vec::from_iter(keys), 0..=count).prop_map(move |keys| {
            let mut sample = sample.clone();
            for object in sample.documents.iter_mut().chain(&mut sample.patches).filter_map(Value::as_object_mut) {
                object.retain(|key, _| keys.binary_search(key).is_ok());
            }
            sample
        })
    })
}

/// Wide samples that do not shrink.
fn generated() -> impl Strategy<Value = Sample> {
    Just(()).prop_perturb(|(), mut random| {
        Sample::generate_wide(Profile::new(), |bound| random.next_u32() as usize % bound)
    })
}

/// A member of a wide document, whose value is not null.
fn wide_member() -> impl Strategy<Value = (String, Value)> {
    let drawn = (generated(), any::<prop::sample::Index>());
    drawn.prop_filter_map("no member", |(Sample { documents: [document, _], .. }, index)| {
        let mut members: Vec<_> = object(document).into_iter().filter(|(_, value)| !value.is_null()).collect();
        (!members.is_empty()).then(|| members.swap_remove(index.index(members.len())))
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
