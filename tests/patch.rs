//! `Patch`: its builder, its algebra, its guards and its text.

use common::{Object, config, object, objects, requests};
use metadata_merge::{Error, Patch, json_eq, merge};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod common;

fn bodies(patch: Patch) -> Vec<Value> {
    patch.bodies().map(Value::Object).collect()
}

fn after(patch: &Patch, document: &Object) -> Object {
    let mut document = document.clone();
    patch.clone().apply(&mut document);
    document
}

/// Returns every patch of a small scope: after an omit and after a clear.
fn patches(keys: &[&str], values: &[Value]) -> Vec<Patch> {
    let all = objects(keys, values);
    let of_start = |start: Patch| {
        let set = |patch: Patch, (key, value): (&String, &Value)| patch.set(key.clone(), value.clone());
        all.iter().map(move |entries| entries.iter().fold(start.clone(), set)).collect::<Vec<_>>()
    };
    [Patch::omit(), Patch::clear()].into_iter().flat_map(of_start).collect()
}

#[test]
fn the_last_call_for_a_key_counts() {
    assert_eq!(bodies(Patch::omit().set("a", 1).remove("a").set("a", 2)), [json!({"a": 2})]);
    assert_eq!(bodies(Patch::omit().set("a", 1).set("a", Value::Null)), [json!({"a": null})]);
    assert_eq!(bodies(Patch::clear().set("a", 1).remove("a")), [json!({})]);
}

#[test]
fn a_removal_alone_is_neither_a_clear_nor_an_omit() {
    let patch = Patch::omit().remove("a");
    assert!(!patch.is_omit() && !patch.clears() && !patch.is_clear());
    assert_eq!(bodies(patch), [json!({"a": null})]);
}

#[test]
fn a_clear_drops_removals_and_sends_sets_in_a_second_body() {
    let patch = Patch::clear().remove("a").set("b", 1).remove("c");
    assert_eq!(patch.removals().count(), 0);
    assert!(patch.sets().eq([("b", &json!(1))]) && patch.clears() && !patch.is_clear());
    assert_eq!(patch.clone().bodies().len(), 2);
    assert_eq!(bodies(patch), [json!({}), json!({"b": 1})]);
}

#[test]
fn extending_by_nothing_adds_nothing() {
    let mut patch = Patch::omit();
    patch.extend([("a", json!(null)); 0]);
    assert!(patch.is_omit());
    patch.extend([("a", json!(1)), ("b", json!(null))]);
    assert_eq!(patch, Patch::omit().set("a", 1).remove("b"));
    let mut cleared = Patch::clear().set("a", 1);
    cleared.extend([("a", json!(null)), ("b", json!(2))]);
    assert_eq!(cleared, Patch::clear().set("b", 2));
}

#[test]
fn an_empty_body_clears_and_a_filtered_patch_does_not() {
    assert!(Patch::from_body(Map::new()).is_clear());
    let nulls = object(json!({"a": null}));
    assert_eq!(Patch::from_body(nulls), Patch::omit().remove("a"));
    for value in [json!(null), json!([]), json!("{}")] {
        assert!(Patch::try_from(value).is_err());
    }
}

