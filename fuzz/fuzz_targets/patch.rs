//! Any bytes, as a body: they are a patch exactly when they are a JSON object, and the patch comes back from its text; what it
//! prints is short and obeys nobody.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::{Changes, Patch};
use serde_json::{Map, Value};

fuzz_target!(|body: &[u8]| {
    let json = serde_json::from_slice::<Value>(body);
    let patch = match (serde_json::from_slice::<Patch>(body), json) {
        (Ok(patch), Ok(Value::Object(json))) => {
            assert_eq!(patch, Patch::from(json));
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
    assert_eq!(text == "{}", patch.clears());
    assert_eq!(serde_json::from_str::<Patch>(&text).expect("a body"), patch);

    let empty = Map::new();
    let mut created = Map::new();
    patch.clone().apply(&mut created);
    readable(&patch.changes(&empty));
    readable(&Patch::clear().changes(&created));
    let undo = patch.undo(&empty).expect("nothing stored, no root null");
    assert!(!undo.clears() && undo.sets().next().is_none());
});

fn readable(changes: &Changes) {
    let text = changes.to_string();
    assert!(text.lines().all(|line| line.chars().count() < 1_000), "{text}");
    assert!(!text.contains(|character: char| character.is_control() && character != '\n'), "{text:?}");
}
