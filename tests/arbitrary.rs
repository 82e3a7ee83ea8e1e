//! What a fuzzer's bytes become: samples on which this crate keeps every law, and which reach all that bodies and documents
//! may hold.

use std::collections::HashSet;

use arbitrary::{Arbitrary, Unstructured};
use metadata_merge::arbitrary::Sample;
use metadata_merge::conformance::{Reference, merge_only};
use metadata_merge::laws::{self, Law};
use metadata_merge::merge;
use serde_json::{Value, json};

/// As many samples, each of bytes that follow from its number.
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
        let verdict = laws::check(&mut Reference, sample.documents.each_ref(), sample.patches.each_ref());
        assert_eq!(verdict, Ok(()), "{sample:?}");
    }
}

/// How many values stand one in another.
fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => None,
    };
    1 + inner.unwrap_or_default()
}

#[test]
fn they_reach_all_that_bodies_and_documents_may_hold() {
    let mut seen = HashSet::new();
    let mut see = |what: &'static str, when: bool| {
        if when {
            seen.insert(what);
        }
    };
    for Sample { documents, patches, .. } in samples(500) {
        let (document, patch) =
            (documents[0].as_object().expect("an object"), patches[0].as_object().expect("an object"));
        see("an empty document", document.is_empty());
        see("a clear", patch.is_empty());
        see("all four keys", document.len() == 4);
        see("a stored null", document.values().any(Value::is_null));
        see("nulls alone", !patch.is_empty() && patch.values().all(Value::is_null));
        see("sets alone", !patch.is_empty() && !patch.values().any(Value::is_null));
        let depth = patches.iter().map(depth).max().unwrap_or_default();
        assert!(depth <= 4, "a body of {depth} levels");
        see("all four levels", depth == 4);
        see("an array that holds something", patch.values().any(|value| value.get(0).is_some()));
        see("a nested null", patch.values().any(|value| value.to_string().contains("null") && !value.is_null()));
        see("a removal that finds its key", patch.iter().any(|(key, new)| new.is_null() && document.contains_key(key)));
        see("a removal that misses", patch.iter().any(|(key, new)| new.is_null() && !document.contains_key(key)));
        see("the same value again", patch.iter().any(|(key, new)| document.get(key) == Some(new)));
        see("two equal documents", documents[0] == documents[1]);
    }
    assert_eq!(seen.len(), 13, "{seen:?}");
}

#[test]
fn a_wrong_merge_is_found() {
    let mut drops_what_changes_nothing = merge_only(|document, patch| {
        let mut patch = patch.clone();
        patch.as_object_mut().ok_or(())?.retain(|key, value| document.get(key) != Some(value));
        merge(document, &patch).map_err(drop)
    });
    let broken = samples(500).find_map(|sample| {
        laws::check(&mut drops_what_changes_nothing, sample.documents.each_ref(), sample.patches.each_ref()).err()
    });
    assert_eq!(broken.map(|broken| broken.law), Some(Law::Retry));
}

#[test]
fn no_bytes_are_a_sample_too() {
    let sample = Sample::arbitrary(&mut Unstructured::new(&[])).expect("a sample");
    assert!(sample.documents.iter().chain(&sample.patches).all(|value| *value == json!({})));
}
