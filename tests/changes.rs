//! `Changes` and `ResourceChanges`: what they hold, the way through a log, reverting and masking.

use common::requests::{self, SECRET, normal, secret};
use common::{TEAM, config, object};
use metadata_merge::resource::{CLIENT, ORGANIZATION, ResourceChanges, ResourceReconciliation, USER};
use metadata_merge::{Changes, Error, Patch, json_eq};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod common;

fn data(changes: &impl serde::Serialize) -> Value {
    serde_json::to_value(changes).expect("JSON")
}

#[test]
fn changes_hold_only_what_changes() {
    let document = object(json!({"a": 1, "b": {"c": 2}, "d": null}));
    let patch = Patch::omit().set("a", 1.0).set("b", json!({})).set("d", 4).set("e", 5).remove("f");
    let changes = patch.changes(&document);
    assert!(changes.added().eq([("e", &json!(5))]));
    assert!(changes.replaced().eq([("b", &json!({"c": 2}), &json!({})), ("d", &json!(null), &json!(4))]));
    assert_eq!(changes.removed().len(), 0);
    let replaced = json!({"b": {"old": {"c": 2}, "new": {}}, "d": {"old": null, "new": 4}});
    assert_eq!(data(&changes), json!({"added": {"e": 5}, "replaced": replaced, "removed": {}}));
    assert!(Patch::clear().changes(&Map::new()).is_empty());
    let cleared = Patch::clear().set("a", 1).set("b", 2);
    let changes = cleared.changes(&document);
    assert!(changes.removed().eq([("d", &json!(null))]), "a key that is set after a clear is not removed");
    assert!(changes.replaced().eq([("b", &json!({"c": 2}), &json!(2))]));
}

#[test]
fn a_document_that_loses_its_last_key_is_emptied() {
    let document = object(json!({"a": 1}));
    for patch in [Patch::clear(), Patch::omit().remove("a")] {
        let changes = patch.changes(&document);
        assert!(changes.is_emptied() && data(&changes)["emptied"] == json!(true));
    }
    for patch in [Patch::omit(), Patch::clear().set("b", 1), Patch::omit().remove("b"), Patch::omit().set("a", 2)] {
        let changes = patch.changes(&document);
        assert!(!changes.is_emptied() && data(&changes).get("emptied").is_none());
    }
    assert!(!Patch::clear().changes(&Map::new()).is_emptied(), "an empty document is not emptied");
}

#[test]
fn the_changes_of_a_resource_have_two_parts() -> Result<(), Error> {
    let stored = object(json!({"name": "app", "logo": "x", "mobile": {"ios": 1}, "client_metadata": {"a": 1, "b": 2}}));
    let body = json!({
        "name": "app", "logo": null, "mobile": {"ios": null, "android": 1}, "jwt": {"alg": "RS256", "x": null},
        "client_metadata": {"b": 3, "a": null},
    });
    let plan = CLIENT.plan(body)?;
    let changes = plan.changes(&stored)?;
    assert!(changes.attributes().added().eq([("jwt", &json!({"alg": "RS256"}))]), "an object that appears is a unit");
    assert!(changes.attributes().removed().eq([("logo", &json!("x"))]));
    assert_eq!(changes.attributes().replaced().len(), 0);
    let expected = json!({
        "attributes": {"added": {"jwt": {"alg": "RS256"}}, "replaced": {}, "removed": {"logo": "x"}},
        "fields": {
            "mobile": {"added": {"android": 1}, "replaced": {}, "removed": {"ios": 1}},
            "client_metadata": {"added": {}, "replaced": {"b": {"old": 2, "new": 3}}, "removed": {"a": 1}},
        },
    });
    assert_eq!(data(&changes), expected);
    Ok(())
}

#[test]
fn a_replaced_field_is_one_unit() -> Result<(), Error> {
    let stored = object(json!({"metadata": {"a": 1, "b": null}}));
    let plan = ORGANIZATION.plan(json!({"metadata": {"a": 2, "c": null}}))?;
    let changes = plan.changes(&stored)?;
    let (old, new) = (json!({"a": 1, "b": null}), json!({"a": 2, "c": null}));
    assert!(changes.attributes().replaced().eq([("metadata", &old, &new)]) && changes.fields().len() == 0);
    let mut after = stored.clone();
    plan.clone().apply(&mut after)?;
    changes.into_owned().revert(ORGANIZATION)?.apply(&mut after)?;
    assert_eq!(after, stored, "all of it comes back, nulls included");
    Ok(())
}

