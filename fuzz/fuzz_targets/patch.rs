//! Any bytes as a body: they are a patch exactly if they are a JSON object, and a patch is read back from
//! its own text. Its changes print as short lines without control characters, and are read back from a
//! log. Bytes that are not JSON also choose a sample, whose body is tested in the same way.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::{Changes, Patch};
use metadata_merge_fuzz::sample;
use serde_json::{Map, Value};

fuzz_target!(|input: &[u8]| {
    check(input);
    if serde_json::from_slice::<Value>(input).is_err() {
        check(sample(input).patches[0].to_string().as_bytes());
    }
});

fn check(body: &[u8]) {
    let json = serde_json::from_slice::<Value>(body);
    let patch = match (serde_json::from_slice::<Patch>(body), json) {
        (Ok(patch), Ok(Value::Object(json))) => {
            assert_eq!(patch, Patch::from_body(json));
            patch
        }
        (Err(_), Ok(Value::Object(_))) | (Ok(_), _) => panic!("a patch is an object, and an object is a patch"),
        (Err(error), Ok(_)) => {
            return assert!(error.to_string().starts_with("the patch must be a JSON object, but is"));
        }
        (Err(_), Err(_)) => return,
    };

    // An object is one body, which is `{}` only for a clear.
    let text = serde_json::to_string(&patch).expect("one body");
    assert_eq!(text == "{}", patch.is_clear());
    assert_eq!(serde_json::from_str::<Patch>(&text).expect("a body"), patch);

    let empty = Map::new();
    let mut created = Map::new();
    patch.clone().apply(&mut created);
    check_changes(&patch.changes(&empty));
    check_changes(&Patch::clear().changes(&created));
    let undo = patch.undo(&empty).expect("no stored null");
    assert!(!undo.clears() && undo.sets().next().is_none());
}

fn check_changes(changes: &Changes) {
    let text = changes.to_string();
    assert!(text.lines().all(|line| line.chars().count() < 1_000), "{text}");
    assert!(!text.contains(|character: char| character.is_control() && character != '\n'), "{text:?}");

    let log = serde_json::to_string(changes).expect("JSON");
    match serde_json::from_str::<Changes>(&log) {
        Ok(read) => assert_eq!(read, *changes),
        // The log nests deeper than the body.
        Err(error) => assert!(error.to_string().contains("recursion limit"), "{error}"),
    }
}
