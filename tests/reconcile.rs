//! The three-way reconcile of a document and of a whole resource.

use std::collections::BTreeSet;

use common::requests::{self, SECRET, secret};
use common::{Object, config, object, objects};
use metadata_merge::resource::{CLIENT, Mode, ORGANIZATION, Resource, ResourceReconciliation, USER};
use metadata_merge::{Error, FieldType, Input, JsonType, Patch, Reconciliation, json_eq};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod common;

/// Returns what becomes of one root key that I own: the value that it takes, or the conflict.
fn one_key([base, mine, theirs]: [Option<&Value>; 3]) -> Result<Option<&Value>, [Option<&Value>; 3]> {
    if theirs == mine || theirs == base { Ok(mine) } else { Err([base, mine, theirs]) }
}

#[test]
fn every_small_triple_reconciles_key_by_key() -> Result<(), Error> {
    let keys = ["a", "b"];
    let all = objects(&keys, &[json!(null), json!(1), json!({})]);
    let mut conflicts = 0;
    for base in &all {
        for mine in &all {
            for theirs in &all {
                let null = |key: &&str| mine.get(*key) == Some(&Value::Null) && theirs.get(*key) != Some(&Value::Null);
                let rejected = keys.iter().find(|key| null(key));
                match Patch::reconcile(base, mine, theirs) {
                    Ok(_) => conflicts += check_document(base, mine, theirs)?,
                    Err(error) => {
                        assert!(matches!(error, Error::RootNull { .. }));
                        assert!(rejected.is_some(), "{base:?} {mine:?} {theirs:?}");
                        continue;
                    }
                }
                assert_eq!(rejected, None, "{base:?} {mine:?} {theirs:?}");
            }
        }
    }
    assert!(conflicts > 0);
    Ok(())
}

/// Checks one reconcile, and returns the number of its conflicts.
fn check_document(base: &Object, mine: &Object, theirs: &Object) -> Result<usize, Error> {
    let sample = format!("{} {} {}", json!(base), json!(mine), json!(theirs));
    let reconciliation = Patch::reconcile(base, mine, theirs)?;
    let (mut left, mut forced) = (theirs.clone(), theirs.clone());
    reconciliation.patch.clone().apply(&mut left);
    let keys: BTreeSet<&String> = base.keys().chain(mine.keys()).chain(theirs.keys()).collect();
    let named = reconciliation.patch.sets().count() + reconciliation.patch.removals().count();
    let differ = keys.iter().filter(|key| left.get(**key) != theirs.get(**key)).count();
    assert_eq!((named, reconciliation.patch.clears()), (differ, false), "{sample}");
    for key in keys {
        let sides = [base, mine, theirs].map(|document| document.get(key));
        let conflict = reconciliation.conflicts.iter().find(|conflict| conflict.key == *key);
        let found = conflict.map(|it| [it.base.as_deref(), it.mine.as_deref(), it.theirs.as_deref()]);
        let owned = sides[0].is_some() || sides[1].is_some();
        let expected = if owned { one_key(sides) } else { Ok(sides[2]) };
        assert_eq!(expected.err(), found, "{sample}");
        assert_eq!(left.get(key), expected.unwrap_or(sides[2]), "{sample}");
    }
    let next = reconciliation.next_base(mine);
    let again = Patch::reconcile(&next, mine, &left)?;
    assert!(again.patch.is_omit() && again.next_base(mine) == next, "{sample}");
    let unsettled = Reconciliation { patch: Patch::omit(), ..reconciliation.clone() };
    assert_eq!(again, unsettled, "{sample}");
    let count = reconciliation.conflicts.len();
    reconciliation.force().apply(&mut forced);
    let again = Patch::reconcile(mine, mine, &forced)?;
    assert!(again.patch.is_omit() && again.conflicts.is_empty(), "{sample}");
    for key in theirs.keys().filter(|key| !base.contains_key(*key) && !mine.contains_key(*key)) {
        assert_eq!(forced.get(key), theirs.get(key), "foreign: {sample}");
    }
    Ok(count)
}

