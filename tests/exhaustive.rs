//! Every input of a small scope. Rules look at one key at a time, and laws at three patches at most, so what is wrong somewhere is
//! wrong here.

use std::collections::BTreeMap;

use metadata_merge::conformance::Reference;
use metadata_merge::{Error, Patch, laws, merge, merge_in_place};
use serde_json::{Map, Value, json};
use small_scope::objects;

mod small_scope;

type Object = Map<String, Value>;

/// The rules said another way: what becomes of each key by itself, `None` being absence.
fn one_key<'a>(stored: Option<&'a Value>, body: &'a Object, key: &str) -> Option<&'a Value> {
    match body.get(key) {
        _ if body.is_empty() => None,
        Some(Value::Null) => None,
        Some(new) => Some(new),
        None => stored,
    }
}

#[test]
fn merging_in_place_is_merging_is_what_becomes_of_each_key() -> Result<(), Error> {
    let keys = ["a", "b", ""];
    let values = [json!(null), json!(1), json!(false), json!({}), json!({"a": null, "b": {"c": 1}})];
    let all = objects(&keys, &values);
    let mut pairs = 0;
    for document in &all {
        for body in &all {
            let wanted = keys.into_iter().filter_map(|key| Some((key, one_key(document.get(key), body, key)?)));
            let wanted: BTreeMap<_, _> = wanted.collect();
            let merged = merge(&json!(document), &json!(body))?;
            assert_eq!(merged, json!(wanted), "{document:?} {body:?}");
            let mut in_place = json!(document);
            merge_in_place(&mut in_place, json!(body))?;
            assert_eq!(in_place, merged, "{document:?} {body:?}");
            pairs += 1;
        }
    }
    assert_eq!(pairs, 46_656);
    Ok(())
}

#[test]
fn every_law_holds_for_every_document_and_three_bodies() {
    let all = objects(&["a", "b"], &[json!(null), json!(1), json!({})]);
    let all: Vec<Value> = all.into_iter().map(Value::Object).collect();
    let mut samples = 0;
    for (number, a) in all.iter().enumerate() {
        for (shift, p) in all.iter().enumerate() {
            // Every pair of documents comes up, since the second one is the first one moved on by the first body.
            let b = &all[(number + shift) % all.len()];
            for q in &all {
                for r in &all {
                    assert_eq!(laws::check(&mut Reference, [a, b], [p, q, r]), Ok(()), "{a} {b} {p} {q} {r}");
                    samples += 1;
                }
            }
        }
    }
    assert_eq!(samples, 65_536);
}

/// What becomes of one key of mine by itself: what it takes, or that it is a conflict.
fn one_owned_key([base, mine, theirs]: [Option<&Value>; 3]) -> Result<Option<&Value>, [Option<&Value>; 3]> {
    if theirs == mine || theirs == base { Ok(mine) } else { Err([base, mine, theirs]) }
}

#[test]
fn a_reconcile_is_what_becomes_of_each_key_for_every_three_documents() -> Result<(), Error> {
    let keys = ["a", "b"];
    let all = objects(&keys, &[json!(null), json!(1), json!(2), json!({})]);
    let (mut triples, mut refused, mut conflicts) = (0, 0, 0);
    for base in &all {
        for mine in &all {
            for theirs in &all {
                triples += 1;
                let sample = format!("{} {} {}", json!(base), json!(mine), json!(theirs));
                let null = keys
                    .into_iter()
                    .find(|key| mine.get(*key).is_some_and(Value::is_null) && theirs.get(*key) != Some(&Value::Null));
                let reconciliation = Patch::reconcile(base, mine, theirs);
                if let Some(key) = null {
                    // Which of two it names is free.
                    assert!(matches!(reconciliation, Err(Error::RootNull { .. })), "{key}: {sample}");
                    refused += 1;
                    continue;
                }
                let reconciliation = reconciliation?;
                let (mut left, mut insisted) = (theirs.clone(), theirs.clone());
                reconciliation.patch.clone().apply(&mut left);
                let named = reconciliation.patch.sets().count() + reconciliation.patch.removals().count();
                let differ = keys.into_iter().filter(|key| left.get(*key) != theirs.get(*key)).count();
                assert_eq!((named, reconciliation.patch.clears()), (differ, false), "{sample}");
                for key in keys {
                    let sides = [base, mine, theirs].map(|document| document.get(key));
                    let conflict = reconciliation.conflicts.iter().find(|conflict| conflict.key == key);
                    let found = conflict.map(|conflict| [conflict.base, conflict.mine, conflict.theirs]);
                    let owned = sides[0].is_some() || sides[1].is_some();
                    let wanted = if owned { one_owned_key(sides) } else { Ok(sides[2]) };
                    assert_eq!(wanted.err(), found, "{sample}");
                    assert_eq!(left.get(key), wanted.unwrap_or(sides[2]), "{sample}");
                    conflicts += usize::from(found.is_some());
                }
                let next = reconciliation.next_base();
                let again = Patch::reconcile(&next, mine, &left)?;
                assert!(again.patch.is_omit() && again.next_base() == next, "{sample}");
                assert_eq!(again.conflicts, reconciliation.conflicts, "{sample}");
                reconciliation.insist().apply(&mut insisted);
                let again = Patch::reconcile(mine, mine, &insisted)?;
                assert!(again.patch.is_omit() && again.conflicts.is_empty(), "{sample}");
                for key in keys.into_iter().filter(|key| !base.contains_key(*key) && !mine.contains_key(*key)) {
                    assert_eq!(insisted.get(key), theirs.get(key), "{sample}");
                }
            }
        }
    }
    // Of a key's 125 triples, 20 want a null that is not stored; 60 of the others are conflicts.
    assert_eq!((triples, refused), (125 * 125, 125 * 125 - 105 * 105));
    assert_eq!(conflicts, 2 * 60 * 105);
    Ok(())
}

