//! Wall-clock times of every way to merge, beside `json-patch`'s merge (RFC 7396), over documents and patches of all shapes.
//! `benches/table.sh` makes the README's table of ratios from a run.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use metadata_merge::{Patch, merge, merge_in_place};
use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// `key_00042: 42`, for each number.
fn flat(numbers: impl Iterator<Item = u32>) -> Object {
    numbers.map(|number| (format!("key_{number:05}"), json!(number))).collect()
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => unreachable!("{other} is no object"),
    }
}

/// A nested value of about 22 KB.
fn profile(seed: u32) -> Value {
    let entry = |number: u32| json!({"id": seed * 1_000 + number, "name": format!("entry {number}"), "tags": ["a", "b"], "at": {"x": 1.5, "y": [0, 1, 2]}});
    (0..250).map(entry).collect()
}

/// A document of twelve root keys and about 1.3 KB.
fn typical() -> Object {
    object(json!({
        "addresses": {
            "home": {"street": "123 Main Street", "city": "Anytown", "zip": "ST 12345", "geo": {"lat": 44.97, "lon": -93.26}},
            "work": {"street": "100 Industrial Way", "city": "Anytown", "zip": "ST 12345", "geo": {"lat": 44.98, "lon": -93.27}},
        },
        "avatar": "https://cdn.example.com/avatars/3f2b8c1e-5a4d-4e7f-9b0a-1c2d3e4f5a6b.png",
        "birthday": "1990-04-01",
        "consents": {"marketing": true, "analytics": false, "terms": {"version": 7, "at": "2026-01-15T09:30:00Z"}},
        "devices": [
            {"id": "d-1", "kind": "phone", "seen": "2026-11-01T12:00:00Z", "trusted": true},
            {"id": "d-2", "kind": "laptop", "seen": "2026-11-02T12:00:00Z", "trusted": false},
            {"id": "d-3", "kind": "tablet", "seen": "2026-11-03T12:00:00Z", "trusted": true},
        ],
        "hobby": "surfing",
        "language": "en-GB",
        "level": 42,
        "newsletter": true,
        "plan": "full",
        "preferences": {"theme": "dark", "density": "compact", "notifications": {"email": true, "push": false, "sms": false}},
        "tags": ["early-adopter", "beta", "surfing", "anytown", "family"],
    }))
}

/// A name, a document and a patch.
fn workloads() -> [(&'static str, Object, Object); 7] {
    let nulls = |numbers| flat(numbers).into_iter().map(|(key, _)| (key, Value::Null));
    let mut flat_large = flat(9_500..10_500);
    flat_large.extend(nulls(0..500));
    let nested = |number: u32| (format!("key_{number:05}"), profile(number));
    [
        (
            "tiny",
            object(json!({"hobby": "surfing", "level": 3, "name": "Jane Doe of Anytown, ST 12345"})),
            object(json!({"level": 4})),
        ),
        (
            "typical",
            typical(),
            object(json!({
                "hobby": null,
                "level": 43,
                "preferences": {"theme": "light", "density": "compact", "notifications": {"email": true, "push": true, "sms": false}},
            })),
        ),
        ("flat-large", flat(0..10_000), flat_large),
        (
            "nested-large",
            (0..50).map(nested).collect(),
            object(json!({"key_00007": {"a": 1}, "key_00009": null, "new": true})),
        ),
        ("delete-heavy", flat(0..10_000), nulls(2_500..7_500).collect()),
        ("patch-large", flat(0..10), flat(5..10_005)),
        ("clear", flat(0..1_000), Object::new()),
    ]
}

fn bench(criterion: &mut Criterion) {
    for (name, document, patch) in workloads() {
        let mut group = criterion.benchmark_group(name);
        let after = merge(&json!(document), &json!(patch)).expect("objects");
        let after = object(after);
        let (target, body) = (json!(document), json!(patch));
        let owned = || (target.clone(), body.clone());

        group.bench_function("merge", |bencher| bencher.iter(|| merge(black_box(&target), black_box(&body))));
        // Both sides own the patch and drop what is left of it; the document is dropped after the clock has stopped.
        group.bench_function("merge_in_place", |bencher| {
            bencher.iter_batched(
                owned,
                |(mut target, body)| {
                    let done = merge_in_place(&mut target, body);
                    (target, done)
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function("json-patch", |bencher| {
            bencher.iter_batched(
                owned,
                |(mut target, body)| {
                    json_patch::merge(&mut target, &body);
                    target
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function("then", |bencher| {
            let patches = || (Patch::from(patch.clone()), Patch::from(patch.clone()));
            bencher.iter_batched(patches, |(first, next)| first.then(next), BatchSize::LargeInput);
        });
        group.bench_function("diff", |bencher| bencher.iter(|| Patch::diff(black_box(&document), black_box(&after))));
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