fn reconcile(resource: Resource<'static>, [base, mine, theirs]: [Value; 3]) -> Result<Value, Error> {
    let [base, mine, theirs] = [base, mine, theirs].map(object);
    resource.reconcile(&base, &mine, &theirs).map(|result| serde_json::to_value(result).expect("JSON"))
}

#[test]
fn reconciliations_are_equal_in_any_order() -> Result<(), Error> {
    let read = |text: &str| object(serde_json::from_str(text).expect("JSON"));
    let (one, other) = (read(r#"{"a": 1, "b": 1}"#), read(r#"{"b": 1.0, "a": 1.0}"#));
    let (nothing, theirs) = (Map::new(), read(r#"{"a": 2, "b": 2}"#));
    assert_eq!(Patch::reconcile(&nothing, &one, &theirs)?, Patch::reconcile(&nothing, &other, &theirs)?);
    assert_eq!(USER.reconcile(&nothing, &one, &theirs)?, USER.reconcile(&nothing, &other, &theirs)?);
    assert_ne!(Patch::reconcile(&nothing, &one, &theirs)?, Patch::reconcile(&one, &one, &theirs)?);
    assert_ne!(Patch::reconcile(&nothing, &one, &theirs)?, Patch::reconcile(&nothing, &one, &one)?);
    Ok(())
}

#[test]
fn a_replaced_field_is_one_unit() {
    // By its keys, the body would drop `foreign`.
    let sides = [json!({"a": 1}), json!({"a": 2}), json!({"a": 1, "foreign": "x"})].map(|it| json!({"metadata": it}));
    let conflict = json!({"base": {"a": 1}, "mine": {"a": 2}, "theirs": {"a": 1, "foreign": "x"}});
    let expected = json!({"bodies": [], "conflicts": {"/metadata": conflict}});
    assert_eq!(reconcile(ORGANIZATION, sides), Ok(expected));
    let sides = [json!({"a": 1}), json!({"a": 2, "b": null}), json!({"a": 1})].map(|it| json!({"metadata": it}));
    let expected = json!({"bodies": [{"metadata": {"a": 2, "b": null}}], "conflicts": {}});
    assert_eq!(reconcile(ORGANIZATION, sides), Ok(expected));
}

#[test]
fn an_empty_replaced_field_is_sent_as_null() {
    for mine in [json!({"metadata": {}}), json!({"metadata": null}), json!({})] {
        let held = json!({"metadata": {"a": 1}});
        let expected = json!({"bodies": [{"metadata": null}], "conflicts": {}});
        assert_eq!(reconcile(ORGANIZATION, [held.clone(), mine, held]), Ok(expected));
    }
    for theirs in [json!({"metadata": {}}), json!({"metadata": null}), json!({})] {
        let nothing = json!({"bodies": [], "conflicts": {}});
        assert_eq!(reconcile(ORGANIZATION, [json!({}), json!({"metadata": {}}), theirs]), Ok(nothing));
    }
}

#[test]
fn a_unit_that_is_null_in_base_and_mine_is_foreign() {
    let nothing = json!({"bodies": [], "conflicts": {}});
    for held in [json!(null), json!(1), json!({"a": 1})] {
        let theirs = json!({"name": held});
        for [base, mine] in [["{}", "{}"], [r#"{"name": null}"#, "{}"], ["{}", r#"{"name": null}"#]] {
            let [base, mine] = [base, mine].map(|text| serde_json::from_str(text).expect("JSON"));
            assert_eq!(reconcile(USER, [base, mine, theirs.clone()]), Ok(nothing.clone()));
        }
    }
}

#[test]
fn an_attribute_that_nobody_holds_and_mine_has_empty_is_agreed() {
    let nothing = json!({"bodies": [], "conflicts": {}});
    for held in [json!({}), json!({"mobile": null}), json!({"mobile": {}})] {
        assert_eq!(reconcile(CLIENT, [json!({}), json!({"mobile": {}}), held]), Ok(nothing.clone()));
    }
}

#[test]
fn a_clients_attributes_are_reconciled_by_member() {
    let base = json!({"mobile": {"ios": 1, "old": 1}, "logo": "x"});
    let mine = json!({"mobile": {"ios": 2}, "logo": "y"});
    let theirs = json!({"mobile": {"ios": 3, "old": 1, "foreign": 1}, "logo": "x"});
    let conflict = json!({"/mobile/ios": {"base": 1, "mine": 2, "theirs": 3}});
    let expected = json!({"bodies": [{"mobile": {"old": null}, "logo": "y"}], "conflicts": conflict});
    assert_eq!(reconcile(CLIENT, [base.clone(), mine.clone(), theirs.clone()]), Ok(expected));
    let [base, mine, theirs] = [base, mine, theirs].map(object);
    let forced = CLIENT.reconcile(&base, &mine, &theirs).expect("objects").force(&CLIENT);
    assert_eq!(json!(forced), json!({"mobile": {"old": null, "ios": 2}, "logo": "y"}));
    // As one unit, forcing sends nulls for the members that mine lacks, and none for those that it
    // wants.
    let theirs = object(json!({"mobile": {"ios": 3, "foreign": 1}}));
    let base = object(json!({"mobile": "text"}));
    let forced = CLIENT.reconcile(&base, &mine, &theirs).expect("objects").force(&CLIENT);
    assert_eq!(json!(forced), json!({"mobile": {"ios": 2, "foreign": null}, "logo": "y"}));
    let [mine, theirs] = [json!({"mobile": {"n": null, "a": 2}}), json!({"mobile": {"n": null, "a": 1}})].map(object);
    let forced = CLIENT.reconcile(&base, &mine, &theirs).expect("objects").force(&CLIENT);
    assert_eq!(json!(forced), json!({"mobile": {"a": 2}}), "a stored null that is wanted stays");
}

#[test]
fn what_no_body_can_do_is_rejected() {
    let field =
        |field: &str, input, expected, found| Err(Error::Field { field: field.to_owned(), input, expected, found });
    for (place, input) in [Input::Base, Input::Mine, Input::Theirs].into_iter().enumerate() {
        let mut sides = [json!({}), json!({}), json!({})];
        sides[place] = json!({"user_metadata": null});
        let error = field("user_metadata", input, FieldType::Object, JsonType::Null);
        assert_eq!(reconcile(USER, sides), error, "also where only theirs holds it");
    }
    let mine = json!({"metadata": "text"});
    let error = field("metadata", Input::Mine, FieldType::ObjectOrNull, JsonType::String);
    assert_eq!(reconcile(ORGANIZATION, [json!({}), mine.clone(), json!({})]), error);
    let nothing = json!({"bodies": [], "conflicts": {}});
    assert_eq!(reconcile(ORGANIZATION, [json!({}), mine.clone(), mine]), Ok(nothing.clone()), "theirs holds it");
    let null = Err(Error::RootNull { key: "k".to_owned() });
    let mine = json!({"m": {"k": null}});
    assert_eq!(reconcile(CLIENT, [json!({}), mine.clone(), json!({})]), null, "by member");
    assert_eq!(reconcile(CLIENT, [json!({}), mine.clone(), json!({"m": 1})]), null, "as a unit");
    assert_eq!(reconcile(CLIENT, [json!({}), mine.clone(), mine.clone()]), Ok(nothing));
    assert!(reconcile(USER, [json!({}), mine, json!({})]).is_ok(), "where attributes are replaced, it is data");
}

#[test]
fn a_plan_file_with_an_error_in_it_is_rejected() {
    let read = |text: &str| serde_json::from_str::<ResourceReconciliation<'static>>(text).map(drop);
    let bad = |text: &str| read(text).expect_err("rejected").to_string();
    assert!(read(r#"{"bodies": [], "conflicts": {}}"#).is_ok());
    assert!(bad("[]").contains("the reconciliation must be an object, but is an array"));
    for text in
        ["{}", r#"{"bodies": []}"#, r#"{"bodies": {}, "conflicts": {}}"#, r#"{"bodies": [], "conflicts": {}, "x": 1}"#]
    {
        assert!(bad(text).contains("must hold the array `bodies` and the object `conflicts` alone"));
    }
    assert!(bad(r#"{"bodies": [{}, {}], "conflicts": {}}"#).contains("at most one"));
    assert!(bad(r#"{"bodies": [[]], "conflicts": {}}"#).contains("a body must be an object, but is an array"));
    assert!(bad(r#"{"bodies": [], "conflicts": {"/a": {"yours": 1}}}"#).contains(r#"unknown member "yours""#));
}

#[test]
fn a_null_in_a_conflict_survives_a_plan_file() -> Result<(), Error> {
    let [base, mine, theirs] = [json!({"name": "a"}), json!({"name": "b"}), json!({"name": null})].map(object);
    let reconciliation = USER.reconcile(&base, &mine, &theirs)?;
    assert_eq!(reconciliation.conflicts[0].theirs.as_deref(), Some(&Value::Null));
    let text = serde_json::to_string(&reconciliation).expect("JSON");
    let loaded: ResourceReconciliation<'static> = serde_json::from_str(&text).expect("a plan file");
    assert_eq!(loaded.conflicts[0].theirs.as_deref(), Some(&Value::Null));
    assert_eq!(loaded, reconciliation.into_owned());
    Ok(())
}

/// Returns three sides of one resource, of which `theirs` is often what `base` is.
fn triple() -> impl Strategy<Value = (Resource<'static>, [Object; 3])> {
    requests::resource().prop_flat_map(|resource| {
        let side = || prop_oneof![3 => requests::sound(resource), 1 => requests::stored(resource)];
        (Just(resource), [side(), side(), side()], prop::bool::ANY, prop::bool::ANY).prop_map(
            |(resource, [base, mine, mut theirs], undisturbed, mixed)| {
                if undisturbed {
                    theirs = base.clone();
                } else if mixed {
                    theirs.extend(base.clone());
                }
                (resource, [base, mine, theirs])
            },
        )
    })
}

/// Returns whether a part of the resource is reconciled by its members.
fn by_members(resource: &Resource<'_>, name: &str, sides: [&Object; 3]) -> bool {
    match resource.fields.iter().find(|field| field.name == name) {
        Some(field) => field.mode == Mode::Merge,
        None => {
            let [base, mine, theirs] = sides.map(|side| side.get(name).unwrap_or(&Value::Null));
            let object_or_nothing = |value: &Value| value.is_object() || value.is_null();
            resource.attributes == Mode::Merge
                && mine.is_object()
                && object_or_nothing(base)
                && object_or_nothing(theirs)
        }
    }
}

/// Returns the value of a unit, with null for what counts as absent.
fn unit(resource: &Resource<'_>, side: &Object, name: &str) -> Value {
    let value = side.get(name).cloned().unwrap_or_default();
    let field = resource.fields.iter().any(|field| field.name == name);
    if field && value == json!({}) { Value::Null } else { value }
}

/// Checks that a forced reconcile gave me what I own, and left the rest alone.
fn check_forced(resource: &Resource<'_>, sides: [&Object; 3], forced: &Object) {
    let [base, mine, theirs] = sides;
    let members = |side: &Object, name: &str| side.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let names: BTreeSet<&String> = base.keys().chain(mine.keys()).chain(theirs.keys()).collect();
    for name in names {
        let sample = || format!("{name}: {} {} {} {}", json!(base), json!(mine), json!(theirs), json!(forced));
        if !by_members(resource, name, sides) {
            let [base, mine, theirs, forced] = [base, mine, theirs, forced].map(|side| unit(resource, side, name));
            let owned = !base.is_null() || !mine.is_null();
            assert!(json_eq(&forced, if owned { &mine } else { &theirs }), "{}", sample());
            continue;
        }
        let [base, mine, theirs, forced] = [base, mine, theirs, forced].map(|side| members(side, name));
        let foreign = theirs.iter().filter(|(key, _)| !base.contains_key(*key) && !mine.contains_key(*key));
        let expected: Object = foreign.chain(&mine).map(|(key, value)| (key.clone(), value.clone())).collect();
        assert!(json_eq(&Value::Object(forced), &Value::Object(expected)), "{}", sample());
    }
}

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn a_resource_reconciles_and_converges((resource, [base, mine, theirs]) in triple()) {
        let Ok(reconciliation) = resource.reconcile(&base, &mine, &theirs) else { return Ok(()) };
        for (name, sent) in reconciliation.body().into_iter().flatten() {
            let merges = by_members(&resource, name, [&base, &mine, &theirs]);
            prop_assert!(!merges || *sent != json!({}), "a `{{}}` clears: {}", name);
        }
        // The body applies, and a second run has nothing to send.
        let body = reconciliation.body().cloned().unwrap_or_default();
        let left = resource.update(&theirs, body).expect("a body that applies");
        let next = reconciliation.next_base(&mine);
        let again = resource.reconcile(&next, &mine, &left).expect("a second run");
        prop_assert!(again.body().is_none(), "{}", again);
        let conflicts = |it: &ResourceReconciliation<'_>| serde_json::to_value(it).expect("JSON")["conflicts"].clone();
        prop_assert!(json_eq(&conflicts(&again), &conflicts(&reconciliation)), "{} {}", again, reconciliation);
        // Forced, I get what I own, and nothing else changes.
        let forced = reconciliation.force(&resource).unwrap_or_default();
        let forced = resource.update(&theirs, forced).expect("a body that applies");
        check_forced(&resource, [&base, &mine, &theirs], &forced);
        let done = resource.reconcile(&mine, &mine, &forced).expect("a third run");
        prop_assert!(done.body().is_none() && done.conflicts.is_empty(), "{}", done);
    }

    #[test]
    fn a_plan_file_is_read_back((resource, [base, mine, theirs]) in triple()) {
        let Ok(reconciliation) = resource.reconcile(&base, &mine, &theirs) else { return Ok(()) };
        let text = serde_json::to_string(&reconciliation).expect("JSON");
        let loaded: ResourceReconciliation<'static> = serde_json::from_str(&text).expect("a plan file");
        prop_assert_eq!(&loaded, &reconciliation);
        prop_assert_eq!(&loaded, &reconciliation.clone().into_owned());
        prop_assert_eq!(json!(loaded.next_base(&mine)), json!(reconciliation.next_base(&mine)));
        prop_assert_eq!(loaded.force(&resource), reconciliation.force(&resource));
    }

    #[test]
    fn a_document_reconciles_and_converges(
        base in requests::document(), mine in requests::document(), theirs in requests::document(),
    ) {
        // Equal numbers are covered by the resource: here, each key is compared exactly.
        let exact = |document: Object| object(exact(Value::Object(document)));
        let [base, mine, theirs] = [base, mine, theirs].map(exact);
        if Patch::reconcile(&base, &mine, &theirs).is_ok() {
            check_document(&base, &mine, &theirs).expect("reconciles");
        }
    }

    #[test]
    fn no_masked_value_is_shown((resource, sides) in triple()) {
        let [base, mine, theirs] = sides.map(secret);
        let Ok(reconciliation) = resource.reconcile(&base, &mine, &theirs) else { return Ok(()) };
        let masked = reconciliation.masked(|key| key == "token");
        let data = serde_json::to_string(&masked).expect("JSON");
        prop_assert!(!masked.to_string().contains(SECRET) && !data.contains(SECRET), "{} {}", masked, data);
        for field in resource.fields.iter().filter(|field| field.mode == Mode::Merge) {
            let document = |side: &Object| side.get(field.name).and_then(Value::as_object).cloned();
            let [base, mine, theirs] = [&base, &mine, &theirs].map(|side| document(side).unwrap_or_default());
            let Ok(reconciliation) = Patch::reconcile(&base, &mine, &theirs) else { continue };
            let masked = reconciliation.masked(|key| key == "token");
            let data = serde_json::to_string(&masked).expect("JSON");
            prop_assert!(!masked.to_string().contains(SECRET) && !data.contains(SECRET), "{} {}", masked, data);
        }
    }
}

/// Returns a value in which each number is an integer or not one in the double that holds it.
fn exact(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_f64() == Some(1.0) => json!(1),
        Value::Array(items) => items.into_iter().map(exact).collect(),
        Value::Object(members) => members.into_iter().map(|(key, member)| (key, exact(member))).collect(),
        other => other,
    }
}