#[test]
fn the_guards_refuse_exactly_what_loses_keys() {
    let documents = objects(&["a", "b"], &[json!(null), json!(1)]);
    let bodies = objects(&["a", "b", "c"], &[json!(null), json!(1)]);
    let mut refused = [0, 0];
    for (document, body) in documents.iter().flat_map(|document| bodies.iter().map(move |body| (document, body))) {
        for start in [Patch::omit(), Patch::clear()] {
            let patch = body.iter().fold(start, |patch, (key, value)| patch.set(key, value.clone()));
            let mut after = document.clone();
            patch.clone().apply(&mut after);
            let gone = document.keys().filter(|key| !after.contains_key(*key)).count();
            match patch.clone().deny_removals(document) {
                Ok(same) => assert_eq!((same, gone), (patch.clone(), 0), "{document:?} {body:?}"),
                Err(Error::Removes { first, count }) => {
                    assert!(document.contains_key(&first) && !after.contains_key(&first), "{document:?} {body:?}");
                    assert_eq!(count, gone, "{document:?} {body:?}");
                    refused[0] += 1;
                }
                Err(other) => unreachable!("{other}"),
            }
            let wipes = after.is_empty() && !document.is_empty();
            let wanted = if wipes { Err(Error::Wipes { count: document.len() }) } else { Ok(patch.clone()) };
            refused[1] += usize::from(wipes);
            assert_eq!(patch.deny_wipe(document), wanted, "{document:?} {body:?}");
        }
    }
    assert!(refused.iter().all(|refused| *refused > 50), "{refused:?}");
}

#[test]
fn patches_compose_commute_and_are_equal_by_what_they_do_to_every_document() {
    // One key more than the patches name, and one value more than they set.
    let documents = objects(&["a", "b", "c"], &[json!(null), json!(1), json!("stored")]);
    let bodies = objects(&["a", "b"], &[json!(null), json!(1), json!(2)]);
    let patches: Vec<Patch> = [Patch::omit(), Patch::clear()]
        .into_iter()
        .flat_map(|start| {
            bodies
                .iter()
                .map(move |body| body.iter().fold(start.clone(), |patch, (key, value)| patch.set(key, value.clone())))
        })
        .collect();
    let act = |patch: &Patch, document: &Object| {
        let mut document = document.clone();
        patch.clone().apply(&mut document);
        document
    };
    let same = |left: &dyn Fn(&Object) -> Object, right: &dyn Fn(&Object) -> Object| {
        documents.iter().all(|document| left(document) == right(document))
    };
    let mut alike = 0;
    for p in &patches {
        for q in &patches {
            let alike_here = same(&|document| act(p, document), &|document| act(q, document));
            alike += usize::from(alike_here);
            assert_eq!(p == q, alike_here, "{p:?} {q:?}");
            let commute = same(&|document| act(q, &act(p, document)), &|document| act(p, &act(q, document)));
            assert_eq!(p.commutes_with(q), commute, "{p:?} {q:?}");
            let composed = p.clone().then(q.clone());
            assert!(same(&|document| act(&composed, document), &|document| act(q, &act(p, document))), "{p:?} {q:?}");
            assert_eq!(composed.clone().then(p.clone()), q.clone().then(p.clone()), "the band law: {p:?} {q:?}");
            for r in &patches {
                assert_eq!(composed.clone().then(r.clone()), p.clone().then(q.clone().then(r.clone())));
            }
        }
    }
    assert_eq!(patches.len(), 32);
    // Without a clear each is alike to itself alone; after a clear, a removal is alike to saying nothing, at each of two keys.
    assert_eq!(alike, 16 + 6 * 6);
}
