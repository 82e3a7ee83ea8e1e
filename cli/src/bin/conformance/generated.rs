//! Generated cases: the rules and the laws, on samples that are drawn from a seed.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use metadata_merge::laws::{self, Law};
use metadata_merge::strategy;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use crate::adapter::Adapter;
use crate::breach::Breach;
use crate::mistake::{Mistake, mistake, size};
use crate::shrink::shrink;
use crate::{resource, text};

/// What is wanted of every sample, apart from [`mistake`].
pub(crate) struct Property {
    /// In `--json`.
    pub(crate) name: String,
    pub(crate) statement: &'static str,
    /// The operations that it is about; one that is offered will do.
    pub(crate) operations: &'static [&'static str],
    documents: usize,
    /// How many bodies it takes.
    patches: RangeInclusive<usize>,
    samples: Samples,
    holds: Holds,
}

#[derive(Clone, Copy, PartialEq)]
enum Samples {
    /// Documents and bodies, all of them objects.
    Json,
    /// Those of [`text`].
    Texts,
    /// Those of [`resource`].
    Resources,
}

type Holds = fn(&mut Adapter, &[Value], &[Value]) -> Result<(), Breach>;

impl Property {
    /// What the documents and the bodies of its samples are called.
    pub(crate) fn names(&self) -> [[&'static str; 3]; 2] {
        match self.samples {
            Samples::Resources => [["resource", "stored", ""], ["body", "", ""]],
            Samples::Json | Samples::Texts => [["a", "b", "c"], ["p", "q", "r"]],
        }
    }
}

pub(crate) fn properties() -> Vec<Property> {
    let law = |law: Law, operations, documents, patches, holds: Holds| Property {
        name: format!("{law:?}"),
        statement: law.statement(),
        operations,
        documents,
        patches,
        samples: Samples::Json,
        holds,
    };
    let of_resources = |name: &str, statement, operations, documents, bodies, holds: Holds| Property {
        name: name.to_owned(),
        statement,
        operations,
        documents,
        patches: bodies..=bodies,
        samples: Samples::Resources,
        holds,
    };
    vec![
        law(Law::Retry, &["merge"], 1, 1..=1, |it, a, p| Ok(laws::retry(it, &a[0], &p[0])?)),
        law(Law::Band, &["merge"], 1, 2..=2, |it, a, p| Ok(laws::band(it, &a[0], &p[0], &p[1])?)),
        law(Law::Action, &["compose"], 1, 0..=3, |it, a, p| Ok(laws::action(it, &a[0], p)?)),
        law(Law::Shortest, &["compose"], 0, 0..=3, |it, _, p| Ok(laws::shortest(it, p)?)),
        law(Law::Associative, &["compose"], 1, 3..=3, |it, a, p| {
            Ok(laws::associative(it, &a[0], &p[0], &p[1], &p[2])?)
        }),
        law(Law::Identity, &["compose"], 1, 1..=1, |it, a, p| Ok(laws::identity(it, &a[0], &p[0])?)),
        law(Law::Absorbing, &["compose"], 0, 1..=1, |it, _, p| Ok(laws::absorbing(it, &p[0])?)),
        law(Law::NoWipe, &["compose", "diff", "undo", "reconcile"], 2, 0..=3, |it, a, p| {
            Ok(laws::no_wipe(it, [&a[0], &a[1]], p)?)
        }),
        law(Law::RoundTrip, &["diff"], 2, 0..=0, |it, a, _| Ok(laws::round_trip(it, &a[0], &a[1])?)),
        law(Law::Smallest, &["diff"], 2, 0..=0, |it, a, _| Ok(laws::smallest(it, &a[0], &a[1])?)),
        law(Law::Undo, &["undo"], 1, 1..=1, |it, a, p| Ok(laws::undo(it, &a[0], &p[0])?)),
        law(Law::Commutation, &["commute"], 1, 2..=2, |it, a, p| Ok(laws::commutation(it, &a[0], &p[0], &p[1])?)),
        law(Law::Changes, &["changes"], 1, 1..=1, |it, a, p| Ok(laws::changes(it, &a[0], &p[0])?)),
        law(Law::Reconcile, &["reconcile"], 3, 0..=0, |it, a, _| Ok(laws::reconcile(it, &a[0], &a[1], &a[2])?)),
        law(Law::Conflicts, &["reconcile"], 3, 0..=0, |it, a, _| Ok(laws::conflicts(it, &a[0], &a[1], &a[2])?)),
        law(Law::Insist, &["reconcile"], 3, 0..=0, |it, a, _| Ok(laws::insist(it, &a[0], &a[1], &a[2])?)),
        law(Law::Undisturbed, &["reconcile"], 2, 0..=0, |it, a, _| Ok(laws::undisturbed(it, &a[0], &a[1])?)),
        law(Law::Converge, &["reconcile"], 3, 0..=0, |it, a, _| Ok(laws::converge(it, &a[0], &a[1], &a[2])?)),
        law(Law::DenyRemovals, &["deny_removals"], 1, 1..=1, |it, a, p| Ok(laws::deny_removals(it, &a[0], &p[0])?)),
        law(Law::DenyWipe, &["deny_wipe"], 1, 1..=1, |it, a, p| Ok(laws::deny_wipe(it, &a[0], &p[0])?)),
        Property {
            name: "Text".to_owned(),
            statement: text::STATEMENT,
            operations: &["text"],
            documents: 1,
            patches: 1..=1,
            samples: Samples::Texts,
            holds: |it, a, p| text::holds(it, &a[0], &p[0]),
        },
        of_resources("Create", resource::CREATE, &["create"], 1, 1, |it, a, p| resource::create(it, &a[0], &p[0])),
        of_resources("Update", resource::UPDATE, &["update"], 2, 1, |it, a, p| {
            resource::update(it, &a[0], &a[1], &p[0])
        }),
        of_resources("Limits", resource::LIMITS, &["limits"], 2, 0, |it, a, _| resource::limits(it, &a[0], &a[1])),
    ]
}

/// A property that was seen to fail, on a smallest sample.
pub(crate) struct Failure {
    pub(crate) documents: Vec<Value>,
    pub(crate) patches: Vec<Value>,
    pub(crate) breach: Breach,
}

/// What the samples showed.
#[derive(Default)]
pub(crate) struct Findings {
    /// By rule.
    pub(crate) mistakes: BTreeMap<String, Mistake>,
    /// By the property's name.
    pub(crate) failures: BTreeMap<String, Failure>,
}

/// Tries so many samples; an adapter that breaks the protocol ends it.
pub(crate) fn run(adapter: &mut Adapter, samples: u64, seed: u64, mut progress: impl FnMut(u64)) -> Findings {
    let mut findings = Findings::default();
    let mut json = drawn(seed, sample());
    let mut texts = drawn(seed, text::sample());
    let mut resources = drawn(seed, resource::sample());
    for number in 0..samples {
        progress(number);
        adapter.case = format!("sample {} of seed {seed}", number + 1);
        let (Some(json), Some(texts), Some(resources)) = (json(), texts(), resources()) else { continue };
        let (a, p) = (&json[0], &json[3]);
        if let Some(found) = mistake(adapter, a, p).filter(|found| !findings.mistakes.contains_key(&found.rule)) {
            findings.mistakes.insert(found.rule.clone(), smallest(adapter, found, true));
        }
        let objects = json.iter().all(Value::is_object);
        for property in properties().into_iter().filter(|property| objects || property.samples != Samples::Json) {
            let (documents, patches) = match property.samples {
                Samples::Json => json.split_at(3),
                Samples::Texts => texts.split_at(1),
                Samples::Resources => resources.split_at(2),
            };
            try_property(adapter, property, documents, patches, &mut findings, number);
        }
        if adapter.broken.is_some() {
            break;
        }
    }
    findings
}

/// Samples that follow from the seed alone, whatever else is drawn.
fn drawn(seed: u64, samples: impl Strategy<Value = Vec<Value>>) -> impl FnMut() -> Option<Vec<Value>> {
    let mut bytes = [0; 32];
    bytes.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&seed.to_le_bytes()));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    move || Some(samples.new_tree(&mut runner).ok()?.current())
}

