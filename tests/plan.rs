//! `Plan`: its builder, `allow`, and what a preview, a check and a store see of it.

use common::requests::{self, normal, table};
use common::{Object, TEAM, config, object};
use metadata_merge::limits::{self, Check, Limit, check_change};
use metadata_merge::resource::{Action, Attribute, CLIENT, Cleared, ORGANIZATION, Plan, Replacement, Resource, USER};
use metadata_merge::{Error, Patch, json_eq};
use proptest::prelude::*;
use serde_json::{Value, json};

mod common;

const CLIENTS: Resource = TEAM.merge_attributes();

fn replacement(value: Value) -> Replacement {
    Replacement::try_from(value).expect("an object or null")
}

fn apply(plan: Plan<'_>, stored: Value) -> Result<Value, Error> {
    let mut stored = object(stored);
    plan.apply(&mut stored).map(|()| Value::Object(stored))
}

#[test]
fn the_builder_names_what_is_wrong() {
    let new = || Plan::new(TEAM);
    let unknown = Error::UnknownField { resource: "team".to_owned(), name: "lables".to_owned() };
    assert_eq!(new().field("lables", Patch::clear()), Err(unknown.clone()));
    assert_eq!(new().replace("lables", Replacement::clear()), Err(unknown));
    assert_eq!(new().field("c", Patch::clear()), Err(Error::WrongMode { field: "c".to_owned() }));
    assert_eq!(new().replace("a", Replacement::clear()), Err(Error::WrongMode { field: "a".to_owned() }));
    for name in ["a", "c"] {
        let error = Error::NotAnAttribute { name: name.to_owned() };
        assert_eq!(new().attribute(name, 1), Err(error.clone()));
        assert_eq!(new().remove_attribute(name), Err(error));
    }
    let null = Error::NullAttribute { name: "score".to_owned() };
    assert_eq!(new().attribute("score", f64::NAN), Err(null.clone()));
    assert_eq!(new().attribute("score", None::<i64>), Err(null.clone()));
    assert_eq!(new().attribute("score", Value::Null), Err(null));
    let patch = Patch::omit().remove("ios");
    assert_eq!(new().attribute("mobile", patch), Err(Error::NotMerged { name: "mobile".to_owned() }));
}

#[test]
fn an_omit_names_nothing_but_is_still_validated() -> Result<(), Error> {
    let plan = Plan::new(CLIENTS)
        .field("a", Patch::omit())?
        .replace("c", Replacement::omit())?
        .attribute("mobile", Patch::omit())?;
    assert!(plan.is_omit() && plan == Plan::new(CLIENTS) && plan == CLIENTS.plan(json!({}))?);
    assert!(Plan::new(CLIENTS).field("c", Patch::omit()).is_err());
    assert!(Plan::new(CLIENTS).replace("a", Replacement::omit()).is_err());
    assert!(Plan::new(CLIENTS).attribute("a", Patch::omit()).is_err());
    assert!(Plan::new(TEAM).attribute("mobile", Patch::omit()).is_err());
    Ok(())
}

#[test]
fn a_typed_plan_is_the_plan_of_its_body() -> Result<(), Error> {
    let typed = Plan::new(CLIENTS)
        .attribute("name", "x")?
        .field("a", Patch::omit().set("k", 1).remove("l"))?
        .field("b", Patch::clear())?
        .replace("c", replacement(json!({"k": null})))?
        .replace("d", Replacement::clear())?
        .attribute("mobile", json!({"ios": null}))?
        .attribute("empty", json!({}))?
        .remove_attribute("logo")?;
    let body = json!({
        "a": {"k": 1.0, "l": null}, "b": {}, "c": {"k": null}, "d": null, "name": "x", "logo": null,
        "mobile": {"ios": null}, "empty": {},
    });
    assert_eq!(typed, CLIENTS.plan(body)?);
    assert_ne!(typed, Plan::new(CLIENTS));
    assert_eq!(typed.action("b"), Some(&Action::Clear));
    assert_eq!(typed.action("name"), None);
    let merged = Attribute::Merge(Patch::omit().remove("ios"));
    assert!(typed.attributes().any(|attribute| attribute == ("mobile", &merged)));
    assert!(typed.attributes().any(|attribute| attribute == ("empty", &Attribute::Merge(Patch::clear()))));
    assert!(typed.attributes().any(|attribute| attribute == ("logo", &Attribute::Remove)));
    Ok(())
}

