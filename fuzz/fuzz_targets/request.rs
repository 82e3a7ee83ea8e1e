//! Any two texts as a stored resource and a body: updating as text gives the same as decoding and updating, or both are errors.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use metadata_merge::resource::{CLIENT, Cleared, Field, Resource, USER};
use metadata_merge::{Error, object};
use metadata_merge_fuzz::{SEPARATOR, assert_appends, is_beyond_f64};
use serde_json::Value;

/// A field of each kind, with short names, which the fuzzer finds by mutation.
const TEAM: Resource = Resource::new(
    "team",
    &[
        Field::merge("a", Cleared::Empty),
        Field::merge("b\n", Cleared::Absent),
        Field::replace("c", Cleared::Empty),
        Field::replace("d", Cleared::Absent),
    ],
);

fuzz_target!(|input: &str| -> Corpus {
    let Some((stored, body)) = input.split_once(SEPARATOR) else { return Corpus::Reject };
    for resource in [TEAM, TEAM.merge_attributes(), USER, CLIENT] {
        check(&resource, stored, body);
    }
    Corpus::Keep
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