#[test]
fn equal_patches_have_equal_text() {
    assert_eq!(Patch::clear().remove("a"), Patch::clear());
    assert_eq!(Patch::omit().set("a", 1).set("b", 2), Patch::omit().set("b", 2.0).set("a", 1));
    assert_eq!(format!("{:?}", Patch::clear().remove("a")), format!("{:?}", Patch::clear()));
    let text = format!("{:?}", Patch::omit().set("a", 1).remove("b"));
    assert_eq!(text, r#"Patch { clears: false, sets: [("a", Number(1))], removals: ["b"] }"#);
}

#[test]
fn the_parts_are_the_patch() {
    let parts = Patch::omit().set("a", 1).remove("b").into_parts();
    assert_eq!((parts.clear, parts.sets, parts.removals), (false, object(json!({"a": 1})), vec!["b".to_owned()]));
    let parts = Patch::clear().set("a", 1).into_parts();
    assert_eq!((parts.clear, parts.sets, parts.removals), (true, object(json!({"a": 1})), vec![]));
}

#[test]
fn no_diff_makes_a_root_null_and_the_error_names_the_key() {
    let [none, null, one] = [json!({}), json!({"k": null}), json!({"k": 1})].map(object);
    let rejected = Err(Error::RootNull { key: "k".to_owned() });
    assert_eq!(Patch::diff(&none, &null), rejected);
    assert_eq!(Patch::diff(&one, &null), rejected);
    assert_eq!(Patch::diff(&null, &null), Ok(Patch::omit()), "a null on both sides is not a difference");
    assert_eq!(Patch::diff(&null, &one), Ok(Patch::omit().set("k", 1)));
    assert_eq!(Patch::diff(&null, &none), Ok(Patch::omit().remove("k")));
    assert_eq!(Patch::omit().set("k", 1).undo(&null), rejected);
    assert_eq!(Patch::omit().remove("k").undo(&null), rejected);
    assert_eq!(Patch::clear().undo(&null), rejected);
    assert_eq!(Patch::omit().set("other", 1).undo(&null), Ok(Patch::omit().remove("other")));
    let nested = object(json!({"k": {"n": null}}));
    let diff = Patch::diff(&none, &nested);
    assert_eq!(diff, Ok(Patch::omit().set("k", json!({"n": null}))), "below the root, null is data");
}

#[test]
fn a_diff_never_clears() -> Result<(), Error> {
    let full = object(json!({"a": 1, "b": {"c": 2}}));
    assert_eq!(bodies(Patch::diff(&full, &Map::new())?), [json!({"a": null, "b": null})]);
    assert_eq!(bodies(Patch::omit().set("a", 1).undo(&Map::new())?), [json!({"a": null})]);
    assert_eq!(bodies(Patch::diff(&full, &full)?), [json!(null); 0]);
    assert_eq!(bodies(Patch::clear().undo(&Map::new())?), [json!(null); 0]);
    Ok(())
}

#[test]
fn the_algebra_holds_for_every_small_patch() {
    // One key more than the patches name, and one value more than they set.
    let documents = objects(&["a", "b", "c"], &[json!(null), json!(1), json!("stored")]);
    let patches = patches(&["a", "b"], &[json!(null), json!(1), json!(2)]);
    let same = |left: &dyn Fn(&Object) -> Object, right: &dyn Fn(&Object) -> Object| {
        documents.iter().all(|document| left(document) == right(document))
    };
    for p in &patches {
        for q in &patches {
            assert_eq!(p == q, same(&|it| after(p, it), &|it| after(q, it)), "equality: {p:?} {q:?}");
            let commute = same(&|it| after(q, &after(p, it)), &|it| after(p, &after(q, it)));
            assert_eq!(p.commutes_with(q), commute, "{p:?} {q:?}");
            let composed = p.clone().then(q.clone());
            assert!(same(&|it| after(&composed, it), &|it| after(q, &after(p, it))), "{p:?} {q:?}");
            let regular = q.clone().then(p.clone());
            assert_eq!(composed.clone().then(p.clone()), regular, "right regular: {p:?} {q:?}");
            assert!(!composed.is_clear() || q.is_clear() || p.clears(), "a clear from nothing: {p:?} {q:?}");
            for r in &patches {
                assert_eq!(composed.clone().then(r.clone()), p.clone().then(q.clone().then(r.clone())));
            }
        }
        assert_eq!(p.clone().then(Patch::omit()), *p);
        assert_eq!(Patch::omit().then(p.clone()), *p);
        assert_eq!(p.clone().then(Patch::clear()), Patch::clear());
    }
}

#[test]
fn the_guards_deny_exactly_what_loses_keys() {
    let documents = objects(&["a", "b"], &[json!(null), json!(1)]);
    let mut denied = [0, 0];
    for document in &documents {
        for patch in patches(&["a", "b", "c"], &[json!(null), json!(1)]) {
            let patched = after(&patch, document);
            let gone = document.keys().filter(|key| !patched.contains_key(*key)).count();
            match patch.clone().deny_removals(document) {
                Ok(same) => assert_eq!((&same, gone), (&patch, 0), "{document:?}"),
                Err(Error::WouldRemove { first, count }) => {
                    assert!(document.contains_key(&first) && !patched.contains_key(&first), "{document:?} {patch:?}");
                    assert_eq!(count, gone, "{document:?} {patch:?}");
                    denied[0] += 1;
                }
                Err(other) => unreachable!("{other}"),
            }
            let wipes = patched.is_empty() && !document.is_empty();
            let expected = if wipes { Err(Error::WouldWipe { count: document.len() }) } else { Ok(patch.clone()) };
            denied[1] += usize::from(wipes);
            assert_eq!(patch.deny_wipe(document), expected, "{document:?}");
        }
    }
    assert!(denied.iter().all(|denied| *denied > 50), "{denied:?}");
}

/// Any patch: an omit, a clear, a clear with sets, or sets and removals.
fn patch() -> impl Strategy<Value = Patch> {
    prop::collection::vec(requests::patch(), 0..3)
        .prop_map(|bodies| bodies.into_iter().map(Patch::from_body).fold(Patch::omit(), Patch::then))
}

fn names_a_null(error: &Error, document: &Object) -> bool {
    matches!(error, Error::RootNull { key } if document.get(key).is_some_and(Value::is_null))
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn bodies_have_the_effect_of_their_patch(p in patch(), document in requests::document()) {
        let bodies: Vec<_> = p.clone().bodies().collect();
        prop_assert!(bodies.len() <= 2);
        prop_assert_eq!(bodies.iter().any(Map::is_empty), p.clears(), "an empty body clears, and nothing else does");
        let sent = bodies.iter().try_fold(json!(document), |document, body| merge(&document, &json!(body)));
        prop_assert_eq!(sent, Ok::<_, Error>(json!(after(&p, &document))));
        prop_assert_eq!(bodies.into_iter().map(Patch::from_body).fold(Patch::omit(), Patch::then), p);
    }

    #[test]
    fn the_parts_have_the_effect_of_their_patch(p in patch(), document in requests::document()) {
        let parts = p.clone().into_parts();
        let mut executed = if parts.clear { Map::new() } else { document.clone() };
        executed.extend(parts.sets);
        executed.retain(|key, _| !parts.removals.contains(key));
        prop_assert_eq!(executed, after(&p, &document));
    }

    #[test]
    fn a_diff_and_an_undo_restore(before in requests::document(), wanted in requests::document(), p in patch()) {
        match Patch::diff(&before, &wanted) {
            Ok(diff) => prop_assert!(json_eq(&json!(after(&diff, &before)), &json!(wanted))),
            Err(error) => prop_assert!(names_a_null(&error, &wanted)),
        }
        match p.undo(&before) {
            Ok(undo) => prop_assert!(json_eq(&json!(after(&undo, &after(&p, &before))), &json!(before))),
            Err(error) => prop_assert!(names_a_null(&error, &before)),
        }
    }
}