#[test]
fn a_field_that_is_named_twice_composes() -> Result<(), Error> {
    let plan = |first: Patch, next: Patch| Plan::new(TEAM).field("a", first)?.field("a", next);
    assert_eq!(
        plan(Patch::omit().set("x", 1), Patch::omit().remove("x").set("y", 2))?,
        TEAM.plan(json!({"a": {"x": null, "y": 2}}))?
    );
    assert_eq!(plan(Patch::omit().set("x", 1), Patch::clear())?, TEAM.plan(json!({"a": {}}))?);
    let cleared = plan(Patch::clear(), Patch::omit().set("y", 2))?;
    assert_eq!(cleared.action("a"), Some(&Action::Merge(Patch::clear().set("y", 2))), "one action");
    assert_eq!(apply(cleared, json!({"a": {"x": 1}}))?, json!({"a": {"y": 2}}));
    let replaced = |next: Replacement| Plan::new(TEAM).replace("c", replacement(json!({"x": 1})))?.replace("c", next);
    assert_eq!(replaced(Replacement::clear())?, TEAM.plan(json!({"c": {}}))?);
    assert_eq!(replaced(replacement(json!({"y": 1})))?, TEAM.plan(json!({"c": {"y": 1}}))?);
    assert_eq!(replaced(Replacement::omit())?, TEAM.plan(json!({"c": {"x": 1}}))?);
    Ok(())
}

