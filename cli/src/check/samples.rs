//! Generates the arguments of each operation from a seed.

use metadata_merge::laws::{Profile, Sample};
use metadata_merge::resource;
use serde_json::{Map, Value, json};

use super::edges::{limited, sized, whole};
use super::random::Random;
use super::texts;

/// The samples of a check.
#[derive(Clone, Copy)]
pub struct Samples {
    /// Their number.
    pub count: u64,
    /// The seed of the generator.
    pub seed: u64,
    /// The values that the samples and the vectors may hold.
    pub profile: Profile,
    /// The end of the check.
    pub until: Until,
}

/// The end of a check.
#[derive(Clone, Copy, PartialEq)]
pub enum Until {
    /// After all samples.
    End,
    /// After the vectors if an answer is wrong, or else after the first sample with a wrong answer.
    /// No sample is shrunk.
    Wrong,
}

/// A source of samples.
pub(super) struct Source {
    pub(super) random: Random,
    profile: Profile,
}

impl Source {
    pub(super) fn new(seed: u64, profile: Profile) -> Source {
        Source { random: Random::new(seed), profile }
    }

    /// Returns documents and bodies, all of them objects.
    fn sample(&mut self) -> Sample {
        Sample::generate(self.profile, |bound| self.random.below(bound))
    }

    /// Returns the object, or sometimes another JSON value.
    fn mostly(&mut self, object: Value) -> Value {
        if self.random.one_in(16) {
            [json!(null), json!(1), json!("a"), json!([]), json!(false)][self.random.below(5)].clone()
        } else {
            object
        }
    }
}

/// Returns three documents and three bodies. The last document is the first one after a change.
pub(super) fn of_laws(source: &mut Source) -> Vec<Value> {
    let Sample { documents: [a, b], patches: [p, q, r], .. } = source.sample();
    let body = if source.random.one_in(2) { &q } else { &r };
    let c = metadata_merge::merge(&a, body).unwrap_or_else(|_| a.clone());
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

/// Returns the arguments of an operation, in the order of [`names`]. JSON texts are drafts of
/// [`texts`].
pub(super) fn draft(op: &str, source: &mut Source) -> Vec<Value> {
    let sample = source.sample();
    if matches!(op, "reconcile_resource" | "create" | "update" | "limits") {
        return of_resource(op, source, &sample);
    }
    let Sample { documents: [document, other], patches: [body, second, third], .. } = sample;
    let (random, profile) = (&mut source.random, source.profile);
    let changed = |document: &Value, body: Value| metadata_merge::merge(document, &body).unwrap_or(body);
    match op {
        "text" => [document, body].iter().map(|value| texts::draft(random, value, profile)).collect(),
        "compose" => vec![[body, second, third].into_iter().take(random.below(4)).collect()],
        "diff" if random.one_in(2) => vec![document, other],
        "diff" => {
            let after = changed(&document, body);
            vec![document, after]
        }
        "commute" => vec![body, second],
        "reconcile" => {
            let theirs = changed(&document, body);
            let mine = if random.one_in(2) { other } else { changed(&document, second) };
            vec![document, mine, theirs]
        }
        _ => vec![source.mostly(document), source.mostly(body)],
    }
}

/// Returns the request that sends a draft.
pub(super) fn request(op: &str, draft: &[Value]) -> Map<String, Value> {
    let values = draft.iter().map(|value| if op == "text" { texts::text(value).into() } else { value.clone() });
    names(op).iter().map(|name| (*name).to_owned()).zip(values).collect()
}

fn of_resource(op: &str, source: &mut Source, sample: &Sample) -> Vec<Value> {
    let name = resource::ALL[source.random.below(resource::ALL.len())].name;
    let mut draft = vec![json!(name)];
    match op {
        "create" => draft.push(resource(source, sample, Side::Sent)),
        "update" => draft.extend([Side::Stored, Side::Sent].map(|side| resource(source, sample, side))),
        "reconcile_resource" => draft.extend(three(source, sample)),
        _ => match source.random.below(8) {
            0 => draft = vec![json!("user"), sized(&mut source.random)],
            1 => draft = vec![json!("sign_up"), resource(source, sample, Side::Limited)],
            _ => draft.push(resource(source, sample, Side::Limited)),
        },
    }
    draft
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Stored,
    Sent,
    Limited,
}

/// Returns a resource, or the body of a request, with the fields of all resources.
fn resource(source: &mut Source, sample: &Sample, side: Side) -> Value {
    let mut members = Map::new();
    if source.random.one_in(12) {
        // Any key may be an attribute.
        let known = if side == Side::Sent { &sample.patches[2] } else { &sample.documents[1] };
        members = known.as_object().cloned().unwrap_or_default();
    }
    for _ in 0..source.random.below(4) {
        members.insert(field(&mut source.random).to_owned(), member(source, sample, side));
    }
    let resource = Value::Object(members);
    let resource = if side == Side::Limited { whole(resource) } else { resource };
    if source.random.one_in(40) { source.mostly(Value::Null) } else { resource }
}

fn field(random: &mut Random) -> &'static str {
    const ATTRIBUTES: &[&str] = &["name", "mobile", "email"];
    let fields: Vec<&str> = resource::ALL.iter().flat_map(|resource| resource.fields).map(|field| field.name).collect();
    if random.one_in(3) { random.pick(ATTRIBUTES) } else { fields[random.below(fields.len())] }
}

fn member(source: &mut Source, sample: &Sample, side: Side) -> Value {
    let [document, body] = [&sample.documents[source.random.below(2)], &sample.patches[source.random.below(3)]];
    match (side, source.random.below(8)) {
        (Side::Sent, 0) => Value::Null,
        (_, 1) => json!({}),
        (Side::Limited, 2..6) => limited(&mut source.random, document),
        (Side::Sent, _) => source.mostly(body.clone()),
        (_, _) => source.mostly(document.clone()),
    }
}

/// Returns three resources that share most of their members.
fn three(source: &mut Source, sample: &Sample) -> [Value; 3] {
    let mut sides = [Map::new(), Map::new(), Map::new()];
    for _ in 0..=source.random.below(3) {
        let field = field(&mut source.random);
        let known = member(source, sample, Side::Stored);
        for side in &mut sides {
            match source.random.below(6) {
                0 => {}
                1 => drop(side.insert(field.to_owned(), member(source, sample, Side::Stored))),
                2 if known.is_object() => {
                    let body = &sample.patches[source.random.below(3)];
                    side.insert(field.to_owned(), metadata_merge::merge(&known, body).unwrap_or_default());
                }
                _ => drop(side.insert(field.to_owned(), known.clone())),
            }
        }
    }
    sides.map(Value::Object)
}
