//! Member order is not meaning, but where `serde_json` keeps it, a patch disturbs none: survivors and replaced keys stay in place,
//! new keys follow in the patch's order, a removal moves nobody past another. These hold under both of its maps: what a
//! sorted one holds is compared sorted.

use metadata_merge::{Patch, merge, merge_in_place};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

type Members = Vec<(String, Value)>;

/// What a patch makes of members in their order, said over lists.
fn wanted(document: &Members, patch: &Members) -> Members {
    let named = |key: &str| patch.iter().find(|(name, _)| name == key).map(|(_, value)| value);
    let stays = |(key, old): &(String, Value)| match named(key) {
        None => (!patch.is_empty()).then(|| (key.clone(), old.clone())),
        Some(Value::Null) => None,
        Some(new) => Some((key.clone(), new.clone())),
    };
    let added = patch.iter().filter(|(key, new)| !new.is_null() && document.iter().all(|(name, _)| name != key));
    document.iter().filter_map(stays).chain(added.cloned()).collect()
}

/// Members with every key once, many of them, in any order.
fn members(keys: &'static str, value: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Members> {
    let keys: Vec<String> = keys.chars().map(String::from).collect();
    let len = keys.len();
    prop::sample::subsequence(keys, 0..=len).prop_shuffle().prop_flat_map(move |keys| {
        let values = prop::collection::vec(value.clone(), keys.len());
        values.prop_map(move |values| keys.iter().cloned().zip(values).collect())
    })
}

fn in_order(map: &Map<String, Value>) -> Members {
    map.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn survivors_keep_their_order_through_any_mix_of_sets_and_removals(
        document in members("abcdefghijklmno", prop_oneof![4 => Just(json!(1)), 1 => Just(json!(null))]),
        patch in members("qponmlkjihgfedc", prop_oneof![1 => Just(json!(2)), 2 => Just(json!(null))]),
    ) {
        let wanted: Map<_, _> = wanted(&document, &patch).into_iter().collect();
        let [stored, body] = [document, patch].map(|members| members.into_iter().collect::<Map<_, _>>());
        let merged = merge(&json!(stored), &json!(body)).expect("objects");
        prop_assert_eq!(in_order(merged.as_object().expect("an object")), in_order(&wanted));

        let mut merged = Value::Object(stored.clone());
        merge_in_place(&mut merged, json!(body)).expect("objects");
        prop_assert_eq!(in_order(merged.as_object().expect("an object")), in_order(&wanted));

        let mut applied = stored;
        Patch::from(body).apply(&mut applied);
        prop_assert_eq!(in_order(&applied), in_order(&wanted));
    }
}

#[test]
fn a_few_removals_and_many_give_the_same_order() {
    for removals in 0..12 {
        let mut document: Map<String, Value> = ('a'..='m').rev().map(|key| (key.to_string(), json!(null))).collect();
        let patch =
            ('a'..='m').take(removals).fold(Patch::omit().set("z", 1).set("m", 2), |patch, key| patch.remove(key));
        let survivors = document.keys().filter(|key| !patch.removals().any(|removal| removal == *key));
        let wanted: Vec<String> = survivors.cloned().chain(["z".to_owned()]).collect();
        patch.apply(&mut document);
        assert_eq!(document.keys().cloned().collect::<Vec<_>>(), wanted, "{removals} removals");
    }
}

#[test]
fn after_a_clear_the_sets_stand_in_the_order_of_the_patch() {
    let keys = ["c", "a", "d", "b"];
    let mut document: Map<String, Value> = keys.map(|key| (key.to_owned(), json!(0))).into_iter().rev().collect();
    let patch = keys.iter().fold(Patch::clear().remove("x"), |patch, key| patch.set(*key, 1));
    patch.remove("d").apply(&mut document);
    let wanted: Map<String, Value> = ["c", "a", "b"].map(|key| (key.to_owned(), json!(1))).into_iter().collect();
    assert_eq!(in_order(&document), in_order(&wanted));
}
