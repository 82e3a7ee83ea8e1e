//! A wrong merge, tested with the laws. The fuzzer must find its bug.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::conformance::merge_only;
use metadata_merge::laws::{self, Sample};
use serde_json::{Map, Value};

fuzz_target!(|sample: Sample| {
    if let Err(counterexample) = laws::check(&mut merge_only(merge), &sample) {
        panic!("{counterexample}");
    }
});

fn merge(document: &Value, patch: &Value) -> Result<Value, &'static str> {
    let document = document.as_object().ok_or("the document is not an object")?;
    let patch = patch.as_object().ok_or("the patch is not an object")?;
    // The bug: entries that change nothing are dropped, and a patch of only such entries then looks like a clear.
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
