//! Merges of text with other crates.

use serde_json::Value;
use simd_json::prelude::*;
use sonic_rs::{JsonValueMutTrait, JsonValueTrait};

/// Decodes, merges by RFC 7396 with `json-patch`, and encodes.
pub fn json_patch(document: &str, patch: &str) -> String {
    let [mut document, patch] = [document, patch].map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    json_patch::merge(&mut document, &patch);
    document.to_string()
}

/// Decodes with sonic-rs, merges by these rules, and encodes.
pub fn sonic_rs(document: &str, patch: &str) -> String {
    let [mut document, mut patch] =
        [document, patch].map(|text| sonic_rs::from_str::<sonic_rs::Value>(text).expect("JSON"));
    let (members, entries) = (document.as_object_mut().expect("an object"), patch.as_object_mut().expect("an object"));
    if entries.is_empty() {
        members.clear();
    }
    for (key, value) in entries.iter_mut() {
        if value.is_null() {
            members.remove(&key);
        } else {
            members.insert(key, value.take());
        }
    }
    sonic_rs::to_string(&document).expect("JSON")
}

/// Decodes with simd-json, merges by these rules, and encodes. The tree borrows from a copy of the text.
pub fn simd_json(document: &str, patch: &str) -> String {
    let [mut document, mut patch] = [document, patch].map(|text| text.as_bytes().to_vec());
    let [mut document, patch] =
        [&mut document, &mut patch].map(|text| simd_json::to_borrowed_value(text).expect("JSON"));
    let members = document.as_object_mut().expect("an object");
    let entries = patch.into_object().expect("an object");
    if entries.is_empty() {
        members.clear();
    }
    for (key, value) in entries {
        if value.is_null() {
            members.remove(&key);
        } else {
            members.insert(key, value);
        }
    }
    document.encode()
}
