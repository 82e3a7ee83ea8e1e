//! Samples: the arguments of each operation, from a seeded generator.

use arbitrary::{Arbitrary, Unstructured};
use metadata_merge::laws;
use metadata_merge::resource;
use serde_json::{Map, Value, json};

/// A small generator of random numbers (splitmix64). The same seed gives the same numbers.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `bound`, which is not 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or(0)
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'t, T: ?Sized>(&mut self, items: &[&'t T]) -> &'t T {
        items[self.below(items.len())]
    }

    /// Returns documents and bodies, all of them objects.
    fn sample(&mut self) -> laws::Sample {
        let bytes: Vec<u8> = (0..64).flat_map(|_| self.next().to_le_bytes()).collect();
        let empty = || laws::Sample::new([json!({}), json!({})], [json!({}), json!({}), json!({})]);
        laws::Sample::arbitrary(&mut Unstructured::new(&bytes)).unwrap_or_else(|_| empty())
    }

    fn document(&mut self) -> Value {
        let [document, _] = self.sample().documents;
        document
    }

    fn body(&mut self) -> Value {
        let [body, ..] = self.sample().patches;
        body
    }

    /// Returns an object in most cases, and else any JSON.
    fn mostly(&mut self, object: Value) -> Value {
        if self.one_in(16) {
            [json!(null), json!(1), json!("a"), json!([]), json!(false)][self.below(5)].clone()
        } else {
            object
        }
    }
}

/// Returns three documents, of which the last is the first after a change, and three bodies.
pub(super) fn of_laws(random: &mut Random) -> Vec<Value> {
    let [a, b] = random.sample().documents;
    let [p, q, r] = random.sample().patches;
    let c = metadata_merge::merge(&a, &random.body()).unwrap_or_else(|_| a.clone());
    vec![a, b, c, p, q, r]
}

/// Returns the names of an operation's arguments.
pub(super) fn names(op: &str) -> &'static [&'static str] {
    match op {
        "compose" => &["patches"],
        "diff" => &["before", "after"],
        "undo" => &["document", "patch"],
        "commute" => &["first", "second"],
        "reconcile" => &["base", "mine", "theirs"],
        "reconcile_resource" => &["resource", "base", "mine", "theirs"],
        "create" => &["resource", "body"],
        "update" => &["resource", "stored", "body"],
        "limits" => &["resource", "stored"],
        _ => &["target", "patch"],
    }
}

/// Returns the arguments of an operation, in the order of [`names`]. A text is the list of its
/// members, so that it can be made smaller.
pub(super) fn draft(op: &str, random: &mut Random) -> Vec<Value> {
    let (document, body) = (random.document(), random.body());
    match op {
        "text" => vec![text(random), text(random)],
        "compose" => vec![(0..random.below(4)).map(|_| random.body()).collect()],
        "diff" => {
            let after = if random.one_in(2) {
                random.document()
            } else {
                metadata_merge::merge(&document, &body).unwrap_or(body)
            };
            vec![document, after]
        }
        "commute" => vec![random.body(), body],
        "reconcile" => {
            let theirs = metadata_merge::merge(&document, &body).unwrap_or(body);
            vec![document, random.document(), theirs]
        }
        "reconcile_resource" => reconcile_resource(random),
        "create" => vec![resource_name(random), resource(random, Side::Sent)],
        "update" => vec![resource_name(random), resource(random, Side::Stored), resource(random, Side::Sent)],
        "limits" => {
            let name = if random.one_in(7) { json!("sign_up") } else { resource_name(random) };
            vec![name, resource(random, Side::Limited)]
        }
        _ => vec![random.mostly(document), random.mostly(body)],
    }
}

/// Returns the request that sends a draft.
pub(super) fn request(op: &str, draft: &[Value]) -> Map<String, Value> {
    let values = draft.iter().map(|value| if op == "text" { written(value) } else { value.clone() });
    names(op).iter().map(|name| (*name).to_owned()).zip(values).collect()
}

/// Returns whether a draft can be sent. A list of members that is not JSON is not a smaller sample
/// of one that is.
pub(super) fn is_valid(op: &str, draft: &[Value]) -> bool {
    op != "text" || draft.iter().all(|text| text.is_string() || serde_json::from_str::<Value>(&string(text)).is_ok())
}

fn written(text: &Value) -> Value {
    string(text).into()
}

fn string(text: &Value) -> String {
    let Value::Array(members) = text else { return text.as_str().unwrap_or_default().to_owned() };
    let part = |member: &Value, index| member.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
    let members: Vec<String> = members.iter().map(|member| part(member, 0) + ": " + &part(member, 1)).collect();
    format!("{{{}}}", members.join(", "))
}

