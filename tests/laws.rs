//! Every law holds for this crate, on generated samples; and every law can fail: for each there is an implementation that breaks
//! it, and is caught.

use metadata_merge::conformance::{Implementation, Reference, Refusal, merge_only};
use metadata_merge::laws::{self, Broken, Law};
use metadata_merge::{Error, Patch, merge_in_place, strategy};
use mistakes::owned;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

mod mistakes;

/// How many samples a property sees: `PROPTEST_CASES`, or 2,000. A counterexample becomes a case of the vectors, not a file.
fn config() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000);
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn object(strategy: impl Strategy<Value = Map<String, Value>>) -> impl Strategy<Value = Value> {
    strategy.prop_map(Value::Object)
}

type Sample = (Value, Value, Value, Value, Value);

/// Two documents and three bodies.
fn sample() -> impl Strategy<Value = Sample> {
    let [a, b] = [(); 2].map(|()| object(strategy::document()));
    let [p, q, r] = [(); 3].map(|()| object(strategy::body()));
    (a, b, p, q, r)
}

fn check(implementation: &mut impl Implementation, (a, b, p, q, r): &Sample) -> Result<(), Broken> {
    laws::check(implementation, [a, b], [p, q, r])
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn this_crate_keeps_every_law(sample in sample()) {
        prop_assert_eq!(check(&mut Reference, &sample), Ok(()));
    }

    #[test]
    fn this_crate_keeps_every_law_whatever_it_is_given(
        (a, b) in (strategy::json(), strategy::json()),
        (p, q, r) in (strategy::json(), strategy::json(), strategy::json()),
    ) {
        prop_assert_eq!(check(&mut Reference, &(a, b, p, q, r)), Ok(()));
    }

    #[test]
    fn merging_in_place_is_merging(a in strategy::json(), p in strategy::json()) {
        let in_place = |document: &Value, patch: &Value| {
            let mut merged = document.clone();
            let done = merge_in_place(&mut merged, patch.clone());
            if done.is_err() {
                assert_eq!(&merged, document, "changed on error");
            }
            done.map(|()| merged)
        };
        prop_assert_eq!(in_place(&a, &p), metadata_merge::merge(&a, &p));
        prop_assert_eq!(laws::definition(&mut merge_only(in_place), &a, &p), Ok(()));
    }

    #[test]
    fn patches_are_equal_exactly_when_they_act_alike(p in strategy::patch(), q in strategy::patch()) {
        // Patches over four keys that act alike on all four, and on none of them but another, act alike everywhere.
        let everything = json!({"a": "stored", "A": "stored", "b": "stored", "": "stored"});
        let act = |patch: &Patch, document: &Value| {
            let mut document = document.clone();
            patch.clone().apply(document.as_object_mut().expect("an object"));
            document
        };
        let alike = act(&p, &everything) == act(&q, &everything) && act(&p, &json!({"new": 1})) == act(&q, &json!({"new": 1}));
        prop_assert_eq!(p == q, alike, "{:?} and {:?}", p, q);
        prop_assert_eq!(p.commutes_with(&q), act(&q, &act(&p, &everything)) == act(&p, &act(&q, &everything)));
    }

    #[test]
    fn bodies_do_what_their_patch_does(p in strategy::patch(), document in strategy::document()) {
        let mut applied = document.clone();
        p.clone().apply(&mut applied);
        let bodies: Vec<_> = p.clone().bodies().collect();
        prop_assert!(bodies.len() <= 2);
        prop_assert_eq!(bodies.iter().any(Map::is_empty), p.clears(), "an empty body clears, and nothing else does");
        let sent = bodies.iter().try_fold(Value::Object(document), |document, body| {
            metadata_merge::merge(&document, &Value::Object(body.clone()))
        });
        prop_assert_eq!(sent, Ok::<_, Error>(Value::Object(applied)));
        prop_assert_eq!(bodies.into_iter().map(Patch::from).fold(Patch::omit(), Patch::then), p);
    }

    #[test]
    fn the_plan_does_what_the_patch_does(p in strategy::patch(), document in strategy::document()) {
        let mut planned = if p.clears() { Map::new() } else { document.clone() };
        planned.extend(p.sets().map(|(key, value)| (key.to_owned(), value.clone())));
        planned.retain(|key, _| !p.removals().any(|removal| removal == key));
        let mut applied = document;
        p.apply(&mut applied);
        prop_assert_eq!(planned, applied);
    }

    #[test]
    fn a_patch_that_one_body_says_survives_its_text(p in strategy::patch()) {
        match serde_json::to_string(&p) {
            Ok(text) => prop_assert_eq!(serde_json::from_str::<Patch>(&text).expect("a body"), p),
            Err(_) => prop_assert_ne!(p.bodies().len(), 1),
        }
    }

    #[test]
    fn a_patch_changes_nothing_exactly_when_its_changes_are_empty(p in strategy::patch(), document in strategy::document()) {
        let mut applied = document.clone();
        p.clone().apply(&mut applied);
        let changes = p.changes(&document);
        prop_assert_eq!(changes.is_empty(), applied == document);
        prop_assert_eq!(changes.to_string().ends_with("NOTHING IS LEFT"), applied.is_empty() && !document.is_empty());
    }
}

