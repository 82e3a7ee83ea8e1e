//! The documents, patches and whole requests that are measured.

use metadata_merge::limits::{self, Check, Limit};
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

    /// Returns the same workload with the root members of both texts in an order that has no pattern.
    pub fn shuffled(mut self, name: &'static str) -> Workload {
        self.name = name;
        (self.document_text, self.patch_text) = (shuffled(&self.document, 1), shuffled(&self.patch, 2));
        self
    }

    /// Returns the same workload with two keys at the end of the document, where a merge appends new keys.
    pub fn appended(mut self, name: &'static str) -> Workload {
        self.name = name;
        self.document_text.truncate(self.document_text.len() - 1);
        self.document_text.push_str(r#","a":1,"b":2}"#);
        self.document["a"] = json!(1);
        self.document["b"] = json!(2);
        self
    }

    /// Returns the same workload with both texts indented.
    pub fn pretty(mut self, name: &'static str) -> Workload {
        self.name = name;
        [self.document_text, self.patch_text] = [&self.document, &self.patch].map(|value| format!("{value:#}"));
        self
    }

    /// Returns a request that applies the patch to the `user_metadata` of a user.
    fn request(self) -> Workload {
        let [document, patch] = [self.document, self.patch].map(|value| object(json!({"user_metadata": value})));
        Workload::new(self.name, document, patch)
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

/// Returns variants of the workloads that differ in their texts alone.
pub fn variants() -> Vec<Workload> {
    let named = |name: &str| all().into_iter().find(|workload| workload.name == name).expect("a workload of this name");
    vec![
        named("flat-large").shuffled("flat-large, shuffled"),
        named("delete-heavy").shuffled("delete-heavy, shuffled"),
        named("patch-large").shuffled("patch-large, shuffled"),
        named("flat-large").appended("flat-large, appended"),
        named("typical").pretty("typical, pretty"),
    ]
}

/// Returns a request for each workload, and one for a whole user, each with limits that it holds.
pub fn requests() -> Vec<(Workload, Vec<Limit>)> {
    let on = |check| Limit::on("user_metadata", check);
    let holds = [
        on(Check::MaxKeys(1 << 20)),
        on(Check::MaxKeyLength(255)),
        on(Check::MaxDepth(20)),
        on(Check::MaxSize(1 << 30)),
    ];
    let mut requests: Vec<_> = all().into_iter().map(|workload| (workload.request(), holds.to_vec())).collect();
    requests.push((user(), limits::USER.to_vec()));
    requests.push((user().pretty("user, pretty"), limits::USER.to_vec()));
    requests
}

/// Returns requests that add a key to a document with too many keys and bytes.
pub fn broken_requests() -> Vec<(Workload, Vec<Limit>)> {
    let broken = |(mut workload, mut limits): (Workload, Vec<Limit>)| {
        limits.extend([Check::MaxKeys(2), Check::MaxSize(100)].map(|check| Limit::on("user_metadata", check)));
        limits.push(Limit::whole(Check::MaxSize(100)).warned());
        workload.patch["user_metadata"]["one more"] = json!("key");
        workload.patch_text = workload.patch.to_string();
        (workload, limits)
    };
    let named = ["flat-large", "nested-large", "user"];
    requests().into_iter().filter(|(workload, _)| named.contains(&workload.name)).map(broken).collect()
}

/// Returns a user of about 2 KB, and a body that names both metadata fields.
fn user() -> Workload {
    let stored = json!({
        "app_metadata": {"plan": "full", "roles": ["admin", "editor"], "seats": 12},
        "created_at": "2024-01-01T00:00:00.000Z",
        "email": "jane.doe@example.com",
        "email_verified": true,
        "identities": [{"connection": "db", "provider": "auth0", "isSocial": false}],
        "logins_count": 73,
        "name": "Jane Doe",
        "nickname": "jane",
        "user_id": "auth0|507f1f77bcf86cd799439020",
        "user_metadata": typical(),
    });
    let body = json!({"name": "Jane D.", "user_metadata": typical_patch(), "app_metadata": {"plan": "pro"}});
    Workload::new("user", object(stored), object(body))
}

/// Returns the text of an object with its root members in another order.
fn shuffled(value: &Value, mut seed: u64) -> String {
    let members = value.as_object().into_iter().flatten();
    let mut members: Vec<String> = members.map(|(key, value)| format!("{}:{value}", json!(key))).collect();
    for place in (1..members.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        members.swap(place, (seed >> 33) as usize % (place + 1));
    }
    format!("{{{}}}", members.join(","))
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