#[test]
fn a_log_line_with_an_error_in_it_is_rejected() {
    let bad = |text: &str| serde_json::from_str::<Changes<'static>>(text).expect_err("rejected").to_string();
    assert!(bad("[]").contains("the changes must be an object, but is an array"));
    assert!(bad(r#"{"aded": {}}"#).contains(r#"unknown member "aded""#));
    assert!(bad(r#"{"added": []}"#).contains("added must be an object, but is an array"));
    assert!(bad(r#"{"replaced": {"k": {"old": 1}}}"#).contains(r#""k" must hold `old` and `new` alone"#));
    assert!(bad(r#"{"replaced": {"k": {"old": 1, "new": 2, "x": 3}}}"#).contains("alone"));
    assert!(bad(r#"{"emptied": 1}"#).contains("emptied must be a boolean, but is a number"));
    let bad = |text: &str| serde_json::from_str::<ResourceChanges<'static>>(text).expect_err("rejected").to_string();
    assert!(bad(r#"{"fields": []}"#).contains("fields must be an object, but is an array"));
    assert!(bad(r#"{"fields": {"a": {"aded": {}}}}"#).contains(r#"unknown member "aded""#));
    assert!(bad(r#"{"field": {}}"#).contains(r#"unknown member "field""#));
    // What is missing is empty, and a null is a value.
    let changes: Changes<'static> = serde_json::from_str(r#"{"removed": {"k": null}}"#).expect("changes");
    assert!(changes.removed().eq([("k", &json!(null))]) && changes.added().len() == 0);
}

#[test]
fn changes_are_equal_by_keys_and_numbers() {
    let document = object(json!({"a": 1, "b": 2}));
    let patch = Patch::omit().set("a", 2).remove("b").set("c", 3);
    let same = Patch::omit().set("c", 3.0).set("a", 2.0).remove("b").remove("d");
    assert_eq!(patch.changes(&document), same.changes(&document));
    for other in [Patch::omit(), Patch::omit().set("a", 3).remove("b").set("c", 3), patch.clone().remove("c")] {
        assert_ne!(patch.changes(&document), other.changes(&document));
    }
    let (one, other) = (object(json!({"a": 1})), object(json!({"a": 1, "z": 1})));
    let clear = Patch::omit().remove("a");
    assert_ne!(clear.changes(&one), clear.changes(&other), "one of them empties the document");
}

#[test]
fn a_change_that_no_body_restores_names_its_key() -> Result<(), Error> {
    let revert = |resource: metadata_merge::resource::Resource<'static>, stored: Value, body: Value| {
        let stored = object(stored);
        let plan = resource.plan(body)?;
        let changes = plan.changes(&stored)?.into_owned();
        changes.revert(resource).map(drop)
    };
    let not_revertible = |name: &str| Err(Error::NotRevertible { name: name.to_owned() });
    assert_eq!(revert(USER, json!({"name": null}), json!({"name": "x"})), not_revertible("name"));
    assert_eq!(revert(USER, json!({"name": null}), json!({"name": null})), not_revertible("name"));
    for old in [json!("legacy"), json!(null), json!([])] {
        assert_eq!(revert(TEAM, json!({"c": old}), json!({"c": {"a": 1}})), not_revertible("c"));
        assert_eq!(revert(TEAM, json!({"d": old}), json!({"d": null})), not_revertible("d"));
    }
    let null = Err(Error::RootNull { key: "k".to_owned() });
    assert_eq!(revert(USER, json!({"user_metadata": {"k": null}}), json!({"user_metadata": {}})), null);
    assert_eq!(revert(CLIENT, json!({"m": {"k": null, "l": 1}}), json!({"m": {"k": 1}})), null);
    assert_eq!(revert(CLIENT, json!({"m": {"k": null, "l": 1}}), json!({"m": 7})), null);
    assert_eq!(revert(USER, json!({"m": {"k": null}}), json!({"m": 7})), Ok(()), "below an attribute, null is data");
    Ok(())
}

#[test]
fn changes_of_another_resource_are_not_reverted() -> Result<(), Error> {
    let plan = USER.plan(json!({"user_metadata": {"a": 1}}))?;
    let stored = Map::new();
    let changes = plan.changes(&stored)?;
    assert!(matches!(changes.clone().revert(ORGANIZATION), Err(Error::UnknownField { .. })));
    let plan = ORGANIZATION.plan(json!({"metadata": {"a": 1}}))?;
    let stored = object(json!({"metadata": {"a": 0}}));
    let merging = metadata_merge::resource::Field::merge("metadata", metadata_merge::resource::Cleared::Empty);
    let fields = [merging];
    let other = metadata_merge::resource::Resource::new("other", &fields);
    assert!(matches!(plan.changes(&stored)?.revert(other), Err(Error::WrongMode { .. })));
    Ok(())
}

#[test]
fn a_log_line_of_a_deep_value_can_be_read() -> Result<(), Error> {
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let reads = |line: String| serde_json::from_str::<Value>(&line).is_ok();
    // The value stands three levels below the root of a document's changes.
    for (levels, read) in [(124, true), (125, false)] {
        let document = object(json!({"k": deep(levels)}));
        let patch = Patch::omit().set("k", 1);
        assert_eq!(reads(data_text(&patch.changes(&document))), read, "{levels}");
    }
    // In those of a resource, an attribute stands four levels below, and a member of a field five.
    for (levels, read) in [(123, true), (124, false)] {
        let stored = object(json!({"name": deep(levels)}));
        assert_eq!(reads(data_text(&USER.plan(json!({"name": "x"}))?.changes(&stored)?)), read, "{levels}");
    }
    for (levels, read) in [(122, true), (123, false)] {
        let stored = object(json!({"user_metadata": {"k": deep(levels)}}));
        let plan = USER.plan(json!({"user_metadata": {"k": 1}}))?;
        assert_eq!(reads(data_text(&plan.changes(&stored)?)), read, "{levels}");
    }
    Ok(())
}

fn data_text(changes: &impl serde::Serialize) -> String {
    serde_json::to_string(changes).expect("JSON")
}

#[test]
fn a_mask_hides_values_at_any_depth_and_keeps_differences() -> Result<(), Error> {
    let stored = object(json!({"token": "secret-1", "idp": {"token": "secret-2", "name": "x"}, "same": {"token": 1}}));
    let patch = Patch::omit()
        .set("token", "secret-3")
        .set("idp", json!({"token": "secret-4", "name": "x"}))
        .set("same", json!({"token": 1.0, "other": [{"token": ["secret-5"]}]}))
        .set("new", json!([[{"token": {"secret-6": 1}}]]));
    let changes = patch.changes(&stored);
    let masked = changes.masked(|key| key == "token");
    assert!(!masked.to_string().contains("secret") && !data_text(&masked).contains("secret"), "{masked}");
    let expected = json!({
        "added": {"new": [[{"token": "***"}]]},
        "replaced": {
            "token": {"old": "***", "new": "*** (changed)"},
            "idp": {"old": {"token": "***", "name": "x"}, "new": {"token": "*** (changed)", "name": "x"}},
            "same": {"old": {"token": "***"}, "new": {"token": "***", "other": [{"token": "***"}]}},
        },
        "removed": {},
        "masked": true,
    });
    assert_eq!(data(&masked), expected);
    let stored = object(json!({"user_metadata": {"k": "secret-1"}, "name": "n"}));
    let plan = USER.plan(json!({"user_metadata": {"k": "secret-2"}, "name": "secret-3"}))?;
    let changes = plan.changes(&stored)?;
    let masked = changes.masked(|name| name == "user_metadata" || name == "name");
    assert!(!data_text(&masked).contains("secret") && masked.to_string().contains("user_metadata"), "{masked}");
    Ok(())
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn a_log_restores_what_was_stored((resource, stored, body) in requests::request()) {
        let Ok(plan) = resource.plan(body) else { return Ok(()) };
        let Ok(changes) = plan.changes(&stored) else { return Ok(()) };
        let line = data_text(&changes);
        let logged: ResourceChanges<'static> = serde_json::from_str(&line).expect("a log line");
        prop_assert_eq!(&logged, &changes);
        prop_assert_eq!(logged.to_string(), changes.to_string());
        let mut after = stored.clone();
        plan.clone().apply(&mut after).expect("what has a preview applies");
        match logged.revert(resource) {
            Ok(revert) => {
                revert.apply(&mut after).expect("a revert applies");
                let (after, before) = (normal(&resource, &after), normal(&resource, &stored));
                prop_assert!(json_eq(&after, &before), "{} {}", after, before);
            }
            Err(Error::NotRevertible { name }) => {
                let field = resource.fields.iter().any(|field| field.name == name);
                prop_assert!(stored[&name].is_null() || field && !stored[&name].is_object(), "{}", name);
            }
            Err(Error::RootNull { key }) => {
                prop_assert!(stored.values().any(|value| value.get(&key) == Some(&Value::Null)), "{}", key);
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn no_masked_value_is_shown((resource, stored, body) in requests::request()) {
        let (stored, body) = (secret(stored), secret(body));
        let Ok(plan) = resource.plan(body) else { return Ok(()) };
        let Ok(changes) = plan.changes(&stored) else { return Ok(()) };
        let masked = changes.masked(|key| key == "token");
        prop_assert!(!masked.to_string().contains(SECRET), "{}", masked);
        prop_assert!(!data_text(&masked).contains(SECRET), "{}", data_text(&masked));
        let all = changes.masked(|_| true);
        prop_assert!(changes.is_empty() || data_text(&all).contains("***"));
        // Nothing is hidden that no key asks for, and every change is still one.
        prop_assert_eq!(data(&changes.masked(|_| false)), data(&changes));
        if changes.fields().all(|(name, _)| name != "token") {
            prop_assert_eq!(shape(&data(&masked)), shape(&data(&changes)));
        }
    }

    #[test]
    fn no_masked_value_of_a_document_is_shown(document in requests::document(), body in requests::patch()) {
        let (document, patch) = (secret(document), Patch::from_body(secret(body)));
        let changes = patch.changes(&document);
        let masked = changes.masked(|key| key == "token");
        prop_assert!(!masked.to_string().contains(SECRET) && !data_text(&masked).contains(SECRET), "{}", masked);
        let logged: Changes<'static> = serde_json::from_str(&data_text(&changes)).expect("a log line");
        prop_assert_eq!(&logged, &changes);
        let mut after = document.clone();
        patch.clone().apply(&mut after);
        if let Ok(revert) = logged.revert() {
            prop_assert_eq!(Ok(revert.clone()), patch.undo(&document));
            revert.apply(&mut after);
            prop_assert!(json_eq(&json!(after), &json!(document)));
        }
    }
}

/// Returns the keys of added, replaced and removed parts.
fn shape(changes: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    let mut pending = vec![(String::new(), changes)];
    while let Some((path, value)) = pending.pop() {
        let ends = ["/added/", "/replaced/", "/removed/"].iter().any(|part| path.contains(part));
        match value {
            Value::Object(members) if !ends => {
                pending.extend(members.iter().map(|(key, member)| (format!("{path}/{key}"), member)));
            }
            _ if path.ends_with("/masked") => {}
            _ => paths.push(path),
        }
    }
    paths.sort();
    paths
}

#[test]
fn masked_changes_cannot_be_read_back() {
    let stored = object(json!({"app_metadata": {"token": "old"}}));
    let plan = USER.plan(json!({"app_metadata": {"token": "new"}})).expect("an object");
    let changes = plan.changes(&stored).expect("objects");
    let line = serde_json::to_string(&changes.masked(|key| key == "token")).expect("data");
    let error = serde_json::from_str::<ResourceChanges<'static>>(&line).expect_err("the mask would be stored");
    assert_eq!(error.to_string(), "masked changes cannot be read back");
    assert!(serde_json::from_str::<ResourceChanges<'static>>(&json!(changes).to_string()).is_ok());
}

#[test]
fn the_keys_below_a_hidden_name_are_hidden() {
    let stored = object(json!({"secret": {}}));
    let plan = CLIENT.plan(json!({"secret": {"KEY": 1}})).expect("an object");
    let masked = plan.changes(&stored).expect("objects").masked(|key| key == "secret").to_string();
    assert!(masked.contains("secret") && !masked.contains("KEY"), "{masked}");

    let side = |value: i32| object(json!({"secret": {"KEY": value}}));
    let (base, mine, theirs) = (side(1), side(2), side(3));
    let reconciliation = CLIENT.reconcile(&base, &mine, &theirs).expect("objects");
    let masked = json!(reconciliation.masked(|key| key == "secret"));
    assert!(!masked.to_string().contains("KEY"), "{masked}");
    assert!(serde_json::from_value::<ResourceReconciliation<'static>>(masked).is_err());
}

#[test]
fn a_log_line_that_contradicts_itself_is_rejected() {
    for line in [
        json!({"added": {"a": 1}, "replaced": {}, "removed": {"a": 1}}),
        json!({"added": {"a": 1}, "replaced": {"a": {"old": 1, "new": 2}}, "removed": {}}),
    ] {
        assert!(serde_json::from_value::<Changes<'static>>(line.clone()).is_err(), "{line}");
    }
}
