//! Any two texts, with a line of three dashes between them: merged as text, they are what decoding and merging make of them, or
//! both refuse.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use metadata_merge::{Error, merge, text};
use metadata_merge_fuzz::{BETWEEN, appends, beyond_f64};
use serde_json::{Map, Value};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some(place) = input.windows(BETWEEN.len()).position(|window| window == BETWEEN.as_bytes()) else {
        return Corpus::Reject;
    };
    let (target, patch) = (&input[..place], &input[place + BETWEEN.len()..]);
    let merged = text::merge_bytes(target, patch);
    if let (Ok(target), Ok(patch)) = (std::str::from_utf8(target), std::str::from_utf8(patch)) {
        appends(&merged, |out| text::merge_into(target, patch, out));
    }
    let trees = [target, patch].map(serde_json::from_slice::<Value>);
    if trees.iter().flatten().count() < 2 {
        // Only a number beyond f64 is refused by trees alone.
        let beyond = trees.iter().filter_map(|tree| tree.as_ref().err()).any(beyond_f64);
        assert!(beyond || matches!(merged, Err(Error::Syntax { .. } | Error::NotAnObject { .. })), "{merged:?}");
        return Corpus::Keep;
    }
    let [Ok(target), Ok(patch)] = trees else { unreachable!("both were decoded") };
    match (merge(&target, &patch), merged) {
        (Ok(tree), Ok(text)) => {
            assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), tree, "{text}");
            // Written once each: nothing is left of it but `{}` when every key is removed by name.
            let keys: Map<String, Value> =
                tree.as_object().expect("an object").keys().map(|key| (key.clone(), Value::Null)).collect();
            if !keys.is_empty() {
                assert_eq!(text::merge(&text, &Value::Object(keys).to_string()).as_deref(), Ok("{}"));
            }
            // A retry changes nothing, and no byte.
            let again = text::merge(&text, &patch.to_string()).expect("objects");
            assert_eq!(serde_json::from_str::<Value>(&again).expect("JSON"), tree, "{again}");
            assert_eq!(text::merge(&text, r#"{"no such key, we hope":null}"#).as_deref(), Ok(text.as_str()));
        }
        (Err(tree), Err(text)) => assert_eq!(tree, text),
        (tree, text) => panic!("{tree:?} but {text:?}"),
    }
    Corpus::Keep
});