fn try_property(
    adapter: &mut Adapter,
    property: Property,
    documents: &[Value],
    patches: &[Value],
    findings: &mut Findings,
    number: u64,
) {
    let offered = property.operations.iter().any(|op| adapter.offers.contains(op));
    if !offered || findings.failures.contains_key(&property.name) {
        return;
    }
    // Where any number of bodies will do, each is tried in turn.
    let (least, most) = property.patches.into_inner();
    let many = least + usize::try_from(number).unwrap_or(0) % (most - least + 1);
    let sample = [&documents[..property.documents], &patches[..many]].concat();
    let mut breach = |sample: &[Value]| {
        let (documents, patches) = sample.split_at(property.documents);
        if property.samples == Samples::Json && !sample.iter().all(Value::is_object) {
            return None;
        }
        (property.holds)(adapter, documents, patches).err()
    };
    if breach(&sample).is_some() {
        let rename = property.samples != Samples::Resources;
        let smallest = shrink(sample, property.documents + least, rename, |sample| breach(sample).is_some());
        if let Some(breach) = breach(&smallest) {
            let of_text = property.samples == Samples::Texts;
            let shown = smallest.iter().map(|value| if of_text { text::written(value) } else { value.clone() });
            let mut documents: Vec<Value> = shown.collect();
            let patches = documents.split_off(property.documents);
            findings.failures.insert(property.name, Failure { documents, patches, breach });
        }
    }
}