type Bodies = Vec<Value>;
type Answer = Result<Value, Refusal>;

/// The reference with some operations put in their place, to break a law.
#[derive(Clone, Copy, Default)]
struct Wrong {
    merge: Option<fn(&Value, &Value) -> Value>,
    compose: Option<fn(&[Value]) -> Bodies>,
    diff: Option<fn(&Value, &Value) -> Bodies>,
    undo: Option<fn(&Value, &Value) -> Bodies>,
    commute: Option<fn(&Value, &Value) -> bool>,
    changes: Option<fn(&Value, &Value) -> Value>,
    reconcile: Option<fn(&Value, &Value, &Value) -> Answer>,
    deny_removals: Option<fn(&Value, &Value) -> Answer>,
    deny_wipe: Option<fn(&Value, &Value) -> Answer>,
}

impl Implementation for Wrong {
    fn merge(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.merge.map_or_else(|| Reference.merge(target, patch), |merge| Ok(merge(target, patch)))
    }
    fn compose(&mut self, patches: &[Value]) -> Result<Vec<Value>, Refusal> {
        self.compose.map_or_else(|| Reference.compose(patches), |compose| Ok(compose(patches)))
    }
    fn diff(&mut self, before: &Value, after: &Value) -> Result<Vec<Value>, Refusal> {
        self.diff.map_or_else(|| Reference.diff(before, after), |diff| Ok(diff(before, after)))
    }
    fn undo(&mut self, document: &Value, patch: &Value) -> Result<Vec<Value>, Refusal> {
        self.undo.map_or_else(|| Reference.undo(document, patch), |undo| Ok(undo(document, patch)))
    }
    fn commute(&mut self, first: &Value, second: &Value) -> Result<bool, Refusal> {
        self.commute.map_or_else(|| Reference.commute(first, second), |commute| Ok(commute(first, second)))
    }
    fn changes(&mut self, target: &Value, patch: &Value) -> Result<Value, Refusal> {
        self.changes.map_or_else(|| Reference.changes(target, patch), |changes| Ok(changes(target, patch)))
    }
    fn reconcile(&mut self, base: &Value, mine: &Value, theirs: &Value) -> Answer {
        let right = || Reference.reconcile(base, mine, theirs);
        self.reconcile.map_or_else(right, |reconcile| reconcile(base, mine, theirs))
    }
    fn deny_removals(&mut self, target: &Value, patch: &Value) -> Answer {
        self.deny_removals.map_or_else(|| Reference.deny_removals(target, patch), |deny| deny(target, patch))
    }
    fn deny_wipe(&mut self, target: &Value, patch: &Value) -> Answer {
        self.deny_wipe.map_or_else(|| Reference.deny_wipe(target, patch), |deny| deny(target, patch))
    }
}

const RIGHT: Wrong = Wrong {
    merge: None,
    compose: None,
    diff: None,
    undo: None,
    commute: None,
    changes: None,
    reconcile: None,
    deny_removals: None,
    deny_wipe: None,
};

fn right_merge(target: &Value, patch: &Value) -> Value {
    Reference.merge(target, patch).expect("objects")
}

fn right_compose(patches: &[Value]) -> Bodies {
    Reference.compose(patches).expect("objects")
}

