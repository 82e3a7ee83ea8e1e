//! Any two texts as a stored resource and a body, or those of a sample: updating as text gives the same as
//! decoding and updating, or both are errors.

#![no_main]

use libfuzzer_sys::fuzz_target;
use metadata_merge::resource::{CLIENT, Cleared, Field, Resource, USER};
use metadata_merge::{Error, object};
use metadata_merge_fuzz::{SEPARATOR, assert_appends, is_beyond_f64, sample};
use serde_json::{Map, Value};

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

/// The fields of all resources, and two attributes.
const NAMES: [&str; 9] =
    ["a", "b\n", "c", "d", "user_metadata", "app_metadata", "client_metadata", "mobile", "jwt_configuration"];

fuzz_target!(|input: &[u8]| {
    let texts = str::from_utf8(input).ok().and_then(|text| text.split_once(SEPARATOR));
    let (stored, body) = match texts {
        Some((stored, body)) => (stored.to_owned(), body.to_owned()),
        None => {
            let sample = sample(input);
            (resource(&sample.documents), resource(&sample.patches))
        }
    };
    for resource in [TEAM, TEAM.merge_attributes(), USER, CLIENT] {
        check(&resource, &stored, &body);
    }
});

/// Returns the text of a resource whose fields and attributes hold these values in turn.
fn resource(values: &[Value]) -> String {
    let values = values.iter().cycle().cloned();
    let members: Map<String, Value> = NAMES.iter().map(|name| (*name).to_owned()).zip(values).collect();
    Value::Object(members).to_string()
}

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
