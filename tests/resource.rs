//! Resources: an update field by field, errors, and the places of members.

use common::requests::{self, normal};
use common::{Object, TEAM, config, object, objects};
use metadata_merge::resource::{
    ALL, CLIENT, CUSTOM_DOMAIN, Cleared, Field, Mode, ORGANIZATION, REFRESH_TOKEN, Resource, SESSION, USER,
};
use metadata_merge::{Error, FieldType, Input, JsonType, json_eq, merge};
use proptest::prelude::*;
use serde_json::{Value, json};

mod common;

/// Returns the value of one root key after an update; none if it is absent. It is the
/// specification, said key by key.
fn one_key(resource: &Resource, key: &str, stored: Option<&Value>, sent: &Value) -> Result<Option<Value>, ()> {
    let Some(field) = resource.fields.iter().find(|field| field.name == key) else {
        return Ok(one_attribute(resource, stored, sent));
    };
    let cleared = (field.cleared == Cleared::Empty).then(|| json!({}));
    match (field.mode, sent) {
        (Mode::Merge, sent) => {
            let merged = merge(stored.unwrap_or(&json!({})), sent).map_err(drop)?;
            Ok(if *sent == json!({}) { cleared } else { Some(merged) })
        }
        (Mode::Replace, Value::Null) => Ok(cleared),
        (Mode::Replace, Value::Object(members)) => Ok(if members.is_empty() { cleared } else { Some(sent.clone()) }),
        (Mode::Replace, _) => Err(()),
    }
}

fn one_attribute(resource: &Resource, stored: Option<&Value>, sent: &Value) -> Option<Value> {
    match (resource.attributes, sent) {
        (_, Value::Null) => None,
        (Mode::Merge, Value::Object(_)) => {
            let document = stored.filter(|stored| stored.is_object()).cloned().unwrap_or(json!({}));
            Some(merge(&document, sent).expect("objects"))
        }
        _ => Some(sent.clone()),
    }
}

fn expected(resource: &Resource, stored: &Object, body: &Object) -> Result<Object, ()> {
    let mut updated = stored.clone();
    for (key, sent) in body {
        match one_key(resource, key, stored.get(key), sent)? {
            Some(value) => updated.insert(key.clone(), value),
            None => updated.remove(key),
        };
    }
    Ok(updated)
}

/// Checks every way to update against the specification.
fn check(resource: &Resource, stored: &Object, body: &Object) {
    let updated = resource.update(stored, body.clone());
    let sample = format!("{} {} {}", resource.name, json!(stored), json!(body));
    assert_eq!(updated.clone().map_err(drop), expected(resource, stored, body), "{sample}");
    let mut in_place = stored.clone();
    let done = resource.update_in_place(&mut in_place, body.clone());
    match &updated {
        Ok(updated) => {
            assert_eq!((done, &in_place), (Ok(()), updated), "{sample}");
            assert_eq!(
                resource.update(updated, body.clone()).as_ref(),
                Ok(updated),
                "a retry changes nothing: {sample}"
            );
        }
        Err(error) => assert_eq!((done.as_ref(), &in_place), (Err(error), stored), "atomic: {sample}"),
    }
    if stored.is_empty() {
        assert_eq!(resource.create(body.clone()), updated, "a create is an update of nothing: {sample}");
    }
}

#[test]
fn every_small_request_updates_key_by_key() {
    let stored = [json!(null), json!({}), json!({"x": 1}), json!({"x": null, "y": 1}), json!([])];
    let sent =
        [json!(null), json!({}), json!({"x": null}), json!({"x": 2}), json!({"y": null, "z": {"x": null}}), json!(7)];
    for (keys, resource) in [
        (["a", "b"], &TEAM),
        (["c", "d"], &TEAM),
        (["a", "d"], &TEAM.merge_attributes()),
        (["user_metadata", "app_metadata"], &USER),
        (["client_metadata", "name"], &CLIENT),
        (["domain_metadata", "name"], &CUSTOM_DOMAIN),
        (["metadata", "name"], &ORGANIZATION),
        (["session_metadata", "name"], &SESSION),
        (["refresh_token_metadata", "name"], &REFRESH_TOKEN),
    ] {
        for stored in objects(&keys, &stored) {
            for body in objects(&keys, &sent) {
                check(resource, &stored, &body);
            }
        }
    }
}