fn members(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

/// The body that sets all of `after`, and removes by name what only `before` has.
fn whole(before: &Value, after: &Value) -> Value {
    let removed = members(before).keys().filter(|key| after.get(key).is_none()).map(|key| (key.clone(), Value::Null));
    removed.chain(members(after).iter().map(owned)).collect()
}

/// The right answer with a mistake.
fn reconciled(base: &Value, mine: &Value, theirs: &Value, mistake: fn(&mut Value)) -> Answer {
    Reference.reconcile(base, mine, theirs).map(|mut answer| {
        mistake(&mut answer);
        answer
    })
}

/// A law, how an implementation breaks it, the implementation, and a sample on which the law's own function sees it.
type Breach = (Law, &'static str, Wrong, fn(&mut Wrong) -> Result<(), Broken>);

const BREACHES: &[Breach] = &[
    (
        Law::Definition,
        "replaces the whole document",
        Wrong { merge: Some(|_, patch| patch.clone()), ..RIGHT },
        |wrong| laws::definition(wrong, &json!({"a": 1}), &json!({"b": 1})),
    ),
    (
        Law::Retry,
        "takes a patch that changes nothing for a clear",
        Wrong {
            merge: Some(|target, patch| match right_merge(target, patch) {
                merged if merged == *target => json!({}),
                merged => merged,
            }),
            ..RIGHT
        },
        |wrong| laws::retry(wrong, &json!({}), &json!({"a": 1})),
    ),
    (
        Law::Band,
        "adds keys to an empty document alone",
        Wrong {
            merge: Some(|target, patch| match *target == json!({}) {
                true => right_merge(target, patch),
                false => target.clone(),
            }),
            ..RIGHT
        },
        |wrong| laws::band(wrong, &json!({}), &json!({"a": 1}), &json!({"b": 2})),
    ),
    (Law::Action, "composes to nothing", Wrong { compose: Some(|_| vec![]), ..RIGHT }, |wrong| {
        laws::action(wrong, &json!({}), &[json!({"a": 1})])
    }),
    (
        Law::Shortest,
        "composes to the list that it was given",
        Wrong { compose: Some(<[Value]>::to_vec), ..RIGHT },
        |wrong| laws::shortest(wrong, &[json!({"a": 1}), json!({"b": 1})]),
    ),
    (
        Law::Shortest,
        "composes to a clear and the removals after it",
        Wrong {
            compose: Some(|patches| match right_compose(patches) {
                bodies if bodies == [json!({})] => vec![json!({}), json!({"a": null})],
                bodies => bodies,
            }),
            ..RIGHT
        },
        |wrong| laws::shortest(wrong, &[json!({}), json!({"a": null})]),
    ),
    (
        Law::Associative,
        "forgets what follows a patch that does not name a",
        Wrong {
            compose: Some(|patches| match patches {
                [first, _] if first.get("a").is_none() => vec![first.clone()],
                _ => right_compose(patches),
            }),
            ..RIGHT
        },
        |wrong| laws::associative(wrong, &json!({}), &json!({"a": 1}), &json!({"b": 1}), &json!({"b": 2})),
    ),
    (
        Law::Identity,
        "composes nothing to a clear",
        Wrong {
            compose: Some(|patches| if patches.is_empty() { vec![json!({})] } else { right_compose(patches) }),
            ..RIGHT
        },
        |wrong| laws::identity(wrong, &json!({}), &json!({"a": 1})),
    ),
    (
        Law::Identity,
        "drops a patch that stands alone",
        Wrong { compose: Some(|patches| if patches.len() == 1 { vec![] } else { right_compose(patches) }), ..RIGHT },
        |wrong| laws::identity(wrong, &json!({}), &json!({"a": 1})),
    ),
    (
        Law::Absorbing,
        "does not see a clear",
        Wrong {
            compose: Some(|patches| vec![patches.iter().flat_map(|patch| members(patch).iter().map(owned)).collect()]),
            ..RIGHT
        },
        |wrong| laws::absorbing(wrong, &json!({"a": 1})),
    ),
    (
        Law::NoWipe,
        "strips nulls from a composition",
        Wrong {
            compose: Some(|patches| {
                let mut bodies = right_compose(patches);
                for body in bodies.iter_mut().filter_map(Value::as_object_mut) {
                    body.retain(|_, value| !value.is_null());
                }
                bodies
            }),
            ..RIGHT
        },
        |wrong| laws::no_wipe(wrong, [&json!({}), &json!({})], &[json!({"a": null})]),
    ),
    (
        Law::NoWipe,
        "drops the clear that stands before sets",
        Wrong {
            compose: Some(|patches| match right_compose(patches) {
                bodies if bodies.len() == 2 => bodies[1..].to_vec(),
                bodies => bodies,
            }),
            ..RIGHT
        },
        |wrong| laws::no_wipe(wrong, [&json!({}), &json!({})], &[json!({}), json!({"a": 1})]),
    ),
    (
        Law::NoWipe,
        "says that nothing differs by {}",
        Wrong {
            diff: Some(|before, after| match before == after {
                true => vec![json!({})],
                false => vec![whole(before, after)],
            }),
            ..RIGHT
        },
        |wrong| laws::no_wipe(wrong, [&json!({"a": 1}), &json!({"a": 1})], &[]),
    ),
    (
        Law::NoWipe,
        "empties a document by {}",
        Wrong {
            diff: Some(|before, after| match members(after).is_empty() {
                true => vec![json!({})],
                false => vec![whole(before, after)],
            }),
            ..RIGHT
        },
        |wrong| laws::no_wipe(wrong, [&json!({"a": 1}), &json!({"b": 1})], &[]),
    ),
    (Law::NoWipe, "undoes by {}", Wrong { undo: Some(|_, _| vec![json!({})]), ..RIGHT }, |wrong| {
        laws::no_wipe(wrong, [&json!({}), &json!({})], &[json!({"a": 1})])
    }),
    (Law::RoundTrip, "never removes", Wrong { diff: Some(|_, after| vec![after.clone()]), ..RIGHT }, |wrong| {
        laws::round_trip(wrong, &json!({"a": 1}), &json!({"b": 1}))
    }),
    (
        Law::RoundTrip,
        "removes where null is wanted",
        Wrong { diff: Some(|before, after| vec![whole(before, after)]), ..RIGHT },
        |wrong| laws::round_trip(wrong, &json!({"a": 1}), &json!({"a": null})),
    ),
    (
        Law::Smallest,
        "names what stays as it is",
        Wrong { diff: Some(|before, after| vec![whole(before, after)]), ..RIGHT },
        |wrong| laws::smallest(wrong, &json!({"a": 1}), &json!({"a": 1, "b": 1})),
    ),
    (
        Law::Smallest,
        "removes what is not there",
        Wrong { diff: Some(|_, _| vec![json!({"gone": null})]), ..RIGHT },
        |wrong| laws::smallest(wrong, &json!({"a": 1}), &json!({"a": 1})),
    ),
    (
        Law::Undo,
        "leaves what was added",
        Wrong { undo: Some(|document, _| vec![document.clone()]), ..RIGHT },
        |wrong| laws::undo(wrong, &json!({"a": 1}), &json!({"b": 1})),
    ),
    (
        Law::Undo,
        "gives back a null as a removal",
        Wrong { undo: Some(|document, patch| vec![whole(patch, document)]), ..RIGHT },
        |wrong| laws::undo(wrong, &json!({"a": null}), &json!({"a": 1})),
    ),
    (Law::Commutation, "holds that patches always commute", Wrong { commute: Some(|_, _| true), ..RIGHT }, |wrong| {
        laws::commutation(wrong, &json!({}), &json!({"a": 1}), &json!({"a": 2}))
    }),
    (Law::Commutation, "holds that patches never commute", Wrong { commute: Some(|_, _| false), ..RIGHT }, |wrong| {
        laws::commutation(wrong, &json!({}), &json!({"a": 1}), &json!({"b": 2}))
    }),
    (
        Law::Commutation,
        "holds that a clear commutes with what follows it",
        Wrong { commute: Some(|first, second| first == second || *first == json!({})), ..RIGHT },
        |wrong| laws::commutation(wrong, &json!({}), &json!({"a": 1}), &json!({})),
    ),
    (
        Law::Changes,
        "takes what is set for what is added",
        Wrong { changes: Some(|_, patch| json!({"added": patch, "replaced": {}, "removed": {}})), ..RIGHT },
        |wrong| laws::changes(wrong, &json!({"a": 1}), &json!({"a": 1})),
    ),
    (
        Law::NoWipe,
        "reconciles what is as it should be by {}",
        Wrong {
            reconcile: Some(|base, mine, theirs| {
                reconciled(base, mine, theirs, |answer| {
                    if answer["bodies"] == json!([]) {
                        answer["bodies"] = json!([{}]);
                    }
                })
            }),
            ..RIGHT
        },
        |wrong| laws::no_wipe(wrong, [&json!({"a": 1}), &json!({"b": 1})], &[]),
    ),
    (
        Law::Reconcile,
        "removes what it does not know of",
        Wrong {
            reconcile: Some(|_, mine, theirs| {
                let bodies = Reference.diff(theirs, mine)?;
                Ok(json!({"bodies": bodies, "conflicts": {}}))
            }),
            ..RIGHT
        },
        |wrong| laws::reconcile(wrong, &json!({}), &json!({}), &json!({"b": 1})),
    ),
    (
        Law::Reconcile,
        "forgets what it no longer wants",
        Wrong { reconcile: Some(|_, mine, theirs| Reference.reconcile(mine, mine, theirs)), ..RIGHT },
        |wrong| laws::reconcile(wrong, &json!({"a": 1}), &json!({}), &json!({"a": 1})),
    ),
    (
        Law::Reconcile,
        "names what is as it should be",
        Wrong {
            reconcile: Some(|base, mine, theirs| {
                let mut answer = Reference.reconcile(base, mine, theirs)?;
                if !members(mine).is_empty() && mine == theirs {
                    answer["bodies"] = json!([mine]);
                }
                Ok(answer)
            }),
            ..RIGHT
        },
        |wrong| laws::reconcile(wrong, &json!({}), &json!({"a": 1}), &json!({"a": 1})),
    ),
    (
        Law::Reconcile,
        "removes where null is wanted",
        Wrong {
            reconcile: Some(|base, mine, theirs| {
                let unless_null = |(_, value): &(&String, &Value)| !value.is_null();
                let mine: Value = members(mine).iter().filter(unless_null).map(owned).collect();
                Reference.reconcile(base, &mine, theirs)
            }),
            ..RIGHT
        },
        |wrong| laws::reconcile(wrong, &json!({"a": 1}), &json!({"a": null}), &json!({"a": 1})),
    ),
    (
        Law::Conflicts,
        "says nothing of a change to what it does not change itself",
        Wrong {
            reconcile: Some(|base, mine, theirs| {
                let mut answer = Reference.reconcile(base, mine, theirs)?;
                if let Some(conflicts) = answer["conflicts"].as_object_mut() {
                    conflicts.retain(|_, sides| sides.get("base") != sides.get("mine"));
                }
                Ok(answer)
            }),
            ..RIGHT
        },
        |wrong| laws::conflicts(wrong, &json!({"a": 1}), &json!({"a": 1}), &json!({"a": 2})),
    ),
    (
        Law::Insist,
        "does not say what it wants in place of a conflict",
        Wrong {
            reconcile: Some(|base, mine, theirs| {
                reconciled(base, mine, theirs, |answer| {
                    let conflicts = answer["conflicts"].as_object_mut().into_iter().flatten();
                    conflicts.for_each(|(_, sides)| sides["mine"] = Value::Null);
                })
            }),
            ..RIGHT
        },
        |wrong| laws::insist(wrong, &json!({}), &json!({"a": 1}), &json!({"a": 2})),
    ),
    (
        Law::Undisturbed,
        "sees a conflict in what it changes itself",
        Wrong { reconcile: Some(|_, mine, theirs| Reference.reconcile(&json!({}), mine, theirs)), ..RIGHT },
        |wrong| laws::undisturbed(wrong, &json!({"a": 1}), &json!({"a": 2})),
    ),
    (
        Law::Converge,
        "is never done",
        Wrong {
            reconcile: Some(|base, mine, theirs| {
                let mut answer = Reference.reconcile(base, mine, theirs)?;
                if base == mine && !members(mine).is_empty() {
                    answer["bodies"] = json!([mine]);
                }
                Ok(answer)
            }),
            ..RIGHT
        },
        |wrong| laws::converge(wrong, &json!({}), &json!({"a": 1}), &json!({})),
    ),
    (
        Law::DenyRemovals,
        "denies removals that remove nothing",
        Wrong {
            deny_removals: Some(|target, patch| match members(patch).values().any(Value::is_null) {
                true => Err(Refusal::Rejected(String::new())),
                false => Reference.deny_removals(target, patch),
            }),
            ..RIGHT
        },
        |wrong| laws::deny_removals(wrong, &json!({}), &json!({"a": null})),
    ),
    (
        Law::DenyRemovals,
        "takes a clear for no removal",
        Wrong {
            deny_removals: Some(|target, patch| match members(patch).is_empty() {
                true => Ok(json!({})),
                false => Reference.deny_removals(target, patch),
            }),
            ..RIGHT
        },
        |wrong| laws::deny_removals(wrong, &json!({"a": 1}), &json!({})),
    ),
    (
        Law::DenyWipe,
        "denies clears alone",
        Wrong {
            deny_wipe: Some(|target, patch| match members(patch).is_empty() {
                true => Reference.deny_wipe(target, patch),
                false => Reference.merge(target, patch),
            }),
            ..RIGHT
        },
        |wrong| laws::deny_wipe(wrong, &json!({"a": 1}), &json!({"a": null})),
    ),
    (
        Law::DenyWipe,
        "denies to clear what is empty",
        Wrong {
            deny_wipe: Some(|target, patch| match members(patch).is_empty() {
                true => Err(Refusal::Rejected(String::new())),
                false => Reference.deny_wipe(target, patch),
            }),
            ..RIGHT
        },
        |wrong| laws::deny_wipe(wrong, &json!({}), &json!({})),
    ),
];

#[test]
fn every_law_has_a_breach_and_sees_it() {
    for law in Law::ALL {
        assert!(BREACHES.iter().any(|breach| breach.0 == law), "{law:?} has no breach");
    }
    for (law, how, wrong, sample) in BREACHES {
        assert_eq!(sample(&mut RIGHT.clone()), Ok(()), "the reference, for: {how}");
        assert_eq!(sample(&mut wrong.clone()).map_err(|broken| broken.law), Err(*law), "{how}");
    }
}

#[test]
fn generated_samples_find_every_breach() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config(), rng);
    let samples: Vec<_> = (0..1_000).map(|_| sample().new_tree(&mut runner).expect("a sample").current()).collect();
    for (_, how, wrong, _) in BREACHES {
        assert!(samples.iter().any(|sample| check(&mut wrong.clone(), sample).is_err()), "{how}");
    }
}

