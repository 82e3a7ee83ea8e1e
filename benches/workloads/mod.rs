//! The documents and patches that are measured.

use serde_json::{Map, Value, json};

/// A JSON object.
pub type Object = Map<String, Value>;

/// A document and a patch, as trees and as compact text.
pub struct Workload {
    pub name: &'static str,
    pub document: Value,
    pub patch: Value,
    pub document_text: String,
    pub patch_text: String,
}

impl Workload {
    pub fn new(name: &'static str, document: Object, patch: Object) -> Workload {
        let [document, patch] = [document, patch].map(Value::Object);
        Workload { name, document_text: document.to_string(), patch_text: patch.to_string(), document, patch }
    }
}

/// Returns `key_00042: 42`, for each number.
pub fn flat(numbers: impl Iterator<Item = u32>) -> Object {
    numbers.map(|number| (format!("key_{number:05}"), json!(number))).collect()
}

/// Returns `key_00042: null`, for each number.
pub fn nulls(numbers: impl Iterator<Item = u32>) -> Object {
    numbers.map(|number| (format!("key_{number:05}"), Value::Null)).collect()
}

/// Returns a patch for a flat document of this number of members. It sets a tenth of them, half of which are new, and
/// removes a twentieth.
pub fn flat_patch(members: u32) -> Object {
    let (sets, removals) = (members / 10, members / 20);
    flat(members - sets / 2..members + sets / 2).into_iter().chain(nulls(0..removals)).collect()
}

/// Returns all workloads.
pub fn all() -> Vec<Workload> {
    let nested = |number: u32| (format!("key_{number:05}"), profile(number));
    vec![
        Workload::new(
            "tiny",
            object(json!({"hobby": "surfing", "level": 3, "name": "Jane Doe of Anytown, ST 12345"})),
            object(json!({"level": 4})),
        ),
        Workload::new("typical", typical(), typical_patch()),
        Workload::new("flat-large", flat(0..10_000), flat_patch(10_000)),
        Workload::new(
            "nested-large",
            (0..50).map(nested).collect(),
            object(json!({"key_00007": {"a": 1}, "key_00009": null, "new": true})),
        ),
        Workload::new("delete-heavy", flat(0..10_000), nulls(2_500..7_500)),
        Workload::new("patch-large", flat(0..10), flat(5..10_005)),
        Workload::new("clear", flat(0..1_000), Object::new()),
    ]
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => unreachable!("{other} is not an object"),
    }
}

/// Returns a nested value of about 22 KB.
fn profile(seed: u32) -> Value {
    let entry = |number: u32| json!({"id": seed * 1_000 + number, "name": format!("entry {number}"), "tags": ["a", "b"], "at": {"x": 1.5, "y": [0, 1, 2]}});
    (0..250).map(entry).collect()
}

/// Returns a document of twelve root keys and about 1.3 KB.
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

fn typical_patch() -> Object {
    object(json!({
        "hobby": null,
        "level": 43,
        "preferences": {"theme": "light", "density": "compact", "notifications": {"email": true, "push": true, "sms": false}},
    }))
}