proptest! {
    #![proptest_config(config(700))]

    #[test]
    fn an_update_is_that_of_each_key((resource, stored, body) in requests::request()) {
        check(&resource, &stored, &body);
    }

    #[test]
    fn a_key_does_not_depend_on_the_others((resource, stored, body) in requests::request()) {
        let together = resource.update(&stored, body.clone());
        let mut one_by_one = Ok(stored);
        for (key, sent) in &body {
            one_by_one = one_by_one.and_then(|stored| resource.update(&stored, json!({key: sent})));
        }
        prop_assert_eq!(together.map_err(drop), one_by_one.map_err(drop));
    }

    #[test]
    fn the_laws_hold_for_whole_resources(
        (resource, stored, p, q) in requests::resource().prop_flat_map(|resource| (
            Just(resource), requests::sound(resource), requests::body(resource), requests::body(resource),
        )),
    ) {
        // Absent and `{}` of a metadata field count as the same.
        let after = |bodies: &[&Object]| {
            let mut stored = stored.clone();
            for body in bodies {
                resource.update_in_place(&mut stored, (*body).clone()).ok()?;
            }
            Some(normal(&resource, &stored))
        };
        prop_assert_eq!(after(&[&p, &p]), after(&[&p]), "idempotence");
        if let (Some(twice), Some(once)) = (after(&[&p, &q, &p]), after(&[&q, &p])) {
            prop_assert!(json_eq(&twice, &once), "right regular: {} {}", twice, once);
        }
    }
}

#[test]
fn an_error_names_the_field_and_its_place() {
    let reject =
        |resource: Resource, stored: Value, body: Value| resource.update(&object(stored), body).expect_err("rejected");
    let body = json!({"user_metadata": null, "metadata": "secret"});
    let field = |field: &str, input, expected, found| Error::Field { field: field.to_owned(), input, expected, found };
    assert_eq!(
        reject(USER, json!({}), body.clone()),
        field("user_metadata", Input::Body, FieldType::Object, JsonType::Null)
    );
    assert_eq!(
        reject(ORGANIZATION, json!({}), body),
        field("metadata", Input::Body, FieldType::ObjectOrNull, JsonType::String)
    );
    let found = JsonType::Number;
    assert_eq!(reject(USER, json!({}), json!(7)), Error::NotAnObject { input: Input::Body, found });
    let stored = json!({"app_metadata": true});
    for sent in [json!({"a": 1}), json!({})] {
        let error = reject(USER, stored.clone(), json!({"app_metadata": sent, "user_metadata": {}}));
        assert_eq!(error, field("app_metadata", Input::Resource, FieldType::Object, JsonType::Boolean));
    }
    let both = reject(USER, stored, json!({"app_metadata": {}, "user_metadata": []}));
    assert_eq!(
        both,
        field("user_metadata", Input::Body, FieldType::Object, JsonType::Array),
        "the body is validated first"
    );
}

#[test]
fn a_resource_may_be_made_at_run_time() {
    let name = String::from("labels");
    let fields = [Field::merge(&name, Cleared::Absent), Field::replace(&name, Cleared::Empty)];
    let resource = Resource::new("team", &fields);
    let created = resource.create(json!({"labels": {"a": 1, "b": null}, "user_metadata": {"c": null}}));
    let expected = object(json!({"labels": {"a": 1}, "user_metadata": {"c": null}}));
    assert_eq!(created, Ok(expected), "of two fields of one name, the first counts");
    assert!(resource.limits().is_empty());
}

#[test]
fn every_resource_has_its_limits() {
    for resource in ALL {
        assert!(!resource.limits().is_empty(), "{}", resource.name);
        let named = resource.limits().iter().filter_map(|limit| limit.field.as_deref());
        for name in named {
            assert!(resource.fields.iter().any(|field| field.name == name), "{} {name}", resource.name);
        }
    }
}

#[test]
fn members_keep_their_places() {
    let read = |text: &str| object(serde_json::from_str(text).expect("JSON"));
    let stored = read(r#"{"z": 1, "app_metadata": {}, "user_metadata": {"b": 1, "a": 2}, "y": 2}"#);
    let body = read(r#"{"x": 3, "app_metadata": {}, "user_metadata": {"c": 3}, "z": 0, "y": null}"#);
    let expected = read(r#"{"z": 0, "user_metadata": {"b": 1, "a": 2, "c": 3}, "x": 3}"#);
    let updated = USER.update(&stored, body).expect("objects");
    assert_eq!(json!(updated).to_string(), json!(expected).to_string());
    let body = read(r#"{"email": "e", "user_metadata": {"b": 1, "a": 2}, "app_metadata": {"c": 1}}"#);
    assert_eq!(json!(USER.create(body.clone()).expect("objects")).to_string(), json!(body).to_string());
}
