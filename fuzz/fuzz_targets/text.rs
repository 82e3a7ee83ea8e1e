//! Any two texts, or those of a sample: merging them as text gives the same as decoding and merging them,
//! or both are errors.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::{Error, merge, text};
use metadata_merge_fuzz::{SEPARATOR, assert_appends, is_beyond_f64, sample};
use serde_json::{Map, Value};

fuzz_target!(|input: &[u8]| {
    match input.windows(SEPARATOR.len()).position(|window| window == SEPARATOR.as_bytes()) {
        Some(end) => check(&input[..end], &input[end + SEPARATOR.len()..]),
        None => {
            let sample = sample(input);
            check(sample.documents[0].to_string().as_bytes(), sample.patches[0].to_string().as_bytes());
        }
    }
});

fn check(target: &[u8], patch: &[u8]) {
    let merged = text::merge_bytes(target, patch);
    if let (Ok(target), Ok(patch)) = (std::str::from_utf8(target), std::str::from_utf8(patch)) {
        assert_appends(&merged, |out| text::merge_into(target, patch, out));
    }
    match [target, patch].map(serde_json::from_slice::<Value>) {
        [Ok(target), Ok(patch)] => compare(&target, &patch, merged),
        trees => {
            let beyond = trees.iter().filter_map(|tree| tree.as_ref().err()).any(is_beyond_f64);
            assert!(beyond || matches!(merged, Err(Error::Syntax { .. } | Error::NotAnObject { .. })), "{merged:?}");
        }
    }
}

fn compare(target: &Value, patch: &Value, merged: Result<String, Error>) {
    let (tree, text) = match (merge(target, patch), merged) {
        (Ok(tree), Ok(text)) => (tree, text),
        (Err(tree), Err(text)) => return assert_eq!(tree, text),
        (tree, text) => panic!("{tree:?} but {text:?}"),
    };
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), tree, "{text}");

    // Each key is written once: removing every key by name leaves `{}`.
    let removals: Map<String, Value> =
        tree.as_object().expect("an object").keys().map(|key| (key.clone(), Value::Null)).collect();
    if !removals.is_empty() {
        assert_eq!(text::merge(&text, &Value::Object(removals).to_string()).as_deref(), Ok("{}"));
    }

    // Merging again changes no value, and removing a missing key changes no byte.
    let again = text::merge(&text, &patch.to_string()).expect("objects");
    assert_eq!(serde_json::from_str::<Value>(&again).expect("JSON"), tree, "{again}");
    assert_eq!(text::merge(&text, r#"{"no such key":null}"#).as_deref(), Ok(text.as_str()));
}
