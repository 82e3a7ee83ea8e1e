//! Any two texts as a stored resource and a body, or those of a sample: updating as text gives the same as
//! decoding and updating, or both are errors.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::resource::{CLIENT, Resource, USER};
use metadata_merge::{Error, object};
use metadata_merge_fuzz::{TEAM, assert_appends, is_beyond_f64, request};
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let (stored, body) = request(input);
    for resource in [TEAM, TEAM.merge_attributes(), USER, CLIENT] {
        check(&resource, &stored, &body);
    }
});

fn check(resource: &Resource, stored: &str, body: &str) {
    let updated = resource.update_text(stored, body);
    assert_appends(&updated, |out| resource.update_text_into(stored, body, out));
    let trees = [stored, body].map(serde_json::from_str::<Value>);
    if trees.iter().filter_map(|tree| tree.as_ref().err()).any(is_beyond_f64) {
        return; // only a tree rejects it
    }
    let [Ok(stored), Ok(body)] = trees else {
        assert!(matches!(updated, Err(Error::Syntax { .. } | Error::NotAnObject { .. })), "{updated:?}");
        return;
    };
    let Ok(stored) = object(&stored) else {
        assert!(matches!(updated, Err(Error::NotAnObject { .. })), "{updated:?}");
        return;
    };
    let (tree, text) = match (resource.update(stored, body.clone()), updated) {
        (Ok(tree), Ok(text)) => (Value::Object(tree), text),
        // If two fields are invalid, a tree and a text may name different ones.
        (Err(Error::Field { input: tree, .. }), Err(Error::Field { input: text, .. })) => {
            return assert_eq!(tree, text);
        }
        (Err(tree), Err(text)) => return assert_eq!(tree, text),
        (tree, text) => panic!("{tree:?} but {text:?}"),
    };
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), tree, "{text}");

    // Updating again changes no value. The empty body changes no byte, because each root key is written once.
    let again = resource.update_text(&text, &body.to_string()).expect("objects");
    assert_eq!(serde_json::from_str::<Value>(&again).expect("JSON"), tree, "{again}");
    if tree.as_object().is_some_and(|tree| !tree.is_empty()) {
        assert_eq!(resource.update_text(&text, "{}").as_deref(), Ok(text.as_str()));
    }
}
