//! `merge` and `merge_in_place`: every pair of a small scope, and the order of members under both
//! of serde_json's maps.

use std::collections::BTreeMap;

use common::{Object, config, object, objects};
use metadata_merge::{Error, Input, JsonType, Patch, merge, merge_in_place};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod common;

/// Returns the value of one key after a merge; none if it is absent. The rules look at one key at a
/// time.
fn one_key<'a>(stored: Option<&'a Value>, body: &'a Object, key: &str) -> Option<&'a Value> {
    match body.get(key) {
        _ if body.is_empty() => None,
        Some(Value::Null) => None,
        Some(new) => Some(new),
        None => stored,
    }
}

#[test]
fn every_small_pair_merges_key_by_key() -> Result<(), Error> {
    let keys = ["a", "b", ""];
    let values = [json!(null), json!(1), json!({}), json!({"a": null, "b": {"c": 1}})];
    let all = objects(&keys, &values);
    for document in &all {
        for body in &all {
            let expected = keys.into_iter().filter_map(|key| Some((key, one_key(document.get(key), body, key)?)));
            let expected: BTreeMap<_, _> = expected.collect();
            let merged = merge(&json!(document), &json!(body))?;
            assert_eq!(merged, json!(expected), "{document:?} {body:?}");
            let mut in_place = json!(document);
            merge_in_place(&mut in_place, json!(body))?;
            assert_eq!(in_place, merged, "{document:?} {body:?}");
        }
    }
    Ok(())
}

#[test]
fn an_error_names_the_input_and_changes_nothing() {
    for (value, found) in [
        (json!(null), JsonType::Null),
        (json!(true), JsonType::Boolean),
        (json!(1), JsonType::Number),
        (json!("a"), JsonType::String),
        (json!([]), JsonType::Array),
    ] {
        let [patch, document] = [Input::Patch, Input::Document].map(|input| Err(Error::NotAnObject { input, found }));
        assert_eq!(merge(&json!({}), &value).map(drop), patch);
        assert_eq!(merge(&value, &json!({})).map(drop), document);
        assert_eq!(merge(&value, &value).map(drop), document, "the document is validated first");
        let mut stored = json!({"a": 1});
        assert_eq!(merge_in_place(&mut stored, value.clone()), patch);
        assert_eq!(stored, json!({"a": 1}));
        for body in [json!({}), value.clone()] {
            let mut stored = value.clone();
            assert_eq!(merge_in_place(&mut stored, body), document);
            assert_eq!(stored, value);
        }
    }
}

/// A million levels overflow the stack of anything that recurses.
#[test]
fn a_moved_value_may_be_nested_to_any_depth() {
    let deep = || (0..1_000_000).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    let mut document = json!({"kept": 0, "gone": 1, "same": "text"});
    document["kept"] = deep();
    let mut body = Map::new();
    body.insert("new".to_owned(), deep());
    body.insert("gone".to_owned(), Value::Null);
    body.insert("same".to_owned(), deep());
    let patch = Patch::from_body(body).then(Patch::omit().set("newer", deep())).set("newest", deep());
    let text = patch.changes(document.as_object().expect("an object")).to_string();
    assert!(text.contains(r#"~ "same": "text" -> [[["#) && text.len() < 2_000);
    let body = patch.bodies().next().expect("one body");
    assert_eq!(merge_in_place(&mut document, Value::Object(body)), Ok(()));
    assert_eq!(document.as_object().map(Map::len), Some(5));
    // serde_json drops such a value by recursion.
    std::mem::forget(document);
}

type Members = Vec<(String, Value)>;

/// Returns the members after a merge, in their order. Kept and replaced keys keep their place, and
/// new keys follow in the order of the patch.
fn expected(document: &Members, patch: &Members) -> Members {
    let named = |key: &str| patch.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let stays = |(key, old): &(String, Value)| match named(key) {
        None => (!patch.is_empty()).then(|| (key.clone(), old.clone())),
        Some(Value::Null) => None,
        Some(new) => Some((key.clone(), new.clone())),
    };
    let added = patch.iter().filter(|(key, new)| !new.is_null() && document.iter().all(|(name, _)| name != key));
    document.iter().filter_map(stays).chain(added.cloned()).collect()
}

/// Many members in any order, each key once.
fn members(keys: &'static str, value: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Members> {
    let keys: Vec<String> = keys.chars().map(String::from).collect();
    let len = keys.len();
    prop::sample::subsequence(keys, 0..=len).prop_shuffle().prop_flat_map(move |keys| {
        let values = prop::collection::vec(value.clone(), keys.len());
        values.prop_map(move |values| keys.iter().cloned().zip(values).collect())
    })
}

fn in_order(map: &Object) -> Members {
    map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn members_keep_their_order(
        document in members("abcdefghijklmno", prop_oneof![4 => Just(json!(1)), 1 => Just(json!(null))]),
        patch in members("qponmlkjihgfedc", prop_oneof![1 => Just(json!(2)), 2 => Just(json!(null))]),
    ) {
        // A sorted map sorts both sides.
        let expected: Object = expected(&document, &patch).into_iter().collect();
        let [stored, body] = [document, patch].map(|members| members.into_iter().collect::<Object>());
        let merged = merge(&json!(stored), &json!(body)).expect("objects");
        prop_assert_eq!(in_order(&object(merged)), in_order(&expected));

        let mut merged = Value::Object(stored.clone());
        merge_in_place(&mut merged, json!(body)).expect("objects");
        prop_assert_eq!(in_order(&object(merged)), in_order(&expected));

        let mut applied = stored;
        Patch::from_body(body).apply(&mut applied);
        prop_assert_eq!(in_order(&applied), in_order(&expected));
    }
}

#[test]
fn few_and_many_removals_give_the_same_order() {
    for removals in 0..12 {
        let mut document: Object = ('a'..='m').rev().map(|key| (key.to_string(), json!(null))).collect();
        let patch =
            ('a'..='m').take(removals).fold(Patch::omit().set("z", 1).set("m", 2), |patch, key| patch.remove(key));
        let kept = document.keys().filter(|key| !patch.removals().any(|removal| removal == *key));
        let expected: Vec<String> = kept.cloned().chain(["z".to_owned()]).collect();
        patch.apply(&mut document);
        assert_eq!(document.keys().cloned().collect::<Vec<_>>(), expected, "{removals} removals");
    }
}

#[test]
fn after_a_clear_the_sets_have_the_order_of_the_patch() {
    let keys = ["c", "a", "d", "b"];
    let mut document: Object = keys.map(|key| (key.to_owned(), json!(0))).into_iter().rev().collect();
    let patch = keys.iter().fold(Patch::clear().remove("x"), |patch, key| patch.set(*key, 1));
    patch.remove("d").apply(&mut document);
    let expected: Object = ["c", "a", "b"].map(|key| (key.to_owned(), json!(1))).into_iter().collect();
    assert_eq!(in_order(&document), in_order(&expected));
}