#[test]
fn an_attribute_that_is_named_twice_composes() -> Result<(), Error> {
    type Step = fn(Plan<'static>) -> Result<Plan<'static>, Error>;
    let set: Step = |plan| plan.attribute("m", 1);
    let remove: Step = |plan| plan.remove_attribute("m");
    let patch: Step = |plan| plan.attribute("m", Patch::omit().set("x", 2).remove("y"));
    let object: Step = |plan| plan.attribute("m", json!({"z": 3}));
    let clear: Step = |plan| plan.attribute("m", json!({}));
    let steps = [set, remove, patch, object, clear];
    for stored in [json!({}), json!({"m": null}), json!({"m": 7}), json!({"m": {"y": 1, "w": 1}})] {
        for first in steps {
            for next in steps {
                let both = apply(next(first(Plan::new(CLIENTS))?)?, stored.clone())?;
                let in_a_row = apply(next(Plan::new(CLIENTS))?, apply(first(Plan::new(CLIENTS))?, stored.clone())?)?;
                assert_eq!(both, in_a_row, "{stored}");
                // So does an attribute of an untyped body.
                let body = apply(first(Plan::new(CLIENTS))?, json!({"m": {"y": 1}}))?;
                let planned = apply(next(CLIENTS.plan(body.clone())?)?, stored.clone())?;
                assert_eq!(planned, apply(next(Plan::new(CLIENTS))?, apply(CLIENTS.plan(body)?, stored.clone())?)?);
            }
        }
    }
    Ok(())
}

#[test]
fn allow_rejects_every_other_name() -> Result<(), Error> {
    let body = json!({"client_id": "c2", "tenant": "victim", "client_metadata": {"a": 1}});
    let error = CLIENT.plan(body.clone())?.allow(&["name", "client_metadata"]).expect_err("denied");
    assert_eq!(error, Error::NotAllowed { first: "client_id".to_owned(), count: 2 });
    assert!(error.is_from_request());
    let all = ["tenant", "client_metadata", "client_id"];
    assert_eq!(CLIENT.plan(body.clone())?.allow(&all)?, CLIENT.plan(body)?);
    assert!(CLIENT.plan(json!({"client_metadata": {}}))?.allow(&["name".to_owned()]).is_err(), "fields are names too");
    assert!(CLIENT.plan(json!({"name": null}))?.allow(&[""; 0]).is_err(), "a removal is a change too");
    assert!(CLIENT.plan(json!({}))?.allow(&[""; 0]).is_ok());
    Ok(())
}

#[test]
fn a_failed_plan_changes_nothing() -> Result<(), Error> {
    let stored = object(json!({"name": "x", "user_metadata": {"a": 1}, "app_metadata": "legacy"}));
    let mut after = stored.clone();
    let plan = USER.plan(json!({"name": "y", "user_metadata": {}, "app_metadata": {"b": 1}}))?;
    let error = plan.changes(&stored).map(drop).expect_err("a stored string");
    assert_eq!(plan.check(&[], &stored).expect_err("a stored string"), error);
    assert_eq!(plan.apply(&mut after), Err(error.clone()));
    assert_eq!(after, stored);
    assert!(!error.is_from_request());
    Ok(())
}

#[test]
fn a_preview_shows_what_a_replaced_field_held() -> Result<(), Error> {
    for old in [json!("legacy text"), json!(null), json!([]), json!({"a": 1})] {
        let stored = object(json!({"metadata": old}));
        for body in [json!({"metadata": {}}), json!({"metadata": null})] {
            let plan = ORGANIZATION.plan(body)?;
            let changes = plan.changes(&stored)?;
            assert!(changes.attributes().removed().eq([("metadata", &old)]), "{changes}");
        }
    }
    let stored = object(json!({"c": "legacy text"}));
    let plan = TEAM.plan(json!({"c": {}}))?;
    assert!(plan.changes(&stored)?.attributes().replaced().eq([("c", &json!("legacy text"), &json!({}))]));
    Ok(())
}

#[test]
fn a_tightened_limit_does_not_stop_an_improvement() -> Result<(), Error> {
    let keys: Object = (0..12).map(|key| (format!("k{key}"), json!("v"))).collect();
    let stored = object(json!({"client_metadata": keys}));
    let check = |body: Value| CLIENT.plan(body)?.check(limits::CLIENT, &stored);
    assert_eq!(check(json!({"client_metadata": {"k0": null}}))?, []);
    assert_eq!(check(json!({"client_metadata": {"k0": "w"}}))?, [], "as many as before");
    assert_eq!(check(json!({"client_metadata": {"new": "v"}}))?.len(), 1);
    assert_eq!(check(json!({"name": "x"}))?, []);
    Ok(())
}

#[test]
fn a_depth_limit_protects_the_reader_of_a_log() -> Result<(), Error> {
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let body = json!({"client_metadata": {"k": deep(126)}});
    let violations = CLIENT.plan(body)?.check(&[Limit::on("client_metadata", Check::MaxDepth(100))], &Object::new())?;
    assert_eq!((violations.len(), violations[0].path.as_str()), (1, "/client_metadata"));
    Ok(())
}

/// Executes a plan as a store does.
fn execute(plan: &Plan<'_>, stored: &Object) -> Object {
    let mut updated = stored.clone();
    let patched = |old: Option<&Value>, patch: &Patch| {
        let parts = patch.clone().into_parts();
        let mut document = old.and_then(Value::as_object).filter(|_| !parts.clear).cloned().unwrap_or_default();
        document.extend(parts.sets);
        document.retain(|key, _| !parts.removals.contains(key));
        Value::Object(document)
    };
    for (field, action) in plan.fields() {
        let new = match action {
            Action::Clear if field.cleared == Cleared::Absent => {
                updated.remove(field.name);
                continue;
            }
            Action::Clear => json!({}),
            Action::Replace(new) => json!(new),
            Action::Merge(patch) => {
                assert!(!patch.is_clear() && !patch.is_omit());
                patched(stored.get(field.name), patch)
            }
        };
        updated.insert(field.name.to_owned(), new);
    }
    for (name, attribute) in plan.attributes() {
        match attribute {
            Attribute::Remove => updated.remove(name),
            Attribute::Set(value) => updated.insert(name.to_owned(), value.clone()),
            Attribute::Merge(patch) => updated.insert(name.to_owned(), patched(stored.get(name), patch)),
        };
    }
    updated
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn changes_are_empty_exactly_if_apply_changes_nothing((resource, stored, body) in requests::request()) {
        let Ok(plan) = resource.plan(body) else { return Ok(()) };
        let changes = plan.changes(&stored).map(|changes| changes.into_owned());
        let mut after = stored.clone();
        match plan.apply(&mut after) {
            Ok(()) => {
                let changes = changes.expect("what applies has a preview");
                let same = json_eq(&normal(&resource, &stored), &normal(&resource, &after));
                prop_assert_eq!(changes.is_empty(), same, "{}", changes);
                prop_assert_eq!(changes.to_string() == "no change", changes.is_empty());
            }
            Err(error) => {
                prop_assert_eq!(changes, Err(error));
                prop_assert_eq!(after, stored);
            }
        }
    }

    #[test]
    fn an_update_is_its_plan_in_every_form((resource, stored, body) in requests::request()) {
        let updated = resource.update(&stored, body.clone());
        match resource.plan(body.clone()) {
            Ok(plan) => {
                prop_assert_eq!(plan.is_omit(), body.is_empty());
                if let Ok(updated) = &updated {
                    prop_assert_eq!(&execute(&plan, &stored), updated, "a store");
                }
                let mut applied = stored;
                let applied = plan.apply(&mut applied).map(|()| applied);
                prop_assert_eq!(applied, updated);
            }
            Err(error) => prop_assert_eq!(updated, Err(error)),
        }
    }

    #[test]
    fn a_check_is_that_of_the_change((resource, stored, body) in requests::request()) {
        let table = table(&resource);
        let Ok(plan) = resource.plan(body) else { return Ok(()) };
        let checked = plan.check(&table, &stored);
        let mut after = stored.clone();
        let expected = plan.apply(&mut after).and_then(|()| check_change(&table, &stored, &after));
        prop_assert_eq!(checked, expected);
    }
}

/// Quadratic time would take minutes for these.
#[test]
fn many_attributes_are_removed_in_linear_time() -> Result<(), Error> {
    let attributes = |value: &dyn Fn(usize) -> Value| -> Object {
        (0..60_000).map(|number| (format!("attribute-{number}"), value(number))).collect()
    };
    let mut stored = attributes(&|number| json!(number));
    USER.plan(attributes(&|_| Value::Null))?.apply(&mut stored)?;
    assert!(stored.is_empty());

    let (base, mine, theirs) = (Object::new(), attributes(&|_| json!(1)), attributes(&|_| json!(2)));
    let reconciliation = USER.reconcile(&base, &mine, &theirs)?;
    assert_eq!(reconciliation.conflicts.len(), mine.len());
    assert!(reconciliation.next_base(&mine).is_empty());
    Ok(())
}
