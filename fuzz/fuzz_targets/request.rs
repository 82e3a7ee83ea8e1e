//! Any two texts, with a line of three dashes between them, as a stored resource and the body of a request: updated as text, they are
//! what decoding and updating make of them, or both refuse.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use metadata_merge::Error;
use metadata_merge::resource::{Cleared, Field, Mode, Resource, USER};
use metadata_merge_fuzz::{BETWEEN, appends, beyond_f64};
use serde_json::Value;

/// A resource with a field of each kind, by names that mutation finds.
const TEAM: Resource = Resource {
    name: "team",
    fields: &[
        Field { name: "a", mode: Mode::Merge, cleared: Cleared::Empty },
        Field { name: "b\n", mode: Mode::Merge, cleared: Cleared::Absent },
        Field { name: "c", mode: Mode::Replace, cleared: Cleared::Empty },
        Field { name: "d", mode: Mode::Replace, cleared: Cleared::Absent },
    ],
};

fuzz_target!(|input: &str| -> Corpus {
    let Some((stored, body)) = input.split_once(BETWEEN) else { return Corpus::Reject };
    for resource in [TEAM, USER] {
        check(&resource, stored, body);
    }
    Corpus::Keep
});

fn check(resource: &Resource, stored: &str, body: &str) {
    let updated = resource.update_text(stored, body);
    appends(&updated, |out| resource.update_text_into(stored, body, out));
    let trees = [stored, body].map(serde_json::from_str::<Value>);
    // Only a number beyond f64 is refused by trees alone.
    if trees.iter().filter_map(|tree| tree.as_ref().err()).any(beyond_f64) {
        return;
    }
    let [Ok(stored_tree), Ok(body_tree)] = trees else {
        assert!(matches!(updated, Err(Error::Syntax { .. } | Error::NotAnObject { .. })), "{updated:?}");
        return;
    };
    match (resource.update(&stored_tree, &body_tree), updated) {
        (Ok(tree), Ok(text)) => {
            assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), tree, "{text}");
            // A retry changes nothing, and the empty body no byte: each root key is written once.
            let again = resource.update_text(&text, body).expect("objects");
            assert_eq!(serde_json::from_str::<Value>(&again).expect("JSON"), tree, "{again}");
            if tree.as_object().is_some_and(|tree| !tree.is_empty()) {
                assert_eq!(resource.update_text(&text, "{}").as_deref(), Ok(text.as_str()));
            }
        }
        // Of two bad fields, each names the first in an order of its own.
        (Err(Error::Field { side, .. }), Err(Error::Field { side: of_text, .. })) => assert_eq!(side, of_text),
        (Err(tree), Err(text)) => assert_eq!(tree, text),
        (tree, text) => panic!("{tree:?} but {text:?}"),
    }
}
