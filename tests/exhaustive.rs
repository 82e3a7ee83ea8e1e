//! Every input of a small scope. Rules look at one key at a time, and laws at three patches at most, so what is wrong somewhere is
//! wrong here.

use std::collections::BTreeMap;

use metadata_merge::conformance::Reference;
use metadata_merge::{Error, Patch, laws, merge, merge_in_place};
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// Every object over `keys` where each key is absent or has one of `values`.
fn objects(keys: &[&str], values: &[Value]) -> Vec<Object> {
    keys.iter().fold(vec![Object::new()], |objects, key| {
        let mut more = objects.clone();
        for value in values {
            more.extend(objects.iter().cloned().map(|mut object| {
                object.insert((*key).to_owned(), value.clone());
                object
            }));
        }
        more
    })
}

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