/// The mistake on a smallest input that speaks of the same rule, keys shortened or as they are.
fn smallest(adapter: &mut Adapter, found: Mistake, rename: bool) -> Mistake {
    let sample = vec![found.document.clone(), found.patch.clone()];
    let sample = shrink(sample, 2, rename, |sample| {
        mistake(adapter, &sample[0], &sample[1]).is_some_and(|other| other.rule == found.rule)
    });
    mistake(adapter, &sample[0], &sample[1]).unwrap_or(found)
}

/// The failure of one rule's cases that says most: a smallest one that speaks of that rule, or else of none that is `broken`
/// anyway. If there is neither, its cases fail where another rule breaks.
pub(crate) fn of_cases(adapter: &mut Adapter, rule: &str, cases: &[Mistake], broken: &[String]) -> Option<Mistake> {
    let rank = |found: &&Mistake| (found.rule != rule, broken.contains(&found.rule), size(found));
    let found = cases.iter().min_by_key(rank)?;
    if found.rule != rule && broken.contains(&found.rule) {
        let because_of = Some(found.rule.clone());
        return Some(Mistake { rule: rule.to_owned(), because_of, ..found.clone() });
    }
    // A key may be what it is about.
    let found = smallest(adapter, found.clone(), found.rule == rule);
    Some(Mistake { rule: rule.to_owned(), ..found })
}

/// Three documents, of which the last is the first one with a few changes, and three bodies; now and then one is no object.
fn sample() -> impl Strategy<Value = Vec<Value>> {
    let document = || prop_oneof![15 => strategy::document().prop_map(Value::Object), 1 => strategy::json()];
    let body = || prop_oneof![15 => strategy::body().prop_map(Value::Object), 1 => strategy::json()];
    (document(), document(), body(), body(), body(), body()).prop_map(|(a, b, change, p, q, r)| {
        let c = metadata_merge::merge(&a, &change).unwrap_or(change);
        vec![a, b, c, p, q, r]
    })
}
