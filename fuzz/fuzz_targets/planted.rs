//! A merge of one's own, held against the laws. It has a bug, which the fuzzer must find.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::arbitrary::Sample;
use metadata_merge::{conformance::merge_only, laws};
use serde_json::{Map, Value};

fuzz_target!(|sample: Sample| {
    let mut mine = merge_only(merge);
    let verdict = laws::check(&mut mine, sample.documents.each_ref(), sample.patches.each_ref());
    if let Err(broken) = verdict {
        panic!("{broken}");
    }
});

fn merge(document: &Value, patch: &Value) -> Result<Value, &'static str> {
    let document = document.as_object().ok_or("the document is not an object")?;
    let patch = patch.as_object().ok_or("the patch is not an object")?;
    // The bug: what changes nothing is dropped, and a patch of nothing else then looks like a clear.
    let changes: Map<String, Value> =
        patch.iter().filter(|(key, value)| document.get(*key) != Some(value)).map(owned).collect();
    if changes.is_empty() {
        return Ok(Value::Object(changes));
    }
    let kept = document.iter().filter(|(key, _)| !changes.contains_key(*key));
    let set = changes.iter().filter(|(_, value)| !value.is_null());
    Ok(Value::Object(kept.chain(set).map(owned).collect()))
}

fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}