/// Returns a text: mostly the list of its members, with keys that are written in several ways and
/// come twice, and values whose text has more than their number.
fn text(random: &mut Random) -> Value {
    const KEYS: &[&str] = &[r#""a""#, r#""\u0061""#, r#""b""#, r#""""#];
    const VALUES: &[&str] = &[
        "null",
        "1",
        "1.0",
        "-0",
        "1e2",
        "0.10",
        "1e999",
        "12345678901234567890.5",
        r#""a""#,
        r#""\u0061\/""#,
        r#"{"x": 1.50}"#,
        r#"{"x":1,"x":2}"#,
        "[1.00, null]",
        "{}",
    ];
    const NOT_DOCUMENTS: &[&str] = &[
        "",
        "null",
        "[]",
        "NaN",
        "{",
        "{} {}",
        r#"{"a": NaN}"#,
        r#"{"a": Infinity}"#,
        r#"{"a": 01}"#,
        r#"{"a": 1,}"#,
        "{a: 1}",
        "{'a': 1}",
        "{\"a\": \"\t\"}",
        "/**/{}",
        "\u{feff}{}",
        "\u{a0}{}",
        r#"{"a": "\ud800"}"#,
        "{\"a\"; 1}",
    ];
    if random.one_in(12) {
        return random.pick(NOT_DOCUMENTS).into();
    }
    (0..random.below(5)).map(|_| json!([random.pick(KEYS), random.pick(VALUES)])).collect()
}

fn resource_name(random: &mut Random) -> Value {
    resource::ALL[random.below(resource::ALL.len())].name.into()
}

#[derive(Clone, Copy)]
enum Side {
    Stored,
    Sent,
    Limited,
}

/// Returns a resource, or the body of a request, with the fields of all resources.
fn resource(random: &mut Random, side: Side) -> Value {
    let members = (0..random.below(4)).map(|_| (field(random).to_owned(), member(random, side)));
    let resource = Value::Object(members.collect());
    if random.one_in(40) { random.mostly(Value::Null) } else { resource }
}

fn field(random: &mut Random) -> &'static str {
    const ATTRIBUTES: &[&str] = &["name", "mobile", "email"];
    let fields: Vec<&str> = resource::ALL.iter().flat_map(|resource| resource.fields).map(|field| field.name).collect();
    if random.one_in(3) { random.pick(ATTRIBUTES) } else { fields[random.below(fields.len())] }
}

fn member(random: &mut Random, side: Side) -> Value {
    match (side, random.below(8)) {
        (Side::Sent, 0) => Value::Null,
        (_, 1) => json!({}),
        (Side::Limited, 2..) => limited(random),
        (Side::Sent, _) => {
            let body = random.body();
            random.mostly(body)
        }
        (_, _) => {
            let document = random.document();
            random.mostly(document)
        }
    }
}

/// Returns metadata at the edge of the limits.
fn limited(random: &mut Random) -> Value {
    const KEYS: &[&str] =
        &["a.b", "$set", "us$", "email", "_id", "a~/b", "\u{e9}", "a b\t?", "line\n", "k-1", "a/b", "K"];
    const TEXTS: &[(&str, usize)] = &[
        ("", 1),
        ("k", 100),
        ("k", 101),
        ("k", 255),
        ("k", 256),
        ("\u{1f600}", 255),
        ("k", 500),
        ("k", 501),
        ("y/\u{e9}<", 2_100),
    ];
    let string = |random: &mut Random| {
        let (part, times) = TEXTS[random.below(TEXTS.len())];
        part.repeat(times)
    };
    let count = if random.one_in(4) { 9 + random.below(20) } else { random.below(5) };
    let mut members = Map::new();
    for number in 0..count {
        let key = match random.below(6) {
            0 => random.pick(KEYS).to_owned(),
            1 => string(random),
            _ => format!("k{number}"),
        };
        let value = if random.one_in(6) { random.document() } else { string(random).into() };
        members.insert(key, value);
    }
    Value::Object(members)
}

/// Returns the name of a resource, and three that share most of their members.
fn reconcile_resource(random: &mut Random) -> Vec<Value> {
    let mut sides = [Map::new(), Map::new(), Map::new()];
    for _ in 0..=random.below(3) {
        let field = field(random);
        let known = member(random, Side::Stored);
        for side in &mut sides {
            match random.below(6) {
                0 => {}
                1 => drop(side.insert(field.to_owned(), member(random, Side::Stored))),
                2 if known.is_object() => {
                    let after = metadata_merge::merge(&known, &random.body()).unwrap_or_default();
                    side.insert(field.to_owned(), after);
                }
                _ => drop(side.insert(field.to_owned(), known.clone())),
            }
        }
    }
    [resource_name(random)].into_iter().chain(sides.map(Value::Object)).collect()
}
