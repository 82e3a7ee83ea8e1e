//! Samples from the bytes of a fuzzer: they reach everything that bodies and documents may hold.

#![cfg(feature = "arbitrary")]

use std::collections::BTreeSet;

use arbitrary::{Arbitrary, Unstructured};
use metadata_merge::conformance::{Reference, merge_only};
use metadata_merge::laws::{self, Sample};
use metadata_merge::merge;
use serde_json::{Value, json};

/// Returns samples, each of bytes that follow from its number.
fn samples(count: u64) -> impl Iterator<Item = Sample> {
    (1..=count).map(|number| {
        let mut state = number;
        let bytes: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .take(256)
        .collect();
        Sample::arbitrary(&mut Unstructured::new(&bytes)).expect("bytes enough")
    })
}

#[test]
fn this_crate_keeps_every_law_on_them() {
    for sample in samples(500) {
        assert_eq!(laws::check(&mut Reference, &sample), Ok(()), "{sample:?}");
    }
}

fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => None,
    };
    1 + inner.unwrap_or_default()
}

/// What samples should reach, with whether one does.
fn reached(sample: &Sample) -> [(&'static str, bool); 13] {
    let [document, patch] = [&sample.documents[0], &sample.patches[0]].map(|it| it.as_object().expect("an object"));
    let removal = |finds: bool| patch.iter().any(|(key, new)| new.is_null() && document.contains_key(key) == finds);
    let depth = sample.patches.iter().map(depth).max().unwrap_or_default();
    assert!(depth <= 4, "a body of {depth} levels");
    [
        ("an empty document", document.is_empty()),
        ("a clear", patch.is_empty()),
        ("all four keys", document.len() == 4),
        ("a stored null", document.values().any(Value::is_null)),
        ("nulls alone", !patch.is_empty() && patch.values().all(Value::is_null)),
        ("sets alone", !patch.is_empty() && !patch.values().any(Value::is_null)),
        ("all four levels", depth == 4),
        ("an array with items", patch.values().any(|value| value.get(0).is_some())),
        ("a nested null", patch.values().any(|value| value.to_string().contains("null") && !value.is_null())),
        ("a removal that finds its key", removal(true)),
        ("a removal that misses", removal(false)),
        ("the same value again", patch.iter().any(|(key, new)| document.get(key) == Some(new))),
        ("two equal documents", sample.documents[0] == sample.documents[1]),
    ]
}

#[test]
fn samples_reach_all_that_bodies_and_documents_may_hold() {
    let mut missing: BTreeSet<&str> = reached(&samples(1).next().expect("a sample")).map(|(what, _)| what).into();
    for sample in samples(500) {
        for (what, _) in reached(&sample).into_iter().filter(|(_, is)| *is) {
            missing.remove(what);
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn samples_find_a_wrong_merge() {
    let mut drops_equal_values = merge_only(|document, patch| {
        let mut patch = patch.clone();
        patch.as_object_mut().ok_or(())?.retain(|key, value| document.get(key) != Some(value));
        merge(document, &patch).map_err(drop)
    });
    let broken = samples(500).find_map(|sample| laws::check(&mut drops_equal_values, &sample).err());
    assert_eq!(broken.map(|broken| broken.law.name), Some("Idempotence"));
}

#[test]
fn no_bytes_are_a_sample_too() {
    let sample = Sample::arbitrary(&mut Unstructured::new(&[])).expect("a sample");
    assert!(sample.documents.iter().chain(&sample.patches).all(|value| *value == json!({})));
}