/// Other laws see it too, but only in a sample whose documents are equal.
#[test]
fn what_is_never_done_is_seen_in_any_sample() {
    let (_, _, mut wrong, _) = *BREACHES.iter().find(|breach| breach.0 == Law::Converge).expect("a breach");
    let [a, b, p] = [json!({}), json!({"a": 1}), json!({})];
    let broken = laws::check(&mut wrong, [&a, &b], [&p, &p, &p]);
    assert_eq!(broken.map_err(|broken| broken.law), Err(Law::Converge));
}

#[test]
fn of_several_broken_laws_the_first_is_told() {
    // It breaks the later law with no patches already, and the earlier one with some.
    let mut wrong = Wrong {
        compose: Some(|patches| if patches.is_empty() { vec![json!({"no such key": null})] } else { vec![] }),
        ..RIGHT
    };
    let [a, p] = [json!({"a": 1}), json!({"a": null})];
    let broken = laws::check(&mut wrong, [&a, &a], [&p, &p, &p]);
    assert_eq!(broken.map_err(|broken| broken.law), Err(Law::Action));
}

#[test]
fn what_an_implementation_does_not_offer_is_passed_over() {
    let [a, p] = [json!({"a": 1}), json!({"a": null})];
    let mut merge_only = merge_only(metadata_merge::merge);
    assert_eq!(laws::check(&mut merge_only, [&a, &a], [&p, &p, &p]), Ok(()));
    assert_eq!(merge_only.compose(&[]), Err(Refusal::Unsupported));
    assert_eq!(merge_only.diff(&a, &a), Err(Refusal::Unsupported));
    assert_eq!(merge_only.undo(&a, &p), Err(Refusal::Unsupported));
    assert_eq!(merge_only.commute(&p, &p), Err(Refusal::Unsupported));
    assert_eq!(merge_only.changes(&a, &p), Err(Refusal::Unsupported));
    assert_eq!(merge_only.reconcile(&a, &a, &a), Err(Refusal::Unsupported));
    assert_eq!(merge_only.deny_removals(&a, &p), Err(Refusal::Unsupported));
    assert_eq!(merge_only.deny_wipe(&a, &p), Err(Refusal::Unsupported));
}

#[test]
fn what_is_no_object_must_be_rejected_too() {
    let mut lenient = merge_only(|document, patch| match patch {
        Value::Null => Ok(document.clone()),
        _ => metadata_merge::merge(document, patch),
    });
    let [a, p] = [json!({}), Value::Null];
    let broken = laws::check(&mut lenient, [&a, &a], [&p, &p, &p]);
    assert_eq!(broken.map_err(|broken| broken.law), Err(Law::Definition));
}
